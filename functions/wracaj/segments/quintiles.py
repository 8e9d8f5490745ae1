"""Where one fifth of the customers ends and the next begins, on one axis.

Scores follow Hughes, *Strategic Database Marketing* (1994): five groups of equal size on each axis,
5 the best. Equal values get equal scores: a value's place is its mid-rank, the usual treatment of
ties (Kendall, *Biometrika* 33, 1945), so that a shop where most bought once does not score its
one-time buyers by chance.

A score never falls as its value grows (never rises, where fewer is better), so four cuts tell all
of an axis. They are found in one walk over the values in their order, which need never be in memory
together.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import groupby

GROUPS = 5

Tally = tuple[int, int]  # a value, and how many customers have it
Cuts = tuple[int, ...]  # ascending: at each of them the score changes


def put_together(runs: Iterable[Iterable[Tally]]) -> Iterator[Tally]:
    """Tallies in the order of their values, from runs that are each in that order."""
    for value, tallies in groupby(merge(*runs), key=lambda tally: tally[0]):
        yield value, sum(count for _, count in tallies)


def find_cuts(tallies: Iterable[Tally], total: int, *, fewer_is_better: bool = False) -> Cuts:
    """`tallies`: in the order of their values. `total`: of all their counts. A value that nobody
    had is scored between its neighbours. None are found where there is nobody."""
    cuts: list[int] = []
    for value, place in _places(tallies):
        while len(cuts) < GROUPS - 1 and _passes(place, total, len(cuts) + 1, fewer_is_better):
            cuts.append(value)
    return tuple(cuts)


def score(value: int, cuts: Cuts, *, fewer_is_better: bool = False) -> int:
    """1 to 5."""
    passed = bisect_right(cuts, value)
    return GROUPS - passed if fewer_is_better else 1 + passed


def _places(tallies: Iterable[Tally]) -> Iterator[Tally]:
    """Each value at which a new place begins, and twice that place: twice the number below it, and
    once its own."""
    below = 0
    for value, count in tallies:
        yield value, 2 * below + count
        below += count
        # of what nobody had; where somebody did, their own place follows, and is no lower
        yield value + 1, 2 * below


def _passes(place: int, total: int, fifths: int, fewer_is_better: bool) -> bool:
    """Whether so many fifths of all lie below: counted from the other end, a place on the very edge
    is not past it yet."""
    return GROUPS * place > 2 * total * fifths or (
        GROUPS * place == 2 * total * fifths and not fewer_is_better
    )
