"""A browser's subscription is an identifier only if there is no stronger one. It never identifies
two people as one."""

import itertools
import os
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.builders import HOUR, NOON, a_cart_event, a_step, no, yes
from support.scenes import Scene, a_scene
from wracaj.consent.channel import Channel
from wracaj.customers.consents import Speaker
from wracaj.customers.shopper import Shopper
from wracaj.errors import AddressGoneError
from wracaj.events import CartUpdated, Contact, PrivacyKind, PrivacyRequested, ShopEvent
from wracaj.timelines.steps import Outcome, Reason

pytestmark = pytest.mark.usefixtures("clock")

PUSH_SETTINGS: Any = {"web_push": {"contact": "mailto:sklep@kubek.example"}}
PUSH = a_step(name="push", channel="web_push", template="cart_push", after_seconds=3 * 3600)
BROWSER, OTHER_BROWSER = "subscription one", "subscription two"
ANNA, OLA = Contact(email="anna@example.com"), Contact(email="ola@example.com")
_shops = itertools.count()


def subscribes(
    cart_id: str = "c1", browser: str = BROWSER, at: datetime = NOON - 5 * HOUR
) -> CartUpdated:
    """As the endpoint of subscriptions tells it."""
    return CartUpdated(
        at=at,
        cart_id=cart_id,
        contact=Contact(web_push=browser),
        consent={Channel.WEB_PUSH: yes(at, "storefront")},
    )


def withdraws(
    cart_id: str = "c1", browser: str = BROWSER, at: datetime = NOON - 4 * HOUR
) -> CartUpdated:
    return CartUpdated(
        at=at,
        cart_id=cart_id,
        contact=Contact(web_push=browser),
        consent={Channel.WEB_PUSH: no(at, "storefront")},
    )


def a_cart_of(contact: Contact, cart_id: str = "c1", at: datetime = NOON - 5 * HOUR) -> CartUpdated:
    return a_cart_event(
        cart_id=cart_id, at=at, created_at=NOON - 6 * HOUR, contact=contact, consent={}
    )


NOBODY = Contact()


@pytest.fixture
def scene(store: Any, shop_id: str) -> Scene:
    return a_scene(store, shop_id, **PUSH_SETTINGS)


def owner(scene: Scene, cart_id: str = "c1") -> Shopper:
    found = scene.store.customers.shopper(scene.shop.id, scene.cart(cart_id).contact)
    assert found is not None
    return found


# --- a cart that is known by a subscription only --------------------------------------------------


@pytest.mark.parametrize("first", ["cart", "subscription"])
def test_a_cart_with_only_a_subscription_starts_a_timeline_in_whatever_order_they_come(
    scene: Scene, first: str
) -> None:
    events = [a_cart_of(NOBODY), subscribes()]
    scene.take(*(events if first == "cart" else reversed(events)))
    assert scene.started == [("c1", 1)]
    assert scene.step(a_step()).reason is Reason.NO_ADDRESS
    assert scene.step(PUSH).outcome is Outcome.SENT
    (message,) = scene.provider.sent
    assert message.to == BROWSER


def test_without_a_yes_in_the_browser_nothing_is_pushed(scene: Scene) -> None:
    scene.take(a_cart_of(Contact(web_push=BROWSER)))
    assert scene.step(PUSH).reason is Reason.NO_CONSENT


def test_a_subscription_that_was_withdrawn_is_not_used_and_a_newer_yes_is(scene: Scene) -> None:
    scene.take(a_cart_of(NOBODY), subscribes(), withdraws())
    assert scene.step(PUSH).reason is Reason.NO_CONSENT
    scene.take(
        subscribes(cart_id="c2", at=NOON - 3.5 * HOUR),
        a_cart_of(NOBODY, "c2", at=NOON - 3.5 * HOUR),
    )
    assert owner(scene, "c2").id == owner(scene).id


def test_a_yes_of_one_browser_is_none_of_another(scene: Scene) -> None:
    scene.take(
        a_cart_of(NOBODY),
        subscribes(),
        CartUpdated(at=NOON - 4 * HOUR, cart_id="c1", contact=Contact(web_push=OTHER_BROWSER)),
    )
    assert scene.step(PUSH).reason is Reason.NO_CONSENT


# --- who is who -----------------------------------------------------------------------------------


def test_an_anonymous_cart_that_gets_an_e_mail_keeps_its_no_and_its_caps(scene: Scene) -> None:
    scene.take(a_cart_of(NOBODY), subscribes())
    assert scene.step(PUSH).outcome is Outcome.SENT
    before = owner(scene).id
    stop = no(NOON - HOUR)
    scene.store.customers.amend_one(
        scene.shop.id, before, lambda known: known.with_consent(Channel.SMS, Speaker.READER, stop)
    )
    scene.take(a_cart_of(ANNA, at=NOON - 4 * HOUR))
    after = owner(scene)
    assert after.record.email == ANNA.email and before in after.names.values()
    assert [message.channel for message in after.sent] == [Channel.WEB_PUSH]
    assert not after.agrees(scene.cart(), Channel.SMS)


def test_an_anonymous_cart_that_turns_out_to_be_of_somebody_known_is_theirs(scene: Scene) -> None:
    scene.take(a_cart_of(ANNA, "old"), a_cart_of(NOBODY), subscribes())
    assert scene.step(PUSH).outcome is Outcome.SENT
    scene.take(a_cart_of(ANNA, at=NOON - 4 * HOUR))
    assert owner(scene).id == owner(scene, "old").id
    assert len(owner(scene).sent) == 1


def test_who_shares_a_browser_stays_apart_when_one_asks_to_be_forgotten(scene: Scene) -> None:
    scene.take(
        a_cart_of(ANNA, "annas"), subscribes("annas"), a_cart_of(OLA, "olas"), subscribes("olas")
    )
    scene.take(PrivacyRequested(at=NOON - HOUR, kind=PrivacyKind.CUSTOMER_REDACT, contact=ANNA))
    scene.take(a_cart_of(OLA, "olas", at=NOON - 4.5 * HOUR))
    assert scene.cart("annas").erased
    assert not scene.cart("olas").erased and owner(scene, "olas").record.email == OLA.email


EVENTS: list[ShopEvent] = [
    *(
        subscribes(cart_id, at=NOON - hours * HOUR)
        for cart_id, hours in (("a", 6), ("o", 5), ("x", 4), ("a", 3))
    ),
    subscribes("a", OTHER_BROWSER, at=NOON - 2 * HOUR),
    *(a_cart_of(NOBODY, cart_id) for cart_id in ("a", "o", "x")),
    *(a_cart_of(ANNA, "a", at=NOON - hours * HOUR) for hours in (5, 2)),
    *(a_cart_of(OLA, "o", at=NOON - hours * HOUR) for hours in (5, 2)),
    withdraws("x", at=NOON - 3 * HOUR),
]


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.sampled_from(EVENTS), max_size=20))
def test_two_e_mails_on_one_browser_stay_two_shoppers_in_whatever_order(
    store: Any, events: list[ShopEvent]
) -> None:
    scene = a_scene(store, f"shared-{os.getpid()}-{next(_shops)}", **PUSH_SETTINGS)
    scene.take(*events, a_cart_of(ANNA, "a", at=NOON - HOUR), a_cart_of(OLA, "o", at=NOON - HOUR))
    anna, ola = owner(scene, "a"), owner(scene, "o")
    assert anna.id != ola.id
    assert not {anna.id, *anna.absorbed} & {ola.id, *ola.absorbed}
    assert (anna.record.email, ola.record.email) == (ANNA.email, OLA.email)
    cart = scene.cart("x")
    if cart and cart.customer_id and withdraws("x", at=NOON - 3 * HOUR) in events:
        assert not owner(scene, "x").agrees(cart, Channel.WEB_PUSH)


# --- what the push service says -------------------------------------------------------------------


def test_a_subscription_that_is_gone_is_forgotten_by_its_cart_and_stays_so(scene: Scene) -> None:
    scene.take(a_cart_of(NOBODY), subscribes())
    scene.provider.script = [AddressGoneError("410")]
    assert scene.step(PUSH).reason is Reason.ADDRESS_GONE
    assert scene.cart().contact.web_push is None
    scene.take(subscribes())  # the same event once more
    assert scene.cart().contact.web_push is None
    assert (
        scene.step(a_step(name="again", channel="web_push", template="cart_push")).reason
        is Reason.NO_ADDRESS
    )
    assert scene.provider.sent == []


def test_after_a_subscription_that_is_gone_a_new_one_counts(scene: Scene) -> None:
    scene.take(a_cart_of(NOBODY), subscribes())
    scene.provider.script = [AddressGoneError("410")]
    scene.step(PUSH)
    scene.take(subscribes(browser=OTHER_BROWSER, at=NOON - 4 * HOUR))
    again = a_step(name="again", channel="web_push", template="cart_push", after_seconds=3600)
    assert scene.step(again).reason in {Reason.DUE, Reason.FREQUENCY_CAP}
    assert scene.cart().contact.web_push == OTHER_BROWSER
