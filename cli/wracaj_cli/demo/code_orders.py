"""Reads a request for a discount code as strictly as a real shop does. Unknown fields are
refused."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from wracaj.discounts.code import DiscountTerms
from wracaj_cli.demo.week import Product

CURRENCY = "PLN"
_KINDS: Mapping[str, set[str]] = {
    "percent": {"percent"},
    "amount": {"amount", "currency"},
    "gift": {"product_id"},
    "free_shipping": set(),
}


class RefusedFieldError(ValueError):
    """A field that Shopify refuses; its answer names the field in userErrors, below the argument of
    the mutation."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field, self.message = field.split("."), message


def free_shipping_asked_of_shopify(discount: Mapping[str, Any]) -> DiscountTerms:
    """Return the discount of a request for a free shipping code. Its type has no customerGets."""
    if "customerGets" in discount:
        raise ValueError("customerGets is not defined on DiscountCodeFreeShippingInput")
    if discount["destination"] != {"all": True}:
        raise ValueError(f"a destination of {discount['destination']}, which this shop knows not")
    return DiscountTerms(free_shipping=True)


def asked_of_shopify(discount: Mapping[str, Any], goods: Mapping[str, Product]) -> DiscountTerms:
    """Return the discount that a request to Shopify's Admin API describes. `goods`: products by
    their gid. A basic code cannot limit the number of pieces; its percentage applies to all of
    them."""
    gets = discount["customerGets"]
    (kind, value), (which, items) = _only(gets["value"]), _only(gets["items"])
    if kind == "discountOnQuantity":
        raise RefusedFieldError(
            "customerGets.value.discountOnQuantity", "is only permitted with bxgy discounts."
        )
    if kind == "percentage" and which == "all" and items is True:
        return DiscountTerms(percent=round(value * 100))
    if (
        kind != "discountAmount"
        or value.keys() != {"amount", "appliesOnEachItem"}
        or value["appliesOnEachItem"]
    ):
        raise ValueError(f"a code of {kind} for {which}, which this shop does not know")
    amount = _decimal(value["amount"])
    if which == "all" and items is True:
        return DiscountTerms(amount=amount, currency=CURRENCY)
    return _gift(items["productsToAdd"], amount, goods)


def _gift(products: list[str], amount: Decimal, goods: Mapping[str, Product]) -> DiscountTerms:
    if unknown := [product for product in products if product not in goods]:
        raise RefusedFieldError(
            "customerGets.items.products.productsToAdd", f"Product with id: {unknown[0]} is invalid"
        )
    (product,) = products
    if amount != goods[product].price:
        raise ValueError(f"{amount} off {product}, which costs {goods[product].price}")
    return DiscountTerms(product_id=product, product_title=goods[product].title)


def asked_of_generic(data: Mapping[str, Any], goods: Mapping[str, Product]) -> DiscountTerms:
    """Return the discount that a request in the generic format describes. The request must follow
    docs/generic-webhooks.md word for word. `goods`: products by their sku."""
    told = {name for name in ("percent", "amount", "product_id") if data[name] is not None}
    if told != _KINDS[data["kind"]] - {"currency"}:
        raise ValueError(
            f"a code of the kind {data['kind']} that gives {', '.join(sorted(told)) or 'nothing'}"
        )
    if data["kind"] == "percent":
        return DiscountTerms(percent=data["percent"])
    if data["kind"] == "amount":
        return DiscountTerms(amount=_decimal(data["amount"]), currency=data["currency"])
    if data["kind"] == "free_shipping":
        return DiscountTerms(free_shipping=True)
    if data["minimum_total"] is not None:
        raise ValueError("a gift with a minimum_total")
    return DiscountTerms(
        product_id=data["product_id"], product_title=goods[data["product_id"]].title
    )


def _only(given: Mapping[str, Any]) -> tuple[str, Any]:
    ((name, value),) = given.items()
    return name, value


def _decimal(written: Any) -> Decimal:
    if not isinstance(written, str):
        raise TypeError("an amount that is no decimal string")
    return Decimal(written)
