"""Which of our languages a shopper is written to in."""

from typing import Literal, get_args

Locale = Literal["pl", "en"]
LOCALES: tuple[Locale, ...] = get_args(Locale)


def language(known: str | None, fallback: Locale) -> Locale:
    """Polish for Polish; English for any other language that is known; the shop's own where none
    is."""
    if not known:
        return fallback
    return "pl" if known.lower().partition("-")[0].partition("_")[0] == "pl" else "en"
