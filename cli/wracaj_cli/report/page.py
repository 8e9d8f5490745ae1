"""The report as one self-contained page for the screen and for print, in a light and a dark
version."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from wracaj.segments.rfm import Move, Segment
from wracaj_cli.counted import counted
from wracaj_cli.report.bringing import ABOUT, brings
from wracaj_cli.report.charts import Bar, sideways, upright
from wracaj_cli.report.reading import Report
from wracaj_cli.report.terminal import money, moved, name_of, percent, plain, sent, since, told_as

TEMPLATES = Path(__file__).parent
MOST_TINT = 45  # percent; with more colour, the figure in the cell could not be read


def as_page(report: Report) -> str:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined
    )
    environment.filters |= {
        "percent": percent,
        "plain": plain,
        "name_of": name_of,
        "told_as": told_as,
        "sent": sent,
    }
    return environment.get_template("page.html.j2").render(
        report=report,
        brings=brings(report),
        about=ABOUT,
        money=lambda amount: money(amount, report),
        since=since(report),
        spent=_spent(report),
        retention=_retention(report),
        sizes=_sizes(report),
        movement=_movement(report),
        names=list(Segment),
    )


def _spent(report: Report) -> str:
    bars = [
        Bar(
            _short(month.month),
            float(month.spend),
            f"{month.month}: {money(month.spend, report)}, {counted(month.orders, 'order')}",
        )
        for month in report.months
    ]
    return upright("Spent by month", bars, max((bar.value for bar in bars), default=0))


def _retention(report: Report) -> str:
    bars = [
        Bar(
            _short(month.month),
            float(month.retention or 0),
            f"{month.month}: of {counted(month.at_start, 'customer')}"
            f" {percent(month.retention)} stayed",
            "—" if month.retention is None else f"{month.retention:.0f}",
        )
        for month in report.months
    ]
    return upright("Customers who stayed, by month, in percent", bars, 100)


def _sizes(report: Report) -> str:
    bars = [
        Bar(
            name_of(row.segment),
            row.lifetime.customers,
            f"{name_of(row.segment)}: {counted(row.lifetime.customers, 'customer')},"
            f" {money(row.lifetime.spend, report)}",
            str(row.lifetime.customers),
        )
        for row in report.segments
    ]
    return sideways("Customers by segment", bars)


class Cell(Move):
    tint: int = 0  # percent of the bars' colour

    @property
    def stays(self) -> bool:
        return self.before is self.after


def _movement(report: Report) -> list[tuple[str, list[Cell | None]]]:
    """Return the moves from each segment (rows) to each segment (columns); None if nobody moved."""
    largest = max((move.customers for move in moved(report)), default=0)
    moves = (
        {(move.before, move.after): move for move in report.night.moves}
        if report.night and largest
        else {}
    )
    rows: list[tuple[str, list[Cell | None]]] = []
    for before in (*Segment, None):
        found = [moves.get((before, after)) for after in Segment]
        if any(found):
            cells = [
                Cell(**move.model_dump(), tint=_tint(move, largest)) if move else None
                for move in found
            ]
            rows.append((before or "scored for the first time", cells))
    return rows


def _tint(move: Move, largest: int) -> int:
    return 0 if move.before is move.after else max(6, round(MOST_TINT * move.customers / largest))


def _short(month: str) -> str:
    return month[2:].replace("-", "/")
