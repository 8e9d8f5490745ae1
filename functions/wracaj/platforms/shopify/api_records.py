"""Records of Shopify's GraphQL API, written as its webhooks write them.

An abandoned checkout has no token but in the address of its page, no e-mail but its customer's
(whom Shopify found by the e-mail that was typed), and no box that was ticked: an opt-in that the
customer gave after the checkout began was given in it.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from wracaj.platforms import Told

Json = Mapping[str, Any]

_SHOP_MONEY = "{ shopMoney { amount currencyCode } }"
_CUSTOMER = """
customer {
  id firstName locale updatedAt
  defaultEmailAddress { emailAddress marketingState marketingOptInLevel marketingUpdatedAt }
}
"""
ORDER_FIELDS = f"""
id cartToken checkoutToken email phone customerLocale customerAcceptsMarketing
createdAt processedAt updatedAt cancelledAt currencyCode discountCodes
totalPriceSet {_SHOP_MONEY} currentTotalPriceSet {_SHOP_MONEY}
totalTaxSet {_SHOP_MONEY} currentTotalTaxSet {_SHOP_MONEY}
totalDiscountsSet {_SHOP_MONEY} currentTotalDiscountsSet {_SHOP_MONEY}
totalShippingPriceSet {_SHOP_MONEY}
refunds(first: 20) {{ id }}
lineItems(first: 25) {{ nodes {{ title product {{ id }} }} }}
{_CUSTOMER}
"""
CHECKOUT_FIELDS = f"""
id abandonedCheckoutUrl createdAt updatedAt completedAt
totalPriceSet {{ presentmentMoney {{ amount currencyCode }} }}
lineItems(first: 25) {{
  nodes {{
    title variantTitle quantity sku product {{ id }} variant {{ id }}
    originalUnitPriceSet {{ presentmentMoney {{ amount currencyCode }} }}
  }}
}}
{_CUSTOMER}
"""
# …/checkouts/TOKEN/recover?key=…, with a short word before the token in newer addresses
_TOKEN = re.compile(r"/checkouts/(?:[a-z]{1,3}/)?([^/?#]+)/recover")
_AGREES = {"SUBSCRIBED", "PENDING"}
OPT_INS_REPEATED = timedelta(days=7)


def told_of(kind: str, node: Json) -> tuple[Told, ...]:
    return _order(node) if kind == "orders" else tuple(_checkout(node))


def _order(node: Json) -> tuple[Told, ...]:
    body = {
        "id": _number(node["id"]),
        "cart_token": node.get("cartToken"),
        "checkout_token": node.get("checkoutToken"),
        "email": node.get("email"),
        "phone": node.get("phone"),
        "customer": _customer(node),
        "customer_locale": node.get("customerLocale"),
        "buyer_accepts_marketing": node.get("customerAcceptsMarketing"),
        "created_at": node.get("createdAt"),
        "processed_at": node.get("processedAt"),
        "updated_at": node.get("updatedAt"),
        "cancelled_at": node.get("cancelledAt"),
        "currency": node.get("currencyCode"),
        "total_price": _amount(node, "totalPriceSet"),
        "current_total_price": _amount(node, "currentTotalPriceSet"),
        "total_tax": _amount(node, "totalTaxSet"),
        "current_total_tax": _amount(node, "currentTotalTaxSet"),
        "total_discounts": _amount(node, "totalDiscountsSet"),
        "current_total_discounts": _amount(node, "currentTotalDiscountsSet"),
        "total_shipping_price_set": _shop_money(node.get("totalShippingPriceSet")),
        "refunds": [{"id": _number(refund["id"])} for refund in node.get("refunds") or ()],
        "discount_codes": [{"code": code} for code in node.get("discountCodes") or ()],
        "line_items": [
            {"title": line.get("title"), "product_id": _number_of(line.get("product"))}
            for line in _nodes(node.get("lineItems"))
        ],
    }
    return (Told("orders/updated", body),)


def _checkout(node: Json) -> Iterator[Told]:
    """Without a token nothing says which cart it is."""
    address = str(node.get("abandonedCheckoutUrl") or "")
    token = _TOKEN.search(address)
    total = _presentment(node.get("totalPriceSet"))
    customer = _customer(node) or {}
    if token:
        yield Told(
            "checkouts/update",
            {
                "token": token[1],
                "email": customer.get("email"),
                "customer": customer or None,
                "customer_locale": (node.get("customer") or {}).get("locale"),
                "buyer_accepts_marketing": _agreed_here(node) or None,
                "created_at": node.get("createdAt"),
                "updated_at": node.get("updatedAt"),
                "completed_at": node.get("completedAt"),
                "presentment_currency": total.get("currencyCode"),
                "total_price": total.get("amount"),
                "abandoned_checkout_url": address,
                "line_items": [_line(line) for line in _nodes(node.get("lineItems"))],
            },
        )
    yield from _consent(node)


def _line(line: Json) -> dict[str, Any]:
    return {
        "title": line.get("title"),
        "variant_title": line.get("variantTitle"),
        "sku": line.get("sku"),
        "quantity": line.get("quantity"),
        "price": _presentment(line.get("originalUnitPriceSet")).get("amount"),
        "product_id": _number_of(line.get("product")),
        "variant_id": _number_of(line.get("variant")),
    }


def _agreed_here(node: Json) -> bool:
    given, began = _agreed_at(node), _time(node.get("createdAt"))
    return bool(given and began and given >= began)


def _agreed_at(node: Json) -> datetime | None:
    address = _email_address(node)
    agrees = address.get("marketingState") in _AGREES
    return _time(address.get("marketingUpdatedAt")) if agrees else None


def _consent(node: Json) -> Iterator[Told]:
    """What the customer said last, with its time: an opt-out always, an opt-in only of late. Older
    ones were told by webhooks long ago, or never were, as those of an import."""
    address, began = _email_address(node), _time(node.get("createdAt"))
    given = _agreed_at(node)
    is_late = given is not None and began is not None and given >= began - OPT_INS_REPEATED
    is_no = address.get("marketingState") == "UNSUBSCRIBED"
    if not address.get("marketingUpdatedAt") or not (is_no or is_late):
        return
    said = {
        "state": str(address["marketingState"]).lower(),
        "opt_in_level": str(address.get("marketingOptInLevel") or "").lower() or None,
        "consent_updated_at": address["marketingUpdatedAt"],
    }
    body = {
        "customer_id": _number_of(node.get("customer")),
        "email_address": address.get("emailAddress"),
        "email_marketing_consent": said,
    }
    yield Told("customers_email_marketing_consent/update", body)


def _customer(node: Json) -> dict[str, Any] | None:
    customer = node.get("customer")
    if not customer:
        return None
    return {
        "id": _number(customer["id"]),
        "email": _email_address(node).get("emailAddress"),
        "first_name": customer.get("firstName"),
        "updated_at": customer.get("updatedAt"),
    }


def _email_address(node: Json) -> Json:
    customer: Json = node.get("customer") or {}
    return customer.get("defaultEmailAddress") or {}


def _shop_money(bag: Json | None) -> dict[str, Any] | None:
    money = (bag or {}).get("shopMoney")
    if not money:
        return None
    return {"shop_money": {"amount": money["amount"], "currency_code": money["currencyCode"]}}


def _amount(node: Json, field: str) -> Any:
    return ((node.get(field) or {}).get("shopMoney") or {}).get("amount")


def _presentment(bag: Json | None) -> Json:
    return (bag or {}).get("presentmentMoney") or {}


def _nodes(connection: Json | None) -> list[Json]:
    return [node for node in (connection or {}).get("nodes") or () if node]


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _number_of(node: Json | None) -> str | None:
    return _number(node["id"]) if node else None


def _number(gid: str) -> str:
    """Webhooks write only the number of gid://shopify/Order/5."""
    return gid.rpartition("/")[2].partition("?")[0]
