"""Values, segments, and how a customer moves from one to another."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wracaj.loyalty.ledger import Account, Posting, Sums, Terms, posting_of
from wracaj.orders.order import OrderState
from wracaj.segments.rfm import (
    AxisCuts,
    Move,
    Night,
    Rfm,
    Scores,
    Segment,
    Values,
    first_scored,
    segment_of,
    tally,
    values_of,
)

NOW = datetime(2026, 11, 18, tzinfo=UTC)
TOMORROW = NOW + timedelta(days=1)
SCORES = st.builds(Scores, st.integers(1, 5), st.integers(1, 5), st.integers(1, 5))
BEST, WORST, NEWEST = Scores(5, 5, 5), Scores(1, 1, 1), Scores(5, 1, 1)


def test_having_bought_lately_is_better_and_so_is_having_bought_more() -> None:
    cuts = AxisCuts(recency=(1, 2, 3, 4), frequency=(2, 3, 4, 5), monetary=(10, 20, 30, 40))
    assert cuts.score(Values(0, 5, 40)) == BEST
    assert cuts.score(Values(4, 1, 9)) == WORST


def test_values_are_tallied_on_each_axis_in_their_order() -> None:
    assert tally([Values(3, 1, 20), Values(1, 1, 10), Values(3, 2, 10)]) == (
        [(1, 1), (3, 2)],
        [(1, 2), (2, 1)],
        [(10, 2), (20, 1)],
    )


def test_segments_have_names() -> None:
    assert segment_of(BEST) is Segment.CHAMPIONS
    assert segment_of(Scores(1, 5, 5)) is Segment.CANNOT_LOSE
    assert segment_of(NEWEST) is Segment.NEW
    assert segment_of(WORST) is Segment.HIBERNATING
    assert {
        segment_of(Scores(r, f, m)) for r in range(1, 6) for f in range(1, 6) for m in range(1, 6)
    } == set(Segment)


def test_values_are_of_one_currency_and_of_what_was_kept() -> None:
    months = {
        "2026-10": {
            "PLN": Sums(spend=Decimal("199.99"), orders=2),
            "EUR": Sums(spend=Decimal(9), orders=1),
        }
    }
    account = Account(months=months, days={f"{NOW - timedelta(days=3):%Y-%m-%d}": 3})
    assert values_of(account, "PLN", NOW) == Values(3, 2, 199)
    assert values_of(account, "USD", NOW) is None


def test_an_order_that_was_cancelled_makes_nobody_a_recent_customer() -> None:
    kept = OrderState(
        order_id="kept", placed_at=NOW - timedelta(days=301), currency="PLN", total=Decimal(100)
    )
    cancelled = kept.model_copy(
        update={"order_id": "gone", "placed_at": NOW - timedelta(days=1), "cancelled_at": NOW}
    )
    account = Account()
    for order in (kept, cancelled):
        account = account.post(Posting(), posting_of(order, Terms()))
    assert values_of(account, "PLN", NOW) == Values(301, 1, 100)


def test_a_customer_who_moves_is_known_by_where_they_came_from_and_when() -> None:
    first = first_scored(NEWEST, NOW)
    assert (first.segment, first.at, first.before) == (Segment.NEW, NOW, None)
    moved = first.rescored(BEST, TOMORROW)
    assert (moved.segment, moved.at, moved.before) == (Segment.CHAMPIONS, TOMORROW, Segment.NEW)


def test_scores_that_change_within_a_segment_are_no_move() -> None:
    first = first_scored(NEWEST, NOW)
    again = first.rescored(Scores(4, 1, 2 - 1), TOMORROW)
    assert again == first.model_copy(update={"recency": 4})
    assert again.came_from(TOMORROW) is Segment.NEW


@given(before=SCORES, after=SCORES)
def test_a_night_done_twice_ends_the_same_and_tells_the_same_move(
    before: Scores, after: Scores
) -> None:
    old = first_scored(before, NOW)
    once = old.rescored(after, TOMORROW)
    twice = once.rescored(after, TOMORROW)
    assert once == twice
    assert once.came_from(TOMORROW) is twice.came_from(TOMORROW) is old.segment


@given(before=SCORES, first=SCORES, second=SCORES)
def test_a_night_done_again_after_another_order_still_knows_where_the_customer_came_from(
    before: Scores, first: Scores, second: Scores
) -> None:
    old = first_scored(before, NOW)
    again = old.rescored(first, TOMORROW).rescored(second, TOMORROW)
    assert again.came_from(TOMORROW) is old.segment
    assert again.segment is segment_of(second)


@pytest.mark.parametrize(
    "rfm", [first_scored(BEST, NOW), first_scored(BEST, NOW).rescored(WORST, TOMORROW)]
)
def test_what_is_stored_is_read_back(rfm: Rfm) -> None:
    assert Rfm.model_validate_json(rfm.model_dump_json(exclude_defaults=True)) == rfm


def test_a_night_tells_who_came_and_who_went() -> None:
    night = Night(
        at=TOMORROW,
        currency="PLN",
        moves=(
            Move(before=None, after=Segment.NEW, customers=4),
            Move(before=Segment.NEW, after=Segment.NEW, customers=10),
            Move(before=Segment.NEW, after=Segment.LOYAL, customers=3),
            Move(before=Segment.LOYAL, after=Segment.LOYAL, customers=7),
        ),
        since=NOW,
        sizes_before={Segment.NEW: 14, Segment.LOYAL: 7},  # one of the new ones was forgotten
    )
    assert (night.sizes[Segment.NEW], night.sizes[Segment.LOYAL]) == (14, 10)
    assert (night.went_from(Segment.NEW), night.went_from(Segment.LOYAL)) == (4, 0)
    assert (night.came_to(Segment.NEW), night.came_to(Segment.LOYAL)) == (4, 3)
    assert sum(night.sizes.values()) == 24
