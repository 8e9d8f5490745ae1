"""What the messages bring: the first lines of the report."""

from decimal import Decimal
from typing import NamedTuple

from wracaj.experiments.verdict import Finding
from wracaj.money import format_money
from wracaj.settings.experiments import Experiment
from wracaj_cli.experiments.showing import Shown
from wracaj_cli.experiments.words import WRONG_SHARES, finding_in_words
from wracaj_cli.report.reading import Report

NOBODY_HELD_OUT = (
    "Unknown how much of it would have come anyway: no experiment holds anybody out. An example:"
    " wracaj experiment example."
)
ABOUT = "Credited to messages: orders within five days after a click, the last click before them."


class Brings(NamedTuple):
    """`orders`, `paid`: credited to messages. `carts`: of them, by messages about a cart."""

    orders: int
    carts: int
    paid: Decimal
    because: list[str]  # what came because of the messages, a sentence for each experiment

    def rows(self, currency: str) -> dict[str, str]:
        return {
            "orders after a click": str(self.orders),
            "of them recovered carts": str(self.carts),
            "paid by them, without tax": format_money(self.paid, currency, "en"),
        }


def brings(report: Report) -> Brings:
    return Brings(
        orders=sum(row.orders for row in report.sent),
        carts=sum(row.orders for row in report.sent if row.timeline in CARTS),
        paid=sum((row.paid for row in report.sent), Decimal(0)),
        because=_because(report),
    )


CARTS = {"abandoned_cart", "high_value_cart", "regular_cart", "multichannel_rescue"}


def _because(report: Report) -> list[str]:
    holding = [one for one in report.experiments if not one.experiment.arms]
    return [_sentence(one) for one in holding] or [NOBODY_HELD_OUT]


def _sentence(shown: Shown) -> str:
    if shown.verdict.shares_are_wrong:
        return f"{shown.name}: {WRONG_SHARES.en}"
    (compared,) = shown.verdict.comparisons
    told = finding_in_words(shown.experiment, compared, shown.currency, "en")
    return f"{shown.name}, {_about(shown.experiment)}: {told}{_in_all(shown)}"


def _about(experiment: Experiment) -> str:
    return experiment.timeline.replace("_", " ") if experiment.timeline else "all messages"


def _in_all(shown: Shown) -> str:
    """Return what the messages brought to all who got them, if it is known that they bring
    something."""
    (compared,) = shown.verdict.comparisons
    if compared.interval is None or compared.finding is not Finding.PAYS:
        return ""
    people = shown.verdict.people[compared.arm]
    low, high = compared.interval.low * people, compared.interval.high * people
    if shown.experiment.metric == "orders":
        return f" In all {low:,.0f} to {high:,.0f} orders of {people:,} shoppers."
    least, most = (format_money(Decimal(f"{one:.2f}"), shown.currency, "en") for one in (low, high))
    return f" In all {least} to {most} of {people:,} shoppers."
