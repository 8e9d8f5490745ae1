"""Turns a draft of the block checkout, or an order whose payment failed, into our cart."""

from datetime import datetime
from decimal import Decimal
from urllib.parse import quote

from wracaj.errors import PayloadError
from wracaj.events import CartContent, CartUpdated, Item
from wracaj.platforms.delivery import Delivery
from wracaj.platforms.fields import MAX_ITEMS
from wracaj.platforms.web_addresses import may_lead_to
from wracaj.platforms.woocommerce.payloads import Line, Order
from wracaj.platforms.woocommerce.shoppers import boxes_of_cart, contact_of
from wracaj.platforms.woocommerce.site import site_of

_UNIT = Decimal("0.0001")  # as many decimals as an honest price has


def cart_of(delivery: Delivery, order: Order) -> CartUpdated:
    """The cart has the draft's key as its id: the order that becomes of the draft keeps it, the
    next checkout gets another, and nobody can guess it. The draft's number is the checkout's id."""
    cart_id = order.order_key or order.id
    if cart_id is None:
        raise PayloadError(
            [("order_key", "is missing, and id too: nothing says which cart this is")]
        )
    shopper, at = contact_of(delivery, order), time_of(delivery, order)
    return CartUpdated(
        at=at,
        cart_id=cart_id,
        checkout_id=order.id,
        created_at=order.begun_at,
        content=_content(delivery, order),
        contact=shopper,
        consent=boxes_of_cart(delivery.settings, order, shopper, at),
    )


def time_of(delivery: Delivery, order: Order) -> datetime:
    """When the order was changed, else when the webhook came: it holds the order as it is then. It
    has no time of its own for leaving the bin."""
    changed_at = order.changed_at if delivery.topic != "order.restored" else None
    return changed_at or delivery.sent_at


def _content(delivery: Delivery, order: Order) -> CartContent:
    lines = [line for line in order.line_items if line.quantity][:MAX_ITEMS]
    return CartContent(
        items=tuple(_item(delivery, order.currency, line) for line in lines),
        currency=order.currency,
        total=delivery.money(order.total, order.currency, "currency"),
        recovery_url=_way_back(delivery, order, lines),
    )


def _item(delivery: Delivery, currency: str | None, line: Line) -> Item:
    quantity = line.quantity or Decimal(1)
    return Item(
        product_id=line.product_id,
        variant_id=line.variation_id,
        title=line.name or line.sku or "—",
        quantity=quantity,
        unit_price=delivery.money(_gross_of_one(line, quantity), currency, "currency"),
        image_url=line.image.src if line.image else None,
    )


def _gross_of_one(line: Line, quantity: Decimal) -> Decimal | None:
    """A line's amounts are without tax, also where the shop's prices include it."""
    if line.total is None or line.total_tax is None:
        return None
    exact = (line.total + line.total_tax) / quantity
    rounded = exact.quantize(_UNIT)
    return rounded.quantize(Decimal("0.01")) if rounded == round(rounded, 2) else rounded


def _way_back(delivery: Delivery, order: Order, lines: list[Line]) -> str | None:
    """WooCommerce's own checkout link, which fills a new cart. It holds products, quantities and
    the coupon, and nothing that would open the shopper's own session."""
    products = [place for line in lines if (place := _place(line))]
    if not products:
        return None
    coupon = next((quote(one.code, safe="") for one in order.coupon_lines if one.code), None)
    link = f"{site_of(delivery.settings)}/checkout-link/?products={','.join(products)}"
    url = f"{link}&coupon={coupon}" if coupon else link
    return url if may_lead_to(delivery.settings, url) else None


def _place(line: Line) -> str | None:
    """`ID:QUANTITY`, or None for what such a link cannot hold: a line without a product, or half a
    kilogram."""
    product, quantity = line.variation_id or line.product_id, line.quantity
    if not product or not product.isdecimal() or not quantity or quantity % 1:
        return None
    return f"{product}:{quantity:f}"
