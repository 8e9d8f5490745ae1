"""The sweep's function, as people invoke it when an alarm says that it is late."""

from collections.abc import Sequence
from typing import Any

import pytest

import timeline_resume.app
from support.lambdas import CONTEXT
from wracaj.store import Store


@pytest.fixture
def swept(store: Store, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How many hours ahead was swept."""
    told: list[float] = []

    class NoSweep:
        def __init__(self, *parts: Any) -> None: ...

        def run(self, hours_ahead: float) -> int:
            told.append(hours_ahead)
            return 0

        def hours_late(self) -> int:
            return 0

    monkeypatch.setattr(timeline_resume.app, "open_store", lambda: store)
    monkeypatch.setattr(timeline_resume.app, "Sweep", NoSweep)
    return told


@pytest.mark.parametrize(
    ("event", "hours"), [({}, 2), ({"hours_ahead": 0.5}, 0.5), ({"hours_ahead": 90}, 20)]
)
def test_it_sweeps_as_far_ahead_as_it_is_told_and_less_than_a_day(
    swept: Sequence[float], event: dict[str, Any], hours: float
) -> None:
    timeline_resume.app.handler(event, CONTEXT)
    assert swept == [hours]


@pytest.mark.parametrize("told", ["2", None, [2]])
def test_what_is_no_number_of_hours_is_refused_in_words(swept: Sequence[float], told: Any) -> None:
    with pytest.raises(timeline_resume.app.HoursAheadError, match="a number of hours"):
        timeline_resume.app.handler({"hours_ahead": told}, CONTEXT)
    assert swept == []
