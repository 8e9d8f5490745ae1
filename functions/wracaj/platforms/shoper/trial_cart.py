"""The cart of `wracaj shop test-event`: Shoper has no webhook of carts, so this one is ours."""

from datetime import datetime
from typing import Annotated, Any

from wracaj.consent.channel import Channel
from wracaj.consent.consent import Consent, ConsentState
from wracaj.customers.contact import contact
from wracaj.events import CartContent, CartUpdated, Item
from wracaj.platforms.bodies import Body
from wracaj.platforms.delivery import Delivery, Reading
from wracaj.platforms.fields import (
    Amount,
    Currency,
    Listed,
    OwnPage,
    Quantity,
    RequiredId,
    Switch,
    TextLine,
)
from wracaj.platforms.times import TimeOrReceipt
from wracaj.settings.shop import ShopSettings


class Line(Body):
    title: TextLine = None
    quantity: Quantity
    unit_price: Amount = None


class TrialCart(Body):
    cart_id: RequiredId
    at: TimeOrReceipt = None  # type: ignore[assignment]
    email: TextLine = None
    agrees: Switch = False
    locale: TextLine = None
    currency: Currency = None
    total: Amount = None
    recovery_url: OwnPage = None
    items: Annotated[tuple[Line, ...], Listed] = ()


def read_trial_cart(delivery: Delivery) -> Reading:
    cart = delivery.read(TrialCart)
    yes = Consent(state=ConsentState.SUBSCRIBED, at=cart.at, source="wracaj test-event")
    content = CartContent(
        items=tuple(
            Item(
                title=line.title or "—",
                quantity=line.quantity,
                unit_price=delivery.money(line.unit_price, cart.currency, "currency"),
            )
            for line in cart.items
            if line.quantity > 0
        ),
        currency=cart.currency,
        total=delivery.money(cart.total, cart.currency, "currency"),
        recovery_url=cart.recovery_url,
    )
    updated = CartUpdated(
        at=cart.at,
        cart_id=cart.cart_id,
        created_at=cart.at,
        content=content,
        contact=contact(delivery.region, emails=[cart.email], locale=cart.locale),
        consent={Channel.EMAIL: yes} if cart.agrees else {},
    )
    return (updated,)


def trial_cart(
    settings: ShopSettings, at: datetime, email: str, *, agrees: bool, total: str
) -> dict[str, Any]:
    front = f"https://{settings.recovery_hosts[0]}/"
    basket = (settings.storefront and settings.storefront.basket_url) or front
    return {
        "cart_id": f"test-of-wracaj-{int(at.timestamp())}",
        "at": at.isoformat(),
        "email": email,
        "agrees": agrees,
        "locale": settings.locale,
        "currency": settings.main_currency,
        "total": total,
        "recovery_url": basket,
        "items": [{"title": "Wracaj test item", "quantity": 1, "unit_price": total}],
    }
