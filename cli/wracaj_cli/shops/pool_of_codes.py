"""A file of discount codes and what the codes give, as `wracaj shop codes` accepts them."""

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from wracaj.discounts.code import DiscountTerms
from wracaj.errors import SettingsError
from wracaj.text.mistakes import sentence_of_typed
from wracaj_cli.typed_files import read_text

_LONGEST = 64
_MOST_TOLD = 10
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


def read(file: Path) -> list[str]:
    """Return the codes in the file, each once. Raises SettingsError with the first lines that are
    not codes."""
    lines = {
        number: line.strip()
        for number, line in enumerate(read_text(file).splitlines(), 1)
        if line.strip()
    }
    if not lines:
        raise SettingsError([(str(file), "is empty; write one code a line")])
    unfit = [
        (f"line {number}", _not_a_code(code))
        for number, code in lines.items()
        if not _is_code(code)
    ]
    if unfit:
        more = (
            [(str(file), f"has {len(unfit) - _MOST_TOLD} more such lines")]
            if len(unfit) > _MOST_TOLD
            else []
        )
        raise SettingsError(unfit[:_MOST_TOLD] + more)
    return list(dict.fromkeys(lines.values()))


def _is_code(word: str) -> bool:
    return len(word) <= _LONGEST and word.isascii() and word.isprintable() and " " not in word


def _not_a_code(word: str) -> str:
    shown = repr(word if len(word) <= _LONGEST else f"{word[:_LONGEST]}…")
    return f"{shown} is no code: up to {_LONGEST} letters, digits and signs, no spaces"
