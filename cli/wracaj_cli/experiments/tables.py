"""An experiment as tables and sentences for the terminal."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from wracaj.experiments.verdict import Comparison
from wracaj.language import Locale
from wracaj.money import format_money
from wracaj.settings.experiments import Experiment
from wracaj.settings.shop import ShopSettings
from wracaj.text.wording import grouped
from wracaj_cli.experiments.guards import guard_rows, guards_in_words, guards_table
from wracaj_cli.experiments.showing import Shown, state_of
from wracaj_cli.experiments.words import (
    METRICS,
    WRONG_SHARES,
    amount_in_words,
    arm_in_words,
    finding_in_words,
)
from wracaj_cli.outcome_words import Words

STATES = {
    "waits": Words("begins {begins}", "początek {begins}"),
    "runs": Words("runs until {ends}", "trwa do {ends}"),
    "counts": Words(
        "nobody enters any more; the last ones count until {last}",
        "nikt już nie dołącza; ostatnie osoby liczą się do {last}",
    ),
    "over": Words("over since {ends}", "zakończony {ends}"),
    "decided": Words("ended {decided}: {what}", "zakończony {decided}: {what}"),
}
COLUMNS = {
    "arm": Words("Arm", "Wariant"),
    "entered": Words("Entered", "Weszło"),
    "over": Words("Days over", "Po czasie"),
    "each": Words("For 100 shoppers", "Na 100 klientów"),
    "interval": Words("Difference for 100", "Różnica na 100"),
}


def state_in_words(experiment: Experiment, shop: ShopSettings, now: datetime, to: Locale) -> str:
    def day(moment: datetime) -> str:
        return f"{moment.astimezone(shop.zone):%Y-%m-%d}"

    decided = experiment.decided
    return (
        STATES[state_of(experiment, now)]
        .to(to)
        .format(
            begins=day(experiment.begins),
            ends=day(experiment.ends),
            last=day(experiment.last_word_at),
            decided=day(decided.at) if decided else "",
            what=decided.what if decided else "",
        )
    )


def as_table(shown: Shown, shop: ShopSettings, now: datetime, to: Locale) -> Group:
    experiment, found = shown.experiment, shown.verdict
    metric = METRICS[experiment.metric].to(to)
    state = state_in_words(experiment, shop, now, to)
    table = Table(title=f"{shown.name}: {state}. {metric}", title_justify="left")
    for column in COLUMNS.values():
        table.add_column(column.to(to), overflow="fold")
    compared = {one.arm: one for one in found.comparisons}
    for arm in experiment.shares:
        table.add_row(*_row(shown, arm, compared.get(arm), to))
    parts: list[RenderableType] = [table, Text("\n".join(_sentences(shown, to)))]
    if guard_rows(shown, to):
        parts += [guards_table(shown, to), Text("\n".join(guards_in_words(shown, to)))]
    return Group(*parts)


def _row(shown: Shown, arm: str, compared: Comparison | None, to: Locale) -> tuple[str, ...]:
    found, sums = shown.verdict, shown.verdict.sums[arm]
    share = shown.experiment.shares[arm]
    return (
        f"{arm_in_words(arm, shown.experiment, to)} ({share:.0%})",
        grouped(found.entered[arm], to),
        grouped(found.people[arm], to),
        _hundred(shown, sums.mean - shown.costs.get(arm, 0), to) if sums.n else "–",
        _interval(shown, compared, to) if compared else "",
    )


def _hundred(shown: Shown, value: float, to: Locale) -> str:
    return amount_in_words(100 * value, shown.experiment, shown.currency, to)


def _interval(shown: Shown, compared: Comparison, to: Locale) -> str:
    if compared.interval is None:
        return "–"
    low, high = (_hundred(shown, one, to) for one in compared.interval[1:])
    return f"{low} … {high}"


def _sentences(shown: Shown, to: Locale) -> list[str]:
    found = shown.verdict
    if found.shares_are_wrong:
        return [WRONG_SHARES.to(to)]
    several = len(found.comparisons) > 1
    lines = [
        (f"{arm_in_words(one.arm, shown.experiment, to)}: " if several else "")
        + finding_in_words(shown.experiment, one, shown.currency, to)
        for one in found.comparisons
    ]
    if found.frozen_until:
        day = found.frozen_until.isoformat()
        lines.append(
            Words(
                f"Counted are those who entered until {day}: their days are over.",
                f"Liczą się osoby, które weszły do {day}: ich czas już minął.",
            ).to(to)
        )
    return lines + list(_remarks(shown, to))


def _remarks(shown: Shown, to: Locale) -> Iterator[str]:
    """Yield what else belongs to the numbers."""
    if shown.costs:
        told = ", ".join(
            f"{arm_in_words(arm, shown.experiment, to)} {_hundred(shown, cost, to)}"
            for arm, cost in shown.costs.items()
        )
        yield Words(
            f"Messages to 100 shoppers cost, and are taken off: {told}.",
            f"Wiadomości do 100 klientów kosztują i są odjęte: {told}.",
        ).to(to)
    if shown.sms_without_price:
        yield Words(
            "SMS are not taken off: write their price into `economics.sms_part`.",
            "SMS-y nie są odjęte: wpisz ich cenę w `economics.sms_part`.",
        ).to(to)
    if shown.mixed:
        yield Words(
            f"In two arms, under two identifiers: {shown.mixed}. They count in the first.",
            f"W dwóch wariantach, pod dwoma identyfikatorami: {shown.mixed}. Liczą się w"
            " pierwszym.",
        ).to(to)
    if shown.late_paid:
        amount = format_money(Decimal(f"{shown.late_paid:.2f}"), shown.currency, to)
        yield Words(
            f"Came too late to count, without tax: {amount}.",
            f"Przyszło za późno, by się liczyć, netto: {amount}.",
        ).to(to)
