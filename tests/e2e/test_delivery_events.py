"""The delivery of mails on the whole stack with permissions enforced. SES's own events come through
the rule and the queue.

The addresses are those of SES's mailbox simulator, which the local stack imitates.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from support.http_shop import an_http_shop
from support.local_stack import RunningStack
from support.timeline_on_stack import House, Shopper, a_house, a_shopper
from wracaj.consent.channel import Channel
from wracaj.customers.customer import Customer
from wracaj.customers.identity import identifier_reached_by
from wracaj.store import Store
from wracaj.timelines.steps import Reason, RecordState
from wracaj_cli.main import app
from wracaj_cli.shops.target import find_target, local_target

SHOPPERS = ("gone", "complains", "is-well", "on-holiday")
MAILBOXES = {"gone": "bounce", "complains": "complaint", "on-holiday": "ooto"}


def a_shopper_of(name: str) -> Shopper:
    shopper = a_shopper(name)
    mailbox = MAILBOXES.get(name)
    email = f"{mailbox}+{shopper.cart_id}@simulator.amazonses.com" if mailbox else shopper.email
    return Shopper(shopper.cart_id, email, shopper.phone)


@pytest.fixture(scope="module")
def house(stack: RunningStack) -> Iterator[House]:
    with an_http_shop() as codes:
        by_end_user_messaging = {"service": "end_user_messaging", "origination_identity": "KUBEK"}
        yield a_house(stack, codes, sms=by_end_user_messaging)


@pytest.fixture(scope="module")
def store(house: House) -> Store:
    return local_target(house.stack.home).store()


@pytest.fixture(scope="module")
def played(house: House) -> dict[str, Shopper]:
    """Four carts, and their three messages each."""
    people = {name: a_shopper_of(name) for name in SHOPPERS}
    for shopper in people.values():
        assert house.post(house.generic, *house.fills(house.generic, shopper)).status == 200
    house.stack.skip(timedelta(days=3))
    assert [
        name for name, shopper in people.items() if not house.has_ended(house.generic, shopper)
    ] == []
    return people


def mailbox(house: House, shopper: Shopper) -> Customer:
    """What is known at the shopper's e-mail address."""
    # names are made with the stack's own key from here on
    customers = local_target(house.stack.home).store().customers
    name = identifier_reached_by(house.generic.id, Channel.EMAIL, shopper.email)
    return customers.read(house.generic.id, [name])[name]


def outcomes(house: House, store: Store, shopper: Shopper) -> dict[str, Any]:
    cart = store.carts.get_with_records(house.generic.id, shopper.cart_id)
    assert cart is not None
    return {
        name.partition("#")[2]: (record.state, record.reason)
        for name, record in cart.records.items()
    }


def test_a_mailbox_that_is_gone_gets_one_mail_and_its_owner_an_sms(
    house: House, store: Store, played: dict[str, Shopper]
) -> None:
    shopper = played["gone"]
    assert Channel.EMAIL in mailbox(house, shopper).suppressed
    told = outcomes(house, store, shopper)
    assert told["sms"] == (RecordState.SENT, Reason.DUE)
    assert told["discount_email"] == (RecordState.SKIPPED, Reason.SUPPRESSED)
    assert [message.channel for message in house.outbox(shopper)] == ["email", "sms"]


def test_whoever_calls_it_spam_has_said_no(
    house: House, store: Store, played: dict[str, Shopper]
) -> None:
    shopper = played["complains"]
    assert mailbox(house, shopper).suppressed
    assert outcomes(house, store, shopper)["discount_email"] == (
        RecordState.SKIPPED,
        Reason.NO_CONSENT,
    )


@pytest.mark.parametrize("name", ["is-well", "on-holiday"])
def test_whoever_is_well_or_on_holiday_gets_all(
    house: House, store: Store, played: dict[str, Shopper], name: str
) -> None:
    shopper = played[name]
    assert not mailbox(house, shopper).suppressed
    assert [message.channel for message in house.outbox(shopper)] == ["email", "sms", "email"]


def test_what_became_of_them_is_counted(
    house: House, store: Store, played: dict[str, Shopper]
) -> None:
    cart = store.carts.get_with_records(house.generic.id, played["gone"].cart_id)
    assert cart is not None
    told = store.counters.of_day(
        house.generic.id,
        f"{cart.record(cart.episode, 'first_email').at:%Y-%m-%d}",  # type: ignore[union-attr]
    )
    counted = told["abandoned_cart#first_email"]
    assert counted["delivered"] >= 3 and counted["bounced"] >= 1 and counted["complained"] >= 1


def test_an_sms_of_end_user_messaging_is_known_to_have_arrived(
    house: House, store: Store, played: dict[str, Shopper]
) -> None:
    (sms,) = [message for message in house.outbox(played["gone"]) if message.channel == "sms"]
    assert sms.sender == "KUBEK"
    cart = store.carts.get_with_records(house.generic.id, played["gone"].cart_id)
    assert cart is not None
    told = store.counters.of_day(
        house.generic.id,
        f"{cart.record(cart.episode, 'sms').at:%Y-%m-%d}",  # type: ignore[union-attr]
    )
    assert told["abandoned_cart#sms"]["delivered"] >= 1


def test_wracaj_shop_cart_says_what_became_of_each_message(
    house: House, played: dict[str, Shopper], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "wracaj_cli.shops.commands.find_target",
        lambda name: find_target(name, home=house.stack.home),
    )
    told = (
        CliRunner(env={"COLUMNS": "160"})
        .invoke(app, ["shop", "cart", house.generic.id, played["complains"].cart_id])
        .stdout
    )
    (line,) = [line for line in told.splitlines() if "first_email" in line]
    assert re.search(
        r"sent +│ (arrived|reported as spam) 20\d\d-\d\d-\d\d \d\d:\d\d,"
        r" (arrived|reported as spam) ",
        line,
    )


def test_nothing_is_left_in_the_queue(house: House, played: dict[str, Shopper]) -> None:
    machines = house.stack.client("cloudformation").describe_stacks(StackName="wracaj-local")[
        "Stacks"
    ][0]["Outputs"]
    urls = {one["OutputKey"]: one["OutputValue"] for one in machines}
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    for queue in ("DeliveryQueueUrl", "DeliveryDeadLettersUrl"):
        told = house.stack.client("sqs").get_queue_attributes(
            QueueUrl=urls[queue], AttributeNames=names
        )["Attributes"]
        assert set(told.values()) == {"0"}, queue
