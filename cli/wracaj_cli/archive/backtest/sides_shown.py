"""Both pasts side by side in the terminal."""

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from wracaj.language import Locale
from wracaj.money import format_money
from wracaj.settings.shop import ShopSettings
from wracaj.text.wording import grouped
from wracaj.timelines.steps import Reason
from wracaj_cli.archive.backtest import words
from wracaj_cli.archive.backtest.money import cost_of
from wracaj_cli.archive.backtest.tables import decimal, signed, signed_money, table
from wracaj_cli.archive.backtest.tally import Tally
from wracaj_cli.outcome_words import Words, channel_in_words, reason_in_words


def sides_shown(tally: Tally, shop: ShopSettings, to: Locale) -> Table:
    first, *numbers = (column.to(to) for column in words.COLUMNS)
    shown = table(words.SIDES.to(to), [first], numbers)
    was, now = tally.was, tally.now

    def add(name: str, one: int, other: int) -> None:
        shown.add_row(name, grouped(one, to), grouped(other, to), signed(other - one, to))

    add(words.MESSAGES.to(to), was.messages, now.messages)
    for step, channel in {**was.sent, **now.sent}:
        name = f"  {step} ({channel_in_words(channel, to)})"
        add(name, was.sent[step, channel], now.sent[step, channel])
    add(words.PEOPLE.to(to), was.people, now.people)
    add(words.WITH_CODE.to(to), was.with_code, now.with_code)
    _add_cost(shown, tally, shop, to)
    for reason in {**was.delays, **now.delays}:
        add(_with_reason(words.DELAY, reason, to), was.delays[reason], now.delays[reason])
        hours = [_average(side.delay_seconds[reason], side.delays[reason]) for side in (was, now)]
        shown.add_row(words.DELAY_HOURS.to(to), *(decimal(one, to) for one in hours), "")
    reasons = (by_reason(was.not_sent), by_reason(now.not_sent))
    for reason in {**reasons[0], **reasons[1]}:
        name = _with_reason(words.NOT_SENT, reason, to)
        add(name, reasons[0].get(reason, 0), reasons[1].get(reason, 0))
    if unknown := sum(now.unknown.values()):
        add(words.UNKNOWN.to(to), 0, unknown)
    if was.open_runs or now.open_runs:
        add(words.OPEN.to(to), was.open_runs, now.open_runs)
    return shown


def by_reason(not_sent: dict[tuple[str, Reason], int]) -> dict[Reason, int]:
    found: dict[Reason, int] = {}
    for (_, reason), number in not_sent.items():
        found[reason] = found.get(reason, 0) + number
    return found


def _add_cost(shown: Table, tally: Tally, shop: ShopSettings, to: Locale) -> None:
    was, now = (cost_of(side, tally.was, shop.economics) for side in (tally.was, tally.now))
    if was.parts or now.parts:
        shown.add_row(
            words.PARTS.to(to),
            grouped(was.parts, to),
            grouped(now.parts, to),
            signed(now.parts - was.parts, to),
        )
    if was.money is not None and now.money is not None:
        costs = [format_money(one, shop.main_currency, to) for one in (was.money, now.money)]
        more = signed_money(now.money - was.money, shop.main_currency, to)
        shown.add_row(words.COST.to(to), *costs, more)


def below_sides(tally: Tally, shop: ShopSettings, to: Locale) -> Iterator[Text]:
    now = cost_of(tally.now, tally.was, shop.economics)
    if now.money is None:
        yield Text(words.NO_PRICE.to(to))
    if now.estimated:
        yield Text(words.ESTIMATED.to(to).format(number=grouped(now.estimated, to)))


def _with_reason(text: Words, reason: Reason, to: Locale) -> str:
    return text.to(to).format(reason=reason_in_words(reason, to))


def _average(seconds: int, number: int) -> float:
    return seconds / 3600 / number if number else 0.0
