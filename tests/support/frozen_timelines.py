"""The timelines of the tests: short files of their own, in tests/support/timelines.

Whoever changes a number in statemachines/, or adds a message there, makes no test fail that is
about something else. Only what holds for any sensible timeline is tested on statemachines/ itself.
"""

import shutil
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from wracaj_cli import house
from wracaj_cli.house import STATE_MACHINES
from wracaj_cli.timelines import made
from wracaj_cli.timelines.machine import state_machine
from wracaj_cli.timelines.reading import read
from wracaj_cli.timelines.rules.shape import read_short
from wracaj_cli.timelines.short_file import ShortFile

FROZEN = Path(__file__).with_name("timelines")
NOT_SOURCES = shutil.ignore_patterns("__pycache__")


def frozen(timeline: str) -> Path:
    """Ours, where the tests have none of their own."""
    own = FROZEN / f"{timeline}.yaml"
    return own if own.exists() else STATE_MACHINES / own.name


@cache
def machine_of(timeline: str) -> dict[str, Any]:
    """Its state machine, as `wracaj timeline write` makes one."""
    short = read_short(read(frozen(timeline)))
    assert isinstance(short, ShortFile), short
    return state_machine(timeline, short, "")


def a_repository(folder: Path) -> Path:
    """What is deployed of ours, with the timelines of the tests."""
    shutil.copy(house.TEMPLATE, folder)
    shutil.copytree(house.ROOT / "functions", folder / "functions", ignore=NOT_SOURCES)
    shutil.copytree(STATE_MACHINES, folder / "statemachines")
    shutil.copytree(FROZEN, folder / "statemachines", dirs_exist_ok=True)
    made.write(folder)
    return folder


@pytest.fixture
def frozen_timelines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands that look for a timeline by its name find the tests' own."""
    monkeypatch.setattr(house, "STATE_MACHINES", FROZEN)
