"""The value of an order after all its events. The newest event about each fact counts, in any order
and with repetitions."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from wracaj.events import Event, OrderCancelled, OrderEdited, OrderPlaced, OrderRefunded
from wracaj.orders.order import OrderState

START = datetime(2026, 5, 31, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


def state_of(told: Iterable[Event]) -> OrderState:
    order = OrderState(order_id="o1")
    for event in told:
        match event:
            case OrderPlaced():
                order = order.placed(event)
            case OrderCancelled():
                order = order.cancelled_by(event)
            case OrderEdited():
                order = order.edited(event)
            case OrderRefunded():
                order = order.refunded(event)
    return order


def placed(total: str | None, at: datetime = START, **changes: Any) -> OrderPlaced:
    told = {"at": at, "placed_at": START, "order_id": "o1", "currency": "PLN", "total": total}
    return OrderPlaced.model_validate(told | changes)


def worth_now(amount: str, at: datetime, total: str = "300.00", **changes: Any) -> OrderPlaced:
    return placed(total, at, current_total=amount, **changes)


def paid(at: datetime) -> OrderPlaced:
    return placed("250.00", at, stands=True)


def refund(amount: str | None, at: datetime, number: str = "r1") -> OrderRefunded:
    return OrderRefunded(
        at=at, order_id="o1", refund_id=number, amount=Decimal(amount) if amount else None
    )


CANCELLED = OrderCancelled(at=START + HOUR, order_id="o1")


def in_any_order(told: list[Event]) -> st.SearchStrategy[list[Event]]:
    """All of it, some of it twice."""
    return st.lists(st.sampled_from(told), max_size=6).flatmap(
        lambda again: st.permutations([*told, *again])
    )


@given(in_any_order([placed("250.00"), CANCELLED, paid(START + 2 * HOUR)]))
def test_what_was_cancelled_and_then_paid_counts(told: list[Event]) -> None:
    assert state_of(told).net == 250


@given(in_any_order([placed("250.00"), paid(START + HOUR / 2), CANCELLED]))
def test_what_was_paid_and_then_cancelled_does_not_count(told: list[Event]) -> None:
    assert state_of(told).undone and not state_of(told).counts


@given(in_any_order([placed("250.00"), paid(START + HOUR), CANCELLED]))
def test_of_a_payment_and_a_cancellation_of_one_moment_the_cancellation_counts(
    told: list[Event],
) -> None:
    assert state_of(told).cancelled


@given(
    in_any_order(
        [
            paid(START),
            CANCELLED,
            paid(START + 2 * HOUR),
            OrderCancelled(at=START + 3 * HOUR, order_id="o1"),
        ]
    )
)
def test_what_was_cancelled_again_is_cancelled(told: list[Event]) -> None:
    assert state_of(told).cancelled


def test_an_order_that_is_told_again_does_not_stand_for_that() -> None:
    assert state_of([CANCELLED, placed("250.00", START + 2 * HOUR)]).cancelled


UNPAID = placed("300.00", current_total="300.00")
LESS_AN_ITEM = refund("200.00", START + HOUR)


@given(in_any_order([UNPAID, LESS_AN_ITEM, worth_now("100.00", START + 2 * HOUR, stands=True)]))
def test_an_unpaid_order_that_lost_an_item_is_worth_the_rest(told: list[Event]) -> None:
    assert state_of(told).net == 100


def test_a_refund_counts_at_once_and_once_more_when_the_order_knows_of_it() -> None:
    assert state_of([UNPAID, LESS_AN_ITEM]).net == 100
    assert state_of([UNPAID, LESS_AN_ITEM, worth_now("100.00", START + HOUR)]).net == 100


def test_a_refund_of_the_orders_own_second_is_in_it_where_the_order_names_it() -> None:
    before = worth_now("300.00", START + HOUR, refunds_in_it=[])
    after = worth_now("100.00", START + HOUR, refunds_in_it=["r1"])
    assert [state_of([LESS_AN_ITEM, order]).net for order in (before, after)] == [100, 100]


@given(
    in_any_order(
        [
            worth_now("300.00", START),
            worth_now("420.00", START + HOUR),
            worth_now("360.00", START + 2 * HOUR),
        ]
    )
)
def test_what_an_order_is_worth_now_counts_upwards_and_downwards(told: list[Event]) -> None:
    assert state_of(told).net == 360


def test_a_plain_total_knows_of_no_refund() -> None:
    assert state_of([placed("300.00", START + 2 * HOUR), LESS_AN_ITEM]).net == 100


def test_a_refund_of_unknown_amount_is_unclear_until_the_order_tells_what_is_left() -> None:
    told = [UNPAID, refund(None, START + HOUR)]
    assert (
        state_of(told).unclear
        and not state_of([*told, worth_now("100.00", START + 2 * HOUR)]).unclear
    )


EDITED = OrderEdited(at=START + HOUR, order_id="o1")


def test_what_an_edit_took_away_is_unclear_until_something_tells() -> None:
    assert state_of([UNPAID, EDITED]).unclear
    for told in (
        LESS_AN_ITEM,
        worth_now("100.00", START + HOUR),
        worth_now("100.00", START + HOUR - SECOND),
    ):
        assert not state_of([told, UNPAID, EDITED]).unclear


def test_an_order_that_is_worth_nothing_any_more_is_undone_and_a_free_one_is_not() -> None:
    assert state_of([UNPAID, worth_now("0.00", START + HOUR)]).undone
    assert not state_of([placed("0.00")]).undone


def test_an_order_that_is_worth_less_than_it_was_is_known_to_be() -> None:
    assert not state_of([UNPAID, worth_now("420.00", START + HOUR)]).was_lowered
    for told in (
        [UNPAID, worth_now("299.99", START + HOUR)],
        [UNPAID, LESS_AN_ITEM],
        [UNPAID, CANCELLED],
    ):
        assert state_of(told).was_lowered


MOVES = st.lists(
    st.tuples(st.sampled_from(["add", "remove", "repay"]), st.integers(1, 40)),
    min_size=1,
    max_size=6,
)


def history(moves: list[tuple[str, int]], lists_refunds: bool) -> tuple[list[Event], Decimal]:
    """What a shop tells while an order is edited and repaid, and what it is worth in the end."""
    now, refunds, worth = START, list[str](), Decimal(100)
    told: list[Event] = [worth_now("100", now, refunds_in_it=[] if lists_refunds else None)]
    for number, (move, amount) in enumerate(moves):
        now += SECOND
        change = Decimal(amount) if move == "add" else -min(worth, Decimal(amount))
        worth += change
        if change < 0:
            refunds.append(f"r{number}")
            told.append(refund(str(-change), now, refunds[-1]))
        if move == "remove":
            told.append(OrderEdited(at=now, order_id="o1"))
        told.append(
            worth_now(str(worth), now, refunds_in_it=refunds.copy() if lists_refunds else None)
        )
    return told, worth


@given(MOVES, st.booleans(), st.data())
def test_any_order_and_repetition_of_a_history_is_worth_what_the_order_is_in_the_end(
    moves: list[tuple[str, int]], lists_refunds: bool, data: st.DataObject
) -> None:
    told, worth = history(moves, lists_refunds)
    order = state_of(data.draw(in_any_order(told)))
    assert (order.net, order.unclear) == (worth, False)


@given(MOVES, st.booleans(), st.data())
def test_refunds_say_the_same_where_the_orders_last_words_are_lost(
    moves: list[tuple[str, int]], lists_refunds: bool, data: st.DataObject
) -> None:
    """As long as nothing was added: what was added only an order tells."""
    told, worth = history(
        [(move, amount) for move, amount in moves if move != "add"], lists_refunds
    )
    orders = [event for event in told if isinstance(event, OrderPlaced)]
    lost = orders[data.draw(st.integers(1, len(orders))) :]
    order = state_of(data.draw(in_any_order([event for event in told if event not in lost])))
    assert order.net == worth
