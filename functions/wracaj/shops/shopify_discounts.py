"""Discount codes in Shopify: `discountCodeBasicCreate`, which needs the scope write_discounts."""

import json
from typing import Any

from wracaj.errors import DiscountError, PayloadError
from wracaj.settings import Shop
from wracaj.shops.bodies import Body, check, read_object
from wracaj.shops.calls import post
from wracaj.shops.fields import TextLine
from wracaj.vouchers import Voucher

_MUTATION = """
mutation createCode($discount: DiscountCodeBasicInput!) {
  discountCodeBasicCreate(basicCodeDiscount: $discount) {
    codeDiscountNode { id }
    userErrors { field code message }
  }
}
"""


class _Extensions(Body):
    code: TextLine = None


class _GraphqlError(Body):
    extensions: _Extensions | None = None

    @property
    def code(self) -> str:
        return (self.extensions and self.extensions.code) or "no code given"


class _UserError(Body):
    field: tuple[TextLine, ...] | None = None
    code: TextLine = None
    message: TextLine = None

    @property
    def means_already_there(self) -> bool:
        """A code that is taken is our own, from a call whose answer was lost: with 54 random bits nobody else minted it."""
        return self.code == "TAKEN" or "must be unique" in (self.message or "").lower()

    def __str__(self) -> str:
        return f"{'.'.join(map(str, self.field or ()))} ({self.code})"


class _Node(Body):
    id: TextLine = None


class _Result(Body):
    codeDiscountNode: _Node | None = None  # noqa: N815
    userErrors: tuple[_UserError, ...] = ()  # noqa: N815


class _Data(Body):
    discountCodeBasicCreate: _Result | None = None  # noqa: N815


class _Answer(Body):
    errors: tuple[_GraphqlError, ...] | None = None
    data: _Data | None = None


def create(shop: Shop, voucher: Voucher) -> None:
    headers = {"Content-Type": "application/json", "X-Shopify-Access-Token": _token(shop)}
    status, answer = post(_url(shop), _body(voucher), headers)
    _refuse_status(status)
    _refuse_errors(_read(answer))


def _url(shop: Shop) -> str:
    if shop.settings.shopify is None:
        raise DiscountError("the shop's settings have no section `shopify:`; trying again will not help")
    return shop.settings.shopify.graphql_url


def _token(shop: Shop) -> str:
    if not shop.secrets.api_token:
        raise DiscountError("the shop's secrets hold no api_token with the scope write_discounts; trying again will not help")
    return shop.secrets.api_token


def _body(voucher: Voucher) -> bytes:
    """For any buyer, once; not to be combined with other discounts, which is Shopify's default."""
    discount: dict[str, Any] = {
        "title": f"Wracaj {voucher.code}",
        "code": voucher.code,
        "startsAt": voucher.starts_at.isoformat(),
        "endsAt": voucher.expires_at.isoformat(),
        "usageLimit": 1,
        "appliesOncePerCustomer": True,
        "context": {"all": "ALL"},
        "customerGets": {"value": {"percentage": voucher.percent / 100}, "items": {"all": True}},
    }
    if voucher.minimum_total is not None:
        discount["minimumRequirement"] = {"subtotal": {"greaterThanOrEqualToSubtotal": str(voucher.minimum_total)}}
    return json.dumps({"query": _MUTATION, "variables": {"discount": discount}}).encode()


def _refuse_status(status: int) -> None:
    if status == 200:
        return
    if status in (401, 403):
        raise DiscountError(
            f"Shopify refused the api_token ({status}): has it the scope write_discounts? trying again will not help"
        )
    if status == 429 or status >= 500:
        raise DiscountError(f"Shopify is busy or broken ({status}); trying again later may help")
    raise DiscountError(f"Shopify answered {status}; check shop_domain and api_version; trying again will not help")


def _read(answer: bytes) -> _Answer:
    try:
        return check(_Answer, read_object(answer))
    except PayloadError:
        raise DiscountError("Shopify's answer is not what its API promises; trying again later may help") from None


def _refuse_errors(answer: _Answer) -> None:
    if answer.errors:
        raise DiscountError(_explain({error.code for error in answer.errors}))
    result = (answer.data and answer.data.discountCodeBasicCreate) or _Result()
    refused = [str(error) for error in result.userErrors if not error.means_already_there]
    if refused:
        raise DiscountError(f"Shopify refused the discount code: {', '.join(refused)}; trying again will not help")
    if not result.userErrors and not result.codeDiscountNode:
        raise DiscountError("Shopify's answer names no created code; trying again later may help")


def _explain(codes: set[str]) -> str:
    named = ", ".join(sorted(codes))
    if codes & {"THROTTLED", "INTERNAL_SERVER_ERROR"}:
        return f"Shopify is busy or broken ({named}); trying again later may help"
    return f"Shopify refused the call ({named}); check api_version and the scope write_discounts; trying again will not help"
