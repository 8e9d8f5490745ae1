"""Unsubscribes and complaints of people in an experiment, on a real table."""

import itertools
import os
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from delivery_events.event import DeliveryEvent, DeliveryStatus, Tags
from delivery_events.processing import DeliveryEventProcessor
from support.builders import HOUR, NOON, a_cart_event, a_holdout, a_step
from support.clocks import Clock
from support.scenes import Requests, Scene, a_scene
from wracaj.consent.channel import Channel
from wracaj.events import Contact
from wracaj.experiments.guardrails import ArmGuards
from wracaj.services import unsubscribe
from wracaj.settings.experiments import TREATED
from wracaj.store import Store
from wracaj_cli.experiments.showing import look

DAY = timedelta(days=1)
SMS = a_step(name="sms", channel="sms", template="cart_sms", after_seconds=24 * 3600)
_shops = itertools.count()


@pytest.fixture(autouse=True)
def all_are_treated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reminder_step.experiments.drawn_arm", lambda *_: TREATED)


@pytest.fixture
def scene(store: Store, shop_id: str, clock: Clock) -> Scene:
    return written_to(a_trying_scene(store, shop_id))


def a_trying_scene(store: Store, shop_id: str) -> Scene:
    return a_scene(store, shop_id, experiments={"does_it_pay": a_holdout(50)})


def written_to(scene: Scene, cart_id: str = "c1", **contact: Any) -> Scene:
    changes = {"contact": Contact(**contact)} if contact else {}
    scene.take(a_cart_event(cart_id=cart_id, at=NOON - 4 * HOUR, **changes))
    scene.step(cart_id=cart_id)
    return scene


def stops(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, step: str = "first_email", cart_id: str = "c1"
) -> None:
    """Click "unsubscribe" in a message."""
    monkeypatch.setattr(unsubscribe, "open_store", lambda: scene.store)
    target = scene.store.message_links.target(scene.message_id(step, cart_id))
    assert target is not None
    unsubscribe.stop_all(target)


def complains(scene: Scene, at: datetime = NOON + HOUR, *, by_shopper: bool = True) -> None:
    message = scene.message_id("first_email")
    DeliveryEventProcessor(scene.store).process(
        DeliveryEvent(
            channel=Channel.EMAIL,
            tags=Tags(shop=scene.shop.id, step="first_email", message=message),
            fate=DeliveryStatus.COMPLAINED,
            at=at,
            sent_at=NOON,
            refusal=by_shopper,
        )
    )


def guards(scene: Scene, now: datetime = NOON + 2 * DAY) -> ArmGuards:
    shown = look(scene.store, scene.shop.settings, "does_it_pay", now)
    assert shown.guards.arms["held_out"] == ArmGuards(0, 0, 0)
    return shown.guards.arms[TREATED]


def test_clicks_on_unsubscribe_count_once_for_a_person(
    scene: Scene, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.time = NOON + 25 * HOUR
    scene.step(SMS)
    stops(scene, monkeypatch)
    stops(scene, monkeypatch)
    stops(scene, monkeypatch, "sms")
    assert guards(scene) == ArmGuards(unsubscribed=1, complained=0, mails=1)


def test_an_unsubscribe_in_an_sms_finds_the_entry_of_the_mail(
    store: Store, shop_id: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The shopper has an account, and entered under the e-mail address of the cart."""
    scene = written_to(
        a_trying_scene(store, shop_id),
        platform_id="7",
        email="ala@example.com",
        phone="+48600100200",
    )
    clock.time = NOON + 25 * HOUR
    scene.step(SMS)
    stops(scene, monkeypatch, "sms")
    assert guards(scene).unsubscribed == 1


def test_somebody_else_at_the_same_phone_has_not_unsubscribed(
    store: Store, shop_id: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene, phone = a_trying_scene(store, shop_id), "+48600100200"
    written_to(scene, "c1", email="ala@example.com", phone=phone)
    written_to(scene, "c2", email="ola@example.com", phone=phone)
    stops(scene, monkeypatch, cart_id="c1")
    assert guards(scene).unsubscribed == 1
    stops(scene, monkeypatch, cart_id="c2")
    assert guards(scene).unsubscribed == 2


def test_who_unsubscribed_and_entered_afterwards_is_not_counted(
    store: Store, shop_id: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = written_to(a_scene(store, shop_id))
    stops(outside, monkeypatch)
    clock.time = NOON + DAY
    scene = a_trying_scene(store, shop_id)
    scene.take(a_cart_event(cart_id="c2", at=NOON + DAY - 4 * HOUR))
    scene.step(cart_id="c2")
    assert guards(scene).unsubscribed == 0


def test_after_the_last_word_of_the_experiment_nothing_is_counted(
    scene: Scene, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.time = scene.shop.settings.experiments["does_it_pay"].last_word_at + HOUR
    stops(scene, monkeypatch)
    assert guards(scene).unsubscribed == 0


def test_an_erased_person_is_counted_no_more(
    scene: Scene, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = scene.shopper().arms["does_it_pay"]
    scene.store.erasure.erase(scene.shop.id, scene.cart().contact, NOON + HOUR)
    scene.store.experiments.count_unsubscribed(scene.shop.id, "does_it_pay", entry, NOON + HOUR)
    assert guards(scene).unsubscribed == 0


def test_where_counting_fails_the_shopper_is_unsubscribed_nevertheless(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scene.store.experiments, "count_unsubscribed", lambda *_: 1 / 0)
    stops(scene, monkeypatch)
    assert not scene.shopper().agrees(scene.cart(), Channel.EMAIL)


def test_a_complaint_counts_once_however_often_it_is_reported(scene: Scene) -> None:
    complains(scene)
    complains(scene, NOON + 2 * HOUR)
    assert guards(scene) == ArmGuards(unsubscribed=0, complained=1, mails=1)


def test_an_address_on_a_list_has_not_complained(scene: Scene) -> None:
    complains(scene, by_shopper=False)
    assert guards(scene).complained == 0


def test_where_nobody_experiments_no_request_is_added(
    store: Store, shop_id: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And within an experiment an unsubscribe costs one more, a complaint none."""

    def made_by(scene: Scene, does: Any) -> int:
        with Requests(scene.store.table.dynamodb) as made:
            does(scene)
        return len(made)

    plain, trying = (
        written_to(a_scene(store, f"{shop_id}-1")),
        written_to(a_trying_scene(store, f"{shop_id}-2")),
    )
    assert made_by(trying, complains) == made_by(plain, complains)
    plain, trying = (
        written_to(a_scene(store, f"{shop_id}-3")),
        written_to(a_trying_scene(store, f"{shop_id}-4")),
    )
    before = made_by(plain, lambda scene: stops(scene, monkeypatch))
    assert made_by(trying, lambda scene: stops(scene, monkeypatch)) == before + 1


PEOPLE = ("c1", "c2", "c3")
DEEDS = st.lists(st.tuples(st.sampled_from(PEOPLE), st.booleans()), max_size=10)


@settings(
    max_examples=int(os.environ.get("WRACAJ_EXAMPLES", "15")),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
@given(DEEDS)
def test_as_many_unsubscribed_as_people_who_clicked(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch, deeds: list[tuple[str, bool]]
) -> None:
    """`deeds`: whose click, and whether they opt in again before it, as a new cart does."""
    clock.time = NOON
    scene = a_trying_scene(store, f"guards-{os.getpid()}-{next(_shops)}")
    for cart_id in PEOPLE:
        written_to(scene, cart_id, email=f"{cart_id}@example.com")
    for number, (cart_id, comes_back) in enumerate(deeds, 1):
        clock.time = NOON + number * HOUR
        if comes_back:
            contact = Contact(email=f"{cart_id}@example.com")
            scene.take(a_cart_event(cart_id=f"{cart_id}-{number}", at=clock.time, contact=contact))
        stops(scene, monkeypatch, cart_id=cart_id)
    assert guards(scene).unsubscribed == len({cart_id for cart_id, _ in deeds})
