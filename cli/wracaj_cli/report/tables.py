"""Tables and bars for the terminal."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from rich.console import JustifyMethod
from rich.table import Table
from rich.text import Text

BAR = 24


def table(title: str, columns: Iterable[str]) -> Table:
    """Return a table whose columns of figures are on the right. What is too long for a narrow
    terminal goes on in the next line."""
    made = Table(title=title, title_justify="left")
    for place, column in enumerate(columns):
        justify: JustifyMethod = "left" if place == 0 or not column else "right"
        made.add_column(column, justify=justify, overflow="fold")
    return made


def pairs(title: str, rows: Mapping[str, str]) -> Table:
    made = Table(title=title, show_header=False, title_justify="left")
    for name, value in rows.items():
        made.add_row(name, Text(value, justify="right"))
    return made


def bar(value: Decimal | int, largest: Decimal | int, width: int = BAR) -> str:
    return "█" * round(width * float(value) / float(largest)) if largest else ""
