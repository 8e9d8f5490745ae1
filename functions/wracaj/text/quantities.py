"""Quantities of items in a cart, as people write them."""

from decimal import Decimal

from wracaj.language import Locale


def format_quantity(quantity: Decimal, locale: Locale) -> str:
    """Such as "2". A quantity by weight has a decimal comma or point: "0,5" (pl), "0.5" (en)."""
    written = f"{quantity:f}"
    written = written.rstrip("0").rstrip(".") if "." in written else written
    return written.replace(".", ",") if locale == "pl" else written


def is_counted(quantity: Decimal) -> bool:
    """True for pieces; false for what is weighed or measured."""
    return quantity == quantity.to_integral_value()
