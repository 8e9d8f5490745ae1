"""A back-test as tables for the terminal."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from wracaj.language import Locale
from wracaj.money import format_money
from wracaj.settings.shop import ShopSettings
from wracaj.text.wording import grouped
from wracaj.timelines.steps import Outcome, Reason
from wracaj_cli.archive.backtest import words
from wracaj_cli.archive.backtest.alone import Alone, at_hours
from wracaj_cli.archive.backtest.heat_map import heat_map
from wracaj_cli.archive.backtest.money import cost_of
from wracaj_cli.archive.backtest.moves import Kind, Move, Moves
from wracaj_cli.archive.backtest.tally import Different, SelfCheck, Tally
from wracaj_cli.outcome_words import Words, channel_in_words, moment, reason_in_words
from wracaj_cli.timelines.durations import in_words

SHOWN_HOURS = (1, 2, 3, 4, 6, 8, 12, 18, 24, 48)
MOST_DIFFERENT = 20


class Shown(NamedTuple):
    """`shop`: its settings today. `on_their_way`: messages that are not in the archive yet."""

    shop: ShopSettings
    timeline: str
    days: tuple[date, date]
    rows: int
    tally: Tally
    on_their_way: int = 0


def as_tables(shown: Shown, language: Locale) -> Group:
    tally, to = shown.tally, language
    title = words.TITLE.to(to).format(
        shop=shown.shop.shop,
        timeline=shown.timeline,
        first=shown.days[0],
        last=shown.days[1],
        **{name: grouped(getattr(tally, name), to) for name in ("runs", "carts", "people")},
    )
    parts: list[RenderableType] = [Text(title, style="bold"), *_check(tally.check, shown, to)]
    if not tally.runs:
        rows = grouped(shown.rows, to)
        none = words.NO_RUNS.to(to).format(timeline=shown.timeline, rows=rows)
        return Group(*parts, Text(none))
    parts += [_sides(shown, to), *_below_sides(shown, to), *_week(tally, to)]
    parts += [*_moves(tally.moves, shown.shop.zone, to), *_alone(tally.alone, to)]
    return Group(*parts, _unknowable(shown, to))


# The self-check


def _check(check: SelfCheck, shown: Shown, to: Locale) -> Iterator[RenderableType]:
    numbers = {
        "checked": grouped(check.ours, to),
        "same": grouped(check.ours - len(check.different), to),
        "different": grouped(len(check.different), to),
    }
    verdict = words.SOME_DIFFER if check.different else words.ALL_SAME
    style = "bold red" if check.different else "green"
    yield Text(verdict.to(to).format(**numbers), style=style)
    if check.not_ours:
        yield Text(
            words.NOT_OURS.to(to).format(
                reasons=_reasons(check.not_ours.items(), to),
            )
        )
    if check.without_settings:
        number = grouped(check.without_settings, to)
        yield Text(words.WITHOUT_SETTINGS.to(to).format(number=number))
    if check.different:
        yield _different(check.different, shown.shop.zone, to)
    yield _changed(check, to)


def _reasons(counted: Iterable[tuple[Reason, int]], to: Locale) -> str:
    return ", ".join(f"{reason_in_words(why, to)} ({grouped(n, to)})" for why, n in counted)


def _different(different: Sequence[Different], zone: ZoneInfo, to: Locale) -> Table:
    table = _table(words.DIFFERENT.to(to), [column.to(to) for column in words.MOVE_COLUMNS])
    for one in sorted(different, key=lambda one: one.at)[:MOST_DIFFERENT]:
        step = f"{one.step}, {moment(one.at, zone)}"
        table.add_row(one.cart, step, _came_to(*one.was, to), _came_to(*one.now, to))
    return table


def _came_to(outcome: Outcome, reason: Reason, to: Locale) -> str:
    return f"{outcome}: {reason_in_words(reason, to)}"


def _changed(check: SelfCheck, to: Locale) -> RenderableType:
    if not check.changed:
        return Text(words.NOTHING_CHANGED.to(to) + "\n")
    numbers = [column.to(to) for column in words.COLUMNS[1:3]]
    table = _table(words.CHANGED.to(to), [words.MOVE_COLUMNS[1].to(to)], numbers)
    for one in check.changed:
        now = words.GONE.to(to) if one.now is None else in_words(one.now)
        table.add_row(one.step, in_words(one.was), now)
    return table


# Side by side


def _sides(shown: Shown, to: Locale) -> Table:
    first, *numbers = (column.to(to) for column in words.COLUMNS)
    table = _table(words.SIDES.to(to), [first], numbers)
    tally = shown.tally
    was, now = tally.was, tally.now

    def add(name: str, one: int, other: int) -> None:
        table.add_row(name, grouped(one, to), grouped(other, to), _signed(other - one, to))

    add(words.MESSAGES.to(to), was.messages, now.messages)
    for step, channel in {**was.sent, **now.sent}:
        name = f"  {step} ({channel_in_words(channel, to)})"
        add(name, was.sent[step, channel], now.sent[step, channel])
    add(words.PEOPLE.to(to), was.people, now.people)
    add(words.WITH_CODE.to(to), was.with_code, now.with_code)
    _add_cost(table, shown, to)
    for reason in {**was.delays, **now.delays}:
        add(_with_reason(words.DELAY, reason, to), was.delays[reason], now.delays[reason])
        hours = [_average(side.delay_seconds[reason], side.delays[reason]) for side in (was, now)]
        table.add_row(words.DELAY_HOURS.to(to), *(_decimal(one, to) for one in hours), "")
    reasons = (by_reason(was.not_sent), by_reason(now.not_sent))
    for reason in {**reasons[0], **reasons[1]}:
        name = _with_reason(words.NOT_SENT, reason, to)
        add(name, reasons[0].get(reason, 0), reasons[1].get(reason, 0))
    if unknown := sum(now.unknown.values()):
        add(words.UNKNOWN.to(to), 0, unknown)
    if was.open_runs or now.open_runs:
        add(words.OPEN.to(to), was.open_runs, now.open_runs)
    return table


def by_reason(not_sent: dict[tuple[str, Reason], int]) -> dict[Reason, int]:
    found: dict[Reason, int] = {}
    for (_, reason), number in not_sent.items():
        found[reason] = found.get(reason, 0) + number
    return found


def _add_cost(table: Table, shown: Shown, to: Locale) -> None:
    tally, prices = shown.tally, shown.shop.economics
    was, now = (cost_of(side, tally.was, prices) for side in (tally.was, tally.now))
    if was.parts or now.parts:
        table.add_row(
            words.PARTS.to(to),
            grouped(was.parts, to),
            grouped(now.parts, to),
            _signed(now.parts - was.parts, to),
        )
    if was.money is not None and now.money is not None:
        amounts = (was.money, now.money, now.money - was.money)
        told = [format_money(abs(one), shown.shop.main_currency, to) for one in amounts]
        table.add_row(words.COST.to(to), told[0], told[1], _sign(amounts[2]) + told[2])


def _below_sides(shown: Shown, to: Locale) -> Iterator[Text]:
    now = cost_of(shown.tally.now, shown.tally.was, shown.shop.economics)
    if now.money is None:
        yield Text(words.NO_PRICE.to(to))
    if now.estimated:
        yield Text(words.ESTIMATED.to(to).format(number=grouped(now.estimated, to)))


def _with_reason(text: Words, reason: Reason, to: Locale) -> str:
    return text.to(to).format(reason=reason_in_words(reason, to))


def _signed(number: int, to: Locale) -> str:
    return f"{_sign(number)}{grouped(abs(number), to)}"


def _sign(number: int | Decimal) -> str:
    return "+" if number > 0 else "−" if number < 0 else ""


def _average(seconds: int, number: int) -> float:
    return seconds / 3600 / number if number else 0.0


def _decimal(value: float, to: Locale) -> str:
    return f"{value:.1f}".replace(".", ",") if to == "pl" else f"{value:.1f}"


# The week, what moves, who buys alone


def _week(tally: Tally, to: Locale) -> Iterator[Text]:
    most = max(*tally.was.week, *tally.now.week)
    if not most:
        return
    yield heat_map(words.WEEK_WAS, tally.was.week, most, to)
    if tally.now.week != tally.was.week:
        yield heat_map(words.WEEK_NOW, tally.now.week, most, to)


def _moves(moves: Moves, zone: ZoneInfo, to: Locale) -> Iterator[Table]:
    table = _table(words.MOVED.to(to), [""], [words.MESSAGES.to(to)])
    table.add_row(words.SAME.to(to), grouped(moves.same, to))
    for kind in Kind:
        table.add_row(words.KINDS[kind].to(to), grouped(moves.of(kind), to))
        if kind is Kind.NO_MORE and moves.fewer_by_order:
            table.add_row(words.FEWER_BY_ORDER.to(to), grouped(moves.fewer_by_order, to))
        if kind is Kind.NEW and moves.more_before_order:
            table.add_row(words.MORE_BEFORE_ORDER.to(to), grouped(moves.more_before_order, to))
    yield table
    listed = moves.first
    if listed:
        every = grouped(sum(moves.counts.values()), to)
        title = words.LISTED.to(to).format(number=grouped(len(listed), to), all=every)
        yield _list(title, listed, zone, to)


def _list(title: str, listed: Sequence[Move], zone: ZoneInfo, to: Locale) -> Table:
    table = _table(title, [column.to(to) for column in words.MOVE_COLUMNS])
    for move in listed:
        table.add_row(
            move.cart,
            move.step,
            _left(move.was_at, move.was_reason, zone, to),
            _left(move.now_at, move.now_reason, zone, to),
        )
    return table


def _left(at: datetime | None, reason: Reason | None, zone: ZoneInfo, to: Locale) -> str:
    if at:
        return moment(at, zone)
    return reason_in_words(reason, to) if reason else words.NOT_REACHED.to(to)


def _alone(alone: Alone, to: Locale) -> Iterator[RenderableType]:
    if not alone.people:
        return
    first, *numbers = (column.to(to) for column in words.ALONE_COLUMNS)
    table = _table(words.ALONE.to(to), [first], numbers)
    for one in at_hours(alone.hours(), SHOWN_HOURS):
        if one.alone:
            table.add_row(
                str(one.hour),
                _percent(one.bought_by, to),
                grouped(one.alone, to),
                f"{grouped(one.bought_next, to)} ({_percent(one.interrupted, to)})",
            )
    yield table
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
        share=_percent(best.interrupted, to),
        alike=words.ALIKE.to(to).format(hours=hours) if hours else "",
    )


def _percent(share: float, to: Locale) -> str:
    return f"{_decimal(100 * share, to)} %"


def _unknowable(shown: Shown, to: Locale) -> Text:
    differing = grouped(shown.tally.differing, to)
    lines = [f"- {limit.to(to).format(differing=differing)}" for limit in words.LIMITS]
    if shown.on_their_way:
        number = grouped(shown.on_their_way, to)
        lines.append(f"- {words.ON_THEIR_WAY.to(to).format(number=number)}")
    return Text("\n".join([f"{words.UNKNOWABLE.to(to)}:", *lines]))


def _table(title: str, columns: Sequence[str], numbers: Sequence[str] = ()) -> Table:
    """`numbers`: the columns to the right of which numbers stand below each other."""
    table = Table(title=title, title_justify="left")
    for column in [*columns, *numbers]:
        table.add_column(column, justify="right" if column in numbers else "left")
    return table
