"""The consents behind a message to a guest's phone. Support sees them all; an export has those of
the shopper's own carts."""

import json
from typing import Any

import pytest

from support.builders import ANNA, HOUR, NOON, a_cart_event, a_step, no, yes
from support.clocks import Clock
from support.scenes import Scene, a_scene
from wracaj.consent.channel import Channel
from wracaj.events import ConsentChanged, Contact
from wracaj.store import Store
from wracaj_cli.privacy.documents import documents_of
from wracaj_cli.shopper.as_json import story_as_json
from wracaj_cli.shopper.known import customers_known_by
from wracaj_cli.shopper.reading import stories_of
from wracaj_cli.shopper.tables import as_tables

PHONE = "+48600100200"
SMS = a_step(name="sms", channel="sms", template="cart_sms", after_seconds=0)


class There:
    def __init__(self, store: Store, clock: Clock) -> None:
        self.store, self.now = (lambda: store), clock


@pytest.fixture
def scene(store: Any, shop_id: str, clock: Clock) -> Scene:
    clock.time = NOON
    scene = a_scene(store, shop_id)
    scene.take(
        a_cart_event(at=NOON - 4 * HOUR, consent={Channel.SMS: yes(NOON - 5 * HOUR, "checkout")})
    )
    clock.time = NOON + HOUR
    assert scene.step(SMS).outcome == "sent"
    return scene


@pytest.fixture
def there(store: Any, clock: Clock) -> Any:
    return There(store, clock)


def consents(there: Any, scene: Scene, who: str) -> list[tuple[str, str, str, str | None]]:
    (story,) = stories_of(there, scene.shop.settings, who)
    told = story_as_json(story, scene.shop.settings)["consents"]
    return [(one["channel"], one["state"], one["source"], one["address"]) for one in told]


def test_support_sees_the_opt_in_that_a_guests_sms_rests_on_with_its_address(
    scene: Scene, there: Any
) -> None:
    assert consents(there, scene, "anna@example.com") == [
        ("sms", "subscribed", "checkout", "+48 ••• 200")
    ]


def test_support_sees_each_word_once_at_whichever_of_the_addresses_it_was_said(
    scene: Scene, there: Any, clock: Clock
) -> None:
    phone, email = Contact(phone=PHONE), Contact(email="anna@example.com")
    for contact, channel in ((phone, Channel.SMS), (email, Channel.EMAIL)):
        word = no(NOON, "shop")
        scene.take(ConsentChanged(at=NOON, contact=contact, channel=channel, consent=word))
    assert sorted(map(str, consents(there, scene, "anna@example.com"))) == sorted(
        map(
            str,
            [
                ("sms", "subscribed", "checkout", "+48 ••• 200"),
                ("sms", "unsubscribed", "shop", "+48 ••• 200"),
                ("email", "unsubscribed", "shop", "a•••@example.com"),
            ],
        )
    )


def test_the_table_has_the_address(scene: Scene, there: Any) -> None:
    from rich.console import Console

    (story,) = stories_of(there, scene.shop.settings, "anna@example.com")
    with (console := Console(width=140)).capture() as shown:
        console.print(as_tables(story, scene.shop.settings, "pl"))
    assert "+48 ••• 200" in shown.get() and "adres" in shown.get()


def export(there: Any, scene: Scene, who: str) -> Any:
    settings = scene.shop.settings
    (document,) = documents_of(there, settings, customers_known_by(there, settings, who))
    return json.loads(json.dumps(document))


def test_an_export_has_what_was_said_in_the_carts_of_whoever_asks(scene: Scene, there: Any) -> None:
    (cart,) = export(there, scene, "anna@example.com")["carts"]
    said = [(one["channel"], one["state"], one["source"]) for one in cart["consents"]]
    assert said == [("sms", "subscribed", "checkout")]


def test_an_export_has_nothing_that_others_said_at_a_phone_that_was_typed(
    scene: Scene, there: Any
) -> None:
    others = Contact(email="brat@example.com", phone=PHONE)
    words = {Channel.SMS: yes(NOON - HOUR, "somebody elses checkout")}
    scene.take(a_cart_event(cart_id="c2", at=NOON, contact=others, consent=words))
    told = json.dumps(export(there, scene, ANNA.email or ""))
    assert "somebody elses" not in told and "brat" not in told
