"""What the messages bring: the first lines of the report."""

from decimal import Decimal
from typing import NamedTuple

from wracaj.experiments.intervals import Interval
from wracaj.experiments.verdict import Comparison, Finding
from wracaj.settings.experiments import Experiment
from wracaj_cli.experiments.showing import Shown
from wracaj_cli.experiments.words import (
    WRONG_SHARES,
    amount_in_words,
    arm_in_words,
    finding_in_words,
)
from wracaj_cli.report.incremental import of_holdout
from wracaj_cli.report.messages import MessageCosts
from wracaj_cli.report.reading import Report
from wracaj_cli.report.thousand import of_thousand
from wracaj_cli.report.timeline_words import CARTS, timeline_in_words
from wracaj_cli.report.writing import Writer

NOBODY_HELD_OUT = (
    "Unknown how much of it would have come anyway: no experiment holds anybody out. An example:"
    " wracaj experiment example."
)
ABOUT = (
    "Credited to a message: orders within five days after a click on its link, for the last click"
    " before the order. Paid: without tax, shipping and refunds."
)
SHORT = {
    Finding.TOO_EARLY: "too early to say",
    Finding.ALL_ALIKE: "too early to say",
    Finding.NOT_ENOUGH: "not enough data yet",
    Finding.TOO_SMALL: "too little to matter",
    Finding.WOULD_HAVE_SHOWN: "no such difference seen",
}
IN_ALL = {
    Finding.PAYS: "In all {low} to {high} because of the messages, among {people}.",
    Finding.COSTS: "In all {low} to {high} lost because of the messages, among {people}.",
}


class Brings(NamedTuple):
    """`orders`, `paid`: credited to messages. `carts`: of them, by messages about a cart.
    `contribution`: of these orders, after discounts and all messages; None if it is unknown."""

    orders: int
    carts: int
    paid: Decimal
    contribution: Decimal | None
    costs: MessageCosts


def brings(report: Report) -> Brings:
    costs, margin = report.costs, report.prices.margin_percent
    earned = sum((row.contribution for row in report.sent), Decimal(0))
    return Brings(
        orders=sum(row.orders for row in report.sent),
        carts=sum(row.orders for row in report.sent if row.timeline in CARTS),
        paid=sum((row.paid for row in report.sent), Decimal(0)),
        contribution=earned - costs.total if margin and costs.total is not None else None,
        costs=costs,
    )


def holdouts(report: Report) -> list[Shown]:
    """Return the experiments that hold shoppers out, those of all messages first."""
    found = [one for one in report.experiments if not one.experiment.arms]
    return sorted(found, key=lambda one: one.experiment.timeline is not None)


def first_figures(report: Report, w: Writer) -> dict[str, str]:
    """Return what stands on top of the report, by its name in words."""
    found = brings(report)
    money = report.main_currency
    costs, contribution = found.costs.total, found.contribution
    return {
        w.say("recovered carts"): w.number(found.carts),
        w.say("orders after a click"): w.number(found.orders),
        w.say("paid in them, without tax"): w.money(found.paid, money),
        w.say("because of the messages"): _because_in_short(report, w),
        w.say("contribution after discounts and messages"): w.say("unknown")
        if contribution is None
        else w.money(contribution, money),
        w.say("cost of messages"): w.say("unknown") if costs is None else w.money(costs, money),
    }


def first_sentences(report: Report, w: Writer) -> list[str]:
    """Return what the figures on top mean, and what is missing where one is unknown."""
    return [*because(report, w), w.say(ABOUT), *_prices(report, w)]


def because(report: Report, w: Writer) -> list[str]:
    """Return what came because of the messages, a sentence for each experiment. Those on a single
    timeline stand with it, unless there are no others."""
    found = holdouts(report)
    of_all = [one for one in found if one.experiment.timeline is None]
    told = [_with_thousand(one, w) for one in of_all or found]
    return told or [w.say(NOBODY_HELD_OUT)]


def _with_thousand(shown: Shown, w: Writer) -> str:
    sentences = (experiment_sentence(shown, w), of_thousand(of_holdout(shown), w))
    return " ".join(filter(None, sentences))


def experiment_sentence(shown: Shown, w: Writer) -> str:
    """Return what an experiment shows, with its name and what it is about."""
    about = about_in_words(shown.experiment, w)
    return f"{shown.name}, {about}: {findings_in_words(shown, w)}"


def findings_in_words(shown: Shown, w: Writer) -> str:
    """Return what an experiment shows, for each arm that is compared."""
    if shown.verdict.shares_are_wrong:
        return WRONG_SHARES.to(w.language)
    several = len(shown.verdict.comparisons) > 1
    return " ".join(
        (f"{arm_in_words(one.arm, shown.experiment, w.language)}: " if several else "")
        + finding_in_words(shown.experiment, one, shown.currency, w.language)
        + _in_all(shown, one, w)
        for one in shown.verdict.comparisons
    )


def about_in_words(experiment: Experiment, w: Writer) -> str:
    if experiment.timeline is None:
        return w.say("all messages")
    return timeline_in_words(experiment.timeline, w.language)


def interval_in_words(shown: Shown, interval: Interval | None, w: Writer) -> str:
    """Return the ends of the difference for 100 shoppers."""
    if interval is None:
        return w.say("too early")
    low, high = (for_a_hundred(shown, end, w) for end in (interval.low, interval.high))
    return f"{low} … {high}"


def for_a_hundred(shown: Shown, value: float, w: Writer) -> str:
    return amount_in_words(100 * value, shown.experiment, shown.currency, w.language)


def _because_in_short(report: Report, w: Writer) -> str:
    shown = next(iter(holdouts(report)), None)
    if shown is None:
        return w.say("unknown")
    (compared,) = shown.verdict.comparisons
    if shown.verdict.shares_are_wrong:
        return w.say("unknown: wrong shares")
    if compared.finding in SHORT:
        return w.say(SHORT[compared.finding])
    lost = compared.finding is Finding.COSTS
    return w.say("{low} to {high} lost" if lost else "{low} to {high}", **_ends(shown, compared, w))


def _in_all(shown: Shown, compared: Comparison, w: Writer) -> str:
    """Return what the messages brought to all who got them, if it is known that they bring or cost
    something."""
    if shown.experiment.arms or compared.finding not in IN_ALL:
        return ""
    people = w.counted(shown.verdict.people[compared.arm], "of shoppers")
    told = w.say(IN_ALL[compared.finding], people=people, **_ends(shown, compared, w))
    return f" {told}"


def _ends(shown: Shown, compared: Comparison, w: Writer) -> dict[str, str]:
    """Return the ends of the interval for all people together; of a loss, without its sign."""
    if compared.interval is None:
        return {"low": "", "high": ""}
    people = shown.verdict.people[compared.arm]
    ends = sorted((compared.interval.low * people, compared.interval.high * people), key=abs)
    if compared.finding is Finding.COSTS:
        ends = [-end for end in ends]
    if shown.experiment.metric == "orders":
        low, high = (w.number(round(end)) for end in ends)
        return {"low": low, "high": w.say("{n} orders", n=high)}
    low, high = (w.money(Decimal(f"{end:.2f}"), shown.currency) for end in ends)
    return {"low": low, "high": high}


def _prices(report: Report, w: Writer) -> list[str]:
    """Return what the cost of messages is made of, and which prices are missing."""
    costs = report.costs
    emails, parts = w.counted(costs.emails, "e-mail"), w.counted(costs.sms_parts, "SMS part")
    made_of = w.say("Cost of messages: of {emails} and {parts}.", emails=emails, parts=parts)
    told = [w.say(NO_SMS_PRICE, parts=parts) if costs.total is None else made_of]
    return told if report.prices.margin_percent else [*told, w.say(NO_MARGIN)]


NO_SMS_PRICE = (
    "Cost of messages unknown: {parts} were sent, and the settings tell no price of one. Write it"
    " into economics.sms_part."
)
NO_MARGIN = (
    "Contribution unknown: the settings tell no margin of the goods. Write it into"
    " economics.margin_percent; orders from then on count."
)
