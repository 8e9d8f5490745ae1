"""The words of the preference page and of the page with one's data, in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from wracaj.consent import Channel
from wracaj.language import Locale
from wracaj.preferences import Pace, Topic
from wracaj.reasons import Why


class Told(StrEnum):
    """What came of the last form, as the address of the page says it: nothing but these words is taken from there."""

    TOPICS = "topics"
    YES = "yes"
    TO_CONFIRM = "to_confirm"
    NO = "no"
    PACE = "pace"
    BIRTHDAY = "birthday"
    STOPPED = "stopped"
    LINK_SENT = "link_sent"
    LINK_REFUSED = "link_refused"
    CHANGED = "changed"
    NO_SUCH_DAY = "no_such_day"
    UNCLEAR = "unclear"

    @property
    def is_a_problem(self) -> bool:
        return self in {Told.LINK_REFUSED, Told.CHANGED, Told.NO_SUCH_DAY, Told.UNCLEAR}


@dataclass(frozen=True)
class PreferenceWords:
    title: str
    intro: str
    told: Mapping[Told, str]
    topics: str
    topics_legend: str
    topic: Mapping[Topic, tuple[str, str]]
    save_topics: str
    channels: str
    channel: Mapping[Channel, str]
    on: str
    off: str
    suppressed: str
    say_yes: Mapping[Channel, str]
    say_no: Mapping[Channel, str]
    pace: str
    pace_legend: str
    as_the_shop: str
    paces: Mapping[Pace, str]
    save_pace: str
    birthday: str
    birthday_why: str
    birthday_known: str
    birthday_legend: str
    day: str
    month: str
    choose: str
    save_birthday: str
    stop: str
    stop_why: str
    stop_all: str
    data: str
    data_why: str
    no_address: str
    send_link: str


PREFERENCES: Mapping[Locale, PreferenceWords] = {
    "pl": PreferenceWords(
        title="Ustawienia wiadomości",
        intro="Tu decydujesz, o czym piszemy, gdzie i jak często. Każdą część zapisuje się osobno.",
        told={
            Told.TOPICS: "Zapisane. Piszemy tylko o tym, co jest zaznaczone.",
            Told.YES: "Dziękujemy. Zgoda jest zapisana.",
            Told.TO_CONFIRM: "Wysłaliśmy tam link. Zgoda zacznie działać, gdy go klikniesz.",
            Told.NO: "Zgoda jest wycofana. Już nie piszemy w ten sposób.",
            Told.PACE: "Zapisane. Nie będziemy pisać częściej.",
            Told.BIRTHDAY: "Dziękujemy. Data jest zapisana.",
            Told.STOPPED: "Gotowe. Nie wyślemy już żadnych wiadomości.",
            Told.LINK_SENT: "Link jest w drodze. Działa przez godzinę. Jeśli nie przyjdzie, zajrzyj do spamu;"
            " kolejny możemy wysłać najwcześniej godzinę po poprzednim.",
            Told.LINK_REFUSED: "Na ten adres nie możemy nic wysłać, bo poprzednie wiadomości do niego nie dochodziły."
            " Napisz, prosimy, do sklepu.",
            Told.CHANGED: "Coś się w międzyczasie zmieniło, więc nic nie zapisaliśmy. Sprawdź, prosimy, i wybierz jeszcze raz.",
            Told.NO_SUCH_DAY: "Takiego dnia nie ma w kalendarzu. Wybierz, prosimy, dzień i miesiąc jeszcze raz.",
            Told.UNCLEAR: "Nie zrozumieliśmy formularza, więc nic nie zapisaliśmy. Spróbuj, prosimy, jeszcze raz.",
        },
        topics="O czym piszemy",
        topics_legend="Chcę dostawać wiadomości o:",
        topic={
            Topic.CARTS: ("koszykach", "co zostało w koszyku i co było oglądane"),
            Topic.ORDERS: ("zamówieniach", "podziękowania, prośby o opinię, co pasuje do zakupów"),
            Topic.LOYALTY: ("programie lojalnościowym", "punkty, nagrody, urodziny, rocznice"),
            Topic.OFFERS: ("ofertach", "powitanie, nowości, kody rabatowe"),
        },
        save_topics="Zapisz tematy",
        channels="Gdzie piszemy",
        channel={
            Channel.EMAIL: "E-mail",
            Channel.SMS: "SMS",
            Channel.WEB_PUSH: "Powiadomienia w przeglądarce",
            Channel.MESSENGER: "Messenger",
            Channel.AUDIENCE: "Reklamy sklepu w innych serwisach",
        },
        on="Mamy zgodę.",
        off="Nie mamy zgody, więc nie piszemy.",
        suppressed="Wiadomości na ten adres nie dochodziły, więc ich nie wysyłamy.",
        say_yes={
            Channel.EMAIL: "Zgadzam się na e-maile",
            Channel.SMS: "Zgadzam się na SMS-y",
            Channel.WEB_PUSH: "Zgadzam się na powiadomienia",
            Channel.MESSENGER: "Zgadzam się na Messengera",
            Channel.AUDIENCE: "Zgadzam się na reklamy",
        },
        say_no={
            Channel.EMAIL: "Wycofuję zgodę na e-maile",
            Channel.SMS: "Wycofuję zgodę na SMS-y",
            Channel.WEB_PUSH: "Wycofuję zgodę na powiadomienia",
            Channel.MESSENGER: "Wycofuję zgodę na Messengera",
            Channel.AUDIENCE: "Wycofuję zgodę na reklamy",
        },
        pace="Jak często",
        pace_legend="Najwyżej:",
        as_the_shop="tak często, jak zwykle pisze sklep",
        paces={Pace.WEEKLY: "jedna wiadomość w tygodniu", Pace.MONTHLY: "jedna wiadomość w miesiącu"},
        save_pace="Zapisz częstotliwość",
        birthday="Urodziny",
        birthday_why="Na urodziny mamy prezent. Wystarczy dzień i miesiąc; roku nie potrzebujemy.",
        birthday_known="Znamy już datę. Ta strona jej nie pokazuje, bo link do niej można przekazać dalej; można ją tu zmienić.",
        birthday_legend="Data urodzin",
        day="Dzień",
        month="Miesiąc",
        choose="wybierz",
        save_birthday="Zapisz datę",
        stop="Koniec wiadomości",
        stop_why="Jedno kliknięcie i nie wyślemy już niczego, żadną drogą.",
        stop_all="Rezygnuję ze wszystkich wiadomości",
        data="Twoje dane",
        data_why="Możesz zobaczyć, co o Tobie wiemy, pobrać to jako plik albo poprosić o usunięcie. Ten link mógł trafić"
        " do kogoś innego, dlatego wyślemy nowy, na adres {address}. Działa przez godzinę.",
        no_address="Nie znamy adresu e-mail, na który moglibyśmy wysłać link. Napisz, prosimy, do sklepu.",
        send_link="Wyślij mi link do moich danych",
    ),
    "en": PreferenceWords(
        title="Message settings",
        intro="Here you decide what we write about, where and how often. Each part is saved on its own.",
        told={
            Told.TOPICS: "Saved. We only write about what is ticked.",
            Told.YES: "Thank you. Your consent is saved.",
            Told.TO_CONFIRM: "We sent a link there. Your consent counts once you click it.",
            Told.NO: "Your consent is withdrawn. We no longer write this way.",
            Told.PACE: "Saved. We won't write more often than that.",
            Told.BIRTHDAY: "Thank you. The date is saved.",
            Told.STOPPED: "Done. We won't send you any more messages.",
            Told.LINK_SENT: "The link is on its way. It works for an hour. If it does not arrive, look into the spam folder;"
            " we can send another one an hour after the last at the earliest.",
            Told.LINK_REFUSED: "We cannot send anything to this address, as earlier messages to it did not arrive."
            " Please write to the shop.",
            Told.CHANGED: "Something has changed meanwhile, so nothing was saved. Please read again and choose.",
            Told.NO_SUCH_DAY: "There is no such day in the calendar. Please choose the day and the month again.",
            Told.UNCLEAR: "We did not understand the form, so nothing was saved. Please try again.",
        },
        topics="What we write about",
        topics_legend="I would like to hear about:",
        topic={
            Topic.CARTS: ("carts", "what was left in a cart, and what was looked at"),
            Topic.ORDERS: ("orders", "thanks, review requests, what goes with a purchase"),
            Topic.LOYALTY: ("the loyalty programme", "points, rewards, birthdays, anniversaries"),
            Topic.OFFERS: ("offers", "a welcome, news, discount codes"),
        },
        save_topics="Save topics",
        channels="Where we write",
        channel={
            Channel.EMAIL: "E-mail",
            Channel.SMS: "SMS",
            Channel.WEB_PUSH: "Notifications in the browser",
            Channel.MESSENGER: "Messenger",
            Channel.AUDIENCE: "The shop's advertisements on other services",
        },
        on="We have your consent.",
        off="We do not have your consent, so we do not write.",
        suppressed="Messages to this address did not arrive, so we do not send any.",
        say_yes={
            Channel.EMAIL: "I agree to e-mails",
            Channel.SMS: "I agree to SMS",
            Channel.WEB_PUSH: "I agree to notifications",
            Channel.MESSENGER: "I agree to Messenger",
            Channel.AUDIENCE: "I agree to advertisements",
        },
        say_no={
            Channel.EMAIL: "Withdraw consent to e-mails",
            Channel.SMS: "Withdraw consent to SMS",
            Channel.WEB_PUSH: "Withdraw consent to notifications",
            Channel.MESSENGER: "Withdraw consent to Messenger",
            Channel.AUDIENCE: "Withdraw consent to advertisements",
        },
        pace="How often",
        pace_legend="At most:",
        as_the_shop="as often as the shop usually writes",
        paces={Pace.WEEKLY: "one message a week", Pace.MONTHLY: "one message a month"},
        save_pace="Save how often",
        birthday="Birthday",
        birthday_why="We have a gift for your birthday. The day and the month are enough; we do not need the year.",
        birthday_known="We know the date already. This page does not show it, as its link may be passed on; it can be changed.",
        birthday_legend="Date of birth",
        day="Day",
        month="Month",
        choose="choose",
        save_birthday="Save the date",
        stop="No more messages",
        stop_why="One click, and we won't send you anything any more, by whatever way.",
        stop_all="Stop all messages",
        data="Your data",
        data_why="You can see what we know about you, take it away as a file, or ask us to erase it. This link may have"
        " reached somebody else, so we send a new one to {address}. It works for an hour.",
        no_address="We know no e-mail address that we could send a link to. Please write to the shop.",
        send_link="Send me a link to my data",
    ),
}


@dataclass(frozen=True)
class DataWords:
    title: str
    intro: str
    show: str
    download: str
    erase_title: str
    erase_why: str
    erase_part: str
    erase: str
    sure_title: str
    sure: str
    erase_now: str
    back: str
    erased_title: str
    erased: str
    shop_title: str
    shop_has: str
    asked_title: str
    asked: str
    part: str
    about: str
    nothing: str
    email: str
    phone: str
    name: str
    language: str
    birthday: str
    points: str
    yes: str
    no: str
    states: Mapping[str, str]
    carts: str
    carts_columns: tuple[str, ...]
    left_out: str
    messages: str
    messages_columns: tuple[str, ...]
    consents: str
    consents_columns: tuple[str, ...]
    orders: str
    orders_columns: tuple[str, ...]
    postings: str
    postings_columns: tuple[str, ...]


DATA: Mapping[Locale, DataWords] = {
    "pl": DataWords(
        title="Twoje dane",
        intro="Co {shop} wie o Tobie w tym systemie wiadomości. Ten link działa przez godzinę; nie przekazuj go nikomu.",
        show="Pokaż moje dane",
        download="Pobierz jako plik JSON",
        erase_title="Usunięcie danych",
        erase_why="Usuniemy koszyki, historię wiadomości, zgody, zamówienia i punkty, które tu przechowujemy. Punkty i"
        " nieodebrane nagrody przepadną. Tego nie da się cofnąć.",
        erase_part="Pod tym profilem znamy także inne adresy. Nie usuwamy go więc sami, żeby nie usunąć czyichś danych:"
        " przekażemy prośbę sklepowi.",
        erase="Chcę usunąć moje dane",
        sure_title="Na pewno usunąć?",
        sure="Usuniemy wszystko, co tu o Tobie wiemy. Tego nie da się cofnąć.",
        erase_now="Tak, usuń moje dane",
        back="Nie, wracam",
        erased_title="Dane są usunięte",
        erased="Usunęliśmy profil, adresy, treść koszyków, historię zgód, zamówienia i punkty z tego systemu wiadomości."
        " Przez 60 dni trzymamy tylko skróty adresów (nie da się z nich odczytać adresu), żeby spóźnione powiadomienia"
        " ze sklepu nie przywróciły danych.",
        shop_title="Co musi zrobić sklep",
        shop_has="Konto w sklepie, zamówienia i faktury są w systemach sklepu, nie u nas. Zapisaliśmy dla sklepu, że prosisz"
        " o usunięcie. Żeby usunąć także tamto, napisz do sklepu:",
        asked_title="Prośba jest zapisana",
        asked="Przekazaliśmy sklepowi prośbę o usunięcie danych. Do tego czasu niczego nie zmieniamy.",
        part="Pokazujemy tylko to, co na pewno dotyczy adresu {address}. Pod tym profilem znamy także inne adresy; o resztę"
        " zapytaj sklep.",
        about="O Tobie",
        nothing="brak",
        email="Adres e-mail",
        phone="Telefon",
        name="Imię",
        language="Język",
        birthday="Urodziny (miesiąc-dzień)",
        points="Punkty",
        yes="tak",
        no="nie",
        states={
            "subscribed": "zgoda",
            "unsubscribed": "odmowa",
            "pending": "czeka na potwierdzenie",
            "sent": "wysłana",
            "held": "czeka",
            "preparing": "przygotowywana",
            "sending": "wysyłana",
            "released": "czeka na ponowną próbę",
            "skipped": "pominięta",
            "stopped": "już niepotrzebna",
            "ordered": "niepotrzebna, bo jest zamówienie",
            "unknown": "nie wiadomo, czy doszła",
        },
        carts="Koszyki",
        carts_columns=("Od", "Co w nim było", "Razem", "Zamówiony"),
        left_out="I jeszcze starsze, których się tu nie zmieściło: {number}.",
        messages="Wiadomości",
        messages_columns=("Kiedy", "Jak", "Która", "Co się stało"),
        consents="Zgody i odmowy",
        consents_columns=("Kiedy", "Na co", "Co", "Skąd", "Pokazana treść"),
        orders="Zamówienia",
        orders_columns=("Kiedy", "Numer", "Kwota"),
        postings="Punkty w czasie",
        postings_columns=("Kiedy", "Za co", "Ile"),
    ),
    "en": DataWords(
        title="Your data",
        intro="What {shop} knows about you in this message system. This link works for an hour; do not pass it on.",
        show="Show my data",
        download="Download as a JSON file",
        erase_title="Erasing your data",
        erase_why="We erase the carts, the history of messages, consents, orders and points that we keep here. Points and"
        " rewards that were not used are lost. This cannot be undone.",
        erase_part="This profile knows other addresses as well. So we do not erase it by ourselves, lest we erase somebody"
        " else's data: we pass the request on to the shop.",
        erase="I want my data erased",
        sure_title="Are you sure?",
        sure="We erase everything that we know about you here. This cannot be undone.",
        erase_now="Yes, erase my data",
        back="No, go back",
        erased_title="Your data is erased",
        erased="We erased the profile, addresses, the content of carts, the log of consents, orders and points from this message"
        " system. For 60 days we keep nothing but hashes of addresses (no address can be read from them), so that late"
        " notices from the shop do not bring the data back.",
        shop_title="What the shop must do",
        shop_has="An account in the shop, orders and invoices are in the shop's systems, not here. We noted for the shop that you"
        " ask for erasure. To have those erased as well, write to the shop:",
        asked_title="Your request is noted",
        asked="We passed your request for erasure on to the shop. Until then nothing is changed.",
        part="We show only what is surely about the address {address}. This profile knows other addresses as well; ask the"
        " shop about the rest.",
        about="About you",
        nothing="none",
        email="E-mail address",
        phone="Phone",
        name="First name",
        language="Language",
        birthday="Birthday (month-day)",
        points="Points",
        yes="yes",
        no="no",
        states={
            "subscribed": "yes",
            "unsubscribed": "no",
            "pending": "waits to be confirmed",
            "sent": "sent",
            "held": "waits",
            "preparing": "being prepared",
            "sending": "being sent",
            "released": "waits for another try",
            "skipped": "not sent",
            "stopped": "no longer needed",
            "ordered": "not needed, as there is an order",
            "unknown": "nobody knows whether it arrived",
        },
        carts="Carts",
        carts_columns=("Since", "What was in it", "Total", "Ordered"),
        left_out="And older ones that do not fit here: {number}.",
        messages="Messages",
        messages_columns=("When", "How", "Which", "What came of it"),
        consents="Consents and refusals",
        consents_columns=("When", "To what", "What", "Where", "Wording shown"),
        orders="Orders",
        orders_columns=("When", "Number", "Amount"),
        postings="Points over time",
        postings_columns=("When", "For what", "How many"),
    ),
}


@dataclass(frozen=True)
class Problem:
    title: str
    text: str


PROBLEMS: Mapping[Locale, Mapping[str, Problem]] = {
    "pl": {
        "expired": Problem(
            "Ten link już wygasł",
            "Linki z wiadomości działają przez pewien czas, link do danych przez godzinę. Otwórz nowszą wiadomość od sklepu.",
        ),
        "not_ours": Problem(
            "Tego linku nie znamy",
            "Być może skopiował się tylko kawałek adresu. Otwórz wiadomość jeszcze raz i kliknij link, który w niej jest.",
        ),
        "nobody": Problem(
            "Nic już o Tobie nie wiemy",
            "Dane, do których prowadził ten link, są usunięte. Nie wyślemy żadnych wiadomości.",
        ),
        "fault": Problem("Coś poszło nie tak po naszej stronie", "Spróbuj, prosimy, jeszcze raz za chwilę."),
    },
    "en": {
        "expired": Problem(
            "This link has expired",
            "Links in messages work for a while, the link to your data for an hour. Open a newer message from the shop.",
        ),
        "not_ours": Problem(
            "We don't know this link",
            "Perhaps only a part of the address was copied. Please open the message again and click the link in it.",
        ),
        "nobody": Problem(
            "We know nothing about you any more",
            "The data that this link led to is erased. We won't send any messages.",
        ),
        "fault": Problem("Something went wrong on our side", "Please try again in a moment."),
    },
}


@dataclass(frozen=True)
class ConfirmWords:
    title: str
    asks: str
    confirm: str
    done_title: str
    done: str
    nothing_title: str
    nothing: str


CONFIRMING: Mapping[Locale, ConfirmWords] = {
    "pl": ConfirmWords(
        title="Potwierdź zgodę",
        asks="Adres lub numer: {address}. Zgoda, którą potwierdzasz:",
        confirm="Tak, potwierdzam",
        done_title="Zgoda jest potwierdzona",
        done="Dziękujemy! Zgodę można wycofać w każdej chwili, linkiem pod każdą wiadomością.",
        nothing_title="Nie ma czego potwierdzać",
        nothing="Od wysłania tego linku zgoda została wycofana albo nikt już o nią nie prosi. Nic nie wyślemy.",
    ),
    "en": ConfirmWords(
        title="Confirm your consent",
        asks="The address or number: {address}. The consent that you confirm:",
        confirm="Yes, I confirm",
        done_title="Your consent is confirmed",
        done="Thank you! You can withdraw it at any time, by a link in every message.",
        nothing_title="There is nothing to confirm",
        nothing="Since this link was sent the consent was withdrawn, or nobody asks for it any more. We won't send anything.",
    ),
}


@dataclass(frozen=True)
class WhyWords:
    title: str
    asks: str
    answers: Mapping[Why, str]
    thanks: str
    noted: str
    back: str
    change: str


WHY: Mapping[Locale, WhyWords] = {
    "pl": WhyWords(
        title="Co stanęło na przeszkodzie?",
        asks="Jedno kliknięcie bardzo nam pomoże. Odpowiedź nie jest podpisana i niczego od Ciebie nie wymaga.",
        answers={
            Why.DELIVERY_COST: "Koszt dostawy",
            Why.PRICE: "Cena",
            Why.PAYMENT: "Sposób płatności",
            Why.TRUST: "Brak pewności, czy można zaufać sklepowi",
            Why.JUST_LOOKING: "Tylko się rozglądam",
            Why.FOUND_ELSEWHERE: "Zakup w innym miejscu",
            Why.TROUBLE: "Coś nie działało na stronie",
            Why.OTHER: "Coś innego",
        },
        thanks="Dziękujemy",
        noted="Zapisaliśmy odpowiedź:",
        back="Wróć do koszyka",
        change="Jednak co innego?",
    ),
    "en": WhyWords(
        title="What got in the way?",
        asks="One click helps us a lot. The answer carries no name and asks nothing more of you.",
        answers={
            Why.DELIVERY_COST: "The cost of delivery",
            Why.PRICE: "The price",
            Why.PAYMENT: "The ways to pay",
            Why.TRUST: "I was not sure whether to trust the shop",
            Why.JUST_LOOKING: "I am just looking around",
            Why.FOUND_ELSEWHERE: "I found it elsewhere",
            Why.TROUBLE: "Something on the site did not work",
            Why.OTHER: "Something else",
        },
        thanks="Thank you",
        noted="We noted your answer:",
        back="Back to my cart",
        change="Something else after all?",
    ),
}
