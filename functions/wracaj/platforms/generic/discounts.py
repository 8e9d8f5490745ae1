"""Discount codes in any shop: a signed `discount.requested` sent to the address in the shop's
settings."""

import hashlib
import json

from wracaj.clock import real_now
from wracaj.discounts.code import DiscountCode
from wracaj.errors import DiscountError, SignatureError
from wracaj.money import plain
from wracaj.platforms.calls import post
from wracaj.platforms.generic import standard_webhooks
from wracaj.settings.shop import Shop


def create(shop: Shop, voucher: DiscountCode, cart_id: str) -> None:
    url = shop.settings.generic.discount_url
    if not url:
        raise DiscountError(
            "the shop's settings have no generic.discount_url; add it, or set discount.source to"
            " pool"
        )
    body = _body(voucher, cart_id)
    status, _ = post(
        url, body, {"Content-Type": "application/json", **_signature(shop, voucher, body)}
    )
    _refuse(status)


def _body(voucher: DiscountCode, cart_id: str) -> bytes:
    """The body does not depend on the time of sending, so that a retry is the same request, byte
    for byte."""
    data = {
        "schema": 1,
        "code": voucher.code,
        "kind": _kind(voucher),
        "percent": voucher.percent,
        "amount": None if voucher.amount is None else plain(voucher.amount, voucher.currency or ""),
        "product_id": voucher.product_id,
        "starts_at": voucher.starts_at.isoformat(),
        "expires_at": voucher.expires_at.isoformat(),
        "usage_limit": 1,
        "minimum_total": None if voucher.minimum_total is None else f"{voucher.minimum_total:f}",
        "currency": voucher.currency,
        "cart_id": cart_id,
    }
    return json.dumps(
        {"type": "discount.requested", "timestamp": data["starts_at"], "data": data}
    ).encode()


def _kind(voucher: DiscountCode) -> str:
    if voucher.free_shipping:
        return "free_shipping"
    return "percent" if voucher.percent else "amount" if voucher.amount else "gift"


def _signature(shop: Shop, voucher: DiscountCode, body: bytes) -> dict[str, str]:
    message_id = "msg_" + hashlib.sha256(voucher.code.encode()).hexdigest()[:24]
    try:
        return standard_webhooks.sign(message_id, body, shop.secrets.webhook_secrets[0], real_now())
    except SignatureError as error:
        raise DiscountError(f"the call cannot be signed: {error}") from None


def _refuse(status: int) -> None:
    """409 means that the code exists. It is ours, from a call whose answer was lost, because nobody
    else can guess it."""
    if 200 <= status < 300 or status == 409:
        return
    later = (
        "trying again later may help"
        if status == 429 or status >= 500
        else "trying again will not help"
    )
    raise DiscountError(f"the shop's discount_url answered {status}, not 2xx or 409; {later}")
