"""The self-check in the terminal."""

from collections.abc import Iterable, Iterator, Sequence
from zoneinfo import ZoneInfo

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from wracaj.language import Locale
from wracaj.text.wording import grouped
from wracaj.timelines.steps import Outcome, Reason
from wracaj_cli.archive.backtest import words
from wracaj_cli.archive.backtest.tables import table
from wracaj_cli.archive.backtest.tally import Different, SelfCheck
from wracaj_cli.outcome_words import moment, reason_in_words
from wracaj_cli.timelines.durations import in_words

MOST_DIFFERENT = 20


def check_shown(check: SelfCheck, zone: ZoneInfo, to: Locale) -> Iterator[RenderableType]:
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
        yield _different(check.different, zone, to)
    yield _changed(check, to)


def _reasons(counted: Iterable[tuple[Reason, int]], to: Locale) -> str:
    return ", ".join(f"{reason_in_words(why, to)} ({grouped(n, to)})" for why, n in counted)


def _different(different: Sequence[Different], zone: ZoneInfo, to: Locale) -> Table:
    shown = table(words.DIFFERENT.to(to), [column.to(to) for column in words.MOVE_COLUMNS])
    for one in sorted(different, key=lambda one: one.at)[:MOST_DIFFERENT]:
        step = f"{one.step}, {moment(one.at, zone)}"
        shown.add_row(one.cart, step, _came_to(*one.was, to), _came_to(*one.now, to))
    return shown


def _came_to(outcome: Outcome, reason: Reason, to: Locale) -> str:
    return f"{outcome}: {reason_in_words(reason, to)}"


def _changed(check: SelfCheck, to: Locale) -> RenderableType:
    if not check.changed:
        return Text(words.NOTHING_CHANGED.to(to) + "\n")
    numbers = [column.to(to) for column in words.COLUMNS[1:3]]
    shown = table(words.CHANGED.to(to), [words.MOVE_COLUMNS[1].to(to)], numbers)
    for one in check.changed:
        now = words.GONE.to(to) if one.now is None else in_words(one.now)
        shown.add_row(one.step, in_words(one.was), now)
    return shown
