"""What a pool's codes give, as `wracaj shop codes` accepts it, and how many are left."""

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from wracaj.discounts.code import DiscountTerms
from wracaj.errors import SettingsError
from wracaj.settings.shop import ShopSettings
from wracaj.text.mistakes import sentence_of_typed
from wracaj_cli.counted import counted

NOT_TAKEN = "no message takes them; set `discount: { source: pool }`."
_OPTIONS = {
    "percent": "--percent",
    "amount": "--amount",
    "currency": "--currency",
    "product_id": "--gift",
    "free_shipping": "--free-shipping",
}
_ALL = "--percent, --amount with --currency, --gift, --free-shipping"


def discount_given(
    percent: int | None,
    amount: str | None,
    currency: str | None,
    gift: str | None,
    *,
    free_shipping: bool,
) -> DiscountTerms:
    """Return the discount that the options describe. Raises SettingsError."""
    given = {
        "percent": percent,
        "amount": amount,
        "currency": currency,
        "product_id": gift,
        "product_title": gift,
        "free_shipping": free_shipping,
    }
    try:
        return DiscountTerms.model_validate(given)
    except ValidationError as error:
        raise SettingsError(
            list(dict.fromkeys(_explain(problem) for problem in error.errors()))
        ) from None


def _explain(problem: Any) -> tuple[str, str]:
    option = next((option for name, option in _OPTIONS.items() if name in problem["loc"]), None)
    if option is None and "product_title" in problem["loc"]:
        option = "--gift"
    told = sentence_of_typed(problem).replace("a product_id", "a gift")
    return option or _ALL, told.replace("free_shipping: true", "free delivery")


def left(pools: Sequence[tuple[DiscountTerms, int]], shop: ShopSettings) -> list[str]:
    """Return a line for each pool."""
    if not pools:
        return [f"No code was ever uploaded: `wracaj shop codes {shop.shop} FILE --percent 10`"]
    lines = [
        f"{discount}: {counted(many, 'code')} left{_warning(many, shop)}"
        for discount, many in pools
    ]
    if shop.discount.source != "pool":
        lines.append(f"Mind: {NOT_TAKEN}")
    return lines


def _warning(many: int, shop: ShopSettings) -> str:
    return ", upload more" if many < shop.discount.warn_below else ""
