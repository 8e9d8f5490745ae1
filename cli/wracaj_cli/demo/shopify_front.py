"""Webhook bodies in Shopify's format."""

from datetime import datetime
from typing import Any

from wracaj.consent.channel import Channel
from wracaj_cli.demo.baskets import Basket, Contact, Purchase
from wracaj_cli.demo.week import Product

Body = dict[str, Any]
Webhook = tuple[str, Body]

SHOP_DOMAIN = "kubek-i-spolka.myshopify.com"


def cart(basket: Basket, at: datetime, *, new: bool) -> Webhook:
    """Return the webhook about a cart. It has no shopper, no address and no link back to the
    cart."""
    return "carts/create" if new else "carts/update", {
        "id": basket.cart_id,
        "token": basket.cart_id,
        "line_items": [
            _cart_line(product, count, basket.currency) for product, count in basket.lines
        ],
        "note": None,
        "created_at": min(basket.begun_at, at).isoformat(),
        "updated_at": at.isoformat(),
    }


def checkout(basket: Basket, contact: Contact, at: datetime, *, new: bool) -> Webhook:
    says_yes_to_sms = Channel.SMS in basket.yes
    return "checkouts/create" if new else "checkouts/update", {
        "token": basket.checkout_id,
        "cart_token": basket.cart_id,
        "email": contact.email,
        "phone": contact.phone,
        "sms_marketing_phone": contact.phone if says_yes_to_sms else None,
        "buyer_accepts_marketing": Channel.EMAIL in basket.yes,
        "buyer_accepts_sms_marketing": says_yes_to_sms,
        "customer": _customer(contact),
        "customer_locale": contact.locale,
        "line_items": [_checkout_line(product, count) for product, count in basket.lines],
        "currency": basket.currency,
        "presentment_currency": basket.currency,
        "total_price": f"{basket.total:f}",
        "shipping_address": [],
        "abandoned_checkout_url": (
            f"https://kubek.example/61/checkouts/{basket.checkout_id}/recover?key={basket.cart_id}"
        ),
        "created_at": min(basket.begun_at, at).isoformat(),
        "updated_at": at.isoformat(),
        "completed_at": None,
        "closed_at": None,
    }


def deletion(basket: Basket, at: datetime) -> Webhook:  # noqa: ARG001
    return "checkouts/delete", {
        "id": 36100200300,
        "cart_token": basket.cart_id,
        "presentment_currency": basket.currency,
    }


def order(purchase: Purchase, at: datetime) -> Webhook:
    basket, contact = purchase.basket, purchase.contact
    return "orders/create", {
        "id": int(purchase.order_id),
        "cart_token": basket.cart_id if basket else None,
        "checkout_token": basket.checkout_id if basket else None,
        "email": contact.email,
        "contact_email": contact.email,
        "phone": contact.phone,
        "customer": _customer(contact),
        "customer_locale": contact.locale,
        "buyer_accepts_marketing": False,
        "currency": purchase.currency,
        "total_price": f"{purchase.total:f}",
        "total_discounts": f"{purchase.discount:f}",
        "financial_status": "pending",
        "payment_gateway_names": ["Przelew"],
        "discount_codes": [{"code": purchase.code, "type": "percentage"}] if purchase.code else [],
        "created_at": at.isoformat(),
        "processed_at": at.isoformat(),
        "updated_at": at.isoformat(),
        "cancelled_at": None,
        "test": False,
    }


def customer(contact: Contact, at: datetime) -> Webhook:
    return "customers/update", {
        **(_customer(contact) or {}),
        "created_at": at.isoformat(),
        "updated_at": at.isoformat(),
    }


def consent(contact: Contact, channel: Channel, state: str, at: datetime) -> Webhook:
    said = {"state": state, "consent_updated_at": at.isoformat(), "opt_in_level": None}
    if channel is Channel.EMAIL:
        body = {
            "customer_id": _number(contact),
            "email_address": contact.email,
            "email_marketing_consent": said,
        }
        return "customers_email_marketing_consent/update", body
    return "customers_marketing_consent/update", {
        "id": _number(contact),
        "phone": contact.phone,
        "sms_marketing_consent": {**said, "consent_collected_from": "other"},
    }


def erasure(contact: Contact, at: datetime) -> Webhook:  # noqa: ARG001
    whose = {"id": _number(contact), "email": contact.email, "phone": contact.phone}
    return "customers/redact", {
        "shop_id": 61,
        "shop_domain": SHOP_DOMAIN,
        "customer": whose,
        "orders_to_redact": [],
    }


def product_number(product: Product) -> int:
    return 8100200300000 + sum(map(ord, product.sku))


def product_gid(product: Product) -> str:
    return f"gid://shopify/Product/{product_number(product)}"


def _number(contact: Contact) -> int | None:
    return int(contact.customer_id) if contact.customer_id else None


def _customer(contact: Contact) -> Body | None:
    if contact.customer_id is None:
        return None
    who = {"id": _number(contact), "first_name": contact.first_name}
    return {**who, "email": contact.email, "phone": contact.phone, "created_at": None}


def _money(amount: str, currency: str) -> Body:
    money = {"amount": amount, "currency_code": currency}
    return {"shop_money": money, "presentment_money": money}


def _cart_line(product: Product, count: int, currency: str) -> Body:
    price, sum_ = f"{product.price:f}", f"{product.price * count:f}"
    return {
        **_checkout_line(product, count),
        "price_set": _money(price, currency),
        "line_price_set": _money(sum_, currency),
        "gift_card": False,
        "properties": None,
    }


def _checkout_line(product: Product, count: int) -> Body:
    id_ = product_number(product)
    return {
        "key": product.sku,
        "product_id": id_,
        "variant_id": id_ + 1,
        "title": product.title,
        "presentment_title": product.title,
        "presentment_variant_title": None,
        "quantity": count,
        "price": f"{product.price:f}",
        "line_price": f"{product.price * count:f}",
    }
