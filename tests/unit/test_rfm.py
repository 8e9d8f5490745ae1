"""Scores, checked against pandas on the same customers."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wracaj.ledger import Account, Sums
from wracaj.rfm import Scale, Scorer, Scores, Segment, Values, count, segment_of, values_of

NOW = datetime(2026, 11, 18, tzinfo=UTC)
CUSTOMERS = st.lists(st.builds(Values, st.integers(0, 40), st.integers(1, 6), st.integers(0, 500)), min_size=1, max_size=60)


def by_pandas(customers: list[Values]) -> list[Scores]:
    frame = pd.DataFrame(customers, columns=["r", "f", "m"])
    ranks = pd.DataFrame({"r": frame["r"].rank(ascending=False), "f": frame["f"].rank(), "m": frame["m"].rank()})
    scores = (1 + (5 * (ranks - 0.5) / len(frame) + 1e-9).astype(int)).clip(upper=5)
    return [Scores(int(r), int(f), int(m)) for r, f, m in scores.itertuples(index=False)]


@given(CUSTOMERS)
def test_scores_are_those_of_mid_ranks_in_pandas(customers: list[Values]) -> None:
    scorer = Scorer(count(customers))
    assert [scorer.score(values) for values in customers] == by_pandas(customers)


@given(CUSTOMERS, CUSTOMERS)
def test_parts_counted_apart_score_as_the_whole(first: list[Values], second: list[Values]) -> None:
    apart, whole = Scorer(count(first).plus(count(second))), Scorer(count(first + second))
    assert all(apart.score(values) == whole.score(values) for values in first + second)


def test_five_different_values_get_the_five_scores() -> None:
    scale = Scale({10: 1, 20: 1, 30: 1, 40: 1, 50: 1})
    assert [scale.score(value) for value in (10, 20, 30, 40, 50)] == [1, 2, 3, 4, 5]
    assert [scale.score(value) for value in (0, 25, 99)] == [1, 3, 5]


def test_equal_values_get_equal_scores() -> None:
    assert {Scale({1: 80, 2: 20}).score(1), Scale({1: 100}).score(1)} == {3}
    assert Scale({1: 80, 2: 20}).score(2) == 5


def test_having_bought_lately_is_better() -> None:
    scorer = Scorer(count([Values(days, 1, 1) for days in range(5)]))
    assert [scorer.score(Values(days, 1, 1)).recency for days in range(5)] == [5, 4, 3, 2, 1]


def test_segments_have_names() -> None:
    assert segment_of(Scores(5, 5, 5)) is Segment.CHAMPIONS
    assert segment_of(Scores(1, 5, 5)) is Segment.CANNOT_LOSE
    assert segment_of(Scores(5, 1, 1)) is Segment.NEW
    assert segment_of(Scores(1, 1, 1)) is Segment.HIBERNATING
    assert {segment_of(Scores(r, f, m)) for r in range(1, 6) for f in range(1, 6) for m in range(1, 6)} == set(Segment)


def test_values_are_of_one_currency_and_of_what_was_kept() -> None:
    months = {"2026-10": {"PLN": Sums(spend=Decimal("199.99"), orders=2), "EUR": Sums(spend=Decimal(9), orders=1)}}
    account = Account(months=months, last_order_at=NOW - timedelta(days=3, hours=5))
    assert values_of(account, "PLN", NOW) == Values(3, 2, 199)
    assert values_of(account, "USD", NOW) is None


@pytest.mark.parametrize("value", [0, 7])
def test_an_empty_shop_scores_without_dividing_by_nothing(value: int) -> None:
    assert Scale({}).score(value) == 5
