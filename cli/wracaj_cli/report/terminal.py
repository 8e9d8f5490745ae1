"""The report as tables and bars in the terminal."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from rich.console import Group
from rich.table import Table
from rich.text import Text

from wracaj.money import format_money
from wracaj.segments.rfm import Move, Segment
from wracaj_cli.outcome_words import WITHOUT_CODE, reason_in_words
from wracaj_cli.report.bringing import ABOUT, brings
from wracaj_cli.report.figures import MonthFigures
from wracaj_cli.report.reading import Report, Sent

BAR = 24
MOST_MOVES = 12  # the page shows all moves


def as_tables(report: Report) -> Group:
    only_now = [Text(f"{report.only_now}\n")] if report.only_now else []
    people = (*_months(report), *_segments(report), *_movement(report))
    first = (*_brings(report), _lifetime(report), *only_now)
    return Group(*first, *people, _messages(report), *_credited(report), *_reasons(report))


def percent(share: Decimal | None) -> str:
    return "—" if share is None else f"{share:.1f} %"


def money(amount: Decimal | None, report: Report) -> str:
    return "—" if amount is None else format_money(amount, report.currency, "en")


def bar(value: Decimal | int, largest: Decimal | int, width: int = BAR) -> str:
    return "█" * round(width * float(value) / float(largest)) if largest else ""


def _brings(report: Report) -> Iterable[Table | Text]:
    found = brings(report)
    yield _pairs(
        f"{report.shop}, until {report.until:%Y-%m-%d}: what messages bring",
        found.rows(report.currency),
    )
    yield Text("\n".join([ABOUT, *found.because, ""]))


def _pairs(title: str, rows: Mapping[str, str]) -> Table:
    table = Table(title=title, show_header=False, title_justify="left")
    for name, value in rows.items():
        table.add_row(name, Text(value, justify="right"))
    return table


def _lifetime(report: Report) -> Table:
    life = report.lifetime
    rows = {
        "customers who bought": str(life.customers),
        "orders": str(life.orders),
        "spent": money(life.spend, report),
        "bought again": percent(life.repeat_rate),
        "stay, each month": percent(life.retention),
        "spent per customer so far": money(life.historic_value, report),
        "expected per customer": money(life.expected_value, report),
    }
    return _pairs("Customers", rows)


def _months(report: Report) -> Iterable[Table]:
    """Return two tables, so that each fits into a terminal of 80 columns."""
    people = _table(
        "Customers, month by month",
        ("month", "customers", "new or back", "retention", "churn", "bought again", "orders"),
    )
    takings = _table(
        "Money, month by month", ("month", "spent", "per customer so far", "expected", "")
    )
    largest = max((month.spend for month in report.months), default=Decimal(0))
    for month in _since_the_first(report.months):
        people.add_row(
            month.month,
            str(month.at_end),
            str(month.new),
            percent(month.retention),
            percent(month.churn),
            percent(month.lifetime.repeat_rate),
            str(month.orders),
        )
        takings.add_row(
            month.month,
            money(month.spend, report),
            money(month.lifetime.historic_value, report),
            money(month.lifetime.expected_value, report),
            bar(month.spend, largest, 12),
        )
    return people, takings


def _since_the_first(months: list[MonthFigures]) -> list[MonthFigures]:
    """Drop the months before the first order, but keep at least the last month."""
    first = next(
        (place for place, month in enumerate(months) if month.at_end or month.orders),
        len(months) - 1,
    )
    return months[first:]


def _segments(report: Report) -> Iterable[Table | Text]:
    if report.why_no_segments:
        yield Text(f"{report.why_no_segments}\n")
        return
    people = _table(
        "Segments by RFM", ("segment", "customers", "came", "went", "retention", "churn", "")
    )
    takings = _table(
        "Lifetime value of each segment",
        ("segment", "bought again", "per customer so far", "expected"),
    )
    largest = max((row.lifetime.customers for row in report.segments), default=0)
    for row in report.segments:
        name, life = name_of(row.segment), row.lifetime
        people.add_row(
            name,
            *(str(number) for number in (life.customers, row.came, row.went)),
            *(percent(share) for share in (life.retention, life.churn)),
            bar(life.customers, largest, 6),
        )
        values = (money(amount, report) for amount in (life.historic_value, life.expected_value))
        takings.add_row(name, percent(life.repeat_rate), *values)
    yield from (people, Text(f"{since(report)}\n"), takings)


def _movement(report: Report) -> Iterable[Table]:
    moves = sorted(moved(report), key=lambda move: -move.customers)
    if moves:
        table = _table("Who moved last night", ("from", "to", "customers"))
        table.columns[1].justify = "left"
        for move in moves[:MOST_MOVES]:
            table.add_row(
                move.before or "scored for the first time", move.after, str(move.customers)
            )
        if rest := moves[MOST_MOVES:]:
            table.add_row("all others", "", str(sum(move.customers for move in rest)))
        yield table


def moved(report: Report) -> list[Move]:
    """Return last night's moves from one segment to another, or into a first segment."""
    moves = report.night.moves if report.night and report.segments else ()
    return [move for move in moves if move.before is not move.after]


def name_of(segment: Segment | None) -> str:
    return segment or "not scored yet"


def since(report: Report) -> str:
    """Return when the customers were scored, and since when their moves are counted."""
    night = report.night
    if night is None:
        return ""
    return f"Scored {night.at:%Y-%m-%d %H:%M}" + (
        f"; came and went since {night.since:%Y-%m-%d %H:%M}" if night.since else ""
    )


def _messages(report: Report) -> Table:
    table = _table(
        "Messages", ("timeline, step", "sent", *map(told_as, report.became), "not sent, and why")
    )
    table.columns[0].overflow = "fold"  # a name may be too long for a narrow terminal
    for row in report.sent:
        figures = (str(row.outcomes.get(name, 0)) for name in report.became)
        why = ", ".join(f"{number} {plain(name)}" for name, number in row.not_sent.items())
        table.add_row(row.step.replace("#", ", "), sent(row), *figures, why)
    return table


def _credited(report: Report) -> Iterable[Table]:
    if report.credited:
        table = _table("Orders after a click, by message", ("timeline, step", "orders", "paid"))
        for row in report.credited:
            table.add_row(row.step.replace("#", ", "), str(row.orders), money(row.paid, report))
        yield table


def _reasons(report: Report) -> Iterable[Table]:
    if report.reasons:
        table = _table("Why carts were abandoned, as shoppers say", ("reason", "carts", ""))
        most = max(report.reasons.values())
        for why, number in report.reasons.items():
            table.add_row(plain(why), str(number), bar(number, most))
        yield table


def sent(row: Sent) -> str:
    """Return the number of messages in words, such as "12, 3 without a code"."""
    number = str(row.outcomes.get("sent", 0))
    return f"{number}, {row.without_code} {WITHOUT_CODE.en}" if row.without_code else number


def told_as(became: str) -> str:
    """Return a word that is short enough for a column."""
    return {"delivered": "arrived", "complained": "spam"}.get(became, became)


def plain(outcome: str) -> str:
    """Return a counter's name in the words that all commands use."""
    return reason_in_words(
        outcome.removeprefix("skipped_").removeprefix("stopped_").removeprefix("ordered_")
    )


def _table(title: str, columns: Iterable[str]) -> Table:
    table = Table(title=title, title_justify="left")
    for place, column in enumerate(columns):
        table.add_column(
            column, justify="left" if place == 0 or not column or "," in column else "right"
        )
    return table
