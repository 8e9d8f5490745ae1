"""The outcome of a message has the same words wherever the shop's staff read it."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from support.builders import NOON
from wracaj.consent.channel import Channel
from wracaj.store.delivery_events import MARKS
from wracaj.timelines.steps import Reason, RecordState, StepRecord
from wracaj_cli import outcome_words
from wracaj_cli.outcome_words import NoTimeline, Words, outcome_in_words, reason_in_words
from wracaj_cli.report.naming import plain
from wracaj_cli.report.writing import Writer

WARSAW = ZoneInfo("Europe/Warsaw")
ALL_WORDS = [
    *outcome_words.REASONS.values(),
    *outcome_words.STATES.values(),
    *outcome_words.MARKS.values(),
    *outcome_words.SUPPRESSIONS.values(),
    *outcome_words.CHANNELS.values(),
    *outcome_words.NO_TIMELINE.values(),
]


def a_record(state: RecordState, reason: Reason, **more: object) -> StepRecord:
    return StepRecord.model_validate(
        {
            "state": state,
            "reason": reason,
            "at": NOON,
            "message_id": "0" * 20,
            "channel": Channel.EMAIL,
        }
        | more
    )


def test_everything_that_can_come_of_a_message_has_words() -> None:
    assert set(outcome_words.REASONS) == set(Reason)
    assert set(outcome_words.STATES) == set(RecordState)
    assert set(outcome_words.MARKS) == set(MARKS)
    assert set(outcome_words.CHANNELS) == {str(channel) for channel in Channel}
    assert set(outcome_words.NO_TIMELINE) == set(NoTimeline)


@pytest.mark.parametrize("words", ALL_WORDS)
def test_words_are_words_in_both_languages(words: Words) -> None:
    for text in words:
        assert (
            text
            and "_" not in text.replace("cart_timelines", "").replace("abandoned_cart", "")
            and not text.endswith(".")
        )


def test_two_reasons_are_never_said_alike() -> None:
    for language in (0, 1):
        said = [words[language] for words in outcome_words.REASONS.values()]
        assert len(set(said)) == len(said)


@pytest.mark.parametrize(
    ("record", "english", "polish"),
    [
        (a_record(RecordState.SENT, Reason.DUE), "sent", "wysłana"),
        (
            a_record(RecordState.SENT, Reason.DUE, without_discount=True),
            "sent, without a code",
            "wysłana, bez kodu",
        ),
        (
            a_record(RecordState.SKIPPED, Reason.NO_CONSENT),
            "not sent: no consent",
            "niewysłana: brak zgody",
        ),
        (
            a_record(RecordState.ORDERED, Reason.ORDERED),
            "not sent, and the timeline ended: ordered",
            "niewysłana, harmonogram zakończony: zamówienie złożone",
        ),
        (
            a_record(RecordState.HELD, Reason.QUIET_HOURS, until=NOON + timedelta(hours=20)),
            "waits until 2026-11-19 08:00: outside the send window",
            "czeka do 2026-11-19 08:00: cisza nocna (poza godzinami wysyłki)",
        ),
        (
            a_record(RecordState.UNKNOWN, Reason.OUTCOME_UNKNOWN),
            "unknown whether it left: never again",
            "nie wiadomo, czy wyszła: nigdy ponownie",
        ),
    ],
)
def test_what_came_of_a_message_is_a_sentence(
    record: StepRecord, english: str, polish: str
) -> None:
    assert outcome_in_words(record, WARSAW) == english
    assert outcome_in_words(record, WARSAW, "pl") == polish


def test_the_report_says_what_the_commands_say() -> None:
    w, pl = Writer("en", "PLN"), Writer("pl", "PLN")
    assert plain("skipped_in_holdout", w) == reason_in_words(Reason.IN_HOLDOUT) == "in the holdout"
    assert plain("skipped_in_holdout", pl) == reason_in_words(Reason.IN_HOLDOUT, "pl")
    assert plain("stopped_reason_of_old", w) == "reason of old"
    assert plain("unknown", pl) == "nie wiadomo, czy wyszła"
