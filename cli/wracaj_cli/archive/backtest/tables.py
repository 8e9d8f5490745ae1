"""Tables and numbers of a back-test in the terminal."""

from collections.abc import Sequence
from decimal import Decimal

from rich.table import Table

from wracaj.language import Locale
from wracaj.text.wording import grouped


def table(title: str, columns: Sequence[str], numbers: Sequence[str] = ()) -> Table:
    """`numbers`: the columns to the right of which numbers stand below each other."""
    table = Table(title=title, title_justify="left")
    for column in [*columns, *numbers]:
        table.add_column(column, justify="right" if column in numbers else "left")
    return table


def signed(number: int, to: Locale) -> str:
    return f"{sign(number)}{grouped(abs(number), to)}"


def sign(number: int | Decimal) -> str:
    return "+" if number > 0 else "−" if number < 0 else ""


def decimal(value: float, to: Locale) -> str:
    return f"{value:.1f}".replace(".", ",") if to == "pl" else f"{value:.1f}"


def percent(share: float, to: Locale) -> str:
    return f"{decimal(100 * share, to)} %"
