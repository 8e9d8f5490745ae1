"""Shops, and webhook bodies in the platforms' formats. All names, numbers and addresses are made
up."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wracaj.consent.channel import Channel
from wracaj.consent.consent import Consent, ConsentState
from wracaj.events import CartUpdated
from wracaj.platforms import WebhookRequest
from wracaj.settings.reading import parse_settings
from wracaj.settings.shop import Shop, ShopSecrets, ShopSettings

NOW = datetime(2026, 10, 14, 9, 30, tzinfo=UTC)
SHOPIFY_SECRET = "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"
GENERIC_SECRET = "whsec_S3ViZWtJU3BvbGthTWFTZWtyZXROYVBvY3p0eQ=="
OTHER_GENERIC_SECRET = "whsec_SW5ueVNla3JldEt0b3J5TmlrdE5pZVpuYWw0Mg=="
SHARED_PAYLOADS = Path(__file__).resolve().parents[3] / "shared" / "payloads"

Json = dict[str, Any]


def settings_of(platform: str, **changes: Any) -> ShopSettings:
    base: Json = {
        "shop": "kubek",
        "platform": platform,
        "name": "Kubek i Spółka",
        "postal_address": "ul. Gliniana 7, 50-001 Wrocław",
        "url": "https://kubek.example",
        "recovery_hosts": ["kubek.example", "checkout.kubek.example"],
        "email": {"sender": "Kubek i Spółka <sklep@kubek.example>"},
    }
    if platform == "shopify":
        base["shopify"] = {"shop_domain": "kubek.myshopify.com"}
    return parse_settings(base | changes)


def a_shop(platform: str, secret: str, api_token: str | None = None, **changes: Any) -> Shop:
    secrets = ShopSecrets(webhook_secrets=(secret,), api_token=api_token)
    return Shop(settings=settings_of(platform, **changes), secrets=secrets)


def with_secrets(shop: Shop, **secrets: str | None) -> Shop:
    return shop.model_copy(update={"secrets": shop.secrets.model_copy(update=secrets)})


def raw(body: Any) -> bytes:
    return json.dumps(body).encode()


def a_request(
    body: bytes, headers: Mapping[str, str] | None = None, received_at: datetime = NOW
) -> WebhookRequest:
    return WebhookRequest(headers=headers or {}, body=body, received_at=received_at)


# --- Shopify --------------------------------------------------------------------------------------


def a_shopify_request(topic: str, body: Any, **headers: str) -> WebhookRequest:
    return a_request(
        raw(body),
        {"X-Shopify-Topic": topic, "X-Shopify-Shop-Domain": "kubek.myshopify.com", **headers},
    )


def shopify_money(amount: str, currency: str = "PLN") -> Json:
    return {
        "shop_money": {"amount": amount, "currency_code": currency},
        "presentment_money": {"amount": amount, "currency_code": currency},
    }


def a_cart_line(
    price: str = "49.00", quantity: int = 2, currency: str = "PLN", **changes: Any
) -> Json:
    return {
        "id": 47100200300400,
        "product_id": 8100200300401,
        "variant_id": 47100200300400,
        "title": "Kubek w kropki",
        "quantity": quantity,
        "price": price,
        "price_set": shopify_money(price, currency),
        "line_price": "98.00",
        "line_price_set": shopify_money("98.00", currency),
        "gift_card": False,
        "properties": None,
        **changes,
    }


def a_shopify_cart(**changes: Any) -> Json:
    return {
        "id": "hWN9cart0001",
        "token": "hWN9cart0001",
        "line_items": [a_cart_line()],
        "note": None,
        "created_at": "2026-10-14T08:58:00.000Z",
        "updated_at": "2026-10-14T09:11:00.000Z",
        **changes,
    }


def a_checkout_line(**changes: Any) -> Json:
    return {
        "key": "a1b2c3",
        "product_id": 8100200300401,
        "variant_id": 47100200300400,
        "title": "Kubek w kropki",
        "presentment_title": "Kubek w kropki",
        "presentment_variant_title": "zielony",
        "quantity": 2,
        "price": "49.00",
        "line_price": "98.00",
        **changes,
    }


def a_shopify_checkout(**changes: Any) -> Json:
    return {
        "token": "c0ffee00c0ffee00",
        "cart_token": "hWN9cart0001",
        "email": " Ala.Nowak@Poczta.example ",
        "phone": None,
        "sms_marketing_phone": None,
        "buyer_accepts_marketing": False,
        "buyer_accepts_sms_marketing": False,
        "customer": {
            "id": 7001002003004,
            "first_name": "Ala",
            "email": "ala.nowak@poczta.example",
            "phone": None,
            "created_at": None,
        },
        "customer_locale": "pl-PL",
        "line_items": [a_checkout_line()],
        "currency": "PLN",
        "presentment_currency": "PLN",
        "total_price": "112.99",
        "shipping_address": [],
        "abandoned_checkout_url": (
            "https://checkout.kubek.example/61/checkouts/c0ffee00c0ffee00/recover?key=k"
        ),
        "created_at": "2026-10-14T11:01:00+02:00",
        "updated_at": "2026-10-14T11:12:00+02:00",
        "completed_at": None,
        "closed_at": None,
        **changes,
    }


def a_shopify_checkout_deletion(**changes: Any) -> Json:
    return {
        "id": 36100200300,
        "cart_token": "hWN9cart0001",
        "presentment_currency": "PLN",
        "total_price": "112.99",
        **changes,
    }


def a_shopify_order(**changes: Any) -> Json:
    return {
        "id": 6100200300400500,
        "cart_token": "hWN9cart0001",
        "checkout_token": "c0ffee00c0ffee00",
        "email": "ala.nowak@poczta.example",
        "contact_email": "ala.nowak@poczta.example",
        "phone": None,
        "customer": {"id": 7001002003004, "first_name": "Ala", "phone": "601 234 567"},
        "customer_locale": "pl-PL",
        "buyer_accepts_marketing": False,
        "currency": "PLN",
        "presentment_currency": "PLN",
        "total_price": "112.99",
        "financial_status": "pending",
        "payment_gateway_names": ["Przelew"],
        "discount_codes": [{"code": "K7DM-4XRA-PL9C", "amount": "9.80", "type": "percentage"}],
        "line_items": [
            a_cart_line(price_set=None, line_price_set=None),
            a_cart_line(product_id=None, title="Napiwek"),
        ],
        "created_at": "2026-10-14T11:29:00+02:00",
        "processed_at": "2026-10-14T11:28:00+02:00",
        "updated_at": "2026-10-14T11:30:00+02:00",
        "cancelled_at": None,
        "test": False,
        **changes,
    }


def an_order_edit(added: int = 1, removed: int = 1, **changes: Any) -> Json:
    """Return an edit as Shopify sends it: with the changed lines, and without the order and its
    amount."""
    edit: Json = {
        "id": 78912328,
        "app_id": None,
        "order_id": 6100200300400500,
        "created_at": "2026-10-15T08:00:00+02:00",
        "committed_at": "2026-10-15T08:05:00+02:00",
        "notify_customer": False,
        "staff_note": "",
        "user_id": 548380009,
        "line_items": {
            "additions": [{"id": 1 + number, "delta": 1} for number in range(added)],
            "removals": [{"id": 11 + number, "delta": 1} for number in range(removed)],
        },
        "discounts": {"line_item": {"additions": [], "removals": []}},
        "shipping_lines": {"additions": [], "removals": []},
    }
    return {"order_edit": edit | changes}


def a_transaction(**changes: Any) -> Json:
    return {
        "id": 9001,
        "kind": "refund",
        "status": "success",
        "amount": "12.99",
        "currency": "PLN",
        **changes,
    }


def a_shopify_refund(**changes: Any) -> Json:
    return {
        "id": 5100200300,
        "order_id": 6100200300400500,
        "created_at": "2026-10-20T10:00:00+02:00",
        "processed_at": "2026-10-20T10:00:05+02:00",
        "refund_line_items": [{"id": 1, "subtotal": 12.99, "total_tax": 0}],
        "transactions": [a_transaction()],
        **changes,
    }


def a_shopify_customer(**changes: Any) -> Json:
    return {
        "id": 7001002003004,
        "email": "ala.nowak@poczta.example",
        "phone": "+48601234567",
        "first_name": "Ala",
        "created_at": "2026-01-02T10:00:00+01:00",
        "updated_at": "2026-10-14T11:00:00+02:00",
        **changes,
    }


def a_shopify_merge(
    kept: str = "7001002003004", gone: str = "7009008007006", status: str = "completed"
) -> Json:
    gid = "gid://shopify/Customer/"
    return {
        "admin_graphql_api_customer_kept_id": gid + kept,
        "admin_graphql_api_customer_deleted_id": gid + gone,
        "admin_graphql_api_job_id": None,
        "status": status,
        "errors": [],
    }


def an_email_consent(state: str | None = "subscribed", **changes: Any) -> Json:
    said = {"state": state, "opt_in_level": None, "consent_updated_at": "2026-10-14T11:05:00+02:00"}
    return {
        "customer_id": 7001002003004,
        "email_address": "ala.nowak@poczta.example",
        "email_marketing_consent": said,
        **changes,
    }


def an_sms_consent(state: str | None = "subscribed", **changes: Any) -> Json:
    said = {
        "state": state,
        "consent_updated_at": "2026-10-14T11:05:00+02:00",
        "consent_collected_from": "other",
    }
    return {"id": 7001002003004, "phone": "+48601234567", "sms_marketing_consent": said, **changes}


def a_shopify_privacy_request(**changes: Any) -> Json:
    return {
        "shop_id": 61,
        "shop_domain": "kubek.myshopify.com",
        "customer": {"id": 7001002003004, "email": "ala.nowak@poczta.example", "phone": None},
        **changes,
    }


SHOPIFY_BODIES: dict[str, Json] = {
    "carts/create": a_shopify_cart(),
    "carts/update": a_shopify_cart(),
    "checkouts/create": a_shopify_checkout(),
    "checkouts/update": a_shopify_checkout(),
    "checkouts/delete": a_shopify_checkout_deletion(),
    "orders/create": a_shopify_order(),
    "orders/updated": a_shopify_order(current_total_price="100.00", refunds=[{"id": 5100200300}]),
    "orders/edited": an_order_edit(),
    "orders/paid": a_shopify_order(financial_status="paid"),
    "orders/cancelled": a_shopify_order(cancelled_at="2026-10-15T08:00:00+02:00"),
    "refunds/create": a_shopify_refund(),
    "customers/create": a_shopify_customer(),
    "customers/update": a_shopify_customer(),
    "customers/merge": a_shopify_merge(),
    "customers_email_marketing_consent/update": an_email_consent(),
    "customers_marketing_consent/update": an_sms_consent(),
    "customers/data_request": a_shopify_privacy_request(orders_requested=[6100200300400500]),
    "customers/redact": a_shopify_privacy_request(orders_to_redact=[6100200300400500]),
    "shop/redact": a_shopify_privacy_request(customer=None),
}


# --- the generic platform -------------------------------------------------------------------------


def an_envelope(type_: str, data: Json, **changes: Any) -> Json:
    return {
        "type": type_,
        "timestamp": "2026-10-14T09:30:00Z",
        "data": {"schema": 1, **data},
        **changes,
    }


def a_customer(**changes: Any) -> Json:
    person = {
        "id": "42",
        "email": "Jan.Kos@Poczta.example",
        "phone": "601 234 567",
        "first_name": "Jan",
        "locale": "pl_PL",
    }
    return person | changes


def a_word(state: str = "subscribed", **changes: Any) -> Json:
    return {"state": state, "updated_at": "2026-10-14T09:29:00Z", "source": "checkout", **changes}


def an_item(**changes: Any) -> Json:
    return {
        "product_id": "p-1",
        "variant_id": "v-1",
        "title": "Filiżanka",
        "quantity": 1,
        "unit_price": "199.00",
        "image_url": "https://cdn.kubek.example/1.jpg",
        **changes,
    }


def a_generic_cart(**changes: Any) -> Json:
    return {
        "cart_id": "cart-12",
        "checkout_id": "co-7",
        "order_id": None,
        "customer": a_customer(),
        "consent": {"email": a_word(), "sms": None},
        "currency": "PLN",
        "total": "199.00",
        "recovery_url": "https://kubek.example/koszyk/12",
        "items": [an_item()],
        "created_at": "2026-10-14T09:00:00Z",
        "updated_at": "2026-10-14T09:28:00Z",
        **changes,
    }


def a_bought_item(**changes: Any) -> Json:
    return {
        "product_id": "p-1",
        "title": "Filiżanka",
        "image_url": "https://cdn.kubek.example/1.jpg",
        "url": "https://kubek.example/1",
    } | changes


def a_generic_order(**changes: Any) -> Json:
    return {
        "order_id": "ZAM-1",
        "cart_id": "cart-12",
        "checkout_id": "co-7",
        "customer": a_customer(),
        "consent": None,
        "currency": "PLN",
        "total": "199.00",
        "discount_codes": ["K7DM-4XRA-PL9C"],
        "items": [a_bought_item()],
        "created_at": "2026-10-14T09:29:00Z",
        "updated_at": "2026-10-14T09:29:30Z",
        **changes,
    }


def a_generic_refund(**changes: Any) -> Json:
    return {
        "order_id": "ZAM-1",
        "refund_id": "KOR-1",
        "currency": "PLN",
        "amount": "19.90",
        **changes,
    }


def a_generic_view(**changes: Any) -> Json:
    return {
        "customer": a_customer(),
        "product": a_viewed_product(),
        "viewed_at": "2026-10-14T09:27:00Z",
        **changes,
    }


def a_viewed_product(**changes: Any) -> Json:
    return {
        "product_id": "p-1",
        "title": "Filiżanka",
        "url": "https://kubek.example/filizanka",
        "image_url": "https://cdn.kubek.example/1.jpg",
        "price": "199.00",
        "currency": "PLN",
        **changes,
    }


def _generic_data(type_: str) -> Json:
    kind = type_.split(".")[0]
    if type_ == "customer.merged":
        return {"customer": {"id": "42"}, "merged_customer_ids": ["17", 18]}
    if kind == "product":
        return a_generic_view()
    if kind == "order" or type_ == "checkout.completed":
        return a_generic_order()
    if kind in ("cart", "checkout"):
        return a_generic_cart()
    if kind == "refund":
        return a_generic_refund()
    if kind == "review":
        return {"customer": a_customer(), "review_id": "OP-1"}
    return {
        "customer": a_customer(),
        "consent": {"email": a_word(), "sms": a_word("unsubscribed")},
        "order_ids": ["ZAM-1"],
    }


_GENERIC_TYPES = (
    "cart.created cart.updated cart.deleted checkout.created checkout.updated checkout.completed"
    " order.created order.updated order.paid order.cancelled refund.created product.viewed"
    " customer.created customer.updated customer.merged consent.updated review.written"
    " privacy.data_request privacy.customer_redact privacy.shop_redact"
)
GENERIC_BODIES: dict[str, Json] = {
    type_: an_envelope(type_, _generic_data(type_)) for type_ in _GENERIC_TYPES.split()
}


def yeses(cart: CartUpdated) -> dict[Channel, Consent]:
    return {
        channel: word
        for channel, word in cart.consent.items()
        if word.state is ConsentState.SUBSCRIBED
    }
