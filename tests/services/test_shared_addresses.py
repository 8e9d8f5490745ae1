"""A phone that is typed for several people does not identify them as one. Whether the phone may get
messages is decided for everybody who uses it."""

import json
from datetime import timedelta
from typing import Any

import pytest

from delivery_events.app import read
from delivery_events.processing import DeliveryEventProcessor
from support.builders import HOUR, NOON, a_cart_event, a_step, yes
from support.clocks import Clock
from support.provider_events import about
from support.scenes import Requests, Scene, a_scene
from wracaj.consent.channel import Channel
from wracaj.errors import AddressGoneError
from wracaj.events import Contact
from wracaj.store import Store
from wracaj.timelines.steps import Discount, Outcome, Reason, StepResult
from wracaj_cli.shops.suppressions import lift, shown

PHONE = "+48600100200"
CROWD = 25
SMS = a_step(name="sms", channel="sms", template="cart_sms", after_seconds=3600)
CODE = SMS.model_copy(update={"name": "code", "discount": Discount(percent=10, valid_days=3)})


@pytest.fixture
def scene(store: Store, shop_id: str, clock: Clock) -> Scene:
    """A courier's phone, on the carts of many."""
    scene = a_scene(store, shop_id, frequency_cap={"hours_between_same_channel": 0})
    for number in range(CROWD):
        left_at = NOON - 4 * HOUR + timedelta(seconds=number)
        who = Contact(email=f"p{number}@example.com", phone=PHONE)
        scene.take(
            a_cart_event(
                at=left_at,
                cart_id=cart(number),
                contact=who,
                consent={Channel.SMS: yes(NOON - 5 * HOUR)},
            )
        )
    return scene


def cart(number: int) -> str:
    return f"k{number}"


def strangers(scene: Scene) -> list[int]:
    """Each of them is somebody else."""
    assert len({scene.cart(cart(number)).customer_id for number in range(CROWD)}) == CROWD
    return list(range(CROWD))


def text(scene: Scene, number: int, **changes: Any) -> StepResult:
    return scene.step(SMS.model_copy(update=changes), cart(number))


def blocked(scene: Scene, number: int) -> None:
    """That shopper is texted, and the phone blocks us."""
    assert text(scene, number).outcome is Outcome.SENT
    hear(scene)


def hear(scene: Scene) -> None:
    DeliveryEventProcessor(scene.store).process(
        read(json.dumps(about(scene.provider.sent[-1], "TEXT_BLOCKED", at=NOON + HOUR)))
    )


def test_a_phone_that_blocks_us_is_texted_about_nobodys_cart(scene: Scene) -> None:
    first, *others = strangers(scene)
    blocked(scene, first)
    for number in (first, *others):
        assert text(scene, number, name="another").reason is Reason.SUPPRESSED
    assert len(scene.provider.sent) == 1
    assert scene.cart(cart(others[0])).record(1, "another").reason is Reason.SUPPRESSED


def test_a_number_that_the_provider_calls_gone_is_gone_for_all(scene: Scene) -> None:
    first, *others = strangers(scene)
    scene.provider.script = [AddressGoneError("opted out")]
    assert text(scene, first).reason is Reason.ADDRESS_GONE
    assert text(scene, others[0]).reason is Reason.SUPPRESSED


def test_a_block_that_comes_between_a_code_and_its_message_stops_the_message(scene: Scene) -> None:
    first, second, *_ = strangers(scene)
    assert text(scene, first).outcome is Outcome.SENT

    def block_comes(_shop: Any, voucher: Any, _cart_id: str) -> Any:
        hear(scene)
        return voucher

    scene.on_discount = block_comes
    assert scene.step(CODE, cart(second)).reason is Reason.SUPPRESSED
    assert len(scene.provider.sent) == 1


def test_other_numbers_of_the_crowd_and_other_channels_go_on(scene: Scene) -> None:
    blocked(scene, 0)
    scene.take(
        a_cart_event(
            at=NOON - 3 * HOUR,
            cart_id="own",
            contact=Contact(email="p24@example.com", phone="+48600100299"),
        ),
    )
    assert scene.step(SMS, "own").outcome is Outcome.SENT
    assert scene.step(a_step(), "own").outcome is Outcome.SENT


def test_it_outlives_the_owner_who_is_forgotten_until_a_person_lifts_it(
    scene: Scene, clock: Clock
) -> None:
    phone, shop = Contact(phone=PHONE), scene.shop.id
    blocked(scene, 0)
    scene.store.erasure.erase(shop, phone, NOON + 2 * HOUR)
    assert text(scene, 1).reason is Reason.NO_CONSENT  # its yes is as old as what was forgotten
    clock.time = NOON + 3 * HOUR
    who = Contact(email="later@example.com", phone=PHONE)
    scene.take(
        a_cart_event(
            at=clock.time, cart_id=cart(99), contact=who, consent={Channel.SMS: yes(clock.time)}
        )
    )
    clock.time += HOUR
    assert text(scene, 99).reason is Reason.SUPPRESSED
    assert list(shown(scene.store, shop, phone)) == ["SMS: suppressed: its owner blocks the sender"]
    lift(scene.store, shop, phone, clock.time)
    assert text(scene, 99, name="another").outcome is Outcome.SENT


def test_it_is_lifted_for_all_and_shown_for_all(scene: Scene) -> None:
    first, second, *_ = strangers(scene)
    phone, shop = Contact(phone=PHONE), scene.shop.id
    blocked(scene, first)
    assert list(shown(scene.store, shop, phone)) == ["SMS: suppressed: its owner blocks the sender"]
    lift(scene.store, shop, phone, NOON + 2 * HOUR)
    assert list(shown(scene.store, shop, phone)) == ["SMS: not suppressed"]
    hear(scene)
    for number in (first, second):
        assert text(scene, number, name="another").outcome is Outcome.SENT


def test_who_shares_a_phone_shares_its_caps(scene: Scene) -> None:
    first, second, *_ = strangers(scene)
    capped = a_scene(scene.store, scene.shop.id)
    assert capped.step(SMS, cart(first)).outcome is Outcome.SENT
    assert capped.step(SMS, cart(second)).reason is Reason.FREQUENCY_CAP


def test_a_message_reads_and_writes_each_item_once(scene: Scene) -> None:
    """The cart with its records, the names, the other carts of each of the two names; the claim;
    what came of it."""
    asked = scene.request(SMS, cart(strangers(scene)[0]))
    with Requests(scene.store.table.dynamodb) as requests:
        assert scene.stepper().run(scene.shop, asked, SMS).outcome is Outcome.SENT
    others = ["Query", "Query", "BatchGetItem"]
    assert sorted(requests) == sorted(
        ["Query", "BatchGetItem", *others, "TransactWriteItems", "UpdateItem", "UpdateItem"]
    )
