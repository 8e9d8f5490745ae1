"""The timelines of the tests: short files of their own, in tests/support/timelines.

So a changed number or a new message in statemachines/ fails no test about something else. On
statemachines/ itself, tests check only what holds for every good timeline.
"""

import re
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
    """Return the short file of a timeline: the tests' own, or the product's if they have none."""
    own = FROZEN / f"{timeline}.yaml"
    return own if own.exists() else STATE_MACHINES / own.name


def with_free_delivery(text: str) -> str:
    """Return the short file of abandoned carts with free delivery in place of the percent."""
    text = re.sub(r"  discount_percent: .*\n", "", text)
    assert "percent: discount_percent" in text
    return text.replace("percent: discount_percent", "free_shipping: true")


@cache
def machine_of(timeline: str) -> dict[str, Any]:
    """Return the state machine that `wracaj timeline write` would make from the short file."""
    short = read_short(read(frozen(timeline)))
    assert isinstance(short, ShortFile), short
    return state_machine(timeline, short, "")


def a_repository(folder: Path) -> Path:
    """Copy what is deployed into a folder, with the timelines of the tests, and return it."""
    shutil.copy(house.TEMPLATE, folder)
    shutil.copytree(house.ROOT / "functions", folder / "functions", ignore=NOT_SOURCES)
    shutil.copytree(STATE_MACHINES, folder / "statemachines")
    shutil.copytree(FROZEN, folder / "statemachines", dirs_exist_ok=True)
    made.write(folder)
    return folder


@pytest.fixture
def frozen_timelines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make commands find the tests' own timelines by name."""
    monkeypatch.setattr(house, "STATE_MACHINES", FROZEN)
