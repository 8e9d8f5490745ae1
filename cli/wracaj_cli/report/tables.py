"""Tables and bars for the terminal."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from rich.table import Table
from rich.text import Text

BAR = 24


def table(title: str, columns: Iterable[str]) -> Table:
    """Return a table whose columns of figures are on the right."""
    made = Table(title=title, title_justify="left")
    for place, column in enumerate(columns):
        made.add_column(column, justify="left" if place == 0 or not column else "right")
    return made


def pairs(title: str, rows: Mapping[str, str]) -> Table:
    made = Table(title=title, show_header=False, title_justify="left")
    for name, value in rows.items():
        made.add_row(name, Text(value, justify="right"))
    return made


def bar(value: Decimal | int, largest: Decimal | int, width: int = BAR) -> str:
    return "█" * round(width * float(value) / float(largest)) if largest else ""
