"""The words of a back-test, in English and Polish."""

from collections.abc import Mapping

from wracaj_cli.archive.backtest.moves import Kind
from wracaj_cli.outcome_words import Words

TITLE = Words(
    "{shop}: {timeline}, as started {first} to {last}. Timelines: {runs}, carts: {carts}, people:"
    " {people}.",
    "{shop}: {timeline}, uruchomione od {first} do {last}. Harmonogramy: {runs}, koszyki: {carts},"
    " osoby: {people}.",
)
NO_RUNS = Words(
    "No timeline {timeline} started in these days. Rows in the archive: {rows}.",
    "W tych dniach nie ruszył żaden harmonogram {timeline}. Wiersze w archiwum: {rows}.",
)
# The self-check
ALL_SAME = Words(
    "Self-check: {checked} of {checked} archived decisions come out the same.",
    "Sprawdzenie: {checked} z {checked} decyzji z archiwum wychodzi tak samo.",
)
SOME_DIFFER = Words(
    "Self-check: {same} of {checked} archived decisions come out the same. Others: {different}."
    " Until you know why, do not rely on what follows.",
    "Sprawdzenie: {same} z {checked} decyzji z archiwum wychodzi tak samo. Inne: {different}."
    " Dopóki nie wiadomo dlaczego, nie polegaj na tym, co niżej.",
)
NOT_OURS = Words(
    "Counted apart, as timings do not decide them: {reasons}.",
    "Liczone osobno, bo nie rozstrzygają o nich terminy: {reasons}.",
)
WITHOUT_SETTINGS = Words(
    "Decisions under settings that the archive does not keep: {number}. Today's settings stand in.",
    "Decyzje przy ustawieniach, których archiwum nie ma: {number}. Zastępują je dzisiejsze.",
)
DIFFERENT = Words("Decisions that differ", "Decyzje, które się różnią")
NOTHING_CHANGED = Words("The file has every step as it was.", "Plik ma każdy krok taki, jaki był.")
UNDECIDED = Words(
    "No decision of these days is about {names}: new in the file, or no cart came so far.",
    "Żadna decyzja z tych dni nie dotyczy {names}: to nowość w pliku albo żaden koszyk tak daleko"
    " nie doszedł.",
)
CHANGED = Words("What the file changes", "Co zmienia plik")
GONE = Words("no more", "już nie ma")
# Side by side
SIDES = Words("Side by side", "Obok siebie")
COLUMNS = (
    Words("", ""),
    Words("as it was", "jak było"),
    Words("with the file", "z plikiem"),
    Words("difference", "różnica"),
)
MESSAGES = Words("messages", "wiadomości")
PEOPLE = Words("people written to", "osoby, do których wyszły")
WITH_CODE = Words("with a code", "z kodem")
PARTS = Words("SMS segments", "segmenty SMS")
COST = Words("cost of messages", "koszt wiadomości")
NO_PRICE = Words(
    "Messages are without a price: the settings have no `economics.sms_part`.",
    "Wiadomości nie mają ceny: w ustawieniach brak `economics.sms_part`.",
)
ESTIMATED = Words(
    "SMS segments estimated by the average: {number}. Such SMS were never sent.",
    "Segmenty SMS oszacowane według średniej: {number}. Takich SMS-ów nigdy nie wysłano.",
)
DELAY = Words("delayed: {reason}", "opóźnienia: {reason}")
DELAY_HOURS = Words("  hours on average", "  średnio godzin")
NOT_SENT = Words("not sent: {reason}", "niewysłane: {reason}")
UNKNOWN = Words("unknown: no decision on this channel", "nie wiadomo: brak decyzji o tym kanale")
OPEN = Words("timelines still running", "harmonogramy jeszcze w toku")
MOVED = Words("What moves", "Co się przesuwa")
KINDS: Mapping[Kind, Words] = {
    Kind.EARLIER: Words("leave earlier", "wychodzą wcześniej"),
    Kind.LATER: Words("leave later", "wychodzą później"),
    Kind.NO_MORE: Words("leave no more", "już nie wychodzą"),
    Kind.NEW: Words("leave with the file only", "wychodzą tylko z plikiem"),
}
SAME = Words("leave as they did", "wychodzą jak dotąd")
FEWER_BY_ORDER = Words(
    "  of them: an order comes first",
    "  w tym: bo zamówienie jest pierwsze",
)
MORE_BEFORE_ORDER = Words(
    "  of them: the order has not come yet", "  w tym: bo zamówienia jeszcze nie ma"
)
# Lists
LISTED = Words("What moves first: {number} of {all}", "Co przesuwa się najpierw: {number} z {all}")
MOVE_COLUMNS = (
    Words("cart", "koszyk"),
    Words("message", "wiadomość"),
    Words("as it was", "jak było"),
    Words("with the file", "z plikiem"),
)
NOT_REACHED = Words("its timeline had ended", "harmonogram już się skończył")
# The week
WEEK_WAS = Words("When messages left", "Kiedy wychodziły")
WEEK_NOW = Words("When they leave with the file", "Kiedy wychodzą z plikiem")
DAYS = Words("Mon Tue Wed Thu Fri Sat Sun", "pon. wt. śr. czw. pt. sob. niedz.")
SCALE = Words(
    "█ from {half} messages an hour; each lighter shade from half as many",
    "█ od {half} wiadomości na godzinę; każdy jaśniejszy odcień od połowy tego",
)
# Who buys alone
ALONE = Words("Who buys without a message", "Kto kupuje bez wiadomości")
ALONE_COLUMNS = (
    Words("hours after the last activity", "godziny od ostatniej aktywności"),
    Words("bought by then", "kupiło do tej pory"),
    Words("still alone", "jeszcze bez wiadomości"),
    Words("buy in the next hour", "kupuje w następnej godzinie"),
)
FEWEST = Words(
    "A first reminder after {hour} h would interrupt the fewest: {share} of those whom it reaches"
    " buy by themselves in the hour after it.{alike}",
    "Pierwsze przypomnienie po {hour} h przerwałoby najmniej zakupów: {share} osób, do których"
    " dociera, i tak kupuje w ciągu godziny po nim.{alike}",
)
ALIKE = Words(
    " By these numbers, {hours} h are no worse.", " Według tych liczb nie gorsze są {hours} h."
)
TOO_FEW = Words(
    "Too few to tell at which hour a first reminder would interrupt the fewest purchases: it takes"
    " 100 carts that are alone at that hour, and 25 orders.",
    "Za mało, by powiedzieć, o której godzinie pierwsze przypomnienie przerwałoby najmniej zakupów:"
    " trzeba 100 koszyków bez wiadomości w tej godzinie i 25 zamówień.",
)
HELD_OUT = Words(
    "After the first step only the held-out are alone. Their carts: {number}.",
    "Po pierwszym kroku bez wiadomości jest tylko grupa kontrolna. Jej koszyki: {number}.",
)
# What cannot be known
UNKNOWABLE = Words("What cannot be known", "Czego nie da się wiedzieć")
LIMITS = (
    Words(
        "Who would have bought. An order that came stays where it was, and one that a message"
        " would have brought is not there: only an experiment shows that.",
        "Kto by kupił. Zamówienie, które przyszło, zostaje tam, gdzie było, a tego, które"
        " przyniosłaby wiadomość, tu nie ma: to pokazuje tylko eksperyment.",
    ),
    Words(
        "What shoppers do after a message that differs. From there on timelines assume the same"
        " shopper, with the same visits, orders and opt-outs: {differing}.",
        "Co kupujący zrobią po innej wiadomości. Odtąd harmonogramy zakładają tego samego"
        " kupującego, z tymi samymi wizytami, zamówieniami i wypisami: {differing}.",
    ),
    Words(
        "Texts, and what a provider would say at another hour: what it refused stays refused.",
        "Treści, i co dostawca powiedziałby o innej godzinie: co odrzucił, zostaje odrzucone.",
    ),
    Words(
        "Which carts start a timeline, and messages of other timelines: they stay as they were.",
        "Które koszyki zaczynają harmonogram, i wiadomości innych harmonogramów: jest, jak było.",
    ),
)
ON_THEIR_WAY = Words(
    "What is still on its way into the archive. Messages in its queue: {number}.",
    "Co jest jeszcze w drodze do archiwum. Komunikaty w kolejce: {number}.",
)
