"""A table of figures for the screen and for a page."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rich.table import Table

Cell = str | int | float


@dataclass(frozen=True)
class Figures:
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    note: str = ""

    def as_table(self) -> Table:
        table = Table(
            title=self.title,
            title_justify="left",
            title_style="bold",
            caption=self.note,
            caption_justify="left",
        )
        for number, column in enumerate(self.columns):
            table.add_column(
                column, justify="right" if number and self._is_numeric(number) else "left"
            )
        for row in self.rows:
            table.add_row(*map(shown, row))
        return table

    def as_markdown(self) -> str:
        rule = [
            "---:" if number and self._is_numeric(number) else "---"
            for number in range(len(self.columns))
        ]
        lines = [self.columns, rule, *([shown(cell) for cell in row] for row in self.rows)]
        text = "\n".join(f"| {' | '.join(line)} |" for line in lines)
        return f"## {self.title}\n\n{text}\n" + (f"\n{self.note}\n" if self.note else "")

    def put_into(self, page: str) -> str:
        """Return the page with this table in place of the one with the same title. Raises
        ValueError if the page does not have that title exactly once."""
        section = re.compile(
            rf"^## {re.escape(self.title)}\n.*?(?=\n## |\Z)", re.DOTALL | re.MULTILINE
        )
        written, times = section.subn(lambda _: self.as_markdown(), page)
        if times != 1:
            raise ValueError(f"the page has the section {self.title!r} {times} times")
        return written

    def _is_numeric(self, column: int) -> bool:
        return all(
            shown(row[column]).strip("$").replace(",", "").replace(".", "").isdigit()
            for row in self.rows
        )


def shown(cell: Cell) -> str:
    return cell if isinstance(cell, str) else f"{cell:,g}"
