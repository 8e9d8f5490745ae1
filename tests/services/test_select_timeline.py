"""Which timeline a cart takes, on a real table. It is chosen once for an episode, from what is
known of the shopper."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from support.builders import ANNA, HOUR, NOON, a_cart_event, a_step, an_order, some_content
from support.clocks import Clock
from support.scenes import Requests, Scene, a_scene
from wracaj.errors import ConflictError
from wracaj.events import CartUpdated, Contact
from wracaj.segments.rfm import Rfm, Segment
from wracaj.store.customer_keys import account_key
from wracaj.store.table import Change
from wracaj.timelines.steps import Outcome, Reason

DAY = timedelta(days=1)
RULES: list[dict[str, Any]] = [
    {"timeline": "high_value_cart", "cart_total_from": "2000", "currency": "PLN"},
    {"timeline": "regular_cart", "segments": ["champions"]},
    {"timeline": "regular_cart", "tiers": ["Złoto"]},
    {"timeline": "none", "cart_total_below": "30", "currency": "PLN"},
]
CLUB = {"currency": "PLN", "margin_percent": "30", "tiers": [{"name": "Złoto", "threshold": "500"}]}
TIMELINES = ["abandoned_cart", "high_value_cart", "regular_cart"]


@pytest.fixture
def scene(store: Any, shop_id: str, clock: Clock) -> Scene:
    return a_scene(
        store,
        shop_id,
        timelines=TIMELINES,
        cart_timelines=RULES,
        loyalty=CLUB,
        stale_after_hours=168,
    )


def worth(total: str, **changes: Any) -> CartUpdated:
    currency = changes.pop("currency", "PLN")
    return a_cart_event(
        **(
            {"at": NOON - HOUR, "content": some_content(total=Decimal(total), currency=currency)}
            | changes
        )
    )


def shopper(scene: Scene) -> Any:
    return scene.store.customers.shopper(scene.shop.id, scene.cart().contact)


def unreminded(scene: Scene) -> dict[str, Any]:
    counted = scene.store.counters.of_day(scene.shop.id, f"{NOON:%Y-%m-%d}")
    return {name: numbers for name, numbers in counted.items() if name.startswith("no timeline")}


# --- what a cart takes ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("total", "currency", "timelines"),
    [
        ("2000", "PLN", ["high_value_cart"]),
        ("99", "PLN", ["abandoned_cart"]),
        ("2000", "EUR", ["abandoned_cart"]),
        ("29", "PLN", []),
    ],
)
def test_a_cart_takes_the_timeline_of_the_first_rule_that_holds(
    scene: Scene, total: str, currency: str, timelines: list[str]
) -> None:
    scene.take(worth(total, currency=currency))
    assert scene.timelines == timelines
    assert scene.cart().episode == 1


def test_the_segment_is_the_one_that_the_last_night_left_on_the_account(scene: Scene) -> None:
    scene.take(
        an_order(placed_at=NOON - 30 * DAY, total=Decimal(100)), worth("99", cart_id="before")
    )
    assert scene.timelines == ["abandoned_cart"]
    (known,) = scene.store.customers.behind(scene.shop.id, ANNA)
    rfm = Rfm(recency=5, frequency=5, monetary=5, segment=Segment.CHAMPIONS, at=NOON)
    scene.store.table.update(
        account_key(scene.shop.id, known.id), Change().set(rfm=rfm.model_dump_json())
    )
    scene.take(worth("99"))
    assert scene.timelines == ["abandoned_cart", "regular_cart"]
    assert scene.cart().choice.rule == 2


def test_the_tier_is_read_from_the_orders(scene: Scene) -> None:
    scene.take(an_order(placed_at=NOON - 30 * DAY, total=Decimal(600)), worth("99"))
    assert (scene.timelines, scene.cart().choice.rule) == (["regular_cart"], 3)


def test_what_was_bought_is_read_in_one_request_and_only_when_a_timeline_is_about_to_start(
    scene: Scene,
) -> None:
    plain = a_scene(scene.store, f"{scene.shop.id}-plain")
    by_amount = a_scene(
        scene.store, f"{scene.shop.id}-amount", timelines=TIMELINES[:2], cart_timelines=RULES[:1]
    )
    asked = {}
    for name, each in {"no rules": plain, "amounts": by_amount, "what was bought": scene}.items():
        with Requests(scene.store.table.dynamodb) as requests:
            each.take(worth("99"))
        asked[name] = list(requests)
    assert asked["no rules"] == asked["amounts"]
    assert sorted(asked["what was bought"]) == sorted([*asked["no rules"], "BatchGetItem"])
    with Requests(scene.store.table.dynamodb) as requests:
        scene.take(worth("98", at=NOON - HOUR / 2))
    assert requests == ["UpdateItem"]


# --- once for an episode --------------------------------------------------------------------------


def test_a_choice_outlives_what_the_shopper_puts_into_the_cart_after_the_first_message(
    scene: Scene, clock: Clock
) -> None:
    scene.take(worth("99", at=NOON - 4 * HOUR))
    assert scene.step().outcome is Outcome.SENT
    clock.time = NOON + HOUR
    scene.take(worth("3000", at=NOON + HOUR))
    assert scene.timelines == ["abandoned_cart"]


def test_a_cart_that_outgrows_its_rule_before_the_first_message_takes_another_timeline(
    scene: Scene,
) -> None:
    """A shopper who is logged in can be reached from the first thing that they put in."""
    scene.take(worth("99", at=NOON - 6 * HOUR), worth("3000", at=NOON - 5 * HOUR))
    assert (scene.started, scene.timelines) == (
        [("c1", 1), ("c1", 2)],
        ["abandoned_cart", "high_value_cart"],
    )
    old, new = scene.step(episode=1), scene.step(a_step(name="first_email"), episode=2)
    assert (old.outcome, old.reason) == (Outcome.STOPPED, Reason.SUPERSEDED)
    assert new.outcome is Outcome.SENT
    assert len(scene.provider.sent) == 1


def test_what_changes_for_no_rule_starts_nothing_and_reads_nothing(scene: Scene) -> None:
    scene.take(worth("99", at=NOON - 6 * HOUR))
    with Requests(scene.store.table.dynamodb) as requests:
        scene.take(worth("1999", at=NOON - 5 * HOUR), worth("31", at=NOON - 4 * HOUR))
    assert requests == ["UpdateItem"] * 2
    assert scene.timelines == ["abandoned_cart"]


def test_another_amount_that_leads_to_the_same_timeline_starts_nothing(
    store: Any, shop_id: str, clock: Clock
) -> None:
    rules = [RULES[0] | {"customer": "returning"}, RULES[3]]
    scene = a_scene(store, shop_id, timelines=TIMELINES[:2], cart_timelines=rules)
    scene.take(worth("99", at=NOON - 6 * HOUR), worth("3000", at=NOON - 5 * HOUR))
    assert (scene.started, scene.cart().choice.episode) == ([("c1", 1)], 1)
    with Requests(scene.store.table.dynamodb) as requests:
        scene.take(worth("3001", at=NOON - 4 * HOUR))
    assert requests == ["UpdateItem"]
    assert scene.step().outcome is Outcome.SENT


def test_a_step_that_claims_first_keeps_the_cart_in_its_timeline(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.take(worth("99", at=NOON - 6 * HOUR))
    choose = type(scene.store.carts).choose

    def claimed_meanwhile(*arguments: Any) -> Any:
        monkeypatch.setattr(
            scene.store.carts, "choose", lambda *given: choose(scene.store.carts, *given)
        )
        assert scene.step().outcome is Outcome.SENT
        return choose(scene.store.carts, *arguments)

    monkeypatch.setattr(scene.store.carts, "choose", claimed_meanwhile)
    scene.take(worth("3000", at=NOON - 5 * HOUR))
    assert (scene.timelines, scene.cart().episode) == (["abandoned_cart"], 1)
    assert len(scene.provider.sent) == 1


def test_a_choice_that_is_written_stops_the_timeline_before_even_where_the_next_was_not_started_yet(
    scene: Scene,
) -> None:
    scene.take(worth("99", at=NOON - 6 * HOUR))
    scene.start_fails = True
    with pytest.raises(ConnectionError):
        scene.take(worth("3000", at=NOON - 5 * HOUR))
    assert (scene.cart().episode, scene.cart().choice.episode) == (1, 2)
    assert scene.step(episode=1).reason is Reason.SUPERSEDED
    scene.start_fails = False
    scene.take(worth("3000", at=NOON - 5 * HOUR))
    assert scene.timelines == ["abandoned_cart", "high_value_cart"]
    assert scene.step(episode=2).outcome is Outcome.SENT


def test_two_webhooks_at_once_start_one_timeline(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second reads the cart before the first has chosen, and sees another amount."""
    choose = type(scene.store.carts).choose

    def other_first(*arguments: Any) -> Any:
        monkeypatch.setattr(
            scene.store.carts, "choose", lambda *given: choose(scene.store.carts, *given)
        )
        scene.take(worth("99", at=NOON - 3 * HOUR))
        return choose(scene.store.carts, *arguments)

    monkeypatch.setattr(scene.store.carts, "choose", other_first)
    scene.take(worth("99", at=NOON - 4 * HOUR))
    assert set(zip(scene.started, scene.timelines, strict=True)) == {(("c1", 1), "abandoned_cart")}


def test_a_choice_on_a_cart_that_changed_meanwhile_is_refused(scene: Scene) -> None:
    scene.take(worth("99", at=NOON - 4 * HOUR))
    before = scene.cart()
    scene.take(worth("98", at=NOON - 3 * HOUR))
    with pytest.raises(ConflictError):
        scene.store.carts.choose(before, before.choice)


# --- a later episode ------------------------------------------------------------------------------


@pytest.mark.parametrize("first", ["99", "3000"])
def test_a_week_after_the_last_message_a_cart_that_fills_again_is_chosen_for_anew(
    scene: Scene, clock: Clock, first: str
) -> None:
    second = {"99": "3000", "3000": "99"}[first]
    takes = {"99": "abandoned_cart", "3000": "high_value_cart"}
    scene.take(worth(first, at=NOON - 4 * HOUR))
    scene.step()
    scene.close()
    for days, expected in ((6.9, [takes[first]]), (7.1, [takes[first], takes[second]])):
        clock.time = NOON + days * DAY
        scene.take(worth(second, at=NOON + days * DAY))
        assert scene.timelines == expected
    assert scene.started == [("c1", 1), ("c1", 2)]


# --- none -----------------------------------------------------------------------------------------


def test_a_cart_without_a_timeline_is_left_alone_for_as_long_as_after_a_message(
    scene: Scene, clock: Clock
) -> None:
    scene.take(worth("10"))
    assert (scene.cart().unreminded, scene.cart().episode, scene.cart().choice.rule) == (True, 1, 4)
    for days, episode in ((0.1, 1), (6.9, 1), (7.1, 2)):
        clock.time = NOON + days * DAY
        with Requests(scene.store.table.dynamodb) as requests:
            scene.take(worth("20", at=NOON + days * DAY))
        assert scene.cart().episode == episode
        assert (requests == ["UpdateItem"]) == (episode == 1)
    assert scene.timelines == []


def test_a_cart_without_a_timeline_that_grows_beyond_its_rule_takes_one(scene: Scene) -> None:
    scene.take(worth("10", at=NOON - 6 * HOUR))
    assert (scene.cart().unreminded, scene.cart().episode) == (True, 1)
    scene.take(worth("99", at=NOON - 5 * HOUR))
    assert (scene.started, scene.timelines) == ([("c1", 2)], ["abandoned_cart"])
    assert scene.step(episode=2).outcome is Outcome.SENT


def test_none_is_counted_once_where_messages_are(scene: Scene) -> None:
    scene.take(worth("10"), worth("10"), worth("11", at=NOON - HOUR / 2))
    assert unreminded(scene) == {"no timeline#rule 4": {"carts": 1}}


def test_none_for_want_of_a_rule_is_told_as_that(store: Any, shop_id: str, clock: Clock) -> None:
    scene = a_scene(store, shop_id, timelines=["high_value_cart"], cart_timelines=RULES[:1])
    scene.take(worth("99"))
    assert (scene.timelines, unreminded(scene)) == ([], {"no timeline#no rule": {"carts": 1}})


def test_a_newer_cart_without_a_timeline_does_not_silence_the_expensive_one(scene: Scene) -> None:
    scene.take(
        worth("3000", cart_id="sofa", at=NOON - 7 * HOUR),
        worth("10", cart_id="napkins", at=NOON - 5 * HOUR),
    )
    assert scene.step(cart_id="sofa").outcome is Outcome.SENT


def test_the_expensive_one_gives_way_to_a_newer_cart_that_has_a_timeline(scene: Scene) -> None:
    scene.take(
        worth("3000", cart_id="sofa", at=NOON - 7 * HOUR),
        worth("10", cart_id="napkins", at=NOON - 6 * HOUR),
    )
    assert scene.cart("napkins").unreminded
    scene.take(worth("99", cart_id="napkins", at=NOON - 5 * HOUR))
    assert scene.step(cart_id="sofa").reason is Reason.NEWER_CART
    assert scene.step(cart_id="napkins", episode=2).outcome is Outcome.SENT


def test_an_order_ends_a_cart_without_a_timeline_too(scene: Scene, clock: Clock) -> None:
    scene.take(worth("10"), an_order(placed_at=NOON, contact=Contact(email="anna@example.com")))
    assert scene.cart().ordered
    clock.time = NOON + 8 * DAY
    scene.take(worth("3000", at=NOON + 8 * DAY))
    assert scene.timelines == []
    assert scene.cart().ordered


def test_a_shop_that_gives_its_rules_up_reminds_of_the_cart_after_all(scene: Scene) -> None:
    scene.take(worth("10", at=NOON - 6 * HOUR))
    plain = a_scene(scene.store, scene.shop.id)
    plain.take(worth("10", at=NOON - 5 * HOUR))
    assert plain.timelines == ["abandoned_cart"]
