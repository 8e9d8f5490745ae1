"""Cuts give exactly the scores of mid-ranks. They are compared with pandas, and with the
definition, value by value."""

from bisect import bisect_left
from itertools import accumulate

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wracaj.segments.quintiles import GROUPS, Tally, find_cuts, put_together, score

VALUES = st.lists(st.integers(0, 40), min_size=1, max_size=80)
either_way = pytest.mark.parametrize("fewer_is_better", [False, True])


def tallies_of(values: list[int]) -> list[Tally]:
    return [(value, values.count(value)) for value in sorted(set(values))]


def by_mid_rank(value: int, tallies: list[Tally], fewer_is_better: bool) -> int:
    """The definition: which fifth holds the middle of those who have the value; of nobody's, the
    place between its neighbours."""
    known = [value for value, _ in tallies]
    below = [0, *accumulate(count for _, count in tallies)]
    place = bisect_left(known, value)
    equal = tallies[place][1] if place < len(known) and known[place] == value else 0
    twice, total = 2 * below[place] + equal, below[-1]
    twice = 2 * total - twice if fewer_is_better else twice
    return min(GROUPS, 1 + GROUPS * twice // (2 * total))


@either_way
@given(values=VALUES)
def test_scores_are_those_of_mid_ranks_in_pandas(values: list[int], fewer_is_better: bool) -> None:
    ranks = pd.Series(values).rank(ascending=not fewer_is_better)
    expected = (1 + (5 * (ranks - 0.5) / len(values) + 1e-9).astype(int)).clip(upper=5)
    cuts = find_cuts(tallies_of(values), len(values), fewer_is_better=fewer_is_better)
    assert [score(value, cuts, fewer_is_better=fewer_is_better) for value in values] == list(
        expected
    )


@either_way
@given(values=VALUES)
def test_any_value_is_scored_by_the_definition_whether_somebody_had_it_or_not(
    values: list[int], fewer_is_better: bool
) -> None:
    """An order may come between the counting and the scoring."""
    tallies = tallies_of(values)
    cuts = find_cuts(tallies, len(values), fewer_is_better=fewer_is_better)
    for value in range(-2, 45):
        assert score(value, cuts, fewer_is_better=fewer_is_better) == by_mid_rank(
            value, tallies, fewer_is_better
        )


@given(parts=st.lists(VALUES, max_size=8))
def test_parts_counted_apart_are_together_the_whole(parts: list[list[int]]) -> None:
    whole = [value for part in parts for value in part]
    assert list(put_together(tallies_of(part) for part in parts)) == tallies_of(whole)


def test_five_different_values_get_the_five_scores() -> None:
    cuts = find_cuts([(10, 1), (20, 1), (30, 1), (40, 1), (50, 1)], 5)
    assert [score(value, cuts) for value in (10, 20, 30, 40, 50)] == [1, 2, 3, 4, 5]
    assert [score(value, cuts) for value in (0, 25, 99)] == [1, 3, 5]


def test_equal_values_get_equal_scores_wherever_most_are_equal() -> None:
    """Eight in ten bought once: they are in the middle of their eight, and nobody is in the lowest
    two groups."""
    cuts = find_cuts([(1, 80), (2, 20)], 100)
    assert (score(1, cuts), score(2, cuts)) == (3, 5)
    assert score(1, find_cuts([(1, 100)], 100)) == 3


def test_there_are_no_cuts_where_there_is_nobody() -> None:
    assert find_cuts([], 0) == ()
