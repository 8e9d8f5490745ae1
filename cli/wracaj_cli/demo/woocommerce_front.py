"""Webhook bodies of WooCommerce's core, without a plugin; see docs/shops/woocommerce-rest.md.

The core has no webhook of a cart: the first one comes from the checkout, about its draft, which
WooCommerce makes up to version 10.8. Each one carries the whole order as it is when it leaves.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from wracaj_cli.demo.baskets import Basket, Contact, Purchase
from wracaj_cli.demo.week import ZONE, Product

Body = dict[str, Any]
Webhook = tuple[str, Body]

PICTURES = "https://ziarna.example/zdjecia"
VAT, CENT = Decimal("1.23"), Decimal("0.01")


@dataclass(frozen=True)
class Payment:
    method: str
    title: str
    placed_as: str  # the status of an order that was just placed


TRANSFER = Payment("bacs", "Przelew bankowy", "on-hold")
ON_DELIVERY = Payment("cod", "Płatność przy odbiorze", "processing")
ONLINE = Payment("online", "Płatność online", "pending")  # until the bank has answered


@dataclass(frozen=True)
class Bought:
    """An order as the shop's database holds it. `basket`: the checkout that it was made of."""

    purchase: Purchase
    basket: Basket
    payment: Payment
    status: str
    refunds: tuple[Decimal, ...] = ()

    @property
    def tax(self) -> Decimal:
        return sum((Decimal(line["total_tax"]) for line in _lines(self)), Decimal(0))


def cart(basket: Basket, at: datetime, *, new: bool) -> Webhook | None:  # noqa: ARG001
    """Return None: no webhook tells of a cart before its checkout."""
    return None


def checkout(basket: Basket, contact: Contact, at: datetime, *, new: bool) -> Webhook:  # noqa: ARG001
    """Return the webhook about the draft of a block checkout."""
    purchase = Purchase("", basket, contact, basket.total, basket.currency)
    return told(Bought(purchase, basket, TRANSFER, "checkout-draft"), at)


def order(purchase: Purchase, at: datetime) -> Webhook:
    if purchase.basket is None:
        raise ValueError("an order of WooCommerce without its checkout")
    return told(Bought(purchase, purchase.basket, TRANSFER, TRANSFER.placed_as), at)


def told(bought: Bought, at: datetime) -> Webhook:
    purchase, basket = bought.purchase, bought.basket
    return "order.updated", {
        "id": number_of(basket),
        "parent_id": 0,
        "number": str(number_of(basket)),
        "order_key": basket.cart_id,
        "status": bought.status,
        "created_via": "store-api",
        "currency": purchase.currency,
        "prices_include_tax": True,
        **_time("created", min(basket.begun_at, at)),
        **_time("modified", at),
        **_time("paid", at if bought.status == "completed" else None),
        **_sums(bought),
        "customer_id": int(purchase.contact.customer_id or 0),
        "billing": _billing(purchase.contact),
        "payment_method": bought.payment.method,
        "payment_method_title": bought.payment.title,
        "meta_data": _meta(basket),
        "line_items": _lines(bought),
        "coupon_lines": _coupons(bought),
        "refunds": [
            {"id": number_of(basket) + place, "reason": "zwrot", "total": f"-{back:f}"}
            for place, back in enumerate(bought.refunds, 1)
        ],
    }


def number_of(basket: Basket) -> int:
    """Return the number that the draft has, and the order that becomes of it. Other checkouts of
    the demo write it in hexadecimal."""
    return int(basket.checkout_id, 16) * 100


def product_number(product: Product) -> int:
    return 3000 + sum(map(ord, product.sku))


def way_back(basket: Basket, code: str | None) -> str:
    """Return where a message must lead: to WooCommerce's own checkout link, which fills a new cart
    and opens nobody's session."""
    products = ",".join(f"{product_number(product)}:{count}" for product, count in basket.lines)
    coupon = f"&coupon={code}" if code else ""
    return f"https://{basket.host}/checkout-link/?products={products}{coupon}"


def _time(what: str, at: datetime | None) -> Body:
    """Return the two times that stand for one: the shop's own and GMT. Neither has an offset."""
    zones = {f"date_{what}": ZONE, f"date_{what}_gmt": UTC}
    return {
        name: f"{at.astimezone(zone):%Y-%m-%dT%H:%M:%S}" if at else None
        for name, zone in zones.items()
    }


def _sums(bought: Bought) -> Body:
    net, tax = _parts(bought.basket.total - bought.purchase.total)
    return {
        "discount_total": f"{net:f}",
        "discount_tax": f"{tax:f}",
        "shipping_total": "0.00",
        "shipping_tax": "0.00",
        "cart_tax": f"{bought.tax:f}",
        "total": f"{bought.purchase.total:f}",
        "total_tax": f"{bought.tax:f}",
    }


def _parts(gross: Decimal) -> tuple[Decimal, Decimal]:
    """Return net and tax, which the shop's database holds apart."""
    net = (gross / VAT).quantize(CENT, ROUND_HALF_UP)
    return net, gross - net


def _billing(contact: Contact) -> Body:
    typed = {"first_name": contact.first_name, "email": contact.email, "phone": contact.phone}
    return {"country": "PL", **{name: value or "" for name, value in typed.items()}}


def _meta(basket: Basket) -> list[Body]:
    """Only a ticked box of the checkout is in the order."""
    keys = ["is_vat_exempt", *(f"_wc_other/wracaj/{channel}-consent" for channel in basket.yes)]
    return [
        {"id": place, "key": key, "value": "1" if place else "no"} for place, key in enumerate(keys)
    ]


def _lines(bought: Bought) -> list[Body]:
    """Return the lines. What a code takes off is shared among them; the last one takes the rest."""
    basket, left, found = bought.basket, bought.purchase.total, []
    for place, (product, count) in enumerate(basket.lines, 1):
        full = product.price * count
        share = (full * bought.purchase.total / basket.total).quantize(CENT, ROUND_HALF_UP)
        paid = left if place == len(basket.lines) else share
        left -= paid
        found.append(_line(product, count, full, paid))
    return found


def _line(product: Product, count: int, full: Decimal, paid: Decimal) -> Body:
    (subtotal, subtotal_tax), (total, total_tax) = _parts(full), _parts(paid)
    return {
        "id": product_number(product) + 1,
        "name": product.title,
        "product_id": product_number(product),
        "variation_id": 0,
        "quantity": count,
        "subtotal": f"{subtotal:f}",
        "subtotal_tax": f"{subtotal_tax:f}",
        "total": f"{total:f}",
        "total_tax": f"{total_tax:f}",
        "sku": product.sku,
        "price": float(total / count),
        "image": {"id": "", "src": f"{PICTURES}/{product.sku}.jpg"},
    }


def _coupons(bought: Bought) -> list[Body]:
    """WooCommerce keeps every code in lower case."""
    if bought.purchase.code is None:
        return []
    net, tax = _parts(bought.basket.total - bought.purchase.total)
    return [
        {
            "id": 13,
            "code": bought.purchase.code.lower(),
            "discount": f"{net:f}",
            "discount_tax": f"{tax:f}",
        }
    ]
