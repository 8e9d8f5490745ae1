"""A discount in a shopper's language."""

from wracaj.discounts.code import DiscountTerms
from wracaj.language import Locale
from wracaj.money import format_money
from wracaj.text.wording import one_line

LONGEST_TITLE = 70

NAMELESS = {"pl": "Produkt", "en": "Product"}
_GIFT = {"pl": "prezent", "en": "gift"}


def worth_words(worth: DiscountTerms, locale: Locale) -> str:
    """Return text such as "10%", "20 zł", "prezent: Kubek"."""
    if gift := gift_name(worth, locale):
        return f"{_GIFT[locale]}: {gift}"
    if worth.amount is not None and worth.currency is not None:
        return format_money(worth.amount, worth.currency, locale, short=True)
    return f"{worth.percent}%"


def gift_name(worth: DiscountTerms, locale: Locale) -> str | None:
    return (
        (one_line(worth.product_title, LONGEST_TITLE) or NAMELESS[locale])
        if worth.product_title
        else None
    )
