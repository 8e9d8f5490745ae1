"""Tables and numbers of a back-test in the terminal."""

from collections.abc import Sequence
from decimal import Decimal

from rich.table import Table

from wracaj.language import Locale
from wracaj.money import format_money
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


def signed_money(amount: Decimal, currency: str, to: Locale) -> str:
    """An amount that rounds to nothing has no sign."""
    written = format_money(abs(amount), currency, to)
    is_nothing = written == format_money(Decimal(0), currency, to)
    return written if is_nothing else f"{sign(amount)}{written}"


def decimal(value: float, to: Locale) -> str:
    written = f"{value:z.1f}"
    return written.replace(".", ",") if to == "pl" else written


def percent(share: float, to: Locale) -> str:
    return f"{decimal(100 * share, to)} %"
