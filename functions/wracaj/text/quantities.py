"""How much of something lies in a cart, as people write it."""

from decimal import Decimal

from wracaj.language import Locale


def format_quantity(quantity: Decimal, locale: Locale) -> str:
    """Such as "2", and of what is sold by weight "0,5" (pl) or "0.5" (en)."""
    written = f"{quantity:f}"
    written = written.rstrip("0").rstrip(".") if "." in written else written
    return written.replace(".", ",") if locale == "pl" else written


def is_counted(quantity: Decimal) -> bool:
    """In pieces; else it is weighed or measured."""
    return quantity == quantity.to_integral_value()
