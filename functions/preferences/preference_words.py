"""Texts of the preference page, in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass

from preferences.told import Told as Told
from wracaj.consent.preferences import Pace, Topic
from wracaj.language import Locale


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
    on: str
    off: str
    suppressed: str
    pace: str
    pace_legend: str
    as_the_shop: str
    paces: Mapping[Pace, str]
    save_pace: str
    birthday: str
    birthday_gift: str
    birthday_gift_from: str
    birthday_needs: str
    birthday_known: str
    birthday_remove: str
    birthday_legend: str
    day: str
    month: str
    choose: str
    save_birthday: str
    remove_birthday: str
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
        intro="Tu decydujesz, o czym piszemy, gdzie i jak często. Każdą część zapisujesz osobno.",
        told={
            Told.TOPICS: "Zapisane. Piszemy tylko o tym, co jest zaznaczone.",
            Told.YES: "Dziękujemy. Zgoda jest zapisana.",
            Told.TO_CONFIRM: (
                "Wysłaliśmy link do potwierdzenia. Zgoda zacznie działać, gdy go klikniesz."
            ),
            Told.ASKED_BEFORE: (
                "Link do potwierdzenia już wysłaliśmy i wciąż działa: zgoda zacznie działać, gdy go"
                " klikniesz. Nowego na razie nie wyślemy, żeby nikt nie dostawał ich raz za razem."
            ),
            Told.NOT_ASKED: (
                "Nie możemy wysłać linku do potwierdzenia, więc zgody nie zapisaliśmy. Napisz,"
                " prosimy, do sklepu."
            ),
            Told.NO: "Zgoda jest wycofana. Tym kanałem już nie piszemy.",
            Told.PACE: "Zapisane. Nie będziemy pisać częściej.",
            Told.BIRTHDAY: "Dziękujemy. Data jest zapisana.",
            Told.NO_BIRTHDAY: "Data jest usunięta. Życzeń urodzinowych nie wyślemy.",
            Told.STOPPED: "Gotowe. Nie wyślemy już żadnych wiadomości.",
            Told.LINK_SENT: (
                "Link jest w drodze. Działa przez godzinę. Jeśli nie przyjdzie, zajrzyj do spamu;"
                " kolejny możemy wysłać najwcześniej godzinę po poprzednim."
            ),
            Told.LINK_REFUSED: (
                "Na ten adres nie możemy nic wysłać, bo poprzednie wiadomości do niego nie"
                " dochodziły. Napisz, prosimy, do sklepu."
            ),
            Told.LATER: (
                "Teraz nie możemy wysłać linku, bo zbyt wiele ich zamówiono. Spróbuj, prosimy, za"
                " godzinę lub jutro."
            ),
            Told.CHANGED: (
                "Coś się w międzyczasie zmieniło, więc nic nie zapisaliśmy. Sprawdź, prosimy, i"
                " wybierz jeszcze raz."
            ),
            Told.NO_SUCH_DAY: (
                "Takiego dnia nie ma w kalendarzu. Wybierz, prosimy, dzień i miesiąc jeszcze raz."
            ),
            Told.UNCLEAR: (
                "Nie zrozumieliśmy formularza, więc nic nie zapisaliśmy. Spróbuj, prosimy, jeszcze"
                " raz."
            ),
        },
        topics="O czym piszemy",
        topics_legend="Chcę dostawać wiadomości o:",
        topic={
            Topic.CARTS: ("koszykach", "co zostało w koszyku i co oglądasz"),
            Topic.ORDERS: ("zamówieniach", "podziękowania, prośby o opinię, co pasuje do zakupów"),
            Topic.LOYALTY: ("programie lojalnościowym", "punkty, nagrody, urodziny, rocznice"),
            Topic.OFFERS: ("ofertach", "powitanie, nowości, kody rabatowe"),
        },
        save_topics="Zapisz tematy",
        channels="Gdzie piszemy",
        on="Mamy Twoją zgodę.",
        off="Nie mamy Twojej zgody, więc nie piszemy.",
        suppressed="Wiadomości na ten adres nie dochodziły, więc ich nie wysyłamy.",
        pace="Jak często",
        pace_legend="Wiadomości chcę dostawać:",
        as_the_shop="tak często, jak zwykle pisze sklep",
        paces={Pace.WEEKLY: "najwyżej raz w tygodniu", Pace.MONTHLY: "najwyżej raz w miesiącu"},
        save_pace="Zapisz częstotliwość",
        birthday="Urodziny",
        birthday_gift="Na urodziny mamy dla Ciebie prezent.",
        birthday_gift_from=(
            "Na urodziny mamy prezent dla tych, którzy w ostatnich dwunastu miesiącach wydali u nas"
            " co najmniej {amount}."
        ),
        birthday_needs="Wystarczy dzień i miesiąc; roku nie potrzebujemy.",
        birthday_known=(
            "Znamy już datę. Nie pokazujemy jej tutaj, bo link do tej strony można przekazać dalej,"
            " ale możesz ją zmienić albo usunąć."
        ),
        birthday_remove="Znamy datę Twoich urodzin. Możesz ją tu usunąć.",
        birthday_legend="Data urodzin",
        day="Dzień",
        month="Miesiąc",
        choose="wybierz",
        save_birthday="Zapisz datę",
        remove_birthday="Usuń datę",
        stop="Koniec wiadomości",
        stop_why="Jedno kliknięcie i nie wyślemy już niczego, żadnym kanałem.",
        stop_all="Rezygnuję ze wszystkich wiadomości",
        data="Twoje dane",
        data_why=(
            "Możesz zobaczyć, co o Tobie wiemy, pobrać to jako plik albo poprosić o usunięcie. Ten"
            " link mógł trafić do kogoś innego, dlatego wyślemy nowy, na adres {address}. Będzie"
            " działał przez godzinę."
        ),
        no_address=(
            "Nie znamy adresu e-mail, na który moglibyśmy wysłać link. Napisz, prosimy, do sklepu."
        ),
        send_link="Wyślij mi link do moich danych",
    ),
    "en": PreferenceWords(
        title="Message settings",
        intro=(
            "Here you decide what we write about, where and how often. Each part is saved on its"
            " own."
        ),
        told={
            Told.TOPICS: "Saved. We only write about what is ticked.",
            Told.YES: "Thank you. Your consent is saved.",
            Told.TO_CONFIRM: "We sent a link there. Your consent counts once you click it.",
            Told.ASKED_BEFORE: (
                "We have sent a link there already, and it still works: your consent counts once"
                " you click it. We won't send another for now, so that nobody gets them over and"
                " over."
            ),
            Told.NOT_ASKED: (
                "We cannot send a link there to confirm it, so your consent was not saved. Please"
                " write to the shop."
            ),
            Told.NO: "Your consent is withdrawn. We no longer write this way.",
            Told.PACE: "Saved. We won't write more often than that.",
            Told.BIRTHDAY: "Thank you. The date is saved.",
            Told.NO_BIRTHDAY: "The date is removed. We won't send birthday wishes.",
            Told.STOPPED: "Done. We won't send you any more messages.",
            Told.LINK_SENT: (
                "The link is on its way. It works for an hour. If it does not arrive, look into the"
                " spam folder; we can send another one an hour after the last at the earliest."
            ),
            Told.LINK_REFUSED: (
                "We cannot send anything to this address, as earlier messages to it did not arrive."
                " Please write to the shop."
            ),
            Told.LATER: (
                "We cannot send a link just now: too many were asked for. Please try again in an"
                " hour, or tomorrow."
            ),
            Told.CHANGED: (
                "Something has changed meanwhile, so nothing was saved. Please read again and"
                " choose."
            ),
            Told.NO_SUCH_DAY: (
                "There is no such day in the calendar. Please choose the day and the month again."
            ),
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
        on="We have your consent.",
        off="We do not have your consent, so we do not write.",
        suppressed="Messages to this address did not arrive, so we do not send any.",
        pace="How often",
        pace_legend="I would like to get messages:",
        as_the_shop="as often as the shop usually writes",
        paces={Pace.WEEKLY: "at most once a week", Pace.MONTHLY: "at most once a month"},
        save_pace="Save how often",
        birthday="Birthday",
        birthday_gift="We have a gift for your birthday.",
        birthday_gift_from=(
            "We have a birthday gift for those who bought for {amount} or more in the last twelve"
            " months."
        ),
        birthday_needs="The day and the month are enough; we do not need the year.",
        birthday_known=(
            "We know the date already. This page does not show it, as its link may be passed on; it"
            " can be changed or removed."
        ),
        birthday_remove="We know your date of birth. It can be removed here.",
        birthday_legend="Date of birth",
        day="Day",
        month="Month",
        choose="choose",
        save_birthday="Save the date",
        remove_birthday="Remove the date",
        stop="No more messages",
        stop_why="One click, and we won't send you anything any more, by whatever way.",
        stop_all="Stop all messages",
        data="Your data",
        data_why=(
            "You can see what we know about you, take it away as a file, or ask us to erase it."
            " This link may have reached somebody else, so we send a new one to {address}. It works"
            " for an hour."
        ),
        no_address=(
            "We know no e-mail address that we could send a link to. Please write to the shop."
        ),
        send_link="Send me a link to my data",
    ),
}
