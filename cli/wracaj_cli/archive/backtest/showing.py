"""A back-test as tables for the terminal."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from wracaj.language import Locale
from wracaj.settings.shop import ShopSettings
from wracaj.text.wording import grouped
from wracaj.timelines.steps import Reason
from wracaj_cli.archive.backtest import words
from wracaj_cli.archive.backtest.alone import Alone, at_hours
from wracaj_cli.archive.backtest.check_shown import check_shown
from wracaj_cli.archive.backtest.heat_map import heat_map
from wracaj_cli.archive.backtest.moves import Kind, Move, Moves
from wracaj_cli.archive.backtest.sides_shown import below_sides, sides_shown
from wracaj_cli.archive.backtest.tables import percent, table
from wracaj_cli.archive.backtest.tally import Tally
from wracaj_cli.outcome_words import moment, reason_in_words

SHOWN_HOURS = (1, 2, 3, 4, 6, 8, 12, 18, 24, 48)


class Shown(NamedTuple):
    """`shop`: its settings today. `on_their_way`: messages that are not in the archive yet."""

    shop: ShopSettings
    timeline: str
    days: tuple[date, date]
    rows: int
    tally: Tally
    on_their_way: int = 0
    messages: tuple[str, ...] = ()  # of the file

    @property
    def undecided(self) -> list[str]:
        """The messages of the file that no decision is about."""
        check = self.tally.check
        return [name for name in self.messages if check.checked and name not in check.decided]


def as_tables(shown: Shown, language: Locale) -> Group:
    tally, to = shown.tally, language
    title = words.TITLE.to(to).format(
        shop=shown.shop.shop,
        timeline=shown.timeline,
        first=shown.days[0],
        last=shown.days[1],
        **{name: grouped(getattr(tally, name), to) for name in ("runs", "carts", "people")},
    )
    parts: list[RenderableType] = [
        Text(title, style="bold"),
        *check_shown(tally.check, shown.shop.zone, to),
    ]
    if shown.undecided:
        parts.append(Text(words.UNDECIDED.to(to).format(names=", ".join(shown.undecided)) + "\n"))
    if not tally.runs:
        rows = grouped(shown.rows, to)
        none = words.NO_RUNS.to(to).format(timeline=shown.timeline, rows=rows)
        return Group(*parts, Text(none))
    parts += [sides_shown(tally, shown.shop, to), *below_sides(tally, shown.shop, to)]
    parts += _week(tally, to)
    parts += [*_moves(tally.moves, shown.shop.zone, to), *_alone(tally.alone, to)]
    return Group(*parts, _unknowable(shown, to))


# The week, what moves, who buys alone


def _week(tally: Tally, to: Locale) -> Iterator[Text]:
    most = max(*tally.was.week, *tally.now.week)
    if not most:
        return
    yield heat_map(words.WEEK_WAS, tally.was.week, most, to)
    if tally.now.week != tally.was.week:
        yield heat_map(words.WEEK_NOW, tally.now.week, most, to)


def _moves(moves: Moves, zone: ZoneInfo, to: Locale) -> Iterator[Table]:
    shown = table(words.MOVED.to(to), [""], [words.MESSAGES.to(to)])
    shown.add_row(words.SAME.to(to), grouped(moves.same, to))
    for kind in Kind:
        shown.add_row(words.KINDS[kind].to(to), grouped(moves.of(kind), to))
        if kind is Kind.NO_MORE and moves.fewer_by_order:
            shown.add_row(words.FEWER_BY_ORDER.to(to), grouped(moves.fewer_by_order, to))
        if kind is Kind.NEW and moves.more_before_order:
            shown.add_row(words.MORE_BEFORE_ORDER.to(to), grouped(moves.more_before_order, to))
    yield shown
    listed = moves.first
    if listed:
        every = grouped(sum(moves.counts.values()), to)
        title = words.LISTED.to(to).format(number=grouped(len(listed), to), all=every)
        yield _list(title, listed, zone, to)


def _list(title: str, listed: Sequence[Move], zone: ZoneInfo, to: Locale) -> Table:
    shown = table(title, [column.to(to) for column in words.MOVE_COLUMNS])
    for move in listed:
        shown.add_row(
            move.cart,
            move.step,
            _left(move.was_at, move.was_reason, zone, to),
            _left(move.now_at, move.now_reason, zone, to),
        )
    return shown


def _left(at: datetime | None, reason: Reason | None, zone: ZoneInfo, to: Locale) -> str:
    if at:
        return moment(at, zone)
    return reason_in_words(reason, to) if reason else words.NOT_REACHED.to(to)


def _alone(alone: Alone, to: Locale) -> Iterator[RenderableType]:
    if not alone.people:
        return
    first, *numbers = (column.to(to) for column in words.ALONE_COLUMNS)
    shown = table(words.ALONE.to(to), [first], numbers)
    for one in at_hours(alone.hours(), SHOWN_HOURS):
        if one.alone:
            shown.add_row(
                str(one.hour),
                percent(one.bought_by, to),
                grouped(one.alone, to),
                f"{grouped(one.bought_next, to)} ({percent(one.interrupted, to)})",
            )
    yield shown
    yield Text(words.HELD_OUT.to(to).format(number=grouped(alone.held_out, to)))
    yield Text(f"{fewest_in_words(alone, to)}\n")


def fewest_in_words(alone: Alone, to: Locale) -> str:
    fewest = alone.fewest_interrupted()
    if not fewest:
        return words.TOO_FEW.to(to)
    best, *alike = fewest
    hours = ", ".join(str(one.hour) for one in sorted(alike))
    return words.FEWEST.to(to).format(
        hour=best.hour,
        share=percent(best.interrupted, to),
        alike=words.ALIKE.to(to).format(hours=hours) if hours else "",
    )


def _unknowable(shown: Shown, to: Locale) -> Text:
    differing = grouped(shown.tally.differing, to)
    lines = [f"- {limit.to(to).format(differing=differing)}" for limit in words.LIMITS]
    if shown.on_their_way:
        number = grouped(shown.on_their_way, to)
        lines.append(f"- {words.ON_THEIR_WAY.to(to).format(number=number)}")
    return Text("\n".join([f"{words.UNKNOWABLE.to(to)}:", *lines]))
