"""Texts of the data page, in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass

from wracaj.language import Locale


@dataclass(frozen=True)
class DataWords:
    title: str
    intro: str
    show: str
    download: str
    erase_title: str
    erase: str
    sure_title: str
    erase_now: str
    back: str
    erased_title: str
    erased_here_title: str
    hashes: str
    shop_title: str
    shop_has: str
    shop_has_account: str
    asked_title: str
    ask_shop: str
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
        intro=(
            "Tu sprawdzisz, co {shop} wie o Tobie w systemie, który wysyła te wiadomości. Ten link"
            " działa przez godzinę; nie przekazuj go nikomu."
        ),
        show="Pokaż moje dane",
        download="Pobierz jako plik JSON",
        erase_title="Usunięcie danych",
        erase="Chcę usunąć moje dane",
        sure_title="Na pewno usunąć?",
        erase_now="Tak, usuń moje dane",
        back="Nie, wracam",
        erased_title="Dane są usunięte",
        erased_here_title="Dane tego adresu są usunięte",
        hashes=(
            "Zostają tylko skróty usuniętych adresów (nie da się z nich odczytać adresu): przez 60"
            " dni po to, żeby spóźnione powiadomienia ze sklepu nie przywróciły danych, a przez"
            " trzy lata po to, żebyśmy już do Ciebie nie pisali."
        ),
        shop_title="Co musi zrobić sklep",
        shop_has=(
            "Konto w sklepie, zamówienia i faktury są w systemach sklepu, nie u nas. Zapisaliśmy"
            " dla sklepu, że prosisz o usunięcie. Żeby usunąć także tamto, napisz do sklepu:"
        ),
        shop_has_account=(
            "Sklep nie zapisał tego adresu w danych konta, więc tylko on może sprawdzić, czy to"
            " Twoje konto, i usunąć to, co do niego należy, u siebie i u nas. Zapisaliśmy dla"
            " niego, że prosisz o usunięcie danych tego adresu. Żeby usunąć także dane konta,"
            " napisz do sklepu:"
        ),
        asked_title="Prośba jest zapisana",
        ask_shop="Zapytaj o nie sklep:",
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
            "failed": "czeka na ponowną próbę",
            "skipped": "pominięta",
            "stopped": "już niepotrzebna",
            "ordered": "niepotrzebna, bo jest zamówienie",
            "unknown": "nie wiadomo, czy doszła",
        },
        carts="Koszyki",
        carts_columns=("Od", "Co w nim było", "Razem", "Zamówiony"),
        left_out="Starsze, które się tu nie zmieściły: {number}.",
        messages="Wiadomości",
        messages_columns=("Kiedy", "Kanał", "Która", "Co się z nią stało"),
        consents="Zgody i odmowy",
        consents_columns=("Kiedy", "Na co", "Decyzja", "Skąd", "Pokazana treść"),
        orders="Zamówienia",
        orders_columns=("Kiedy", "Numer", "Kwota"),
        postings="Historia punktów",
        postings_columns=("Kiedy", "Za co", "Ile"),
    ),
    "en": DataWords(
        title="Your data",
        intro=(
            "What {shop} knows about you in this message system. This link works for an hour; do"
            " not pass it on."
        ),
        show="Show my data",
        download="Download as a JSON file",
        erase_title="Erasing your data",
        erase="I want my data erased",
        sure_title="Are you sure?",
        erase_now="Yes, erase my data",
        back="No, go back",
        erased_title="Your data is erased",
        erased_here_title="The data of this address is erased",
        hashes=(
            "Nothing but hashes of the erased addresses stays (no address can be read from them):"
            " for 60 days, so that late notices from the shop do not bring the data back, and for"
            " three years, so that we do not write to you again."
        ),
        shop_title="What the shop must do",
        shop_has=(
            "An account in the shop, orders and invoices are in the shop's systems, not here. We"
            " noted for the shop that you ask for erasure. To have those erased as well, write to"
            " the shop:"
        ),
        shop_has_account=(
            "The shop's record of the account does not name this address, so the shop alone can"
            " check whether the account is yours, and erase what belongs to it, in its own systems"
            " and here. We noted for the shop that you ask for the data of this address to be"
            " erased. To have the account's data erased as well, write to the shop:"
        ),
        asked_title="Your request is noted",
        ask_shop="Ask the shop about it:",
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
            "failed": "waits for another try",
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
