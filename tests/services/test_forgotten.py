"""What stays after an erasure does not identify the shopper, even to somebody with all stored data
and a list of all phone numbers."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from support.builders import HOUR, NOON, a_cart_event, a_step, an_order, no, yes
from support.clocks import Clock
from support.scenes import Scene, a_scene, items_of
from wracaj.clock import now
from wracaj.consent.channel import Channel
from wracaj.customers.consents import Speaker
from wracaj.customers.customer import Customer
from wracaj.customers.identity import IdentifierKind, identifier_of
from wracaj.events import (
    ConsentChanged,
    Contact,
    CustomerUpdated,
    OrderRefunded,
    PrivacyKind,
    PrivacyRequested,
)

Change = Callable[[Customer], Customer]

PHONE, EMAIL = "+48600100277", "zofia.forgotten@example.com"
SMS = a_step(name="sms", channel="sms", template="cart_sms", after_seconds=0)
GUEST = Contact(email=EMAIL, phone=PHONE, first_name="Zofia")
CUSTOMER = GUEST.model_copy(
    update={"platform_id": "900100277", "record_email": EMAIL, "record_phone": PHONE}
)
SHORTEST_HASH = 10  # hex digits; less of a hash than this fits many numbers


@pytest.fixture
def scene(store: Any, shop_id: str, clock: Clock) -> Scene:
    clock.time = NOON + HOUR
    return a_scene(
        store,
        shop_id,
        loyalty={
            "currency": "PLN",
            "margin_percent": 50,
            "points": {"per_unit": 1, "value": "0.01"},
        },
    )


def lives(scene: Scene, contact: Contact) -> None:
    """Messages were sent and clicked, she said yes and no, ordered, and one address bounced."""
    words = {Channel.EMAIL: yes(), Channel.SMS: yes()}
    scene.take(CustomerUpdated(at=NOON - 9 * HOUR, contact=contact))
    scene.take(a_cart_event(at=NOON - 4 * HOUR, contact=contact, consent=words))
    assert scene.step().outcome == "sent"
    assert scene.step(SMS).outcome == "sent"
    phone = scene.shopper().at(Channel.SMS, PHONE).id
    scene.store.customers.amend_one(
        scene.shop.id, phone, lambda known: known.suppressing(Channel.SMS, "bounce")
    )
    scene.take(
        ConsentChanged(at=NOON, contact=contact, channel=Channel.EMAIL, consent=no(NOON, "shop"))
    )
    scene.take(an_order(contact=contact, cart_ids=("c1",), placed_at=NOON))


def numbers() -> Iterator[str]:
    """Of all there are, those around hers."""
    yield from (f"+4860010{last:04}" for last in range(200, 300))
    yield EMAIL
    yield "900100277"


def hashes(shop: str, value: str) -> Iterator[str]:
    spellings = {value, value.removeprefix("+"), f"platform#{value}"}
    for kind in ("", "phone", "email", "p", "e", "a", "whose", "sms", "platform"):
        for between in ("", "#", "\0", ":", "-"):
            spellings |= {
                f"{shop}{between}{kind}{between}{value}",
                f"{kind}{between}{value}",
                f"{shop}{between}{value}",
            }
    for text in spellings:
        for algorithm in ("md5", "sha1", "sha256", "sha512"):
            yield hashlib.new(algorithm, text.encode()).hexdigest()[:SHORTEST_HASH]


@pytest.mark.parametrize("contact", [GUEST, CUSTOMER], ids=["guest", "customer"])
def test_a_dictionary_of_numbers_finds_nobody_in_what_is_left(
    scene: Scene, contact: Contact
) -> None:
    lives(scene, contact)
    scene.take(
        PrivacyRequested(
            at=now() + timedelta(minutes=1), kind=PrivacyKind.CUSTOMER_REDACT, contact=contact
        )
    )
    left = str(items_of(scene.store, scene.shop.id)).lower()
    assert "wracaj" not in left and "#who#" in left  # something is left to look at
    in_clear = [
        value for value in (PHONE, PHONE[3:], EMAIL, "zofia", "900100277") if value.lower() in left
    ]
    assert in_clear == []
    assert [
        value
        for value in numbers()
        if any(digest in left for digest in hashes(scene.shop.id, value))
    ] == []


@pytest.mark.parametrize("contact", [GUEST, CUSTOMER], ids=["guest", "customer"])
def test_every_item_that_still_names_who_was_forgotten_has_an_end(
    scene: Scene, clock: Clock, contact: Contact
) -> None:
    lives(scene, contact)
    names = list(scene.store.customers.shopper(scene.shop.id, contact).known)  # type: ignore[union-attr]
    scene.take(
        PrivacyRequested(at=NOON + 2 * HOUR, kind=PrivacyKind.CUSTOMER_REDACT, contact=contact)
    )
    clock.time += 24 * HOUR
    told = OrderRefunded(
        at=clock.time, order_id="o1", refund_id="r1", currency="PLN", amount=Decimal(5)
    )
    scene.take(told)  # the shop goes on telling of the order
    phone = next(name for name in names if name.startswith("p"))
    scene.store.customers.amend_one(
        scene.shop.id, phone, lambda known: known.suppressing(Channel.SMS, "bounce")
    )
    naming = [
        item
        for item in items_of(scene.store, scene.shop.id)
        if any(name in str(item) for name in names)
    ]
    assert "WHO" in {item["SK"]["S"] for item in naming}
    assert "STATE" not in {item["SK"]["S"] for item in naming}
    assert [item["SK"]["S"] for item in naming if "expires_at" not in item] == []


@pytest.mark.parametrize(
    ("kind", "change", "days"),
    [
        (IdentifierKind.EMAIL, lambda known: known.with_sent(Channel.EMAIL, NOON), 800),
        (IdentifierKind.PHONE, lambda known: known.with_sent(Channel.SMS, NOON), 800),
        (IdentifierKind.BROWSER, lambda known: known.first_used_by("e-1"), 800),
        (
            IdentifierKind.BROWSER,
            lambda known: known.with_consent(Channel.WEB_PUSH, Speaker.GUEST, no(NOON)),
            800,
        ),
        (IdentifierKind.MESSENGER, lambda known: known.wrote(NOON), 800),
        (
            IdentifierKind.EMAIL,
            lambda known: known.with_consent(Channel.EMAIL, Speaker.READER, no(NOON)),
            None,
        ),
        (
            IdentifierKind.EMAIL,
            lambda known: known.with_consent(Channel.EMAIL, Speaker.READER, yes(NOON)),
            None,
        ),
        (IdentifierKind.PHONE, lambda known: known.suppressing(Channel.SMS, "bounce"), None),
        (IdentifierKind.EMAIL, lambda known: known.with_order("", NOON), None),
        (IdentifierKind.ACCOUNT, lambda known: known.with_order("", NOON), None),
    ],
)
def test_what_was_only_typed_or_came_through_a_public_door_is_not_kept_for_good(
    scene: Scene, clock: Clock, kind: IdentifierKind, change: Change, days: int | None
) -> None:
    name = identifier_of(scene.shop.id, kind, "somebody")
    scene.store.customers.amend_one(scene.shop.id, name, change)
    (item,) = items_of(scene.store, scene.shop.id)
    ends = clock.time + timedelta(days=days) if days else None
    assert item.get("expires_at") == ({"N": str(int(ends.timestamp()))} if ends else None)


def test_what_stays_of_an_address_has_an_end_and_still_keeps_its_no_and_its_bounce(
    scene: Scene, clock: Clock
) -> None:
    lives(scene, GUEST)
    scene.take(
        PrivacyRequested(at=NOON + 2 * HOUR, kind=PrivacyKind.CUSTOMER_REDACT, contact=GUEST)
    )
    left = [item for item in items_of(scene.store, scene.shop.id) if item["SK"]["S"] == "WHO"]
    assert left and all("expires_at" in item for item in left)
    clock.time = NOON + 9 * HOUR
    words = {Channel.SMS: yes(clock.time)}
    scene.take(
        a_cart_event(cart_id="c2", at=clock.time, contact=Contact(phone=PHONE), consent=words)
    )
    clock.time += HOUR
    assert scene.step(SMS, "c2").reason == "suppressed"


@pytest.mark.parametrize(("is_reported", "reason"), [(True, "no_consent"), (False, "due")])
def test_an_opt_out_from_before_an_erasure_that_is_reported_after_it_still_counts(
    scene: Scene, clock: Clock, is_reported: bool, reason: str
) -> None:
    """A guest gave it, and another customer typed the same number in a cart of theirs."""
    guest, other = Contact(phone=PHONE), Contact(phone=PHONE, platform_id="900100278")
    agreed = {Channel.SMS: yes(NOON - 4 * HOUR)}
    for cart_id, contact in (("c1", guest), ("c2", other)):
        scene.take(
            a_cart_event(cart_id=cart_id, at=NOON - 4 * HOUR, contact=contact, consent=agreed)
        )
    erased_at = NOON + HOUR / 2
    scene.take(PrivacyRequested(at=erased_at, kind=PrivacyKind.CUSTOMER_REDACT, contact=guest))
    if is_reported:
        word = no(NOON - HOUR)
        scene.take(ConsentChanged(at=NOON, contact=guest, channel=Channel.SMS, consent=word))
    assert scene.step(SMS, "c2").reason == reason
    name = identifier_of(scene.shop.id, IdentifierKind.PHONE, PHONE)
    assert scene.store.customers.read(scene.shop.id, [name])[name].contact == Contact()


@pytest.mark.parametrize("is_erased", [True, False])
def test_an_opt_in_from_before_an_erasure_is_not_put_up_for_confirmation(
    store: Any, shop_id: str, clock: Clock, is_erased: bool
) -> None:
    clock.time = NOON + HOUR
    scene = a_scene(store, shop_id, double_opt_in=["email"])
    guest = Contact(email=EMAIL)
    if is_erased:
        scene.take(PrivacyRequested(at=NOON, kind=PrivacyKind.CUSTOMER_REDACT, contact=guest))
    word = yes(NOON - HOUR)
    scene.take(
        ConsentChanged(at=NOON + HOUR / 2, contact=guest, channel=Channel.EMAIL, consent=word)
    )
    shopper = scene.store.customers.shopper(scene.shop.id, guest)
    assert shopper is not None
    assert bool(shopper.owner.pending) is not is_erased
    assert bool(shopper.owner.asked_to_confirm) is not is_erased
