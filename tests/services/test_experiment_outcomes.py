"""What the people of an experiment ordered, in any order of events and with repetitions."""

import itertools
import json
import os
from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.builders import HOUR, NOON, a_cart_event, a_holdout, a_step, an_order
from support.clocks import Clock
from support.scenes import Requests, Scene, a_scene
from wracaj.archive.events import event_of
from wracaj.archive.rows import Row
from wracaj.aws import archive_queue
from wracaj.events import (
    Contact,
    CustomersMerged,
    OrderCancelled,
    OrderPlaced,
    OrderRefunded,
    ShopEvent,
)
from wracaj.experiments.outcomes import freezes_at
from wracaj.store import Store
from wracaj.store.experiments import DaySums

DAY = timedelta(days=1)
ECONOMICS = {"vat_percent": 23, "margin_percent": 40}
_shops = itertools.count()


def a_trying_scene(store: Store, shop_id: str, **experiment: Any) -> Scene:
    told = {"experiments": {"does_it_pay": a_holdout(50, **experiment)}, "economics": ECONOMICS}
    return a_scene(store, shop_id, **told)


def enter(scene: Scene, number: int) -> None:
    contact = Contact(email=f"{number}@example.com")
    scene.take(a_cart_event(cart_id=f"c{number}", at=NOON - 4 * HOUR, contact=contact))
    scene.step(cart_id=f"c{number}")


def order(number: int, name: str = "o1", **changes: Any) -> OrderPlaced:
    told = {"contact": Contact(email=f"{number}@example.com"), "placed_at": NOON + DAY}
    return an_order(order_id=name, **(told | changes))


def sums(scene: Scene) -> dict[str, DaySums]:
    """Arm → its sums; all people entered on one day."""
    return {one.sums.arm: one for one in scene.store.experiments.sums(scene.shop.id, "does_it_pay")}


def totals(scene: Scene, metric: str) -> tuple[int, float, float]:
    """People, sum and sum of squares, of both arms together."""
    of = [one.sums.metrics[metric] for one in sums(scene).values()]
    return sum(o.n for o in of), sum(o.total for o in of), sum(o.squares for o in of)


@pytest.fixture
def scene(store: Store, shop_id: str, clock: Clock) -> Scene:
    scene = a_trying_scene(store, shop_id)
    enter(scene, 1)
    clock.time = NOON + DAY
    return scene


def test_who_orders_counts_with_what_they_paid_without_tax_and_shipping(scene: Scene) -> None:
    scene.take(order(1, total=Decimal(135), currency="PLN", shipping=Decimal(12)))
    assert totals(scene, "ordered") == (1, 1, 1)
    assert totals(scene, "paid") == (1, 100, 10_000)
    assert totals(scene, "contribution") == (1, 40, 1_600)


def test_what_the_goods_cost_counts_before_the_margin_of_the_settings(scene: Scene) -> None:
    """Half of it is sent back later, and with it half of what the goods cost."""
    scene.take(order(1, total=Decimal(123), currency="PLN", cost=Decimal(70)))
    assert totals(scene, "contribution") == (1, 30, 900)
    back = OrderRefunded(
        at=NOON + DAY + HOUR, order_id="o1", refund_id="r1", currency="PLN", amount=Decimal("61.50")
    )
    scene.take(back)
    assert totals(scene, "contribution") == (1, 15, 225)


def test_a_cost_told_once_stays_with_the_order(scene: Scene) -> None:
    """Costs that change later must not rewrite the past, nor go because a payment tells none."""
    scene.take(order(1, total=Decimal(123), currency="PLN", cost=Decimal(70)))
    scene.take(order(1, total=Decimal(123), currency="PLN", at=NOON + DAY + HOUR))
    assert totals(scene, "contribution") == (1, 30, 900)


@pytest.mark.parametrize("turn", list(itertools.permutations(range(3))))
def test_what_an_order_tells_late_counts_as_if_it_had_told_it_at_once(
    scene: Scene, turn: tuple[int, ...]
) -> None:
    """The price stays the same: first nothing else is told, then a discount, then the cost; a
    payment tells none of it. Whatever comes first, the contribution is the same."""
    told: list[dict[str, Any]] = [{}, {"discount": Decimal("24.60")}, {"cost": Decimal(70)}]
    placed = [
        order(1, total=Decimal(123), currency="PLN", at=NOON + DAY + hours * HOUR, **one)
        for hours, one in enumerate(told)
    ]
    scene.take(*(placed[place] for place in turn))
    assert totals(scene, "contribution") == (1, 30, 900)
    scene.take(order(1, total=Decimal(123), currency="PLN", at=NOON + DAY + 3 * HOUR))
    assert totals(scene, "contribution") == (1, 30, 900)


def test_a_discount_that_is_told_later_counts_too(scene: Scene) -> None:
    scene.take(order(1, total=Decimal(123), currency="PLN"))
    assert totals(scene, "contribution") == (1, 40, 1_600)
    late: dict[str, Any] = {"discount": Decimal("24.60"), "at": NOON + DAY + HOUR}
    scene.take(order(1, total=Decimal(123), currency="PLN", **late))
    assert totals(scene, "contribution") == (1, 28, 784)  # 40 percent of 120, less 20


def test_the_tax_that_the_order_tells_counts_before_that_of_the_settings(scene: Scene) -> None:
    scene.take(order(1, total=Decimal(108), currency="PLN", tax=Decimal(8)))
    assert totals(scene, "paid") == (1, 100, 10_000)


def test_a_discount_is_taken_from_the_margin_on_the_list_price(scene: Scene) -> None:
    """List price 200 without tax, a tenth off, margin 40 percent: 80 - 20."""
    told: dict[str, Any] = {
        "total": Decimal("221.40"),
        "discount": Decimal("24.60"),
        "currency": "PLN",
    }
    scene.take(order(1, **told))
    assert totals(scene, "paid") == (1, 180, 32_400)
    assert totals(scene, "contribution") == (1, 60, 3_600)


def test_what_was_taken_off_the_delivery_is_no_discount_of_goods(scene: Scene) -> None:
    """List price 200 without tax, a tenth off, margin 40 percent: 80 - 20. Less the delivery, 12.30
    with tax, which the shop paid."""
    told: dict[str, Any] = {
        "total": Decimal("221.40"),
        "discount": Decimal("36.90"),
        "shipping": Decimal(0),
        "shipping_discount": Decimal("12.30"),
        "currency": "PLN",
    }
    scene.take(order(1, **told))
    assert totals(scene, "paid") == (1, 180, 32_400)
    assert totals(scene, "contribution") == (1, 50, 2_500)


def test_a_delivery_that_was_given_is_not_brought_back_by_a_refund(scene: Scene) -> None:
    told: dict[str, Any] = {"total": Decimal(123), "cost": Decimal(70), "currency": "PLN"}
    told |= {"discount": Decimal("12.30"), "shipping_discount": Decimal("12.30")}
    scene.take(order(1, **told))
    assert totals(scene, "contribution") == (1, 20, 400)
    back = OrderRefunded(
        at=NOON + DAY + HOUR, order_id="o1", refund_id="r1", currency="PLN", amount=Decimal("61.50")
    )
    scene.take(back)
    assert totals(scene, "contribution") == (1, 5, 25)


def test_two_orders_of_one_person_are_one_outcome(scene: Scene) -> None:
    scene.take(order(1, "o1", total=Decimal(123)), order(1, "o2", total=Decimal(246)))
    assert totals(scene, "ordered") == (1, 1, 1)
    assert totals(scene, "paid") == (1, 300, 90_000)


@pytest.mark.parametrize(
    ("placed_at", "expected"),
    [
        (NOON - HOUR, 0),
        (NOON, 0),
        (NOON + timedelta(seconds=1), 1),
        (NOON + 7 * DAY, 1),
        (NOON + 7 * DAY + timedelta(seconds=1), 0),
    ],
    ids=["before", "at the entry", "after it", "at the last moment", "too late"],
)
def test_orders_count_for_so_many_days_after_the_entry(
    scene: Scene, clock: Clock, placed_at: Any, expected: int
) -> None:
    clock.time = NOON + 8 * DAY
    scene.take(order(1, placed_at=placed_at))
    assert totals(scene, "ordered") == (1, expected, expected)


def test_a_refund_a_cancellation_and_a_payment_after_it_are_exact(scene: Scene) -> None:
    scene.take(order(1, total=Decimal(123)))
    scene.take(
        OrderRefunded(
            at=NOON + DAY + HOUR,
            order_id="o1",
            refund_id="r1",
            currency="PLN",
            amount=Decimal("61.50"),
        )
    )
    assert totals(scene, "paid") == (1, 50, 2_500)
    scene.take(OrderCancelled(at=NOON + DAY + 2 * HOUR, order_id="o1"))
    assert totals(scene, "paid") == totals(scene, "ordered") == (1, 0, 0)
    scene.take(order(1, total=Decimal(123), at=NOON + DAY + 3 * HOUR, stands=True))
    assert totals(scene, "paid") == (1, 50, 2_500)


def test_a_refund_after_the_freeze_stands_in_a_line_of_its_own(scene: Scene, clock: Clock) -> None:
    scene.take(order(1, total=Decimal(123)))
    refund = OrderRefunded(
        at=NOON + DAY, order_id="o1", refund_id="r1", currency="PLN", amount=Decimal(123)
    )
    clock.time = freezes_at(NOON.date(), 7)
    scene.take(refund, refund)
    assert totals(scene, "paid") == (1, 100, 10_000)
    assert sum(one.late_paid for one in sums(scene).values()) == -100


def test_amounts_in_another_currency_are_never_added(scene: Scene) -> None:
    scene.take(order(1, total=Decimal(30), currency="EUR"))
    assert totals(scene, "ordered") == (1, 1, 1) and totals(scene, "paid") == (1, 0, 0)


def test_the_order_of_somebody_else_does_not_count(scene: Scene) -> None:
    scene.take(order(2, total=Decimal(123)))
    assert totals(scene, "ordered") == (1, 0, 0)


def test_an_order_by_the_cart_alone_counts_for_its_shopper(scene: Scene) -> None:
    scene.take(order(1, contact=Contact(), cart_ids=("c1",), total=Decimal(123)))
    assert totals(scene, "ordered") == (1, 1, 1)


def test_an_erased_person_stays_counted_and_is_added_to_no_more(scene: Scene) -> None:
    scene.take(order(1, "o1", total=Decimal(123)))
    scene.store.erasure.erase(scene.shop.id, Contact(email="1@example.com"), NOON + DAY + HOUR)
    scene.take(order(1, "o1", total=Decimal(246), at=NOON + DAY + 2 * HOUR))
    assert totals(scene, "paid") == (1, 100, 10_000)


@pytest.mark.parametrize("economics", [{"margin_percent": 10}, ECONOMICS | {"vat_percent": 8}])
def test_a_new_margin_or_tax_does_not_change_the_past(
    store: Store, scene: Scene, economics: dict[str, Any]
) -> None:
    placed = order(1, total=Decimal(123))
    scene.take(placed)
    told = scene.shop.settings.model_dump(mode="json") | {"economics": economics}
    scene.shop = scene.shop.model_copy(
        update={"settings": type(scene.shop.settings).model_validate(told)}
    )
    scene.take(placed)
    assert totals(scene, "paid") == (1, 100, 10_000)
    assert totals(scene, "contribution") == (1, 40, 1_600)


def test_accounts_that_turn_out_to_be_one_person_are_marked_once(
    store: Store, shop_id: str, clock: Clock, monkeypatch: Any
) -> None:
    scene, arms = a_trying_scene(store, shop_id), iter(["treated", "held_out"])
    monkeypatch.setattr("reminder_step.experiments.drawn_arm", lambda *_: next(arms))
    sms = a_step(name="sms", channel="sms", template="cart_sms")

    def step(cart_id: str, account: str) -> None:
        contact = Contact(platform_id=account, phone=f"+4860010020{account}")
        scene.take(a_cart_event(cart_id=cart_id, at=NOON - 4 * HOUR, contact=contact))
        scene.step(sms, cart_id=cart_id)

    step("c1", "1")
    step("c2", "2")
    scene.take(CustomersMerged(at=NOON, kept="1", gone="2"))
    step("c3", "1")
    step("c4", "1")
    assert sum(one.sums.people for one in sums(scene).values()) == 2
    assert sum(one.mixed for one in sums(scene).values()) == 1


def test_an_order_costs_nothing_more_where_nobody_experiments(
    store: Store, shop_id: str, clock: Clock
) -> None:
    def requests(scene: Scene) -> int:
        with Requests(store.table.dynamodb) as made:
            scene.take(order(1, total=Decimal(123)))
        return len(made)

    plain = requests(a_scene(store, shop_id))
    trying = requests(a_trying_scene(store, shop_id + "-2"))
    assert plain == trying  # this shopper entered nothing


@pytest.mark.parametrize(
    "died_at", ["accounts.record", "order_credits.write", "experiments.count_order"]
)
@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
def test_a_webhook_that_died_there_and_comes_again_counts_once(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, died_at: str, done: bool
) -> None:
    """The process dies just before, or just after, one of the writes."""
    part, write = died_at.split(".")
    store = getattr(scene.store, part)
    real = getattr(store, write)

    def dies(*arguments: Any, **named: Any) -> Any:
        if done:
            real(*arguments, **named)
        raise ProcessDiedError

    placed = order(1, total=Decimal(123))
    with monkeypatch.context() as patch:
        patch.setattr(store, write, dies)
        with pytest.raises(ProcessDiedError):
            scene.take(placed)
    scene.take(placed, placed)
    assert totals(scene, "ordered") == (1, 1, 1)
    assert totals(scene, "paid") == (1, 100, 10_000)


class ProcessDiedError(Exception):
    """The process is gone."""


# Conservation

PEOPLE = (1, 2)


def events_of(number: int) -> list[ShopEvent]:
    """Two orders of one person: the first is edited, refunded, cancelled and paid after all."""
    first: dict[str, Any] = {"name": f"o{number}a", "total": Decimal(123)}
    at, id_ = NOON + DAY, f"o{number}a"
    return [
        order(number, at=at, **first),
        order(number, at=at + 2 * HOUR, **(first | {"total": Decimal(246)})),
        OrderRefunded(
            at=at + HOUR, order_id=id_, refund_id="r", currency="PLN", amount=Decimal(number)
        ),
        OrderCancelled(at=at + 3 * HOUR, order_id=id_),
        order(
            number, at=at + (2 + number) * HOUR, stands=True, **(first | {"total": Decimal(246)})
        ),
        order(number, f"o{number}b", placed_at=NOON + 6 * DAY, total=Decimal(61 * number)),
        order(number, f"o{number}c", placed_at=NOON + 9 * DAY, total=Decimal(500)),
    ]


ALL_EVENTS = [event for number in PEOPLE for event in events_of(number)]
MANY = int(os.environ.get("WRACAJ_EXAMPLES", "15"))


@settings(
    max_examples=MANY,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
@given(st.permutations(ALL_EVENTS), st.lists(st.sampled_from(ALL_EVENTS), max_size=6))
def test_sums_are_those_of_the_orders_in_the_end(
    store: Store, clock: Clock, events: list[ShopEvent], again: list[ShopEvent]
) -> None:
    clock.time = NOON
    scene = a_trying_scene(store, f"conserving-{os.getpid()}-{next(_shops)}")
    for number in PEOPLE:
        enter(scene, number)
    clock.time = NOON + 7 * DAY
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WRACAJ_ARCHIVE_QUEUE_URL", "of nobody")
        patch.setattr(archive_queue, "_waiting", noted := list[Row]())
        scene.take(*events, *again)
    assert totals_of_all(scene) == afterwards(list(map(archived, noted)))


def left(events: list[ShopEvent]) -> Decimal:
    """What is left of an order: the newest total, less its refunds. A payment after a cancellation
    counts."""
    placed = [one for one in events if isinstance(one, OrderPlaced)]
    ended = [one.at for one in events if isinstance(one, OrderCancelled)]
    stands = [one.at for one in placed if one.stands]
    if ended and max(ended) >= max(stands, default=NOON):
        return Decimal(0)
    total = max(placed, key=lambda one: one.version).total or Decimal(0)
    back = {one.refund_id: one.amount for one in events if isinstance(one, OrderRefunded)}
    return total - sum((amount or Decimal(0) for amount in back.values()), Decimal(0))


def totals_of_all(scene: Scene) -> dict[str, Any]:
    return {metric: totals(scene, metric) for metric in ("ordered", "paid", "contribution")}


def archived(row: Row) -> ShopEvent:
    """The event as the archive has it: without the address."""
    return event_of(json.loads(json.dumps(row.open, default=str)))


def afterwards(events: list[ShopEvent]) -> dict[str, Any]:
    """Worked out by hand from what the archive has, in whatever order it came."""
    paid: dict[int, Decimal] = defaultdict(Decimal)
    for number in PEOPLE:
        for name in ("a", "b"):
            of = [one for one in events if getattr(one, "order_id", "") == f"o{number}{name}"]
            paid[number] += round(left(of) * 100 / 123, 2)
    assert any(paid.values())
    own = [float(amount) for amount in paid.values()]
    ordered = sum(amount > 0 for amount in own)
    return {
        "ordered": (len(PEOPLE), ordered, ordered),
        "paid": (
            len(PEOPLE),
            pytest.approx(sum(own)),
            pytest.approx(sum(one * one for one in own)),
        ),
        "contribution": (
            len(PEOPLE),
            pytest.approx(0.4 * sum(own), abs=0.05),
            pytest.approx(sum((0.4 * one) ** 2 for one in own), abs=5),
        ),
    }
