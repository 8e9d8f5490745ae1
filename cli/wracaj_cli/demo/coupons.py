"""Reads a call to WooCommerce's REST API for a coupon as strictly as the real shop does, and more
strictly: fields that it does not know are refused."""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from wracaj.discounts.code import DiscountTerms
from wracaj_cli.demo.code_orders import CURRENCY
from wracaj_cli.demo.week import Product

API = "/wp-json/wc/v3"
COUPONS, OWN_CURRENCY = f"{API}/coupons", f"{API}/data/currencies/current"
_TYPES: Mapping[str, type] = {
    "code": str,
    "description": str,
    "discount_type": str,
    "amount": str,
    "date_expires": str,
    "minimum_amount": str,
    "individual_use": bool,
    "free_shipping": bool,
    "usage_limit": int,
    "limit_usage_to_x_items": int,
    "product_ids": list,
}
_WITH_OFFSET = re.compile(r".*(Z|[+-]\d{2}:?\d{2})")


class RefusedCallError(ValueError):
    """A call that WooCommerce refuses, with its own word for it."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.answer = {"code": code, "message": message, "data": {"status": status}}


def taken() -> RefusedCallError:
    code = "woocommerce_rest_coupon_code_already_exists"
    return RefusedCallError(400, code, "The coupon code already exists")


def sign_in(authorization: str | None, consumer: tuple[str, str]) -> None:
    """Raises RefusedCallError if the header is not the Basic auth of this key and secret."""
    if authorization is None:
        code, message = "woocommerce_rest_cannot_view", "Sorry, you cannot list resources."
        raise RefusedCallError(401, code, message)
    kind, _, encoded = authorization.partition(" ")
    try:
        given = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        given = ""
    if kind.lower() != "basic" or given != ":".join(consumer):
        code = "woocommerce_rest_authentication_error"
        raise RefusedCallError(401, code, "Consumer key is invalid.")


def asked_of_woocommerce(
    body: bytes, goods: Mapping[str, Product], now: datetime
) -> tuple[str, DiscountTerms]:
    """Return the code and the discount that a coupon describes. `goods`: products by their number.
    Raises RefusedCallError."""
    try:
        coupon = json.loads(body)
    except ValueError:
        message = "Invalid JSON body passed."
        raise RefusedCallError(400, "rest_invalid_json", message) from None
    if not isinstance(coupon, dict) or not coupon.get("code"):
        message = "Missing parameter(s): code"
        raise RefusedCallError(400, "rest_missing_callback_param", message)
    for name, value in coupon.items():
        if type(value) is not _TYPES.get(name):
            raise _invalid(name)
    _check_once(coupon)
    _check_expiry(coupon, now)
    return coupon["code"], _worth(coupon, goods)


def _invalid(name: str) -> RefusedCallError:
    return RefusedCallError(400, "rest_invalid_param", f"Invalid parameter(s): {name}")


def _check_once(coupon: Mapping[str, Any]) -> None:
    """A real shop would take a coupon that works for ever and with any other. Here it is a
    mistake."""
    if coupon.get("usage_limit") != 1:
        raise _invalid("usage_limit")
    if not coupon.get("individual_use"):
        raise _invalid("individual_use")


def _check_expiry(coupon: Mapping[str, Any], now: datetime) -> None:
    """A real shop takes a time without an offset for its own. Here it is a mistake."""
    told = coupon.get("date_expires", "")
    try:
        expires = datetime.fromisoformat(told) if _WITH_OFFSET.fullmatch(told) else None
    except ValueError:
        expires = None
    if expires is None or expires <= now:
        raise _invalid("date_expires")


def _worth(coupon: Mapping[str, Any], goods: Mapping[str, Product]) -> DiscountTerms:
    kind, amount = coupon.get("discount_type", "fixed_cart"), _money(coupon, "amount")
    _money(coupon, "minimum_amount")
    if kind not in ("percent", "fixed_cart"):
        raise _invalid("discount_type")
    if coupon.get("free_shipping"):
        return _free_shipping(kind, amount)
    if not amount or (kind == "percent" and (amount > 100 or amount % 1)):
        raise RefusedCallError(400, "coupon_invalid_amount", "Invalid discount amount.")
    if "product_ids" in coupon or "limit_usage_to_x_items" in coupon:
        return _gift(coupon, goods, kind, amount)
    if kind == "percent":
        return DiscountTerms(percent=int(amount))
    return DiscountTerms(amount=amount, currency=CURRENCY)


def _money(coupon: Mapping[str, Any], name: str) -> Decimal:
    try:
        value = Decimal(coupon.get(name, "0"))
    except InvalidOperation:
        raise _invalid(name) from None
    if not value.is_finite() or value < 0:
        raise _invalid(name)
    return value


def _free_shipping(kind: str, amount: Decimal) -> DiscountTerms:
    if kind != "fixed_cart" or amount:
        raise _invalid("free_shipping")
    return DiscountTerms(free_shipping=True)


def _gift(
    coupon: Mapping[str, Any], goods: Mapping[str, Product], kind: str, amount: Decimal
) -> DiscountTerms:
    """The whole price off one piece of one product. Anything else is no gift."""
    wanted = [str(product) for product in coupon.get("product_ids", ())]
    if kind != "percent" or amount != 100 or coupon.get("limit_usage_to_x_items") != 1:
        raise _invalid("limit_usage_to_x_items")
    if len(wanted) != 1 or wanted[0] not in goods:
        raise _invalid("product_ids")
    return DiscountTerms(product_id=wanted[0], product_title=goods[wanted[0]].title)
