"""Which message an order is credited to: the one whose link was clicked last, in five days."""

import itertools
import os
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.builders import HOUR, NOON, a_cart_event, a_holdout, a_step, an_order
from support.clocks import Clock
from support.loyalty_club import FIFTEEN, REWARD, a_club, about, bought
from support.scenes import Requests, Scene, a_scene
from wracaj.events import Contact, OrderCancelled, OrderPlaced, OrderRefunded, ShopEvent
from wracaj.messages.links import Purpose
from wracaj.services import link_clicks
from wracaj.settings.experiments import TREATED
from wracaj.store import Store

DAY = timedelta(days=1)
SMS = a_step(name="sms", channel="sms", template="cart_sms", after_seconds=24 * 3600)
_shops = itertools.count()


class Reader:
    """Opens links of the scene's messages, as the function behind them does."""

    def __init__(self, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
        self.scene, self.monkeypatch = scene, monkeypatch
        monkeypatch.setattr(link_clicks, "open_store", lambda: scene.store)

    def clicks(self, step: str, at: datetime, link: Purpose = Purpose.CART) -> None:
        self.monkeypatch.setattr(link_clicks, "now", lambda: at)
        target = self.scene.store.message_links.target(self.scene.message_id(step))
        assert target is not None
        headers = {"user-agent": "Mozilla/5.0 Firefox/145.0"}
        event: dict[str, Any] = {"requestContext": {"http": {"method": "GET"}}}
        link_clicks.note_opening(target, link, event | {"headers": headers})


@pytest.fixture
def scene(store: Store, shop_id: str, clock: Clock) -> Scene:
    return a_scene_with_a_mail(store, shop_id)


def a_scene_with_a_mail(store: Store, shop_id: str, **settings: Any) -> Scene:
    scene = a_scene(store, shop_id, **settings)
    scene.take(a_cart_event(at=NOON - 4 * HOUR))
    scene.step()
    return scene


@pytest.fixture
def reader(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Reader:
    return Reader(scene, monkeypatch)


def credited(scene: Scene, step: str = "first_email", day: datetime = NOON) -> tuple[int, int]:
    """Return the orders and cents of a message."""
    counted = scene.store.counters.of_day(scene.shop.id, f"{day:%Y-%m-%d}")
    told = counted.get(f"abandoned_cart#{step}", {})
    return told.get("attributed_orders", 0), told.get("attributed_cents", 0)


def an_order_of(total: int = 123, **changes: Any) -> OrderPlaced:
    return an_order(total=Decimal(total), placed_at=NOON + 2 * HOUR, **changes)


def test_an_order_after_a_click_is_credited_to_the_message(scene: Scene, reader: Reader) -> None:
    reader.clicks("first_email", NOON + HOUR)
    scene.take(an_order_of(123))
    assert credited(scene) == (1, 10_000)


def test_it_counts_for_the_arm_of_its_shopper_once_and_until_it_is_sent_back(
    store: Store, shop_id: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reminder_step.experiments.drawn_arm", lambda *_: TREATED)
    scene = a_scene_with_a_mail(store, shop_id, experiments={"does_it_pay": a_holdout(50)})

    def in_arm() -> dict[str, int]:
        day = f"{NOON:%Y-%m-%d}"
        arms = store.counters.of_arms(shop_id, "does_it_pay", [day])
        return arms[TREATED]["abandoned_cart#first_email"]

    Reader(scene, monkeypatch).clicks("first_email", NOON + HOUR)
    for _ in range(2):
        scene.take(an_order_of(123))
    assert in_arm() == {"email": 1, "orders": 1, "cents": 10_000}
    for _ in range(2):
        scene.take(OrderCancelled(at=NOON + 3 * HOUR, order_id="o1"))
    assert in_arm() == {"email": 1, "orders": 0, "cents": 0}
    assert credited(scene) == (0, 0)


def test_without_a_click_it_is_credited_to_nothing(scene: Scene, reader: Reader) -> None:
    reader.clicks("first_email", NOON + HOUR, Purpose.PREFERENCES)
    scene.take(an_order_of())
    assert credited(scene) == (0, 0)


@pytest.mark.parametrize(
    ("after", "orders"),
    [(-1, 0), (0, 1), (5 * 86_400, 1), (5 * 86_400 + 1, 0)],
    ids=["before", "at once", "after five days", "later"],
)
def test_a_click_counts_for_five_days(
    scene: Scene, reader: Reader, after: int, orders: int
) -> None:
    reader.clicks("first_email", NOON + HOUR)
    placed_at = NOON + HOUR + timedelta(seconds=after)
    scene.take(an_order(placed_at=placed_at))
    assert credited(scene)[0] == orders


def test_of_two_clicked_messages_the_last_one_counts(
    scene: Scene, reader: Reader, clock: Clock
) -> None:
    reader.clicks("first_email", NOON + HOUR)
    clock.time = NOON + 26 * HOUR
    scene.step(SMS)
    reader.clicks("sms", NOON + 27 * HOUR)
    scene.take(an_order(placed_at=NOON + 28 * HOUR))
    assert credited(scene)[0] == 0
    assert credited(scene, "sms", NOON + DAY)[0] == 1


def test_a_scanner_that_is_found_out_later_brings_nothing(scene: Scene, reader: Reader) -> None:
    reader.clicks("first_email", NOON + HOUR)
    reader.clicks("first_email", NOON + HOUR + timedelta(seconds=0.5), Purpose.UNSUBSCRIBE)
    scene.take(an_order_of())
    assert credited(scene) == (0, 0)


def test_a_click_of_somebody_else_brings_nothing(scene: Scene, reader: Reader) -> None:
    reader.clicks("first_email", NOON + HOUR)
    scene.take(an_order_of(contact=Contact(email="ola@example.com")))
    assert credited(scene) == (0, 0)


def test_an_order_in_another_currency_counts_without_money(scene: Scene, reader: Reader) -> None:
    reader.clicks("first_email", NOON + HOUR)
    scene.take(an_order_of(currency="EUR"))
    assert credited(scene) == (1, 0)


def test_an_erased_click_is_gone(scene: Scene, reader: Reader) -> None:
    reader.clicks("first_email", NOON + HOUR)
    name = scene.shopper().id
    scene.store.erasure.erase(scene.shop.id, scene.cart().contact, NOON + HOUR)
    (known,) = scene.store.customers.read(scene.shop.id, [name]).values()
    assert known.last_click is None


def test_an_order_costs_no_request_more_without_a_click(scene: Scene, reader: Reader) -> None:
    """Its credits are read together with the order, and written only where there are some."""
    with Requests(scene.store.table.dynamodb) as made:
        scene.take(an_order_of())
    plain = list(made)
    assert plain.count("BatchGetItem") >= 1
    key = f"SHOP#{scene.shop.id}#ALIAS#order#o1"
    assert [item["SK"] for item in scene.store.table.query({"PK": key})] == ["STATE"]


OFFER = a_step(
    name="discount_email",
    template="cart_discount",
    after_seconds=48 * 3600,
    discount={"percent": 10, "valid_days": 3, "if_unavailable": "skip"},
)


@pytest.fixture
def code(scene: Scene, clock: Clock) -> str:
    """The code in a mail with a discount."""
    clock.time = NOON + 2 * DAY
    scene.step(OFFER)
    (created,) = scene.created
    return created.code


def codes_used(scene: Scene) -> int:
    counted = scene.store.counters.of_day(scene.shop.id, f"{NOON + 2 * DAY:%Y-%m-%d}")
    return counted["abandoned_cart#discount_email"].get("codes_used", 0)


def an_order_with(*codes: str, **changes: Any) -> OrderPlaced:
    return an_order(placed_at=NOON + 50 * HOUR, discount_codes=codes, **changes)


def test_a_code_counts_for_the_message_that_gave_it_without_a_click_too(
    scene: Scene, code: str
) -> None:
    scene.take(an_order_with(code, "LATO10"))
    assert (codes_used(scene), credited(scene, "discount_email", NOON + 2 * DAY)) == (1, (0, 0))


def test_a_code_counts_once_and_not_for_an_order_that_was_cancelled(
    scene: Scene, reader: Reader, code: str
) -> None:
    """The message is clicked, too, so that both change the same counters."""
    reader.clicks("discount_email", NOON + 49 * HOUR)
    for _ in range(2):
        scene.take(an_order_with(code))
    assert codes_used(scene) == credited(scene, "discount_email", NOON + 2 * DAY)[0] == 1
    scene.take(OrderCancelled(at=NOON + 51 * HOUR, order_id="o1"))
    assert (codes_used(scene), credited(scene, "discount_email", NOON + 2 * DAY)) == (0, (0, 0))


def test_a_code_of_the_shop_itself_counts_for_no_message(scene: Scene, code: str) -> None:
    scene.take(an_order_with("LATO10"))
    assert codes_used(scene) == 0
    key = f"SHOP#{scene.shop.id}#ALIAS#order#o1"
    assert [item["SK"] for item in scene.store.table.query({"PK": key})] == ["STATE"]


def test_the_contribution_of_an_order_is_credited_beside_what_was_paid(
    store: Store, shop_id: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = a_scene_with_a_mail(store, shop_id, economics={"margin_percent": 30})
    Reader(scene, monkeypatch).clicks("first_email", NOON + HOUR)
    scene.take(an_order_of(123, discount=Decimal("24.60")))
    counted = scene.store.counters.of_day(shop_id, f"{NOON:%Y-%m-%d}")["abandoned_cart#first_email"]
    assert counted["attributed_contribution_cents"] == 1_600  # 30 % of 120, less 20
    scene.take(OrderCancelled(at=NOON + 5 * HOUR, order_id="o1"))
    counted = scene.store.counters.of_day(shop_id, f"{NOON:%Y-%m-%d}")["abandoned_cart#first_email"]
    assert counted["attributed_contribution_cents"] == 0


FREE_DELIVERY = a_step(
    name="discount_email",
    template="cart_discount",
    after_seconds=48 * 3600,
    discount={"free_shipping": True, "valid_days": 3},
)


def contribution_with(
    scene: Scene,
    monkeypatch: pytest.MonkeyPatch,
    clock: Clock,
    *events: OrderPlaced,
    step: Any = FREE_DELIVERY,
) -> int:
    """Return the cents credited to a clicked message whose code the events use as CODE."""
    clock.time = NOON + 2 * DAY
    scene.step(step)
    (created,) = scene.created
    Reader(scene, monkeypatch).clicks("discount_email", NOON + 49 * HOUR)
    for event in events:
        codes = tuple(code.replace("CODE", created.code) for code in event.discount_codes)
        scene.take(event.model_copy(update={"discount_codes": codes}))
    counted = scene.store.counters.of_day(scene.shop.id, f"{NOON + 2 * DAY:%Y-%m-%d}")
    return counted["abandoned_cart#discount_email"]["attributed_contribution_cents"]


@pytest.mark.parametrize(
    ("economics", "codes", "told", "cents"),
    [
        ({"delivery_cost": 12}, ("CODE",), {}, 3_000 - 1_200),
        ({"delivery_cost": 12}, ("CODE",), {"cost": Decimal(60)}, 4_000 - 1_200),
        # what the order says counts before the settings: 6.15 with tax
        ({"delivery_cost": 12}, ("CODE",), {"shipping_discount": Decimal("6.15")}, 3_000 - 500),
        ({"delivery_cost": 12}, ("CODE",), {"shipping_discount": Decimal(0)}, 3_000),
        ({}, ("CODE",), {}, 3_000),
        ({"delivery_cost": 12}, ("LATO",), {}, 3_000),
        ({"delivery_cost": 12}, (), {}, 3_000),
        ({"delivery_cost": 12, "margin_percent": None}, ("CODE",), {}, 0),
    ],
    ids=[
        "stated",
        "cost of goods told",
        "told by the order",
        "nothing by the order",
        "not stated",
        "not ours",
        "no code",
        "no margin",
    ],
)
def test_free_delivery_by_our_code_is_taken_off_the_contribution(
    store: Store,
    shop_id: str,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    economics: dict[str, Any],
    codes: tuple[str, ...],
    told: dict[str, Any],
    cents: int,
) -> None:
    scene = a_scene_with_a_mail(store, shop_id, economics={"margin_percent": 30} | economics)
    order = an_order_with(*codes, total=Decimal(123), **told)
    assert contribution_with(scene, monkeypatch, clock, order, order) == cents


def test_a_percent_code_costs_no_delivery(
    store: Store, shop_id: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    economics = {"margin_percent": 30, "delivery_cost": 12}
    scene = a_scene_with_a_mail(store, shop_id, economics=economics)
    order = an_order_with("CODE", total=Decimal(123))
    assert contribution_with(scene, monkeypatch, clock, order, step=OFFER) == 3_000


def test_a_code_that_is_told_later_takes_the_delivery_off_too(
    store: Store, shop_id: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    economics = {"margin_percent": 30, "delivery_cost": 12}
    scene = a_scene_with_a_mail(store, shop_id, economics=economics)
    first, then = (an_order_with(*codes, total=Decimal(123)) for codes in ((), ("CODE",)))
    later = then.model_copy(update={"at": NOON + 51 * HOUR})
    assert contribution_with(scene, monkeypatch, clock, first, later, first) == 1_800
    scene.take(OrderCancelled(at=NOON + 52 * HOUR, order_id="o1"))
    counted = scene.store.counters.of_day(scene.shop.id, f"{NOON + 2 * DAY:%Y-%m-%d}")
    assert counted["abandoned_cart#discount_email"]["attributed_contribution_cents"] == 0


def test_the_free_delivery_of_a_reward_is_known_by_its_code_too(
    store: Store, shop_id: str, clock: Clock
) -> None:
    exchange = {"points": 100, "discount": {"free_shipping": True}}
    club = {"points": {"per_unit": 1, "value": "0.01", "exchange": exchange}, "achievements": []}
    scene = a_club(store, shop_id, rewards=[], **club)
    scene.take(bought("o1", "150"))
    clock.time = NOON + FIFTEEN
    scene.check(about("o1"))
    scene.step(REWARD, about("o1"))
    (created,) = scene.created
    scene.take(bought("o2", "80", discount_codes=(created.code,)))
    assert store.order_credits.get(shop_id, "o2").free_shipping


def test_the_code_of_a_reward_counts_for_the_message_that_announced_it(
    store: Store, shop_id: str, clock: Clock
) -> None:
    club = {"points": {"per_unit": 1, "value": "0.01", "exchange": FOR_POINTS}, "achievements": []}
    scene = a_club(store, shop_id, rewards=[], **club)
    scene.take(bought("o1", "150"))
    clock.time = NOON + FIFTEEN
    scene.check(about("o1"))
    scene.step(REWARD, about("o1"))
    (created,) = scene.created
    scene.take(bought("o2", "80", discount_codes=(created.code,)))
    counted = scene.store.counters.of_day(shop_id, f"{NOON + FIFTEEN:%Y-%m-%d}")
    assert [step.get("codes_used") for step in counted.values()] == [1]


FOR_POINTS = {"points": 100, "discount": {"amount": "5"}}
TOLD: list[ShopEvent] = [
    an_order_of(123),
    an_order_of(246, at=NOON + 4 * HOUR),
    OrderRefunded(
        at=NOON + 3 * HOUR, order_id="o1", refund_id="r1", currency="PLN", amount=Decimal("24.60")
    ),
    OrderCancelled(at=NOON + 5 * HOUR, order_id="o1"),
    an_order_of(246, at=NOON + 6 * HOUR, stands=True),
]


@settings(
    max_examples=int(os.environ.get("WRACAJ_EXAMPLES", "20")),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
@given(st.permutations(TOLD), st.lists(st.sampled_from(TOLD), max_size=4))
def test_any_order_and_repetition_of_events_ends_with_the_same_credit(
    store: Store,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    events: list[ShopEvent],
    again: list[ShopEvent],
) -> None:
    scene = a_scene_with_a_mail(store, f"credits-{os.getpid()}-{next(_shops)}")
    Reader(scene, monkeypatch).clicks("first_email", NOON + HOUR)
    scene.take(*events, *again)
    entry = scene.store.accounts.order(scene.shop.id, "o1")
    assert entry is not None and not entry.state.undone
    assert credited(scene) == (1, round(entry.state.net * 10_000 / 123))
    assert credited(scene)[1] == 18_000
