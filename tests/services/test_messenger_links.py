"""A link into Messenger names a cart, and anybody who knows the cart's id may follow it. It never
identifies two people as one."""

import itertools
import os
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from messenger_webhook.reading import Said
from messenger_webhook.taking import Taking
from support.builders import HOUR, NOON, a_cart_event, a_step, an_order, yes
from support.scenes import Scene, a_scene
from wracaj.consent.channel import Channel
from wracaj.customers.identity import IdentifierKind, identifier_of
from wracaj.customers.shopper import Shopper
from wracaj.events import CartUpdated, Contact
from wracaj.services.intake.dispatch import Intake
from wracaj.timelines.occasion import OccasionKind, occasion_id
from wracaj.timelines.steps import Outcome, Reason

pytestmark = pytest.mark.usefixtures("clock")

PAGE: Any = {"messenger": {"page_id": "100200300400"}}
CHAT = a_step(name="messenger", channel="messenger", template="cart_messenger", after_seconds=900)
ALA, OLA = "2400000000000007", "2400000000000008"
_shops = itertools.count()


def cart(number: int | str) -> str:
    return f"cart-with-a-long-name-{number}"


def a_cart_of(name: str | None, cart_id: str, at: datetime = NOON - 5 * HOUR) -> CartUpdated:
    contact = Contact(email=f"{name}@example.com") if name else Contact()
    return a_cart_event(
        cart_id=cart_id,
        at=at,
        created_at=NOON - 6 * HOUR,
        contact=contact,
        consent={Channel.EMAIL: yes()},
    )


def clicks(
    scene: Scene,
    cart_id: str,
    who: str = ALA,
    at: datetime = NOON - 4 * HOUR,
    *,
    stops: bool = False,
) -> None:
    said = Said(shopper=who, at=at, cart_id=None if stops else cart_id, stops=stops)
    Taking(scene.store, Intake(scene.store, scene._start)).take(scene.shop.settings, said)


@pytest.fixture
def scene(store: Any, shop_id: str) -> Scene:
    return a_scene(store, shop_id, **PAGE)


def owner(scene: Scene, cart_id: str) -> Shopper:
    found = scene.store.customers.shopper(scene.shop.id, scene.cart(cart_id).contact)
    assert found is not None
    return found


def test_one_who_follows_the_links_of_five_buyers_makes_none_of_them_another(scene: Scene) -> None:
    for number in range(5):
        scene.take(a_cart_of(f"buyer{number}", cart(number)))
    for number in range(5):
        clicks(scene, cart(number))
    assert len({owner(scene, cart(number)).id for number in range(5)}) == 5
    assert [scene.cart(cart(number)).contact.messenger for number in range(5)] == [
        ALA,
        None,
        None,
        None,
        None,
    ]
    scene.take(an_order(placed_at=NOON - HOUR, contact=Contact(email="buyer0@example.com")))
    assert [scene.cart(cart(number)).ordered for number in range(5)] == [
        True,
        False,
        False,
        False,
        False,
    ]
    for number in range(1, 5):
        assert scene.step(CHAT, cart(number)).reason is Reason.NO_ADDRESS
        assert scene.step(a_step(), cart(number)).outcome is Outcome.SENT


@pytest.mark.parametrize("guess", ["1001", "c1", occasion_id(OccasionKind.AFTER_PURCHASE, "o1")])
def test_an_id_that_can_be_counted_or_worked_out_is_no_way_to_a_shopper(
    scene: Scene, guess: str
) -> None:
    scene.take(
        a_cart_of("anna", "1001"),
        a_cart_of("anna", "c1"),
        an_order(contact=Contact(email="anna@example.com")),
    )
    before = scene.cart(guess)
    clicks(scene, guess)
    assert scene.cart(guess) == before
    assert (
        scene.store.customers.get(
            scene.shop.id, identifier_of(scene.shop.id, IdentifierKind.MESSENGER, ALA)
        )
        is None
    )


def test_who_is_known_by_messenger_alone_is_whoever_the_cart_turns_out_to_be_of(
    scene: Scene,
) -> None:
    scene.take(a_cart_of(None, cart(1)))
    clicks(scene, cart(1))
    scene.take(a_cart_of("ala", cart(1), NOON - 3 * HOUR))
    assert owner(scene, cart(1)).names.keys() == {IdentifierKind.EMAIL, IdentifierKind.MESSENGER}
    assert scene.step(CHAT, cart(1)).outcome is Outcome.SENT


def test_an_anonymous_cart_of_somebody_known_on_messenger_is_theirs(scene: Scene) -> None:
    scene.take(a_cart_of("ala", cart(1)), a_cart_of(None, cart(2)))
    clicks(scene, cart(1))
    clicks(scene, cart(2))
    # until it says itself whose it is
    assert owner(scene, cart(2)).id == owner(scene, cart(1)).names[IdentifierKind.MESSENGER]
    assert scene.step(CHAT, cart(2)).outcome is Outcome.SENT


def test_a_cart_that_turns_out_to_be_of_somebody_else_is_not_written_of_on_messenger(
    scene: Scene,
) -> None:
    scene.take(a_cart_of("ala", cart(1)), a_cart_of(None, cart(2)))
    clicks(scene, cart(1))
    clicks(scene, cart(2))
    scene.take(a_cart_of("ola", cart(2), NOON - 3 * HOUR))
    ola = owner(scene, cart(2))
    assert ola.record.email == "ola@example.com"
    log = scene.store.table.query(
        {"PK": f"SHOP#{scene.shop.id}#WHO#{ola.id}"}, begins="CONSENT#messenger"
    )
    assert log == []
    scene.take(a_cart_of("ola", cart(3)))
    clicks(scene, cart(3), OLA)
    assert scene.step(CHAT, cart(2)).reason is Reason.NO_ADDRESS
    assert scene.provider.sent == []


EVENTS = [
    *(("cart", name, cart(name), hours) for name in ("ala", "ola") for hours in (5, 3)),
    *(("cart", None, cart(name), 4.5) for name in ("ala", "ola", "nobody")),
    *(
        ("click", who, cart(name), hours)
        for who in (ALA, OLA)
        for name in ("ala", "ola", "nobody")
        for hours in (4, 2)
    ),
    ("stop", ALA, "", 2.5),
]


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.sampled_from(EVENTS), max_size=20))
def test_two_e_mails_stay_two_shoppers_whoever_follows_which_link_in_whatever_order(
    store: Any, events: list[Any]
) -> None:
    scene = a_scene(store, f"links-{os.getpid()}-{next(_shops)}", **PAGE)
    for kind, who, cart_id, hours in events:
        if kind == "cart":
            scene.take(a_cart_of(who, cart_id, NOON - hours * HOUR))
        else:
            clicks(scene, cart_id, who, NOON - hours * HOUR, stops=kind == "stop")
    scene.take(*(a_cart_of(name, cart(name), NOON - HOUR) for name in ("ala", "ola")))
    ala, ola = owner(scene, cart("ala")), owner(scene, cart("ola"))
    assert ala.id != ola.id
    assert (ala.record.email, ola.record.email) == ("ala@example.com", "ola@example.com")
    for one, name in ((ala, "ala"), (ola, "ola")):
        known = one.named(IdentifierKind.MESSENGER)
        is_ours = known is None or known.first_owner in {None, one.id}
        assert is_ours or one.address(scene.cart(cart(name)), Channel.MESSENGER) is None
