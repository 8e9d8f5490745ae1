"""Cuts between the five groups of customers on one RFM axis.

Scores follow Hughes, *Strategic Database Marketing* (1994): five groups of equal size on each axis,
5 the best. Equal values get equal scores: a value's place is its mid-rank, the usual treatment of
ties (Kendall, *Biometrika* 33, 1945). So in a shop where most customers bought once, their scores
do not depend on chance.

A score never falls as its value grows (never rises, if fewer is better), so four cuts describe an
axis. They are found in one pass over the sorted values, which need not fit in memory together.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import groupby

GROUPS = 5

Tally = tuple[int, int]  # a value, and how many customers have it
Cuts = tuple[int, ...]  # ascending: at each of them the score changes


def put_together(runs: Iterable[Iterable[Tally]]) -> Iterator[Tally]:
    """Merge tallies. Each run, and the result, is sorted by value."""
    for value, tallies in groupby(merge(*runs), key=lambda tally: tally[0]):
        yield value, sum(count for _, count in tallies)


def find_cuts(tallies: Iterable[Tally], total: int, *, fewer_is_better: bool = False) -> Cuts:
    """Return the four cuts of an axis; none without customers. `tallies`: sorted by value. `total`:
    the sum of their counts. A value that no customer has is scored between its neighbours."""
    cuts: list[int] = []
    for value, place in _places(tallies):
        while len(cuts) < GROUPS - 1 and _passes(place, total, len(cuts) + 1, fewer_is_better):
            cuts.append(value)
    return tuple(cuts)


def score(value: int, cuts: Cuts, *, fewer_is_better: bool = False) -> int:
    """Return the score, 1 to 5."""
    passed = bisect_right(cuts, value)
    return GROUPS - passed if fewer_is_better else 1 + passed


def _places(tallies: Iterable[Tally]) -> Iterator[Tally]:
    """Yield each value at which a new place begins, and twice that place: twice the count below it,
    plus its own count."""
    below = 0
    for value, count in tallies:
        yield value, 2 * below + count
        below += count
        # the place of a value that no customer has; if one does, its own place follows and is no
        # lower
        yield value + 1, 2 * below


def _passes(place: int, total: int, fifths: int, fewer_is_better: bool) -> bool:
    """Whether more than so many fifths of all customers are below the place. On the exact boundary,
    the place has passed it unless fewer is better."""
    return GROUPS * place > 2 * total * fifths or (
        GROUPS * place == 2 * total * fifths and not fewer_is_better
    )
