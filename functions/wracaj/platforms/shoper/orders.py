"""Turns an order, read from Shoper's API, into our events."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from wracaj.consent.channel import Channel
from wracaj.consent.consent import Consent, ConsentState
from wracaj.customers.contact import Record, contact
from wracaj.events import (
    ConsentChanged,
    Contact,
    OrderCancelled,
    OrderPlaced,
    Product,
    ShopEvent,
)
from wracaj.platforms import Ignored
from wracaj.platforms.bought import each_once
from wracaj.platforms.delivery import Delivery, Reading
from wracaj.platforms.fields import MAX_ITEMS
from wracaj.platforms.shoper.resources import (
    ENDED,
    STANDING,
    Address,
    Client,
    Order,
    OrderProduct,
    is_allegros,
)
from wracaj.platforms.times import first_shown

OF_ALLEGRO = "an order from Allegro: its buyer agreed to nothing in this shop"


@dataclass(frozen=True)
class Around:
    """What the API says about an order in other places. None: not known."""

    status_type: str | None  # 1 new, 2 open, 3 done, 4 ended
    currency: str | None
    products: tuple[OrderProduct, ...] = ()
    client: Client | None = None  # whose account it was placed with


def read_order(delivery: Delivery, around: Around) -> Reading:
    order = delivery.read(Order)
    if is_allegros(order.origin, order.email):
        return Ignored(OF_ALLEGRO)
    placed = _placed(delivery, order, around)
    if around.status_type not in {ENDED, *STANDING}:
        delivery.warn(
            "status_id", "is no status that the shop's API knows: nobody can say if it was undone"
        )
    if around.status_type == ENDED:
        return placed, OrderCancelled(at=placed.at, order_id=order.order_id)
    return placed, *_opt_ins(delivery, order, placed)


def _placed(delivery: Delivery, order: Order, around: Around) -> OrderPlaced:
    """The order as it is now. `status_date` is the last time that the shop tells; edits since then
    show only in when we asked, which is the delivery's `sequence`."""
    placed_at = order.date or order.status_date or delivery.sent_at
    at = max(placed_at, order.status_date or placed_at)
    return OrderPlaced(
        at=at,
        sequence=delivery.sequence,
        order_id=order.order_id,
        placed_at=placed_at,
        contact=_contact_of(delivery, order, around.client),
        currency=around.currency,
        total=_total(delivery, order, around.currency),
        stands=around.status_type in STANDING,
        discount_codes=(order.promo_code,) if order.promo_code else (),
        products=each_once(_bought(line) for line in around.products[:MAX_ITEMS]),
    )


def _total(delivery: Delivery, order: Order, currency: str | None) -> Decimal | None:
    """`sum` is gross. Whether the sum of an order that was split contains its parts is not known,
    so a part counts for nothing."""
    if order.parent_order_id is not None:
        delivery.warn("parent_order_id", "says that it is a part of another order: not counted")
        return None
    return delivery.money(order.sum, currency, "currency_id")


def _bought(line: OrderProduct) -> Product | None:
    return Product(product_id=line.product_id, title=line.name or "") if line.product_id else None


def _contact_of(delivery: Delivery, order: Order, client: Client | None) -> Contact:
    """Who ordered. `registered` 0: placed without a login, so its `user_id` may have been found by
    a typed address. The phone of the delivery address may be another person's."""
    billing = order.billing_address or Address()
    return contact(
        billing.region(delivery.region),
        platform_id=order.user_id if order.registered else None,
        emails=[order.email],
        phones=[billing.phone],
        first_name=billing.firstname,
        record=Record(client.email, first_name=client.firstname)
        if client and client.registered
        else None,
    )


def _opt_ins(delivery: Delivery, order: Order, placed: OrderPlaced) -> Iterable[ShopEvent]:
    """The boxes that the shop's settings name. An empty box says nothing about other consents. The
    box stays ticked for ever: it counts from when the order was placed."""
    boxes_of_shop = delivery.settings.shoper.consent_fields
    boxes = {
        Channel.EMAIL: (boxes_of_shop.email, placed.contact.email),
        Channel.SMS: (boxes_of_shop.sms, placed.contact.phone),
    }
    agreed_at = first_shown(placed.placed_at, delivery.settings.zone)
    yes = Consent(state=ConsentState.SUBSCRIBED, at=agreed_at, source="order")
    return [
        ConsentChanged(at=placed.at, contact=placed.contact, channel=channel, consent=yes)
        for channel, (field_id, address) in boxes.items()
        if address and order.date and order.has_ticked(field_id)
    ]
