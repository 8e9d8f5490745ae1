"""The next message of a running timeline, and the earliest time at which it may come."""

from typing import Any

import pytest

from support.builders import HOUR, NOON, a_cart
from wracaj.consent.channel import Channel
from wracaj.settings.timeline_rules import Choice
from wracaj.timelines.steps import Reason, RecordState, StepRecord
from wracaj_cli.shops.next_message import Next, next_message

pytestmark = pytest.mark.usefixtures("frozen_timelines")


def a_record(state: RecordState = RecordState.SENT) -> StepRecord:
    reason = Reason.DUE if state is RecordState.SENT else Reason.NO_CONSENT
    told = {
        "state": state,
        "reason": reason,
        "channel": Channel.EMAIL,
        "at": NOON,
        "message_id": "0" * 20,
    }
    return StepRecord.model_validate(told)


def test_before_the_first_message_it_is_due_after_the_cart_was_last_touched() -> None:
    assert next_message(a_cart(touched=NOON - HOUR)) == Next(
        "first_email", "email", NOON + 2 * HOUR
    )


@pytest.mark.parametrize("state", [RecordState.SENT, RecordState.SKIPPED])
def test_after_a_message_the_next_is_due_by_the_timelines_own_time(state: RecordState) -> None:
    cart = a_cart(records={"1#first_email": a_record(state)})
    assert next_message(cart) == Next("sms", "sms", NOON + 24 * HOUR)


NOTHING_TO_COME: list[dict[str, Any]] = [
    {"episode": 0},
    {"episode_ended_at": NOON},
    {"orders": frozenset({"2026-11-18T10:00:00.000000Z#o1"})},
    {"erased": True},
    {"choice": Choice(episode=1, timeline="none", at=NOON)},
    {"records": {"1#first_email": a_record(), "1#sms": a_record(), "1#discount_email": a_record()}},
    {"records": {"1#first_email": a_record(RecordState.HELD)}},
    {"records": {"1#a_step_of_an_older_timeline": a_record()}},
]


@pytest.mark.parametrize("cart", NOTHING_TO_COME)
def test_where_nothing_comes_or_nobody_can_say_what_nothing_is_told(cart: dict[str, Any]) -> None:
    assert next_message(a_cart(**cart)) is None
