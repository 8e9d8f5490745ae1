"""Checks of the scripts that find a mistake without playing them."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, cast

import pytest

from support.demo_evidence import MONDAY_10, SHOPS
from wracaj.consent.channel import Channel
from wracaj.customers.contact import normal_phone
from wracaj.customers.email_address import normal_email
from wracaj.platforms import Ignored, WebhookRequest, platform
from wracaj.settings.shop import Shop, ShopSecrets
from wracaj_cli.demo.actions import at_once, both, checks_out, fills, late, unsent
from wracaj_cli.demo.actor import Actor, Manner, Scene
from wracaj_cli.demo.baskets import Purchase
from wracaj_cli.demo.cast import CAST
from wracaj_cli.demo.cast.goods import CUPS, MUG
from wracaj_cli.demo.ledger import Ledger
from wracaj_cli.demo.performance import LOOK_EVERY
from wracaj_cli.demo.rescue.cast import VISITORS
from wracaj_cli.demo.stage import SHOPIFY_SECRET, next_monday
from wracaj_cli.demo.story import Action, Persona
from wracaj_cli.demo.week import CODE, KUBEK, MAIL, PARAPET, SMS, ZIARNA, After, At
from wracaj_cli.demo.year.cast import REGULARS
from wracaj_cli.house import ROOT
from wracaj_cli.shops.registry import generate_secret

SECRETS = {KUBEK: SHOPIFY_SECRET, PARAPET: generate_secret(), ZIARNA: generate_secret()}


def an_actor(persona: Persona, number: int = 1) -> Actor:
    shops = {
        name: Shop(settings=settings, secrets=ShopSecrets(webhook_secrets=(SECRETS[name],)))
        for name, settings in SHOPS.items()
    }
    scene = Scene(
        "http://127.0.0.1:1", lambda: MONDAY_10, shops, Ledger(), lambda code, total: total / 10
    )
    return Actor(persona, number, scene, persona.member)


ACTORS = [an_actor(persona, number) for number, persona in enumerate(CAST)]
IDS = [persona.name for persona in CAST]


def test_nobody_shares_a_name_an_address_or_a_cart() -> None:
    contacts = [actor.contact for actor in ACTORS]
    for values in (
        IDS,
        [contact.email for contact in contacts if contact.email],
        [contact.phone for contact in contacts if contact.phone],
        [actor.basket("1").cart_id for actor in ACTORS],
    ):
        assert len(set(values)) == len(values)


@pytest.mark.parametrize("actor", ACTORS, ids=IDS)
def test_a_shopper_can_be_reached_at_the_addresses_the_shop_knows(actor: Actor) -> None:
    contact = actor.contact

    assert normal_email(contact.email) == contact.email
    assert normal_phone(contact.phone, "PL") == contact.phone


def test_the_readme_counts_the_cast() -> None:
    (told,) = [
        line
        for line in (ROOT / "README.md").read_text("utf-8").splitlines()
        if line.startswith("| `make demo`")
    ]
    counts = re.search(r"(\d+) shoppers .* (\d+) visitors .* (\d+) regular customers", told)
    assert counts and tuple(map(int, counts.groups())) == (len(CAST), len(VISITORS), len(REGULARS))


def test_the_first_two_rows_are_the_pitch() -> None:
    first, second = CAST[:2]
    assert first.expects == (MAIL, SMS, CODE)
    assert second.expects == (MAIL,)
    for persona, order in ((first, "orders with the code"), (second, "orders")):
        assert [action.told for _, action in persona.script[-2:]] == [
            "clicks the link back to the cart",
            order,
        ]


@pytest.mark.parametrize("persona", CAST, ids=IDS)
def test_no_line_comes_sooner_after_a_message_than_the_outbox_is_looked_into(
    persona: Persona,
) -> None:
    waits = [timedelta(hours=when.hours) for when, _ in persona.script if isinstance(when, After)]
    assert min(waits, default=LOOK_EVERY) >= LOOK_EVERY


@pytest.mark.parametrize("persona", CAST, ids=IDS)
def test_a_script_is_in_the_order_of_time(persona: Persona) -> None:
    fixed = [
        (when.day, when.hour, when.minute) for when, _ in persona.script if isinstance(when, At)
    ]

    assert fixed == sorted(fixed)


def test_the_demo_begins_on_the_next_monday_before_anybody_shops() -> None:
    sunday, monday = datetime(2026, 11, 22, 22, tzinfo=UTC), datetime(2026, 11, 23, 12, tzinfo=UTC)

    assert next_monday(sunday).isoformat() == "2026-11-23T05:00:00+01:00"
    assert next_monday(monday).isoformat() == "2026-11-30T05:00:00+01:00"


Make = Callable[[Actor], tuple[str, dict[str, Any]]]


def a_basket(actor: Actor) -> Any:
    basket = actor.basket("1")
    basket.products, basket.yes = (MUG, MUG, CUPS), dict.fromkeys(Channel, MONDAY_10)
    return basket


def a_purchase(actor: Actor) -> Purchase:
    return Purchase(
        "6100200300001", a_basket(actor), actor.contact, Decimal("348.00"), "PLN", "ACDE-FHJK-L347"
    )


BODIES: dict[str, Make] = {
    "cart": lambda actor: actor.front.cart(a_basket(actor), MONDAY_10, new=True),
    "checkout": lambda actor: actor.front.checkout(
        a_basket(actor), actor.contact, MONDAY_10, new=False
    ),
    "deletion": lambda actor: actor.front.deletion(a_basket(actor), MONDAY_10),
    "order": lambda actor: actor.front.order(a_purchase(actor), MONDAY_10),
    "customer": lambda actor: actor.front.customer(actor.contact, MONDAY_10),
    "consent to mail": lambda actor: actor.front.consent(
        actor.contact, Channel.EMAIL, "subscribed", MONDAY_10
    ),
    "consent to SMS": lambda actor: actor.front.consent(
        actor.contact, Channel.SMS, "unsubscribed", MONDAY_10
    ),
    "erasure": lambda actor: actor.front.erasure(actor.contact, MONDAY_10),
}


SENT = [
    *((shop, body) for shop in (KUBEK, PARAPET) for body in BODIES),
    *((ZIARNA, body) for body in ("checkout", "order")),
]


@pytest.mark.parametrize(("shop", "body"), SENT)
def test_what_the_shops_send_is_understood(shop: str, body: str) -> None:
    actor = an_actor(Persona("Ania Nowak", shop, "", (), member=True))
    topic, content = BODIES[body](actor)
    raw, module, now = (
        json.dumps(content).encode(),
        platform(SHOPS[shop].platform),
        datetime.now(UTC),
    )
    request = WebhookRequest(module.sign(topic, raw, SHOPS[shop], SECRETS[shop], now), raw, now)

    module.verify(request, [SECRETS[shop]])
    events = module.parse(request, SHOPS[shop]).told

    assert not isinstance(events, Ignored)
    assert cast(Any, events)[0].at == MONDAY_10 or body in {"deletion", "erasure"}


@pytest.mark.parametrize("shop", [KUBEK, PARAPET])
def test_an_order_tells_what_its_code_took_off(shop: str) -> None:
    actor = an_actor(Persona("Ania Nowak", shop, "", (), member=True))
    purchase = replace(a_purchase(actor), discount=Decimal("34.80"))
    topic, content = actor.front.order(purchase, MONDAY_10)
    raw, module, now = json.dumps(content).encode(), platform(SHOPS[shop].platform), MONDAY_10
    request = WebhookRequest(module.sign(topic, raw, SHOPS[shop], SECRETS[shop], now), raw, now)
    (order,) = cast(Any, module.parse(request, SHOPS[shop]).told)
    assert (order.worth, order.discount) == (Decimal("348.00"), Decimal("34.80"))


def test_a_late_webhook_is_stamped_with_the_time_of_what_it_tells() -> None:
    actor = an_actor(CAST[0]).in_manner(Manner(hours_late=2))

    assert actor.stamp() == MONDAY_10 - timedelta(hours=2)


def test_an_action_is_played_in_the_manner_of_all_around_it() -> None:
    manners: list[Manner] = []
    action = Action("", lambda actor: manners.append(actor.manner))

    late(2, at_once(3, action)).play(an_actor(CAST[0]))
    at_once(3, unsent(action)).play(an_actor(CAST[0]))

    assert manners == [Manner(copies=3, hours_late=2), Manner(copies=3, kept_back=True)]


def test_of_what_is_kept_back_nothing_is_sent_or_noted() -> None:
    """Nobody listens at the address of the test's stack."""
    actor = an_actor(CAST[0])

    unsent(both(fills(MUG), checks_out())).play(actor)

    assert (actor.posted, actor.scene.ledger.notes) == ([], [])
    assert (actor.basket("1").products, actor.stamps) == ((MUG,), [])
    assert set(actor.basket("1").yes) == {Channel.EMAIL, Channel.SMS}


def test_a_late_webhook_stays_older_than_the_one_before_on_a_slow_machine() -> None:
    actor = an_actor(CAST[0])
    stamped = actor.stamp()
    actor.scene = replace(actor.scene, now=lambda: MONDAY_10 + timedelta(hours=9))

    assert actor.in_manner(Manner(hours_late=2)).stamp() < stamped
    assert actor.stamp() == MONDAY_10 + timedelta(hours=9)
