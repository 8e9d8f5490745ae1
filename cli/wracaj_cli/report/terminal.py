"""The report as tables and bars in the terminal."""

from collections.abc import Iterable
from decimal import Decimal

from rich.console import Group
from rich.table import Table
from rich.text import Text

from wracaj.money import format_money
from wracaj_cli.report.reading import Report

BAR = 24


def as_tables(report: Report) -> Group:
    return Group(_lifetime(report), _months(report), _segments(report), _messages(report))


def percent(share: Decimal | None) -> str:
    return "—" if share is None else f"{share:.1f} %"


def money(amount: Decimal | None, report: Report) -> str:
    return "—" if amount is None else format_money(amount, report.currency, "en")


def bar(value: Decimal | int, largest: Decimal | int) -> str:
    return "█" * round(BAR * float(value) / float(largest)) if largest else ""


def _lifetime(report: Report) -> Table:
    life = report.lifetime
    table = Table(title=f"{report.shop}, until {report.until:%Y-%m-%d}", show_header=False, title_justify="left")
    rows = {
        "customers who bought": str(life.customers),
        "orders": str(life.orders),
        "spent": money(life.spend, report),
        "bought again": percent(life.repeat_rate),
        "spent per customer so far": money(life.historic_value, report),
        "expected per customer": money(life.expected_value, report),
    }
    for name, value in rows.items():
        table.add_row(name, Text(value, justify="right"))
    return table


def _months(report: Report) -> Table:
    table = _table("Month by month", ("month", "customers", "new", "retention", "churn", "orders", "spent", ""))
    largest = max((month.spend for month in report.months), default=Decimal(0))
    for month in report.months:
        table.add_row(
            month.month,
            str(month.at_end),
            str(month.new),
            percent(month.retention),
            percent(month.churn),
            str(month.orders),
            money(month.spend, report),
            bar(month.spend, largest),
        )
    return table


def _segments(report: Report) -> Table:
    table = _table("Segments by RFM", ("segment", "customers", "orders", "spent", ""))
    largest = max((segment.customers for segment in report.segments), default=0)
    for row in report.segments:
        spent = money(row.spend, report)
        table.add_row(row.segment, str(row.customers), str(row.orders), spent, bar(row.customers, largest))
    return table


def _messages(report: Report) -> Table:
    table = _table("Messages", ("timeline, step", "sent", "not sent, and why"))
    for row in report.sent:
        sent = str(row.outcomes.get("sent", 0))
        others = sorted((number, name) for name, number in row.outcomes.items() if name not in {"sent", "segments"})
        table.add_row(
            row.step.replace("#", ", "), sent, ", ".join(f"{number} {plain(name)}" for number, name in reversed(others))
        )
    return table


def plain(outcome: str) -> str:
    return outcome.removeprefix("skipped_").removeprefix("stopped_").removeprefix("ordered_").replace("_", " ")


def _table(title: str, columns: Iterable[str]) -> Table:
    table = Table(title=title, title_justify="left")
    for place, column in enumerate(columns):
        table.add_column(column, justify="left" if place == 0 or not column or "," in column else "right")
    return table
