"""All promises, one after another."""

from collections.abc import Callable, Iterable

from simulation.judge.evidence import Evidence
from simulation.judge.kept import endless, forged, lost, reasons
from simulation.judge.money import balances, codes
from simulation.judge.promises import Violation
from simulation.judge.sending import after_order, page_twice, started_twice, switched_off, twice
from simulation.judge.truth import Truth
from simulation.judge.wanted import wanted
from simulation.judge.when import outside_window, over_cap, too_late
from simulation.judge.whose import erased, to_others

CHECKS: tuple[Callable[[Truth, Evidence], Iterable[Violation]], ...] = (
    after_order,
    twice,
    started_twice,
    page_twice,
    switched_off,
    wanted,
    to_others,
    erased,
    outside_window,
    over_cap,
    too_late,
    codes,
    balances,
    lost,
    endless,
    reasons,
    forged,
)


def judge(truth: Truth, seen: Evidence) -> list[Violation]:
    return [violation for check in CHECKS for violation in check(truth, seen)]
