"""The timelines of the tests: short files of their own, in tests/support/timelines.

Whoever changes a number in statemachines/, or adds a message there, makes no test fail that is
about something else. Only what holds for any sensible timeline is tested on statemachines/ itself.
"""

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from wracaj_cli import house
from wracaj_cli.timelines.machine import state_machine
from wracaj_cli.timelines.reading import read
from wracaj_cli.timelines.rules.shape import read_short
from wracaj_cli.timelines.short_file import ShortFile

FROZEN = Path(__file__).with_name("timelines")


def frozen(timeline: str) -> Path:
    return FROZEN / f"{timeline}.yaml"


@cache
def machine_of(timeline: str) -> dict[str, Any]:
    """Its state machine, as `wracaj timeline write` makes one."""
    short = read_short(read(frozen(timeline)))
    assert isinstance(short, ShortFile), short
    return state_machine(timeline, short, "")


@pytest.fixture
def frozen_timelines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands that look for a timeline by its name find the tests' own."""
    monkeypatch.setattr(house, "STATE_MACHINES", FROZEN)
