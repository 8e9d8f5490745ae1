"""Coupons in WooCommerce: `POST /wc/v3/coupons`.

A coupon works once, and with no other. Its expiry goes into `date_expires`, with an offset:
WooCommerce takes a time without one for the shop's own, and ignores `date_expires_gmt`.
"""

from typing import Any

from wracaj.discounts.code import DiscountCode
from wracaj.errors import DiscountError
from wracaj.money import plain
from wracaj.platforms.woocommerce.rest import RestError, get, post
from wracaj.settings.shop import Shop

ALREADY_THERE = "woocommerce_rest_coupon_code_already_exists"


def create(shop: Shop, voucher: DiscountCode) -> None:
    """A code that exists already is ours, from a call whose answer was lost: nobody else can guess
    it."""
    try:
        if voucher.amount is not None:
            _refuse_another_currency(shop, voucher.currency)
        made = post(shop, "/coupons", _coupon(voucher))
    except RestError as error:
        if error.code == ALREADY_THERE:
            return
        raise DiscountError(str(error)) from None
    if not isinstance(made, dict) or not made.get("id"):
        raise DiscountError(
            "the shop's answer names no created coupon; trying again later may help"
        )


def _refuse_another_currency(shop: Shop, currency: str | None) -> None:
    """WooCommerce takes a number without a currency, and would turn 20 PLN into 20 EUR."""
    told, _ = get(shop, "/data/currencies/current", {})
    theirs = told.get("code") if isinstance(told, dict) else None
    if not isinstance(theirs, str):
        raise DiscountError("the shop's answer names no currency; trying again later may help")
    if theirs != currency:
        raise DiscountError(
            f"the code gives an amount in {currency}, the shop sells in {theirs[:3]}; trying again"
            " will not help"
        )


def _coupon(voucher: DiscountCode) -> dict[str, Any]:
    coupon: dict[str, Any] = {
        "code": voucher.code,
        "description": "Wracaj",
        "individual_use": True,
        "usage_limit": 1,
        "date_expires": voucher.expires_at.isoformat(timespec="seconds"),
        **_gives(voucher),
    }
    if voucher.minimum_total is not None:
        coupon["minimum_amount"] = f"{voucher.minimum_total:f}"
    return coupon


def _gives(voucher: DiscountCode) -> dict[str, Any]:
    """A gift is the whole price off one piece of that product, however many are in the cart. Free
    delivery needs a method "Free shipping" in the shop that asks for a coupon."""
    if voucher.free_shipping:
        return {"discount_type": "fixed_cart", "amount": "0", "free_shipping": True}
    if voucher.product_id is not None:
        return {
            "discount_type": "percent",
            "amount": "100",
            "product_ids": [_product(voucher.product_id)],
            "limit_usage_to_x_items": 1,
        }
    if voucher.amount is not None:
        amount = plain(voucher.amount, voucher.currency or "")
        return {"discount_type": "fixed_cart", "amount": amount}
    return {"discount_type": "percent", "amount": str(voucher.percent)}


def _product(product_id: str) -> int:
    if not (product_id.isascii() and product_id.isdecimal() and len(product_id) <= 18):
        raise DiscountError(
            "the gift's product_id must be the product's number in WooCommerce; trying again will"
            " not help"
        )
    return int(product_id)
