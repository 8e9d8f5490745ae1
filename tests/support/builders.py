"""Builders of values for tests. Each value is valid, and a test sets only what it is about."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from wracaj.carts.cart import Cart, bound
from wracaj.clock import timestamp
from wracaj.consent.channel import Channel
from wracaj.consent.consent import Consent, ConsentState
from wracaj.customers.consents import Speaker
from wracaj.customers.customer import Customer
from wracaj.customers.identity import FACTS, IdentifierKind, identifier_of, identifiers_of
from wracaj.customers.shopper import Shopper
from wracaj.events import CartContent, CartUpdated, Contact, Item, OrderPlaced
from wracaj.settings.reading import parse_settings
from wracaj.settings.shop import Shop, ShopSecrets, ShopSettings
from wracaj.timelines.occasion import Occasion
from wracaj.timelines.steps import Step

NOON = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)  # a Wednesday, 12:00 in Warsaw
HOUR = timedelta(hours=1)


def some_settings(**changes: Any) -> ShopSettings:
    raw: dict[str, Any] = {
        "shop": "kubek",
        "platform": "generic",
        "name": "Kubek i Spółka",
        "postal_address": "ul. Długa 5, 00-238 Warszawa",
        "url": "https://kubek.example",
        "recovery_hosts": ["kubek.example"],
        "email": {"sender": "Kubek i Spółka <sklep@kubek.example>"},
    }
    return parse_settings(raw | changes)


def a_shop(**changes: Any) -> Shop:
    return Shop(
        settings=some_settings(**changes),
        secrets=ShopSecrets(webhook_secrets=("whsec_" + "QUJD" * 11,)),
    )


def a_holdout(percent: int = 20, **changes: Any) -> dict[str, Any]:
    """Return an experiment of the settings that runs at NOON."""
    told = {"hold_out_percent": percent, "smallest_lift": 1}
    return told | {"begins": NOON - 24 * HOUR, "ends": NOON + 2400 * HOUR} | changes


def a_test(
    arms: dict[str, Any], timeline: str = "abandoned_cart", **changes: Any
) -> dict[str, Any]:
    """Return an experiment of the settings with these arms: arm → what it changes. They have the
    same share, if that is possible."""
    share = 100 // len(arms)
    equal = {name: {"share_percent": share} | arm for name, arm in arms.items()}
    equal[next(iter(arms))]["share_percent"] = 100 - share * (len(arms) - 1)
    return {
        "timeline": timeline,
        "arms": equal,
        "smallest_lift": 1,
        "begins": NOON - 24 * HOUR,
        "ends": NOON + 2400 * HOUR,
        **changes,
    }


def an_item(**changes: Any) -> Item:
    return Item(
        **({"title": "Kubek w kropki", "quantity": 2, "unit_price": Decimal("49.50")} | changes)
    )


def some_content(**changes: Any) -> CartContent:
    told = {
        "items": (an_item(),),
        "currency": "PLN",
        "total": Decimal("99.00"),
        "recovery_url": "https://kubek.example/koszyk/1",
    }
    return CartContent(**(told | changes))


def yes(at: datetime = NOON - 100 * HOUR, source: str = "checkout") -> Consent:
    return Consent(state=ConsentState.SUBSCRIBED, at=at, source=source)


def no(at: datetime = NOON - 50 * HOUR, source: str = "link") -> Consent:
    return Consent(state=ConsentState.UNSUBSCRIBED, at=at, source=source)


ANNA = Contact(email="anna@example.com", phone="+48600100200", first_name="Anna", locale="pl-PL")


def annas(words: dict[Channel, Consent]) -> dict[Channel, Consent]:
    """Bind each consent to Anna's address. An opt-out by a link is about all her addresses."""
    return {
        channel: word if word.source == "link" else bound(word, channel, ANNA)
        for channel, word in words.items()
    }


def a_cart(*, touched: datetime = NOON - 4 * HOUR, **changes: Any) -> Cart:
    return Cart(**_annas_subject(touched, changes))


def some_occasion(kind: str, *, touched: datetime = NOON - 4 * HOUR, **changes: Any) -> Occasion:
    """Return an occasion of Anna's, with the content and history of her cart."""
    return Occasion(**_annas_subject(touched, changes | {"kind": kind}))


def _annas_subject(touched: datetime, changes: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "shop": "kubek",
        "cart_id": "c1",
        "revision": 1,
        "version": f"{timestamp(touched)}#0",
        "created_at": touched - HOUR,
        "content": some_content(),
        "contact": ANNA,
        "episode": 1,
    }
    told |= changes
    names = {str(kind): name for kind, name in identifiers_of("kubek", told["contact"]).items()}
    told = {"names": names, "customer_id": next(iter(names.values()), None)} | told
    return told | {"consent": annas(told.get("consent", {}))}


def a_customer(**changes: Any) -> Customer:
    """Return what is known of Anna under her e-mail address."""
    return Customer(
        **(
            {
                "id": identifier_of("kubek", IdentifierKind.EMAIL, "anna@example.com"),
                "revision": 1,
                "contact": ANNA,
            }
            | changes
        )
    )


def a_shopper(**changes: Any) -> Shopper:
    """Return Anna, a guest with opt-ins for both her addresses. Changes apply to her strongest
    identifier."""
    contact: Contact = changes.pop("contact", ANNA)
    if ordered_at := changes.pop("last_order_at", None):
        changes["ordered"] = {"": ordered_at}
    words: dict[Channel, Consent] = changes.pop(
        "consent", {Channel.EMAIL: yes(), Channel.SMS: yes()}
    )
    words = (
        words
        if contact is ANNA
        else {channel: bound(word, channel, contact) for channel, word in words.items()}
    )
    names = identifiers_of("kubek", contact)
    known = {
        n: Customer(id=n, revision=1, contact=_address_of(kind, contact))
        for kind, n in names.items()
    }
    shopper = Shopper(shop="kubek", names=dict(names), known=known)
    shopper = shopper.changed(shopper.owner.model_copy(update=changes))
    for channel, word in (annas(words) if contact is ANNA else words).items():
        shopper = _said(shopper, channel, word, contact)
    return shopper


def _said(shopper: Shopper, channel: Channel, word: Consent, contact: Contact) -> Shopper:
    address = contact.address(channel)
    # a click on a link means that the mail to the strongest identifier was read
    if word.source == "link":
        return shopper.changed(shopper.owner.with_consent(channel, Speaker.READER, word))
    return shopper.with_own_word(channel, word, address)


def _address_of(kind: IdentifierKind, contact: Contact) -> Contact:
    if kind is IdentifierKind.ACCOUNT:
        return contact.model_copy(update={"web_push": None, "messenger": None})
    return Contact(
        **{
            FACTS[kind]: getattr(contact, FACTS[kind]),
            "first_name": contact.first_name,
            "locale": contact.locale,
        }
    )


def a_step(**changes: Any) -> Step:
    told = {
        "name": "first_email",
        "channel": "email",
        "template": "cart_reminder",
        "after_seconds": 3 * 3600,
    }
    return Step(**(told | changes))


def a_cart_event(**changes: Any) -> CartUpdated:
    told: dict[str, Any] = {
        "at": NOON,
        "cart_id": "c1",
        "content": some_content(),
        "contact": ANNA,
        "consent": {Channel.EMAIL: yes(), Channel.SMS: yes()},
    }
    return CartUpdated(**(told | changes))


def an_order(**changes: Any) -> OrderPlaced:
    at = changes.get("placed_at", NOON + HOUR)
    told: dict[str, Any] = {
        "at": at,
        "placed_at": at,
        "order_id": "o1",
        "contact": ANNA,
        "currency": "PLN",
        "total": Decimal("99.00"),
    }
    return OrderPlaced(**(told | changes))
