"""A timeline whose long wait was moved out looks like any other to the shop's people."""

from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from support.builders import HOUR, NOON, some_occasion, some_settings
from wracaj.timelines.long_waits import LongWait
from wracaj.timelines.occasion import Occasion, OccasionKind
from wracaj.timelines.steps import Reason, RecordState, StepRecord
from wracaj_cli.shops.cart_json import cart_as_json
from wracaj_cli.shops.cart_story import as_tables

DAY = 24 * HOUR
WAIT = LongWait(
    episode=1,
    part=2,
    at=NOON + 30 * DAY,
    timeline="win_back",
    version="a version",
    coming=("second_email",),
    timings={},
)
SENT = StepRecord(
    state=RecordState.SENT, reason=Reason.DUE, at=NOON, message_id="m1", channel="email"
)


def waiting(**changes: Any) -> Occasion:
    told: dict[str, Any] = {
        "kind": OccasionKind.WIN_BACK,
        "episode": 1,
        "long_wait": WAIT.model_dump_json(),
    }
    return some_occasion(**(told | {"records": {"1#first_email": SENT}} | changes))


@pytest.fixture(autouse=True)
def with_frozen_timelines(frozen_timelines: None) -> None:
    """The channel of a message stands in the timeline."""


def shown(occasion: Occasion) -> str:
    console = Console(width=200, record=True, file=StringIO())
    console.print(as_tables(occasion, some_settings()))
    return console.export_text()


def test_the_next_message_and_its_date_are_shown() -> None:
    assert "second_email (e-mail)" in shown(waiting())
    assert cart_as_json(waiting(), some_settings())["waits_until"] == NOON + 30 * DAY


@pytest.mark.parametrize(
    "changes",
    [
        {"episode_ended_at": NOON},
        {"records": {"1#second_email": SENT}},
        {"episode": 2},
        {"long_wait": ""},
    ],
    ids=["ended", "sent", "a later episode", "none was kept"],
)
def test_a_date_that_is_over_is_not_the_next_message(changes: dict[str, Any]) -> None:
    assert "(e-mail)" not in shown(waiting(**changes))
