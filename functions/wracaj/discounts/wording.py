"""A discount in a shopper's language."""

from wracaj.discounts.code import DiscountTerms
from wracaj.language import Locale
from wracaj.money import format_money
from wracaj.text.wording import one_line

LONGEST_TITLE = 70

NAMELESS = {"pl": "Produkt", "en": "Product"}
_GIFT = {"pl": "prezent", "en": "gift"}
_FREE_SHIPPING = {"pl": "darmową dostawę", "en": "free delivery"}


def discount_words(terms: DiscountTerms, locale: Locale) -> str:
    """Return text such as "10%", "20 zł", "prezent: Kubek", "darmową dostawę". In Polish it follows
    "kod na" or "dostaniesz"."""
    if terms.free_shipping:
        return _FREE_SHIPPING[locale]
    if gift := gift_name(terms, locale):
        return f"{_GIFT[locale]}: {gift}"
    if terms.amount is not None and terms.currency is not None:
        return format_money(terms.amount, terms.currency, locale, short=True)
    return f"{terms.percent}%"


def gift_name(terms: DiscountTerms, locale: Locale) -> str | None:
    return (
        (one_line(terms.product_title, LONGEST_TITLE) or NAMELESS[locale])
        if terms.product_title
        else None
    )
