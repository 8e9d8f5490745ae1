from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from wracaj.events import OrderPlaced, OrderRefunded
from wracaj.loyalty.ledger import Account, Posting, Terms, last_day, posting_of, terms_for, tier_of
from wracaj.loyalty.programme import Programme
from wracaj.orders.order import OrderState, Refund

MAY = datetime(2026, 5, 31, 12, tzinfo=UTC)
ONE = Terms(points_per_unit=Decimal(1))
PROGRAMME = Programme.model_validate(
    {
        "currency": "PLN",
        "margin_percent": 30,
        "points": {"per_unit": 1, "value": "0.01"},
        "tiers": [
            {"name": "Silver", "threshold": 100, "within_months": 3, "points_factor": 2},
            {"name": "Gold", "threshold": 200},
        ],
    }
)


def an_order(total: str = "100.00", **changes: Any) -> OrderState:
    told = {"order_id": "o1", "placed_at": MAY, "currency": "PLN", "total": Decimal(total)}
    return OrderState.model_validate(told | changes)


def refund(amount: str | None, currency: str | None = None) -> Refund:
    return Refund(amount=Decimal(amount) if amount else None, currency=currency)


def earned(*orders: OrderState) -> Account:
    account = Account()
    for order in orders:
        account = account.post(Posting(), posting_of(order, ONE))
    return account


def test_points_are_for_whole_units_and_good_until_the_end_of_a_month() -> None:
    posting = posting_of(an_order("99.99"), ONE)
    assert (posting.points, posting.spend, posting.good_until) == (
        99,
        Decimal("99.99"),
        "2027-05-31",
    )
    assert last_day(datetime(2026, 11, 30, tzinfo=UTC), 3) == "2027-02-28"
    assert last_day(datetime(2027, 12, 1, tzinfo=UTC), 2) == "2028-02-29"


def test_days_months_and_the_end_of_points_are_those_of_the_shops_calendar() -> None:
    order = an_order(placed_at=datetime(2026, 12, 31, 23, 30, tzinfo=UTC))
    warsaw = posting_of(order, ONE, ZoneInfo("Europe/Warsaw"))
    new_york = posting_of(order, ONE, ZoneInfo("America/New_York"))
    assert (warsaw.day, warsaw.month, warsaw.good_until) == ("2027-01-01", "2027-01", "2028-01-31")
    assert (new_york.day, new_york.month, new_york.good_until) == (
        "2026-12-31",
        "2026-12",
        "2027-12-31",
    )


def test_a_part_refund_takes_back_its_part_and_a_whole_one_everything() -> None:
    assert posting_of(an_order(refunds={"r": refund("40.50")}), ONE).points == 59
    assert posting_of(an_order(refunds={"r": refund("40"), "s": refund("60")}), ONE) == Posting()
    assert posting_of(an_order(refunds={"r": refund("999")}), ONE) == Posting()
    assert posting_of(an_order(cancelled_at=MAY), ONE) == Posting()


def test_a_refund_in_another_currency_or_of_no_known_amount_is_not_subtracted() -> None:
    assert posting_of(
        an_order(refunds={"r": refund("40", "EUR"), "s": refund(None)}), ONE
    ).spend == Decimal("100.00")


def test_currencies_are_never_added() -> None:
    account = earned(an_order(), an_order("10", order_id="o2", currency="EUR"))
    assert (account.sums("PLN", MAY).spend, account.sums("EUR", MAY).spend) == (
        Decimal("100.00"),
        Decimal(10),
    )
    assert account.sums("USD", MAY).average_order is None


def test_a_period_counts_calendar_months_and_ends_with_this_one() -> None:
    account = earned(
        *(an_order(order_id=str(month), placed_at=MAY.replace(month=month)) for month in (1, 3, 5))
    )
    assert [account.sums("PLN", MAY, months).orders for months in (1, 2, 3, 5, None)] == [
        1,
        1,
        2,
        3,
        3,
    ]


def test_points_expire_by_their_day() -> None:
    account = earned(an_order())
    assert [account.points(date(2027, 5, 31)), account.points(date(2027, 6, 1))] == [100, 0]


def test_the_tier_is_the_highest_that_the_period_reaches() -> None:
    assert tier_of(earned(an_order("99")), PROGRAMME, MAY) is None
    assert tier_of(earned(an_order("100")), PROGRAMME, MAY).name == "Silver"  # type: ignore[union-attr]
    assert tier_of(earned(an_order("200")), PROGRAMME, MAY).name == "Gold"  # type: ignore[union-attr]
    assert tier_of(earned(an_order("100")), PROGRAMME, MAY.replace(month=9, day=1)) is None
    assert terms_for(an_order(), PROGRAMME, earned(an_order("150"))).points_per_unit == 2


def test_an_old_order_told_late_is_not_multiplied_by_what_was_spent_since() -> None:
    old = an_order(placed_at=MAY.replace(month=4, day=1))
    assert terms_for(old, PROGRAMME, earned(an_order("150"))).points_per_unit == 1
    assert (
        terms_for(
            old, PROGRAMME, earned(an_order("150", placed_at=MAY.replace(month=3)))
        ).points_per_unit
        == 2
    )


def test_an_order_in_another_currency_than_the_programmes_earns_nothing() -> None:
    assert (
        posting_of(
            an_order(currency="EUR"), terms_for(an_order(currency="EUR"), PROGRAMME, Account())
        ).points
        == 0
    )


def test_a_newer_state_of_an_order_wins_whatever_comes_first() -> None:
    first = OrderPlaced(at=MAY, placed_at=MAY, order_id="o1", total=Decimal(100), currency="PLN")
    edited = first.model_copy(update={"at": MAY.replace(hour=13), "total": Decimal(80)})
    blank = OrderState(order_id="o1")
    assert blank.placed(first).placed(edited) == blank.placed(edited).placed(first)
    assert blank.placed(edited).placed(first).net == 80


ORDERS = st.builds(
    lambda number, cents, month, currency, back, cancelled: an_order(
        f"{cents / 100:.2f}",
        order_id=f"o{number}",
        placed_at=MAY.replace(month=month, day=1),
        currency=currency,
        refunds={"r": refund(f"{back / 100:.2f}")} if back else {},
        cancelled_at=MAY if cancelled else None,
    ),
    st.integers(0, 99),
    st.integers(1, 100_000),
    st.integers(1, 12),
    st.sampled_from(["PLN", "EUR"]),
    st.integers(0, 120_000),
    st.booleans(),
)


@given(st.lists(ORDERS, max_size=8), st.randoms())
def test_posting_and_taking_back_in_any_order_leaves_nothing(
    orders: list[OrderState], random: Any
) -> None:
    account, postings = earned(*orders), [posting_of(order, ONE) for order in orders]
    random.shuffle(postings)
    for posting in postings:
        account = account.post(posting, Posting())
    assert account == Account()


@given(st.lists(ORDERS, max_size=8), st.integers(0, 8))
def test_two_accounts_found_to_be_one_shopper_are_the_account_of_all_orders(
    orders: list[OrderState], cut: int
) -> None:
    assert earned(*orders[:cut]).plus(earned(*orders[cut:])) == earned(*orders)


def test_a_refund_event_twice_is_one_refund() -> None:
    event = OrderRefunded(at=MAY, order_id="o1", refund_id="r1", amount=Decimal(10))
    assert an_order().refunded(event).refunded(event) == an_order().refunded(event)


@given(st.permutations([(None, 1), ("20", 2), (None, 3), ("25", 4), ("20", 2), (None, 1)]))
def test_the_newest_known_amount_of_a_refund_counts_in_whatever_order_it_is_told(
    told: list[tuple[str | None, int]],
) -> None:
    order = an_order()
    for amount, day in told:
        at = MAY.replace(day=day)
        order = order.refunded(
            OrderRefunded(
                at=at, order_id="o1", refund_id="r1", amount=Decimal(amount) if amount else None
            )
        )
    assert (order.net, order.unclear) == (Decimal(75), False)


def test_an_event_without_a_price_takes_none_away_and_the_order_of_arrival_does_not_matter() -> (
    None
):
    bare = OrderPlaced(at=MAY, placed_at=MAY, order_id="o1")
    priced = OrderPlaced(
        at=MAY.replace(hour=13), placed_at=MAY, order_id="o1", total=Decimal(99), currency="PLN"
    )
    later = OrderPlaced(at=MAY.replace(hour=14), placed_at=MAY, order_id="o1")
    blank = OrderState(order_id="o1")
    assert blank.placed(bare).placed(priced).placed(later) == blank.placed(later).placed(
        priced
    ).placed(bare)
    assert blank.placed(later).placed(priced).net == 99


def test_a_refund_of_which_nobody_knows_the_amount_leaves_no_points() -> None:
    assert posting_of(an_order(refunds={"s": refund(None)}), ONE).points == 0
    assert posting_of(an_order(refunds={"s": refund("5", "EUR")}), ONE).points == 0
