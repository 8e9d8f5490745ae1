"""Turns each type of the generic envelope into our events."""

from datetime import datetime
from decimal import Decimal

from wracaj.errors import PayloadError
from wracaj.events import (
    CartDeleted,
    CartUpdated,
    ConsentChanged,
    CustomersMerged,
    CustomerUpdated,
    OrderCancelled,
    OrderPlaced,
    OrderRefunded,
    PrivacyKind,
    PrivacyRequested,
    Product,
    ProductViewed,
    ReviewWritten,
)
from wracaj.platforms import Ignored
from wracaj.platforms.bought import each_once
from wracaj.platforms.delivery import Delivery, Reading
from wracaj.platforms.fields import MAX_ITEMS, in_units
from wracaj.platforms.generic import data as told
from wracaj.platforms.generic import envelope
from wracaj.platforms.generic.parts import (
    NAMES_NOBODY,
    bought,
    consent_changes,
    consent_in,
    contact_of,
    content_of,
    known_contact,
)


def read_cart(delivery: Delivery) -> Reading:
    changed = delivery.read(envelope.CartChanged)
    data, at = changed.data, _at(changed, changed.data)
    cart_id = data.cart_id or data.checkout_id
    if cart_id is None:
        return _noes_of_no_cart(delivery, data, at)
    return (
        CartUpdated(
            at=at,
            cart_id=cart_id,
            checkout_id=data.checkout_id,
            created_at=data.created_at,
            content=content_of(delivery, data),
            contact=contact_of(delivery, data),
            consent=consent_in(delivery, data, at),
        ),
    )


def _noes_of_no_cart(delivery: Delivery, data: told.CartData, at: datetime) -> Reading:
    """Opt-outs from a cart without an id. The cart cannot be stored, but the opt-outs count."""
    noes = consent_changes(delivery, data, at, noes_only=True)
    if not noes:
        raise _no_cart(delivery)
    delivery.warn(
        "data",
        "names no cart (cart_id or checkout_id): only what the shopper does not want is kept",
    )
    return noes


def _no_cart(delivery: Delivery) -> PayloadError:
    missing = ("data", "cart_id or checkout_id is missing")
    return PayloadError(delivery.doubts("data.cart_id", "data.checkout_id") or [missing])


def read_cart_deletion(delivery: Delivery) -> Reading:
    gone = delivery.read(envelope.CartGone)
    cart_id = gone.data.cart_id or gone.data.checkout_id
    if cart_id is None:
        raise _no_cart(delivery)
    return (CartDeleted(at=_at(gone, gone.data), cart_id=cart_id),)


def read_completion(delivery: Delivery) -> Reading:
    completed = delivery.read(envelope.CheckoutCompleted)
    return (
        _placed(delivery, completed, completed.data),
        *_consents_with(delivery, completed, completed.data),
    )


def read_order(delivery: Delivery) -> Reading:
    changed = delivery.read(envelope.OrderChanged)
    placed, consents = (
        _placed(delivery, changed, changed.data),
        _consents_with(delivery, changed, changed.data),
    )
    if placed.order_id is None:
        delivery.warn("data.order_id", "is missing: the order stops reminders, and is not counted")
    if delivery.topic != "order.cancelled" or placed.order_id is None:
        return placed, *consents
    cancelled = OrderCancelled(at=placed.at, order_id=placed.order_id)
    return (
        (placed, cancelled, *consents)
        if placed.cart_ids or placed.contact.reachable
        else (cancelled, *consents)
    )


def _placed(delivery: Delivery, event: envelope.Envelope, data: told.CompletionData) -> OrderPlaced:
    """Raises PayloadError where the data identifies neither the cart, nor the shopper, nor the
    order."""
    at, shopper = _at(event, data), contact_of(delivery, data)
    cart_ids = tuple(dict.fromkeys(filter(None, (data.cart_id, data.checkout_id))))
    if not (cart_ids or shopper.reachable):
        _warn_of_nobody(delivery, data.order_id)
    return OrderPlaced(
        at=at,
        order_id=data.order_id,
        placed_at=data.created_at or at,
        cart_ids=cart_ids,
        checkout_ids=(data.checkout_id,) if data.checkout_id else (),
        contact=shopper,
        currency=data.currency,
        total=delivery.money(data.total, data.currency, "data.currency"),
        tax=delivery.money(data.tax, data.currency, "data.currency"),
        shipping=delivery.money(data.shipping, data.currency, "data.currency"),
        discount=delivery.money(data.discount, data.currency, "data.currency"),
        shipping_discount=delivery.money(data.shipping_discount, data.currency, "data.currency"),
        cost=_cost(data),
        stands=delivery.topic == "order.paid",
        discount_codes=tuple(filter(None, data.discount_codes[:MAX_ITEMS])),
        products=each_once(bought(item) for item in data.items[:MAX_ITEMS]),
    )


def _cost(data: told.CompletionData) -> Decimal | None:
    """What all goods cost the shop. None: that is not known of each."""
    costs = [
        item.unit_cost * item.quantity if item.unit_cost is not None and item.quantity else None
        for item in data.items
    ]
    known = [cost for cost in costs if cost is not None]
    return sum(known, Decimal(0)) if data.currency and costs and len(known) == len(costs) else None


def _warn_of_nobody(delivery: Delivery, order_id: str | None) -> None:
    if order_id is None:
        problem = (
            "names neither a cart (cart_id, checkout_id) nor a shopper (customer): nothing can be"
            " stopped"
        )
        raise PayloadError(
            [*delivery.doubts("data.cart_id", "data.checkout_id"), ("data", problem)]
        )
    if delivery.topic != "order.cancelled":
        delivery.warn("data", "names neither a cart nor a shopper: the order stops no reminder")


def read_refund(delivery: Delivery) -> Reading:
    """An amount without a currency is in the order's currency."""
    created = delivery.read(envelope.RefundCreated)
    data, at = created.data, _at(created, created.data)
    amount = in_units(data.amount, data.currency or "") if data.amount is not None else None
    return (
        OrderRefunded(
            at=at,
            order_id=data.order_id,
            refund_id=data.refund_id,
            currency=data.currency,
            amount=amount,
        ),
    )


def read_view(delivery: Delivery) -> Reading:
    seen = delivery.read(envelope.ProductSeen)
    product, shopper = seen.data.product, known_contact(delivery, seen.data)
    viewed = Product(
        product_id=product.product_id,
        title=product.title or "",
        url=product.url,
        image_url=product.image_url,
        price=delivery.money(product.price, product.currency, "data.product.currency"),
        currency=product.currency,
    )
    return (
        ProductViewed(at=seen.data.viewed_at or seen.timestamp, contact=shopper, product=viewed),
    )


def read_customer(delivery: Delivery) -> Reading:
    changed = delivery.read(envelope.CustomerChanged)
    shopper = known_contact(delivery, changed.data, is_record=True)
    born = changed.data.customer.birthday if changed.data.customer else None
    updated = CustomerUpdated(at=_at(changed, changed.data), contact=shopper, birthday=born)
    return updated, *_consents_with(delivery, changed, changed.data)


def read_merge(delivery: Delivery) -> Reading:
    joined = delivery.read(envelope.CustomersJoined)
    at, kept = joined.data.updated_at or joined.timestamp, joined.data.customer.id
    gone = [id_ for id_ in dict.fromkeys(joined.data.merged_customer_ids) if id_ != kept]
    return tuple(CustomersMerged(at=at, kept=kept, gone=id_) for id_ in gone) or Ignored(
        "a customer is not merged with itself"
    )


def read_consent(delivery: Delivery) -> Reading:
    changed = delivery.read(envelope.ConsentTold)
    shopper = known_contact(delivery, changed.data, is_record=True)
    said = (
        one.model_copy(update={"contact": shopper})
        for one in _consents_with(delivery, changed, changed.data)
    )
    return tuple(said) or Ignored("the shopper gave neither an opt-in nor an opt-out")


def read_review(delivery: Delivery) -> Reading:
    posted = delivery.read(envelope.ReviewPosted)
    shopper = known_contact(delivery, posted.data)
    return (
        ReviewWritten(
            at=_at(posted, posted.data), contact=shopper, review_id=posted.data.review_id
        ),
    )


def read_privacy(delivery: Delivery) -> Reading:
    asked = delivery.read(envelope.PrivacyAsked)
    kind = PrivacyKind(delivery.topic.removeprefix("privacy."))
    shopper = contact_of(delivery, asked.data)
    if kind is not PrivacyKind.SHOP_REDACT and not shopper.reachable:
        raise PayloadError([("data.customer", NAMES_NOBODY)])
    return (
        PrivacyRequested(
            at=_at(asked, asked.data), kind=kind, contact=shopper, order_ids=asked.data.order_ids
        ),
    )


def _at(event: envelope.Envelope, data: told.Data) -> datetime:
    return data.updated_at or event.timestamp


def _consents_with(
    delivery: Delivery, event: envelope.Envelope, data: told.Data
) -> tuple[ConsentChanged, ...]:
    return consent_changes(delivery, data, _at(event, data))
