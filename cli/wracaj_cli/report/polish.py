"""The words of a report in Polish, by their English. Reasons, timelines and findings have their own
words: `outcome_words`, `timeline_words`, `experiments/words`."""

from collections.abc import Mapping

from wracaj_cli.report.polish_because import BECAUSE_OF_MESSAGES

POLISH: Mapping[str, str] = {
    **BECAUSE_OF_MESSAGES,
    # on top
    "{shop}: what messages bring": "{shop}: co dają wiadomości",
    "At a glance": "W skrócie",
    "What messages bring, {begins} to {until}": "Co dały wiadomości od {begins} do {until}",
    "{begins} to {until}": "od {begins} do {until}",
    "recovered carts": "odzyskane koszyki",
    "orders after a click": "zamówienia po kliknięciu",
    "paid in them, without tax": "zapłacono w nich netto",
    "because of the messages": "tylko dzięki wiadomościom",
    "contribution after discounts and messages": "marża po rabatach i kosztach wiadomości",
    "cost of messages": "koszt wiadomości",
    "unknown": "nie\u00a0wiadomo",
    "unknown: wrong shares": "nie wiadomo: złe udziały",
    "too early to say": "za wcześnie",
    "too early": "za wcześnie",
    "not enough data yet": "za mało danych",
    "too little to matter": "zbyt mało, by miało znaczenie",
    "no such difference seen": "nie widać takiej różnicy",
    "{n} orders": "{n} zamówień",
    "{low} to {high}": "od {low} do {high}",
    "{low} to {high} lost": "strata od {low} do {high}",
    "In all {low} to {high} because of the messages, among {people}.": (
        "Łącznie od {low} do {high} dzięki wiadomościom, u {people}."
    ),
    "In all {low} to {high} lost because of the messages, among {people}.": (
        "Łącznie przez wiadomości strata od {low} do {high}, u {people}."
    ),
    "all messages": "wszystkie wiadomości",
    (
        "Unknown how much of it would have come anyway: no experiment holds anybody out. An"
        " example: wracaj experiment example."
    ): (
        "Nie wiadomo, ile z tego byłoby i bez wiadomości: żaden eksperyment nie ma grupy"
        " kontrolnej. Przykład: wracaj experiment example."
    ),
    (
        "Credited to a message: orders within five days after a click on its link, for the last"
        " click before the order. Paid: without tax, shipping and refunds."
    ): (
        "Zamówienie przypisujemy wiadomości, której link kliknięto jako ostatni, najwyżej pięć dni"
        " przed zakupem. Kwoty netto: bez VAT, dostawy i zwrotów."
    ),
    "Cost of messages: of {emails} and {parts}.": "Koszt wiadomości: {emails} i {parts}.",
    (
        "Cost of messages unknown: {parts} were sent, and the settings tell no price of one. Write"
        " it into economics.sms_part."
    ): (
        "Koszt wiadomości nie jest znany: wysłano {parts}, a w ustawieniach nie ma ceny jednego."
        " Wpisz ją w economics.sms_part."
    ),
    (
        "Contribution unknown: the settings tell no margin of the goods. Write it into"
        " economics.margin_percent; orders from then on count."
    ): (
        "Marża nie jest znana: w ustawieniach nie ma marży na towarze. Wpisz ją w"
        " economics.margin_percent; liczą się zamówienia złożone od tej chwili."
    ),
    (
        "Orders after {until} are left out. All else is as it is known today, {today}: what was"
        " sent back since is taken off the month of its order, who was found to be one person is"
        " one, and experiments are as they are now. The segments, and who moved between them, are"
        " those of the last scoring: in which a shopper was then is not kept."
    ): (
        "Bez zamówień po {until}. Wszystko inne według stanu na dziś, {today}: późniejsze zwroty"
        " pomniejszają miesiąc swojego zamówienia, konta scalone są jednym klientem, a eksperymenty"
        " są takie jak teraz. Segmenty i przejścia między nimi pochodzą z ostatniego przeliczenia:"
        " dawnych segmentów nie przechowujemy."
    ),
    (
        "Left out, as currencies are never added: orders in {currencies}; see them with --currency."
    ): (
        "Bez zamówień w {currencies}, bo kwot w różnych walutach nie dodajemy; pokaże je"
        " --currency."
    ),
    "Wrote {file}": "Zapisano {file}",
    # messages
    "Message by message": "Wiadomość po wiadomości",
    "message": "wiadomość",
    "sent": "wysłano",
    "orders": "zamówienia",
    "paid, without tax": "zapłacono netto",
    "codes used": "użyte kody",
    "opted out": "wypisy",
    "Nothing yet: {messages}.": "Jeszcze nic: {messages}.",
    "Not sent, and why:": "Nie wysłano, bo:",
    "Nothing was sent yet.": "Nic jeszcze nie wysłano.",
    "{timeline}: orders after a click, and codes": "{timeline}: zamówienia po kliknięciu i kody",
    "Carts that took no timeline": "Koszyki bez harmonogramu",
    "no rule of cart_timelines fits": "nie pasuje żadna reguła w cart_timelines",
    "rule {number} of cart_timelines": "reguła {number} w cart_timelines",
    # weeks
    "Week by week": "Tydzień po tygodniu",
    "Week by week, as sent": "Tydzień po tygodniu, według dnia wysyłki",
    "A message, and all that came of it, counts in the week in which it was sent.": (
        "Wiadomość i wszystko, co z niej wynikło, liczy się w tygodniu, w którym ją wysłano."
    ),
    "week from": "tydzień od",
    "Orders after a click, by week of the message": (
        "Zamówienia po kliknięciu, według tygodnia wysyłki"
    ),
    "Paid after a click, by week, without tax, in {currency}": (
        "Zapłacono po kliknięciu, według tygodnia, netto, w {currency}"
    ),
    "Messages sent, by week": "Wysłane wiadomości, według tygodnia",
    "The weeks as a table": "Tygodnie w tabeli",
    "{chart}; the table below has the figures": "{chart}; liczby są w tabeli poniżej",
    # experiments
    "Experiments": "Eksperymenty",
    "{experiment}, {arm}: the interval over time": "{experiment}, {arm}: przedział w czasie",
    "{metric}: the difference for 100 shoppers, as it was on each day": (
        "{metric}: różnica na 100 klientów, jak wyglądała każdego dnia"
    ),
    "The intervals as a table": "Przedziały w tabeli",
    "as of": "stan na",
    "people": "osoby",
    "difference for 100": "różnica na 100",
    (
        "Each line is an interval: the true difference lies in it, at all looks together, with a"
        " certainty of 95 percent. It pays once the whole line is above 0. Only people whose days"
        " were over by then count."
    ): (
        "Każda kreska to przedział: prawdziwa różnica leży w nim z pewnością 95 procent, bez"
        " względu na to, jak często się patrzy. Wiadomości się opłacają, gdy cała kreska leży"
        " powyżej 0. Liczą się tylko osoby, których czas już wtedy minął."
    ),
    # customers
    "Customers": "Klienci",
    "customers": "klienci",
    "customers who bought": "klienci, którzy kupili",
    "spent": "wydali",
    "bought again": "kupili ponownie",
    "stay, each month": "zostaje co miesiąc",
    "spent per customer so far": "dotąd na klienta",
    "expected per customer": "spodziewane na klienta",
    "per customer so far": "dotąd na klienta",
    "expected": "spodziewane",
    "Customers, month by month": "Klienci, miesiąc po miesiącu",
    "Money, month by month": "Kwoty, miesiąc po miesiącu",
    "Month by month": "Miesiąc po miesiącu",
    "month": "miesiąc",
    "new or back": "nowi lub wracają",
    "number of orders": "liczba zamówień",
    "retention": "retencja",
    "churn": "odejścia",
    "so far, each": "dotąd na klienta",
    "expected, each": "spodziewane na klienta",
    "Spent by month, in {currency}": "Wydatki według miesiąca, w {currency}",
    "Customers who stayed, by month, in percent": (
        "Klienci, którzy zostali, według miesiąca, w procentach"
    ),
    # segments
    "Segments by RFM": "Segmenty RFM",
    "Segments by recency, frequency and value": (
        "Segmenty według czasu od zakupu, częstości i wartości (RFM)"
    ),
    "Lifetime value of each segment": "Wartość klienta w czasie (CLV) według segmentu",
    "Customers by segment": "Klienci według segmentu",
    "segment": "segment",
    "came": "przyszli",
    "went": "odeszli",
    "not scored yet": "jeszcze bez oceny",
    "No night has scored the customers yet. `wracaj score {shop}` does it now.": (
        "Klienci nie mają jeszcze ocen RFM. `wracaj score {shop}` przeliczy je teraz."
    ),
    "Customers are scored in {scored}, and this report is in {currency}.": (
        "Klienci są oceniani w {scored}, a ten raport jest w {currency}."
    ),
    "Nobody has bought yet.": "Nikt jeszcze nie kupił.",
    "Scored {at}": "Przeliczono {at}",
    "came and went since {at}": "przyszli i odeszli od {at}",
    (
        "Retention and churn are a month's, over the {months} of this report, of those who are in"
        " the segment now."
    ): (
        "Retencja i odejścia są miesięczne, z {months} tego raportu, dla osób, które są w segmencie"
        " teraz."
    ),
    (
        "The segments are those of now; the figures beside them, but for came and went, are of"
        " orders until {until}."
    ): (
        "Segmenty są dzisiejsze; liczby obok nich, poza przyszli i odeszli, pochodzą z zamówień do"
        " {until}."
    ),
    "Who moved last night": "Przejścia ostatniej nocy",
    "Who moved last night: from (row) to (column)": (
        "Przejścia ostatniej nocy: z (wiersz) do (kolumna)"
    ),
    "from": "z",
    "to": "do",
    "scored for the first time": "pierwsza ocena",
    "all others": "wszystkie inne",
    # reasons
    "Why carts were abandoned, as shoppers say": "Dlaczego porzucono koszyki, według klientów",
    "reason": "powód",
    "carts": "koszyki",
    # at the end
    (
        "A customer at a moment is a shopper who bought within the 12 months before it. Retention"
        " is [(E − N) / S] × 100: of the customers at the start of a month (S), how many there are"
        " at its end (E) without those who became customers in it (N), by a first order or by"
        " returning after 12 months without one: who returned was not in S."
    ): (
        "Klient w danej chwili to ktoś, kto kupił w ciągu 12 miesięcy przed nią. Retencja to"
        " [(E − N) / S] × 100: z klientów na początku miesiąca (S) ilu jest na jego końcu (E) bez"
        " tych, którzy stali się klientami w jego trakcie (N), pierwszym zamówieniem albo powrotem"
        " po 12 miesiącach bez zakupu: kto wrócił, nie był w S."
    ),
    (
        "Expected per customer: average order × orders a month ÷ monthly churn (Berger and Nasr"
        " 1998, without discounting); none where nobody leaves. Segments are those of the last"
        " night's scoring: five groups of equal size by recency, frequency and value each (Hughes"
        " 1994), equal values in one group."
    ): (
        "Spodziewane na klienta: średnie zamówienie × zamówienia w miesiącu ÷ miesięczne odejścia"
        " (Berger i Nasr 1998, bez dyskontowania); brak, gdy nikt nie odchodzi. Segmenty pochodzą z"
        " ostatniego nocnego przeliczenia: pięć grup równej wielkości według czasu od zakupu,"
        " częstości i wartości (Hughes 1994), równe wartości w jednej grupie."
    ),
}
