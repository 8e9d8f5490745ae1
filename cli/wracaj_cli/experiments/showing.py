"""An experiment as tables for the terminal, and as JSON."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from rich.console import Group
from rich.table import Table
from rich.text import Text

from wracaj.experiments.verdict import Comparison, Verdict, verdict
from wracaj.language import Locale
from wracaj.settings.experiments import Experiment
from wracaj.settings.shop import ShopSettings
from wracaj.store import Store
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


class Shown(NamedTuple):
    """`late_paid`: what came after a day was frozen, in the shop's currency."""

    name: str
    experiment: Experiment
    verdict: Verdict
    late_paid: float
    mixed: int
    currency: str
    costs: Mapping[str, float] = MappingProxyType({})  # arm → of the messages to one person
    sms_without_price: bool = False


def look(store: Store, shop: ShopSettings, name: str, now: datetime) -> Shown:
    """Read an experiment's sums, and judge them. One query, and for contribution one for each
    day."""
    days = store.experiments.sums(shop.shop, name)
    experiment = shop.experiments[name]
    sent = _sent(store, shop, name, now) if experiment.metric == "contribution" else {}
    people = {arm: sum(one.sums.people for one in days if one.sums.arm == arm) for arm in sent}
    costs = {
        arm: float(_cost(shop, told)) / people[arm] for arm, told in sent.items() if people[arm]
    }
    return Shown(
        name=name,
        experiment=experiment,
        verdict=verdict(experiment, [one.sums for one in days], now, costs),
        costs=costs,
        sms_without_price=shop.economics.sms_part is None
        and any(told["parts"] for told in sent.values()),
        late_paid=float(sum(one.late_paid for one in days)),
        mixed=sum(one.mixed for one in days),
        currency=shop.main_currency,
    )


def _sent(
    store: Store, shop: ShopSettings, name: str, now: datetime
) -> Mapping[str, Mapping[str, int]]:
    first, last = shop.experiments[name].begins, min(now, shop.experiments[name].last_word_at)
    days = (last - first).days + 1
    return store.counters.of_arms(
        shop.shop,
        name,
        (f"{first + timedelta(days=number):%Y-%m-%d}" for number in range(days + 1)),
    )


def _cost(shop: ShopSettings, sent: Mapping[str, int]) -> Decimal:
    prices = shop.economics
    mails = sent["email"] * prices.thousand_emails / 1000
    return mails + sent["parts"] * (prices.sms_part or Decimal(0))


def state_of(experiment: Experiment, now: datetime) -> str:
    if experiment.decided:
        return "decided"
    if now < experiment.begins:
        return "waits"
    if now < experiment.ends:
        return "runs"
    return "counts" if now < experiment.last_word_at else "over"


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
    return Group(table, Text("\n".join(_sentences(shown, to))))


def _row(shown: Shown, arm: str, compared: Comparison | None, to: Locale) -> tuple[str, ...]:
    found, sums = shown.verdict, shown.verdict.sums[arm]
    share = shown.experiment.shares[arm]
    return (
        f"{arm_in_words(arm, to)} ({share:.0%})",
        f"{found.entered[arm]:,}",
        f"{found.people[arm]:,}",
        _hundred(shown, sums.mean, to) if sums.n else "–",
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
        (f"{arm_in_words(one.arm, to)}: " if several else "")
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
    if shown.costs:
        told = ", ".join(
            f"{arm_in_words(arm, to)} {amount_in_words(cost, shown.experiment, shown.currency, to)}"
            for arm, cost in shown.costs.items()
        )
        lines.append(
            Words(
                f"Messages to one shopper cost, and are taken off: {told}.",
                f"Wiadomości do jednego klienta kosztują i są odjęte: {told}.",
            ).to(to)
        )
    if shown.sms_without_price:
        lines.append(
            Words(
                "SMS are not taken off: write their price into `economics.sms_part`.",
                "SMS-y nie są odjęte: wpisz ich cenę w `economics.sms_part`.",
            ).to(to)
        )
    if shown.mixed:
        lines.append(
            Words(
                f"In two arms, under two identifiers: {shown.mixed}. They count in the first.",
                f"W dwóch wariantach, pod dwoma identyfikatorami: {shown.mixed}. Liczą się w"
                " pierwszym.",
            ).to(to)
        )
    if shown.late_paid:
        amount = f"{shown.late_paid:+,.2f} {shown.currency}"
        lines.append(
            Words(
                f"Came too late to count, without tax: {amount}.",
                f"Przyszło za późno, by się liczyć, netto: {amount}.",
            ).to(to)
        )
    return lines


def shown_as_json(shown: Shown, now: datetime) -> dict[str, Any]:
    found = shown.verdict
    return {
        "experiment": shown.name,
        "state": state_of(shown.experiment, now),
        "metric": shown.experiment.metric,
        "currency": shown.currency,
        "counted_until": found.frozen_until,
        "shares_are_wrong": found.shares_are_wrong,
        "mixed": shown.mixed,
        "late_paid": shown.late_paid,
        "message_costs": dict(shown.costs),
        "arms": {
            arm: {
                "share": share,
                "entered": found.entered[arm],
                "people": found.people[arm],
                "sum": found.sums[arm].total,
                "sum_of_squares": found.sums[arm].squares,
            }
            for arm, share in shown.experiment.shares.items()
        },
        "compared": [
            {
                "arm": one.arm,
                "with": shown.experiment.control,
                "finding": one.finding,
                "interval": one.interval and one.interval._asdict(),
                "more_people": one.more_people,
                "weeks": one.weeks,
            }
            for one in found.comparisons
        ],
    }
