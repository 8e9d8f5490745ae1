"""Discount codes in Shopify: `discountCodeBasicCreate`, and for free delivery
`discountCodeFreeShippingCreate`. Both need the scope write_discounts, and gifts read_products too.

A gift is a discount of the price of one piece, on that product only, once per order. The reason is
in docs/decisions/platforms.
"""

import json
import re
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from wracaj.discounts.code import DiscountCode
from wracaj.errors import DiscountError, PayloadError, ShopBusyError, ShopRefusalError
from wracaj.money import plain
from wracaj.platforms.bodies import read_object
from wracaj.platforms.calls import post
from wracaj.platforms.shopify.access import access_token, forget_token, has_access
from wracaj.platforms.shopify.admin_answers import Answer, Created, Data
from wracaj.settings.shop import Shop

_BASIC = """
mutation createCode($discount: DiscountCodeBasicInput!) {
  discountCodeBasicCreate(basicCodeDiscount: $discount) {
    codeDiscountNode { id }
    userErrors { field code message }
  }
}
"""
_FREE_SHIPPING = """
mutation createCode($discount: DiscountCodeFreeShippingInput!) {
  discountCodeFreeShippingCreate(freeShippingCodeDiscount: $discount) {
    codeDiscountNode { id }
    userErrors { field code message }
  }
}
"""
_CURRENCY = "query currency { shop { currencyCode } }"
_PRICE = (
    "query price($id: ID!) { product(id: $id) { priceRangeV2 { maxVariantPrice { amount } } } }"
)
_PRODUCT_ID = re.compile(r"(?:gid://shopify/Product/)?([0-9]{1,20})")


def create(shop: Shop, voucher: DiscountCode) -> None:
    result = _created(shop, voucher)
    refused = [str(error) for error in result.userErrors if not error.means_already_there]
    if refused:
        raise DiscountError(
            f"Shopify refused the discount code: {', '.join(refused)}; trying again will not help"
        )
    if not result.userErrors and not result.codeDiscountNode:
        raise DiscountError("Shopify's answer names no created code; trying again later may help")


def _created(shop: Shop, voucher: DiscountCode) -> Created:
    if voucher.free_shipping:
        asked = _discount(voucher) | {"destination": {"all": True}}
        answer = _call(shop, _FREE_SHIPPING, discount=asked)
        return answer.discountCodeFreeShippingCreate or Created()
    asked = _discount(voucher) | {"customerGets": _gets(shop, voucher)}
    return _call(shop, _BASIC, discount=asked).discountCodeBasicCreate or Created()


def _call(shop: Shop, query: str, **variables: Any) -> Data:
    headers = {"Content-Type": "application/json", "X-Shopify-Access-Token": _token(shop)}
    status, answer = post(
        _url(shop), json.dumps({"query": query, "variables": variables}).encode(), headers
    )
    if status == 401 and forget_token(shop):  # issued for a day, and revoked since
        raise DiscountError("Shopify knows its token no more; trying again later may help")
    _refuse_status(status)
    read = _read(answer)
    if read.errors:
        raise DiscountError(_explain({error.code for error in read.errors}))
    return read.data or Data()


def _url(shop: Shop) -> str:
    if shop.settings.shopify is None:
        raise DiscountError(
            "the shop's settings have no section `shopify:`; trying again will not help"
        )
    return shop.settings.shopify.graphql_url


def _token(shop: Shop) -> str:
    if not has_access(shop):
        raise DiscountError(
            "the shop's secrets hold no api_token with the scope write_discounts; trying again will"
            " not help"
        )
    try:
        return access_token(shop, post)
    except ShopRefusalError as error:
        raise DiscountError(f"{error}; trying again will not help") from None
    except ShopBusyError as error:
        raise DiscountError(f"{error}; trying again later may help") from None


def _gets(shop: Shop, voucher: DiscountCode) -> dict[str, Any]:
    """The discount as DiscountCustomerGetsInput. Both amounts are in the shop's own currency."""
    if voucher.product_id is not None:
        product = _gid(voucher.product_id)
        return {
            "value": _amount_off(f"{_price(shop, product):f}"),
            "items": {"products": {"productsToAdd": [product]}},
        }
    if voucher.amount is not None:
        _refuse_another_currency(shop, voucher.currency)
        return {
            "value": _amount_off(plain(voucher.amount, voucher.currency or "")),
            "items": {"all": True},
        }
    return {"value": {"percentage": (voucher.percent or 0) / 100}, "items": {"all": True}}


def _amount_off(amount: str) -> dict[str, Any]:
    return {"discountAmount": {"amount": amount, "appliesOnEachItem": False}}


def _gid(product_id: str) -> str:
    """The API's id of a product. Webhooks and people write only its number."""
    known = _PRODUCT_ID.fullmatch(product_id)
    if known is None:
        raise DiscountError(
            "the gift's product_id must be the number at the end of the product's address in"
            " Shopify's admin; trying again will not help"
        )
    return f"gid://shopify/Product/{known[1]}"


def _price(shop: Shop, product: str) -> Decimal:
    """The price of the most expensive variant: whichever the shopper picks is then free, and
    nothing more is given away."""
    found = _call(shop, _PRICE, id=product).product
    price = found and found.priceRangeV2.maxVariantPrice.amount
    if not price:
        raise DiscountError(
            f"Shopify knows no price of the gift, {product}: is it there, and for sale? trying"
            " again will not help"
        )
    return price


def _refuse_another_currency(shop: Shop, currency: str | None) -> None:
    """Shopify takes a number without a currency, and would turn 20 PLN into 20 EUR."""
    theirs = _call(shop, _CURRENCY).shop.currencyCode
    if theirs is None:
        raise DiscountError("Shopify's answer names no currency; trying again later may help")
    if theirs != currency:
        raise DiscountError(
            f"the code gives an amount in {currency}, the shop sells in {theirs}; trying again will"
            " not help"
        )


def _discount(voucher: DiscountCode) -> dict[str, Any]:
    """What both kinds of codes have: for any buyer, once. It does not combine with other discounts,
    which is Shopify's default."""
    discount: dict[str, Any] = {
        "title": f"Wracaj {voucher.code}",
        "code": voucher.code,
        "startsAt": voucher.starts_at.isoformat(),
        "endsAt": voucher.expires_at.isoformat(),
        "usageLimit": 1,
        "appliesOncePerCustomer": True,
        "context": {"all": "ALL"},
    }
    if voucher.minimum_total is not None:
        discount["minimumRequirement"] = {
            "subtotal": {"greaterThanOrEqualToSubtotal": str(voucher.minimum_total)}
        }
    return discount


def _refuse_status(status: int) -> None:
    if status == 200:
        return
    if status in (401, 403):
        raise DiscountError(
            f"Shopify refused the api_token ({status}): has it the scope write_discounts? trying"
            " again will not help"
        )
    if status == 429 or status >= 500:
        raise DiscountError(f"Shopify is busy or broken ({status}); trying again later may help")
    raise DiscountError(
        f"Shopify answered {status}; check shop_domain and api_version; trying again will not help"
    )


def _read(answer: bytes) -> Answer:
    try:
        return Answer.model_validate(read_object(answer)[0])
    # use the answer as it is or not at all: it says whether the code exists
    except (PayloadError, ValidationError):
        raise DiscountError(
            "Shopify's answer is not what its API promises; trying again later may help"
        ) from None


def _explain(codes: set[str]) -> str:
    named = ", ".join(sorted(codes))
    if codes & {"THROTTLED", "INTERNAL_SERVER_ERROR"}:
        return f"Shopify is busy or broken ({named}); trying again later may help"
    return (
        f"Shopify refused the call ({named}); check api_version and the scopes write_discounts and,"
        " for gifts, read_products; trying again will not help"
    )
