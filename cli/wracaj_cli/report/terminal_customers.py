"""The customers in the terminal: lifetime value, months, segments, and who moved between them."""

from collections.abc import Iterable
from decimal import Decimal

from rich.table import Table
from rich.text import Text

from wracaj_cli.report.naming import moved, segment_in_words, since, why_no_segments
from wracaj_cli.report.reading import Report
from wracaj_cli.report.tables import bar, pairs, table
from wracaj_cli.report.writing import Writer

MOST_MOVES = 12  # the page shows all moves


def customers(report: Report, w: Writer) -> Iterable[Table | Text]:
    yield pairs(w.say("Customers"), lifetime_figures(report, w))
    yield from _months(report, w)
    yield from _segments(report, w)
    yield from _movement(report, w)


def lifetime_figures(report: Report, w: Writer) -> dict[str, str]:
    life = report.lifetime
    return {
        w.say("customers who bought"): w.number(life.customers),
        w.say("orders"): w.number(life.orders),
        w.say("spent"): w.money(life.spend),
        w.say("bought again"): w.percent(life.repeat_rate),
        w.say("stay, each month"): w.percent(life.retention),
        w.say("spent per customer so far"): w.money(life.historic_value),
        w.say("expected per customer"): w.money(life.expected_value),
    }


def _months(report: Report, w: Writer) -> Iterable[Table]:
    """Return two tables, so that each fits into a terminal of 80 columns."""
    columns = (
        "month",
        "customers",
        "new or back",
        "retention",
        "churn",
        "bought again",
        "number of orders",
    )
    people = table(w.say("Customers, month by month"), map(w.say, columns))
    money = ("month", "spent", "per customer so far", "expected")
    takings = table(w.say("Money, month by month"), (*map(w.say, money), ""))
    largest = max((month.spend for month in report.months), default=Decimal(0))
    for month in report.since_the_first:
        people.add_row(
            month.month,
            w.number(month.at_end),
            w.number(month.new),
            w.percent(month.retention),
            w.percent(month.churn),
            w.percent(month.lifetime.repeat_rate),
            w.number(month.orders),
        )
        takings.add_row(
            month.month,
            w.money(month.spend),
            w.money(month.lifetime.historic_value),
            w.money(month.lifetime.expected_value),
            bar(month.spend, largest, 12),
        )
    return people, takings


def _segments(report: Report, w: Writer) -> Iterable[Table | Text]:
    if why := why_no_segments(report, w):
        yield Text(f"{why}\n")
        return
    columns = ("segment", "customers", "came", "went", "retention", "churn")
    people = table(w.say("Segments by RFM"), (*map(w.say, columns), ""))
    money = ("segment", "bought again", "per customer so far", "expected")
    takings = table(w.say("Lifetime value of each segment"), map(w.say, money))
    largest = max((row.lifetime.customers for row in report.segments), default=0)
    for row in report.segments:
        name, life = segment_in_words(row.segment, w), row.lifetime
        people.add_row(
            name,
            *(w.number(number) for number in (life.customers, row.came, row.went)),
            *(w.percent(share) for share in (life.retention, life.churn)),
            bar(life.customers, largest, 6),
        )
        values = (w.money(amount) for amount in (life.historic_value, life.expected_value))
        takings.add_row(name, w.percent(life.repeat_rate), *values)
    yield from (people, Text(f"{since(report, w)}\n"), takings)


def _movement(report: Report, w: Writer) -> Iterable[Table]:
    moves = sorted(moved(report), key=lambda move: -move.customers)
    if not moves:
        return
    found = table(w.say("Who moved last night"), map(w.say, ("from", "to", "customers")))
    found.columns[1].justify = "left"
    for move in moves[:MOST_MOVES]:
        before = segment_in_words(move.before, w) if move.before else None
        found.add_row(
            before or w.say("scored for the first time"),
            segment_in_words(move.after, w),
            w.number(move.customers),
        )
    if rest := moves[MOST_MOVES:]:
        found.add_row(w.say("all others"), "", w.number(sum(move.customers for move in rest)))
    yield found
