"""A file of discount codes, and what they give, as `wracaj shop codes` takes them."""

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from wracaj.errors import SettingsError
from wracaj.mistakes import sentence_of_typed
from wracaj.vouchers import Worth
from wracaj_cli.typed_files import read_text

_LONGEST = 64
_OPTIONS = {"percent": "--percent", "amount": "--amount", "currency": "--currency", "product_id": "--gift"}
_ALL = "--percent, --amount with --currency, --gift"


def worth_given(percent: int | None, amount: str | None, currency: str | None, gift: str | None) -> Worth:
    """Raises SettingsError."""
    given = {"percent": percent, "amount": amount, "currency": currency, "product_id": gift, "product_title": gift}
    try:
        return Worth.model_validate(given)
    except ValidationError as error:
        raise SettingsError(list(dict.fromkeys(_explain(problem) for problem in error.errors()))) from None


def _explain(problem: Any) -> tuple[str, str]:
    option = next((option for name, option in _OPTIONS.items() if name in problem["loc"]), None)
    if option is None and "product_title" in problem["loc"]:
        option = "--gift"
    return option or _ALL, sentence_of_typed(problem).replace("a product_id", "a gift")


def read(file: Path) -> list[str]:
    """Each code once. Raises SettingsError."""
    lines = [line.strip() for line in read_text(file).splitlines()]
    wanted = list(dict.fromkeys(line for line in lines if line))
    unfit = [code for code in wanted if len(code) > _LONGEST or not code.isascii() or " " in code]
    if unfit or not wanted:
        raise SettingsError(
            [(repr(unfit[0]) if unfit else str(file), "is no code: up to 64 letters, digits and signs, no spaces")]
        )
    return wanted
