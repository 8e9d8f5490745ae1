"""What each type of the generic envelope means in our events."""

from datetime import datetime

from wracaj.consent import Channel, Consent, ConsentState
from wracaj.contacts import Record, contact
from wracaj.errors import PayloadError
from wracaj.events import (
    CartContent,
    CartDeleted,
    CartUpdated,
    ConsentChanged,
    Contact,
    CustomersMerged,
    CustomerUpdated,
    Item,
    OrderCancelled,
    OrderPlaced,
    OrderRefunded,
    PrivacyKind,
    PrivacyRequested,
    Product,
    ProductViewed,
    ReviewWritten,
    ShopEvent,
)
from wracaj.settings import ShopSettings
from wracaj.shops import Ignored
from wracaj.shops import generic_envelope as envelope
from wracaj.shops.bodies import check
from wracaj.shops.bought import each_once
from wracaj.shops.delivery import Delivery, Reading
from wracaj.shops.fields import MAX_ITEMS, may_lead_to, picture


def read_cart(delivery: Delivery) -> Reading:
    changed = check(envelope.CartChanged, delivery.body)
    data = changed.data
    return (
        CartUpdated(
            at=_at(changed, data),
            cart_id=_cart_id(data),
            checkout_id=data.checkout_id,
            created_at=data.created_at,
            content=_content(delivery.settings, data),
            contact=_contact(delivery, data),
            consent=_consent(data),
        ),
    )


def read_cart_deletion(delivery: Delivery) -> Reading:
    gone = check(envelope.CartGone, delivery.body)
    return (CartDeleted(at=_at(gone, gone.data), cart_id=_cart_id(gone.data)),)


def read_completion(delivery: Delivery) -> Reading:
    completed = check(envelope.CheckoutCompleted, delivery.body)
    return (_placed(delivery, completed, completed.data), *_consent_changes(delivery, completed, completed.data))


def read_order(delivery: Delivery) -> Reading:
    changed = check(envelope.OrderChanged, delivery.body)
    placed = _placed(delivery, changed, changed.data)
    consents = _consent_changes(delivery, changed, changed.data)
    if delivery.topic != "order.cancelled":
        return placed, *consents
    cancelled = OrderCancelled(at=placed.at, order_id=changed.data.order_id)
    return (placed, cancelled, *consents) if placed.cart_ids or placed.contact.reachable else (cancelled, *consents)


def read_refund(delivery: Delivery) -> Reading:
    created = check(envelope.RefundCreated, delivery.body)
    data = created.data
    at = _at(created, data)
    return (OrderRefunded(at=at, order_id=data.order_id, refund_id=data.refund_id, currency=data.currency, amount=data.amount),)


def read_view(delivery: Delivery) -> Reading:
    seen = check(envelope.ProductSeen, delivery.body)
    product = seen.data.product
    _refuse_other_hosts(delivery.settings, "data.product.url", product.url)
    viewed = Product(
        product_id=product.product_id,
        title=product.title or "",
        url=product.url,
        image_url=picture(product.image_url),
        price=product.price,
        currency=product.currency,
    )
    at, shopper = seen.data.viewed_at or seen.timestamp, _known_contact(delivery, seen.data)
    return (ProductViewed(at=at, contact=shopper, product=viewed),)


def read_customer(delivery: Delivery) -> Reading:
    changed = check(envelope.CustomerChanged, delivery.body)
    shopper = _known_contact(delivery, changed.data, is_record=True)
    born = changed.data.customer.birthday if changed.data.customer else None
    updated = CustomerUpdated(at=_at(changed, changed.data), contact=shopper, birthday=born)
    return updated, *_consent_changes(delivery, changed, changed.data)


def read_merge(delivery: Delivery) -> Reading:
    joined = check(envelope.CustomersJoined, delivery.body)
    at, kept = joined.data.updated_at or joined.timestamp, joined.data.customer.id
    gone = [id_ for id_ in dict.fromkeys(joined.data.merged_customer_ids) if id_ != kept]
    return tuple(CustomersMerged(at=at, kept=kept, gone=id_) for id_ in gone) or Ignored("a customer is not merged with itself")


def read_consent(delivery: Delivery) -> Reading:
    changed = check(envelope.ConsentTold, delivery.body)
    _known_contact(delivery, changed.data)
    return _consent_changes(delivery, changed, changed.data) or Ignored("the shopper has said neither yes nor no")


def read_review(delivery: Delivery) -> Reading:
    posted = check(envelope.ReviewPosted, delivery.body)
    shopper = _known_contact(delivery, posted.data)
    return (ReviewWritten(at=_at(posted, posted.data), contact=shopper, review_id=posted.data.review_id),)


def read_privacy(delivery: Delivery) -> Reading:
    asked = check(envelope.PrivacyAsked, delivery.body)
    kind = PrivacyKind(delivery.topic.removeprefix("privacy."))
    whose = _contact if kind is PrivacyKind.SHOP_REDACT else _known_contact
    shopper = whose(delivery, asked.data)
    return (PrivacyRequested(at=_at(asked, asked.data), kind=kind, contact=shopper, order_ids=asked.data.order_ids),)


def _at(event: envelope.Envelope, data: envelope.Data) -> datetime:
    return data.updated_at or event.timestamp


def _cart_id(data: envelope.CartData) -> str:
    return data.cart_id or data.checkout_id or ""  # the model holds that one is there


def _placed(delivery: Delivery, event: envelope.Envelope, data: envelope.CompletionData) -> OrderPlaced:
    at = _at(event, data)
    return OrderPlaced(
        at=at,
        order_id=data.order_id,
        placed_at=data.created_at or at,
        cart_ids=tuple(dict.fromkeys(filter(None, (data.cart_id, data.checkout_id)))),
        checkout_ids=(data.checkout_id,) if data.checkout_id else (),
        contact=_contact(delivery, data),
        currency=data.currency,
        total=data.total,
        stands=delivery.topic == "order.paid",
        discount_codes=tuple(filter(None, data.discount_codes[:MAX_ITEMS])),
        products=each_once(_bought(delivery.settings, item) for item in data.items[:MAX_ITEMS]),
    )


def _bought(settings: ShopSettings, item: envelope.BoughtItem) -> Product | None:
    if item.product_id is None:
        return None
    page, image = _page(settings, item.url), picture(item.image_url)
    return Product(product_id=item.product_id, title=item.title or "", url=page, image_url=image)


def _content(settings: ShopSettings, data: envelope.CartData) -> CartContent | None:
    _refuse_other_hosts(settings, "data.recovery_url", data.recovery_url)
    if data.items is None:
        return None
    items = tuple(_item(settings, item) for item in data.items if item.quantity > 0)[:MAX_ITEMS]
    return CartContent(items=items, currency=data.currency, total=data.total, recovery_url=data.recovery_url)


def _refuse_other_hosts(settings: ShopSettings, field: str, url: str | None) -> None:
    """Where a message's button leads. Refused, not dropped: whoever sends another host has the shop's secret, and is either
    setting the shop up, who must be told, or using us to phish, who must get nothing through."""
    if url and not may_lead_to(settings, url):
        allowed = ", ".join(settings.recovery_hosts)
        raise PayloadError([(field, f"must begin with https:// and one of the shop's recovery_hosts: {allowed}")])


def _page(settings: ShopSettings, url: str | None) -> str | None:
    """Of one product among many: it costs only itself."""
    return url if may_lead_to(settings, url) else None


def _item(settings: ShopSettings, item: envelope.Item) -> Item:
    return Item(
        product_id=item.product_id,
        variant_id=item.variant_id,
        title=item.title or "—",
        quantity=item.quantity,
        unit_price=item.unit_price,
        image_url=picture(item.image_url),
        url=_page(settings, item.url),
    )


def _contact(delivery: Delivery, data: envelope.Data | envelope.ViewData, *, is_record: bool = False) -> Contact:
    """Of all webhooks those of the customer alone tell what the shop itself keeps; elsewhere an address was typed."""
    customer = data.customer or envelope.Customer()
    record = Record(customer.email, customer.phone, customer.first_name)
    return contact(
        delivery.region,
        platform_id=customer.id,
        emails=[customer.email],
        phones=[customer.phone],
        first_name=customer.first_name,
        locale=customer.locale,
        id_by_login=True,
        record=record if is_record else None,
    )


def _known_contact(delivery: Delivery, data: envelope.Data | envelope.ViewData, *, is_record: bool = False) -> Contact:
    shopper = _contact(delivery, data, is_record=is_record)
    if not shopper.reachable:
        raise PayloadError([("data.customer", "must hold an id, a valid email or a valid phone: nothing else says who this is")])
    return shopper


def _consent(data: envelope.Data) -> dict[Channel, Consent]:
    """What was said; missing and unknown are the same, and never a yes."""
    told = data.consent or envelope.ConsentWords()
    words: dict[Channel, envelope.ConsentWord | None] = {channel: getattr(told, channel.value) for channel in Channel}
    return {
        channel: Consent(state=word.state, at=word.updated_at, source=word.source or "shop", confirmed=word.confirmed)
        for channel, word in words.items()
        if word and word.state is not ConsentState.UNKNOWN
    }


def _consent_changes(delivery: Delivery, event: envelope.Envelope, data: envelope.Data) -> tuple[ShopEvent, ...]:
    shopper = _contact(delivery, data)
    if not shopper.reachable:
        return ()
    at, said = _at(event, data), _consent(data)
    return tuple(ConsentChanged(at=at, contact=shopper, channel=channel, consent=said[channel]) for channel in said)
