"""The outcomes of messages and carts in words, in English and Polish. The demo, reports and
commands use the same words.

Only the shop's staff read them; shoppers read the words of `reminder_step` and `preferences`.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from wracaj.consent.channel import TRAITS
from wracaj.language import Locale
from wracaj.timelines.steps import Reason, RecordState, StepRecord


class Words(NamedTuple):
    en: str
    pl: str

    def to(self, language: Locale) -> str:
        return self.pl if language == "pl" else self.en


REASONS: Mapping[Reason, Words] = {
    Reason.DUE: Words("sent", "wysłana"),
    Reason.ORDERED: Words("ordered", "zamówienie złożone"),
    Reason.ERASED: Words("asked to be forgotten", "prośba o usunięcie danych"),
    Reason.SWITCHED_OFF: Words("sending is switched off", "wysyłka jest wyłączona"),
    Reason.CART_EMPTIED: Words("the cart is empty", "koszyk jest pusty"),
    Reason.OLDER_THAN_SWITCH_ON: Words(
        "the cart is older than Wracaj here", "koszyk jest starszy niż Wracaj w tym sklepie"
    ),
    Reason.ALREADY_IN_CART: Words("all of it lies in a cart", "wszystko leży już w koszyku"),
    Reason.NEWER_CART: Words("went on with another cart", "zakupy toczą się w innym koszyku"),
    Reason.SUPERSEDED: Words("a newer timeline runs", "działa nowszy harmonogram"),
    Reason.ALREADY_SENT: Words("sent before", "wysłana wcześniej"),
    Reason.OUTCOME_UNKNOWN: Words(
        "unknown whether it left: never again", "nie wiadomo, czy wyszła: nigdy ponownie"
    ),
    Reason.ORDER_UNDONE: Words(
        "the order was cancelled or refunded", "zamówienie anulowano lub zwrócono"
    ),
    Reason.SHOPPER_ACTIVE: Words("the shopper is active in the shop", "zakupy właśnie trwają"),
    Reason.NOT_SET_UP: Words("the shop has not set this up", "sklep tego nie skonfigurował"),
    Reason.NO_ADDRESS: Words("no address for it", "brak adresu dla tego kanału"),
    Reason.NO_CONSENT: Words("no consent", "brak zgody"),
    Reason.ADDRESS_NOT_IN_RECORD: Words(
        "no address in the shop's record of this customer", "brak adresu w danych klienta w sklepie"
    ),
    Reason.PHONE_ORDERED: Words(
        "somebody ordered with this phone since", "od tego czasu ktoś zamówił z tym numerem"
    ),
    Reason.SUPPRESSED: Words("the address is suppressed", "adres na liście wykluczeń"),
    Reason.TOPIC_DECLINED: Words("declined this topic", "temat wyłączony w ustawieniach"),
    Reason.IN_AUDIENCE: Words("sees the shop's advertisements already", "widzi już reklamy sklepu"),
    Reason.IN_HOLDOUT: Words("in the holdout", "w grupie kontrolnej"),
    Reason.OTHER_TIMINGS: Words(
        "other timings in an experiment", "inny termin w ramach eksperymentu"
    ),
    Reason.FREQUENCY_CAP: Words("frequency cap reached", "limit częstotliwości"),
    Reason.QUIET_HOURS: Words("outside the send window", "cisza nocna (poza godzinami wysyłki)"),
    Reason.WINDOW_CLOSED: Words(
        "its sending window is over", "minął czas, w którym wolno ją wysłać"
    ),
    Reason.STALE: Words("too late to be of use", "za późno, by się przydała"),
    Reason.SENT_ON_ANOTHER_CHANNEL: Words("sent on another channel", "wysłane innym kanałem"),
    Reason.NO_DISCOUNT: Words(
        "the shop could not create a code, or not afford it",
        "sklep nie mógł utworzyć kodu albo go na niego nie stać",
    ),
    Reason.REFUSED: Words("refused by the provider", "odrzucona przez dostawcę"),
    Reason.PROVIDER_THROTTLED: Words("the provider asked for time", "dostawca poprosił o czas"),
    Reason.ADDRESS_GONE: Words("nobody is there any more", "pod tym adresem nikogo już nie ma"),
    Reason.CAMPAIGN_STOPPED: Words("the campaign was stopped", "kampanię zatrzymano"),
    Reason.CAMPAIGN_ENDED: Words("the campaign had ended", "kampania już się skończyła"),
    Reason.NO_CONTENT: Words("no content", "brak treści do wysłania"),
    Reason.MAILBOX_LIMIT: Words(
        "the mailbox got enough of them today", "do tej skrzynki wysłano ich dziś dość"
    ),
    Reason.FAILED: Words("it failed", "wystąpił błąd"),
}

STATES: Mapping[RecordState, Words] = {
    RecordState.HELD: Words("waits", "czeka"),
    RecordState.PREPARING: Words("its code is being created", "trwa tworzenie kodu"),
    RecordState.SENDING: Words("is being sent", "w trakcie wysyłki"),
    RecordState.RELEASED: Words("not taken, to be tried again", "nieprzyjęta, będzie ponowiona"),
    RecordState.FAILED: Words("to be tried again", "będzie ponowiona"),
    RecordState.SENT: Words("sent", "wysłana"),
    RecordState.SKIPPED: Words("not sent", "niewysłana"),
    RecordState.STOPPED: Words(
        "not sent, and the timeline ended", "niewysłana, harmonogram zakończony"
    ),
    RecordState.ORDERED: Words(
        "not sent, and the timeline ended", "niewysłana, harmonogram zakończony"
    ),
    RecordState.UNKNOWN: Words(
        "unknown whether it left: never again", "nie wiadomo, czy wyszła: nigdy ponownie"
    ),
}

MARKS: Mapping[str, Words] = {
    "delivered": Words("arrived", "dotarła"),
    "opened": Words("opened", "otwarta"),
    "followed": Words("link followed", "kliknięta"),
    "bounced": Words("bounced", "odbita"),
    "complained": Words("reported as spam", "zgłoszona jako spam"),
    "unsubscribed": Words("opted out by it", "wypis przez tę wiadomość"),
}

SUPPRESSIONS: Mapping[str, Words] = {
    "bounce": Words("messages to it bounce", "wiadomości się odbijają"),
    "complaint": Words(
        "its owner reported a message as spam", "właściciel zgłosił wiadomość jako spam"
    ),
    "gone": Words("it leads to nobody", "nikogo pod nim nie ma"),
    "opted_out": Words("its owner blocks the sender", "właściciel blokuje nadawcę"),
}

CHANNELS: Mapping[str, Words] = {
    channel.value: Words(en=traits.words["en"].label, pl=traits.words["pl"].label)
    for channel, traits in TRAITS.items()
}

CONSENTS: Mapping[str, Words] = {
    "subscribed": Words("opted in", "zgoda"),
    "pending": Words("opted in, not confirmed", "zgoda niepotwierdzona"),
    "unsubscribed": Words("opted out", "wypis"),
    "unknown": Words("unknown", "brak decyzji"),
}


class NoTimeline(StrEnum):
    """Why a cart took no timeline."""

    ERASED = "erased"
    ORDERED = "ordered"
    UNREACHABLE = "unreachable"
    OLDER = "older"
    EMPTY = "empty"
    NONE_RUNS = "none_runs"
    SWITCHED_OFF = "switched_off"
    TOLD_LATE = "told_late"
    RULE = "rule"
    NO_RULE = "no_rule"


NO_TIMELINE: Mapping[NoTimeline, Words] = {
    NoTimeline.ERASED: Words("the shopper asked to be forgotten", "prośba o usunięcie danych"),
    NoTimeline.ORDERED: Words("the order came first", "zamówienie było pierwsze"),
    NoTimeline.UNREACHABLE: Words("no address to write to", "nie ma dokąd napisać"),
    NoTimeline.OLDER: Words(
        "the cart is older than Wracaj here", "koszyk jest starszy niż Wracaj w tym sklepie"
    ),
    NoTimeline.EMPTY: Words("nothing to remind of", "nie ma o czym przypominać"),
    NoTimeline.NONE_RUNS: Words(
        "no timeline of carts runs in this shop",
        "w tym sklepie nie działa żaden harmonogram koszyków",
    ),
    NoTimeline.SWITCHED_OFF: Words("the shop is switched off", "sklep jest wyłączony"),
    NoTimeline.TOLD_LATE: Words(
        "it was reported too long after it was last touched",
        "sklep powiedział o nim zbyt późno po ostatniej zmianie",
    ),
    NoTimeline.RULE: Words(
        "rule {} of the shop's `cart_timelines` says so",
        "tak mówi reguła {} w `cart_timelines` sklepu",
    ),
    NoTimeline.NO_RULE: Words(
        "no rule of the shop's `cart_timelines` holds, and abandoned_cart does not run",
        "nie pasuje żadna reguła w `cart_timelines` sklepu, a abandoned_cart nie działa",
    ),
}

_BY_RULE = Words(", by rule {} of `cart_timelines`", ", według reguły {} w `cart_timelines`")
_EPISODE = Words("; episode {}", "; przebieg {}")
_ENDED = Words(", ended", ", zakończony")
_NO_TIMELINE = Words("none: {}", "żaden: {}")
_UNTIL = Words("until", "do")
WITHOUT_CODE = Words("without a code", "bez kodu")


def reason_in_words(reason: str, language: Locale = "en") -> str:
    """Return the words for a Reason, or for a reason that an older version counted."""
    known = REASONS.get(Reason(reason)) if reason in set(Reason) else None
    return known.to(language) if known else reason.replace("_", " ")


def outcome_in_words(record: StepRecord, zone: ZoneInfo, language: Locale = "en") -> str:
    """Return the outcome in words, such as "not sent: no consent", "waits until 2026-11-19 09:00:
    outside the send window" or "sent, without a code"."""
    text = STATES[record.state].to(language)
    if record.state is RecordState.HELD and record.until:
        text += f" {_UNTIL.to(language)} {moment(record.until, zone)}"
    if record.without_discount and record.state is RecordState.SENT:
        text += f", {WITHOUT_CODE.to(language)}"
    says_it_all = (
        record.reason is Reason.DUE
        or record.state is RecordState.UNKNOWN
        or record.state is RecordState.SENT
    )
    text = text if says_it_all else f"{text}: {reason_in_words(record.reason, language)}"
    return f"{text} ({record.error})" if record.error else text


def suppression_in_words(why: str, language: Locale = "en") -> str:
    return SUPPRESSIONS[why].to(language) if why in SUPPRESSIONS else why


def mark_in_words(mark: str, language: Locale = "en") -> str:
    return MARKS[mark].to(language) if mark in MARKS else mark


def channel_in_words(channel: str, language: Locale = "en") -> str:
    return CHANNELS[channel].to(language) if channel in CHANNELS else channel


def consent_in_words(state: str, language: Locale = "en") -> str:
    return CONSENTS[state].to(language) if state in CONSENTS else state


def no_timeline_in_words(why: NoTimeline, rule: int | None = None, language: Locale = "en") -> str:
    return NO_TIMELINE[why].to(language).format(rule)


def none_in_words(why: str, language: Locale = "en") -> str:
    return _NO_TIMELINE.to(language).format(why)


def timeline_in_words(
    name: str, rule: int | None, episode: int, *, ended: bool, language: Locale = "en"
) -> str:
    """Return the timeline in words, such as "high_value_cart, by rule 1 of `cart_timelines`;
    episode 1, ended"."""
    by_rule = _BY_RULE.to(language).format(rule) if rule else ""
    end = _ENDED.to(language) if ended else ""
    return f"{name}{by_rule}{_EPISODE.to(language).format(episode)}{end}"


def moment(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
