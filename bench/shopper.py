"""The shopper of the measurements, who agreed to everything and has three items in the cart."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from wracaj.consent.channel import Channel
from wracaj.consent.consent import Consent, ConsentState
from wracaj.events import CartUpdated, ConsentChanged, Contact, OrderPlaced, Product, ProductViewed
from wracaj.settings.reading import parse_settings
from wracaj.settings.shop import ShopSettings
from wracaj_cli.preview import SAMPLE_SHOP, sample_facts

TIMELINES = ["abandoned_cart", "browse_reminder"]
CONTENT = sample_facts("pl", SAMPLE_SHOP).content.model_copy(
    update={"recovery_url": "https://kubek.example/koszyk/przywroc?token=3f0c9a7be21d4c55"}
)


def shop(name: str, **more: Any) -> ShopSettings:
    """Return a shop that sends at all hours, so that no figure depends on the time of day."""
    raw = SAMPLE_SHOP.model_dump(mode="json", exclude_defaults=True)
    around_the_clock = {"opens": "0:00", "closes": "23:59"}
    return parse_settings(
        raw | {"shop": name, "send_window": around_the_clock, "timelines": TIMELINES} | more
    )


def contact(name: str) -> Contact:
    number = sum(ord(letter) * 31**place for place, letter in enumerate(name)) % 10_000_000
    return Contact(
        email=f"{name}@example.com", phone=f"+4860{number:07}", first_name="Anna", locale="pl-PL"
    )


def cart_event(
    name: str, at: datetime, *, begun: datetime | None = None, known: bool = True, **more: Any
) -> CartUpdated:
    """Return an event of the cart. `begun`: when the checkout began, which is when its boxes were
    ticked."""
    begun = begun or at
    said = yes(begun, "checkout")
    told = (
        {"contact": contact(name), "consent": {Channel.EMAIL: said, Channel.SMS: said}}
        if known
        else {}
    )
    return CartUpdated(at=at, cart_id=name, content=CONTENT, created_at=begun, **(told | more))


def order(name: str, at: datetime, **more: Any) -> OrderPlaced:
    return OrderPlaced(
        at=at, order_id=f"order-{name}", placed_at=at, currency="PLN", total=CONTENT.total, **more
    )


def agreed(name: str, at: datetime) -> ConsentChanged:
    return ConsentChanged(
        at=at, contact=contact(name), channel=Channel.EMAIL, consent=yes(at, "newsletter")
    )


def yes(at: datetime, source: str) -> Consent:
    return Consent(state=ConsentState.SUBSCRIBED, at=at, source=source)


def products(*ids: str) -> tuple[Product, ...]:
    return tuple(_product(id_) for id_ in ids)


def view(name: str, at: datetime, product: str = "1") -> ProductViewed:
    seen = _product(product).model_copy(update={"price": Decimal(49), "currency": "PLN"})
    return ProductViewed(at=at, contact=contact(name), product=seen)


def _product(product_id: str) -> Product:
    page = f"https://kubek.example/produkt/{product_id}"
    return Product(product_id=product_id, title="Kubek w kropki", url=page, image_url=f"{page}.jpg")


def webhook(name: str, at: datetime, shop_settings: ShopSettings) -> dict[str, Any]:
    """Return the same cart as a webhook of a generic shop."""
    who, when = contact(name), at.isoformat()
    said = {"state": "subscribed", "updated_at": when, "source": "checkout"}
    items = [
        {"title": item.title, "quantity": int(item.quantity), "unit_price": str(item.unit_price)}
        for item in CONTENT.items
    ]
    data = {
        "schema": 1,
        "cart_id": name,
        "customer": {"email": who.email, "phone": who.phone, "locale": who.locale},
        "consent": {"email": said, "sms": said},
        "currency": "PLN",
        "total": str(CONTENT.total),
        "recovery_url": f"{shop_settings.url}/koszyk/{name}",
        "items": items,
        "updated_at": when,
    }
    return {"type": "cart.updated", "timestamp": when, "data": data}


def order_webhook(name: str, at: datetime) -> dict[str, Any]:
    customer = {"email": contact(name).email}
    data = {
        "schema": 1,
        "order_id": f"order-{name}",
        "cart_id": name,
        "customer": customer,
        "placed_at": at.isoformat(),
    }
    return {"type": "order.created", "timestamp": at.isoformat(), "data": data}
