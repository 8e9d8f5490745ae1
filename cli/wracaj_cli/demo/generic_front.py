"""Webhook bodies in the generic format; see docs/generic-webhooks.md."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from wracaj.consent.channel import Channel
from wracaj_cli.demo.baskets import Basket, Contact, Purchase
from wracaj_cli.demo.week import Product

Body = dict[str, Any]
Webhook = tuple[str, Body]

PICTURES = "https://parapet.example/zdjecia"


def cart(basket: Basket, at: datetime, *, new: bool) -> Webhook:
    return _envelope("cart.created" if new else "cart.updated", at, _content(basket, at))


def checkout(basket: Basket, contact: Contact, at: datetime, *, new: bool) -> Webhook:
    data = _content(basket, at) | {
        "checkout_id": basket.checkout_id,
        "customer": _customer(contact),
        "consent": _said(basket.yes),
    }
    return _envelope("checkout.created" if new else "checkout.updated", at, data)


def deletion(basket: Basket, at: datetime) -> Webhook:
    return _envelope("cart.deleted", at, {"cart_id": basket.cart_id})


def order(purchase: Purchase, at: datetime) -> Webhook:
    basket = purchase.basket
    data = {
        **({"consent": _said(purchase.yes)} if purchase.yes else {}),
        "order_id": purchase.order_id,
        "cart_id": basket.cart_id if basket else None,
        "checkout_id": basket.checkout_id if basket else None,
        "customer": _customer(purchase.contact),
        "currency": purchase.currency,
        "total": f"{purchase.total:f}",
        "discount": f"{purchase.discount:f}",
        "discount_codes": [purchase.code] if purchase.code else [],
        "items": [_item(product, number) for product, number in purchase.lines],
        "created_at": at.isoformat(),
    }
    return _envelope("order.created", at, data)


def cancellation(order_id: str, at: datetime) -> Webhook:
    return _envelope("order.cancelled", at, {"order_id": order_id})


def refund(order_id: str, refund_id: str, amount: Decimal, currency: str, at: datetime) -> Webhook:
    money = {"amount": f"{amount:f}", "currency": currency}
    return _envelope("refund.created", at, {"order_id": order_id, "refund_id": refund_id, **money})


def review(contact: Contact, review_id: str, at: datetime) -> Webhook:
    return _envelope("review.written", at, {"customer": _customer(contact), "review_id": review_id})


def customer(contact: Contact, at: datetime, birthday: str | None = None) -> Webhook:
    """Return the event about a customer. `birthday`: month and day, such as "08-12"."""
    return _envelope(
        "customer.updated",
        at,
        {"customer": _customer(contact) | ({"birthday": birthday} if birthday else {})},
    )


def consent(contact: Contact, channel: Channel, state: str, at: datetime) -> Webhook:
    word = {"state": state, "updated_at": at.isoformat(), "source": "account page"}
    return _envelope(
        "consent.updated", at, {"customer": _customer(contact), "consent": {channel.value: word}}
    )


def erasure(contact: Contact, at: datetime) -> Webhook:
    return _envelope(
        "privacy.customer_redact", at, {"customer": _customer(contact), "order_ids": []}
    )


def _envelope(type_: str, at: datetime, data: Body) -> Webhook:
    return type_, {
        "type": type_,
        "timestamp": at.isoformat(),
        "data": {"schema": 1, "updated_at": at.isoformat(), **data},
    }


def _content(basket: Basket, at: datetime) -> Body:
    return {
        "cart_id": basket.cart_id,
        "currency": basket.currency,
        "total": f"{basket.total:f}",
        "recovery_url": f"https://{basket.host}/koszyk/{basket.cart_id}",
        "items": [_item(product, count) for product, count in basket.lines],
        "created_at": min(basket.begun_at, at).isoformat(),
    }


def _said(yes: Mapping[Channel, datetime]) -> Body:
    return {
        channel.value: {
            "state": "subscribed",
            "updated_at": yes[channel].isoformat(),
            "source": "checkout",
        }
        if channel in yes
        else None
        for channel in Channel
    }


def _customer(contact: Contact) -> Body:
    return {
        "id": contact.customer_id,
        "email": contact.email,
        "phone": contact.phone,
        "first_name": contact.first_name,
        "locale": contact.locale,
    }


def _item(product: Product, count: int) -> Body:
    return {
        "product_id": product.sku,
        "variant_id": None,
        "title": product.title,
        "quantity": count,
        "unit_price": f"{product.price:f}",
        "image_url": f"{PICTURES}/{product.sku}.jpg",
    }
