"""Facts as the back-test reads them out of a decision's row."""

from collections.abc import Mapping
from typing import Any

from msgspec import convert

from wracaj.timelines.facts import Facts
from wracaj_cli.archive.backtest.rows import FactsTold
from wracaj_cli.archive.backtest.runs import facts_of


def archived_facts(told: Mapping[str, Any]) -> Facts:
    return facts_of(convert(told, FactsTold))
