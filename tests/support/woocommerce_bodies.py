"""Webhook bodies of a WooCommerce shop, and how one shop reads them. All names, numbers and
addresses are made up."""

from typing import Any

import pytest

from support.webhook_bodies import Json, a_request, raw, settings_of
from wracaj.errors import PayloadError
from wracaj.platforms import Parsed
from wracaj.platforms.woocommerce import webhooks as woocommerce

WOOCOMMERCE_SECRET = "whsec_V29vS3ViZWtJU3BvbGthTWFUYWpuZUhhc2xv"
OTHER_WOOCOMMERCE_SECRET = "sekret-innego-sklepu"
KEY = "wc_order_Qw7kLm2ZpR4tX"
BOX = "_wc_other/wracaj/email-consent"
SETTINGS = settings_of("woocommerce")


def a_woo_line(**changes: Any) -> Json:
    return {
        "id": 2,
        "name": "Kubek w kropki",
        "product_id": 10,
        "variation_id": 0,
        "quantity": 2,
        "tax_class": "",
        "subtotal": "79.67",
        "subtotal_tax": "18.33",
        "total": "79.67",
        "total_tax": "18.33",
        "sku": "KUB-350",
        "price": 39.837398,
        "image": {"id": "", "src": ""},
        "meta_data": [],
        **changes,
    }


def a_box(ticked: Any = "1", key: str = BOX) -> Json:
    return {"id": 70, "key": key, "value": ticked}


def a_woo_draft(**changes: Any) -> Json:
    """A block checkout that somebody has opened and not finished."""
    return (
        a_woo_order(
            status="checkout-draft",
            payment_method="bacs",
            date_modified="2026-10-14T11:12:00",
            date_modified_gmt="2026-10-14T09:12:00",
            needs_payment=True,
        )
        | changes
    )


def a_woo_order(**changes: Any) -> Json:
    """Cash on delivery: `processing` at once, and not paid."""
    return {
        "id": 1204,
        "parent_id": 0,
        "status": "processing",
        "currency": "PLN",
        "prices_include_tax": True,
        "date_created": "2026-10-14T11:01:00",
        "date_created_gmt": "2026-10-14T09:01:00",
        "date_modified": "2026-10-14T11:29:00",
        "date_modified_gmt": "2026-10-14T09:29:00",
        "discount_total": "0.00",
        "discount_tax": "0.00",
        "shipping_total": "12.19",
        "shipping_tax": "2.80",
        "cart_tax": "18.33",
        "total": "112.99",
        "total_tax": "21.13",
        "customer_id": 0,
        "order_key": KEY,
        "billing": {
            "first_name": "Ala",
            "last_name": "Nowak",
            "country": "PL",
            "email": " Ala.Nowak@Poczta.example ",
            "phone": "601 234 567",
        },
        "shipping": {"first_name": "", "country": "PL", "phone": ""},
        "payment_method": "cod",
        "created_via": "store-api",
        "date_paid": None,
        "date_paid_gmt": None,
        "cart_hash": "3a949ddcbe859f7788ea795f86e29bc3",
        "number": "1204",
        "meta_data": [{"id": 1, "key": "is_vat_exempt", "value": "no"}],
        "line_items": [a_woo_line()],
        "coupon_lines": [],
        "refunds": [],
        **changes,
    }


def a_refund_stub(**changes: Any) -> Json:
    return {"id": 1301, "reason": "uszkodzony", "total": "-12.99", **changes}


def a_woo_customer(**changes: Any) -> Json:
    return {
        "id": 77,
        "date_created": "2026-01-02T10:00:00",
        "date_created_gmt": "2026-01-02T09:00:00",
        "date_modified": None,
        "date_modified_gmt": None,
        "email": "ala.nowak@poczta.example",
        "first_name": "Ala",
        "last_name": "Nowak",
        "role": "customer",
        "billing": {"email": "faktury@poczta.example", "phone": "601234567", "first_name": "Ala"},
        "is_paying_customer": False,
        "meta_data": [a_box()],
        **changes,
    }


WOOCOMMERCE_BODIES: dict[str, Json] = {
    "order.created": a_woo_order(),
    "order.updated": a_woo_draft(),
    "order.deleted": {"id": 1204},
    "order.restored": a_woo_order(status="completed", refunds=[a_refund_stub()]),
    "customer.created": a_woo_customer(),
    "customer.updated": a_woo_customer(date_modified_gmt="2026-10-14T09:00:00"),
    "customer.deleted": {"id": 77},
}


def a_coupon_line(code: str = "k7dm-4xra-pl9c", **changes: Any) -> Json:
    return {"id": 13, "code": code, "discount": "16.18", "discount_tax": "3.72", **changes}


def a_woo_request(topic: str, body: Any) -> Any:
    return a_request(raw(body), {woocommerce.TOPIC: topic})


def parsed(body: Any, topic: str = "order.updated", **settings: Any) -> Parsed:
    shop = settings_of("woocommerce", **settings) if settings else SETTINGS
    return woocommerce.parse(a_woo_request(topic, body), shop)


def read(body: Any, topic: str = "order.updated", **settings: Any) -> Any:
    return parsed(body, topic, **settings).told


def the_problem(body: Any, topic: str = "order.updated") -> tuple[str, str]:
    with pytest.raises(PayloadError) as refused:
        read(body, topic)
    assert len(refused.value.problems) == 1
    return refused.value.problems[0]


def the_way_back(draft: Any) -> str:
    (cart,) = read(draft)
    link: str = cart.content.recovery_url
    return link
