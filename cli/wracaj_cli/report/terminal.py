"""The report as tables in the terminal: what messages bring, each message, weeks, experiments. The
customers are in `terminal_customers`."""

from collections.abc import Iterable, Mapping

from rich.console import Group
from rich.table import Table
from rich.text import Text

from wracaj_cli.experiments.guards import guard_rows, guards_in_words, guards_table
from wracaj_cli.experiments.words import arm_in_words
from wracaj_cli.report.bringing import (
    about_in_words,
    first_figures,
    first_sentences,
    interval_in_words,
)
from wracaj_cli.report.incremental import each_and_all
from wracaj_cli.report.incremental_words import change_sentences, timeline_sentences
from wracaj_cli.report.messages import Sent, by_timeline
from wracaj_cli.report.naming import (
    became_in_words,
    idle_in_words,
    name_in_table,
    only_now,
    reason_of_cart,
    rule_in_words,
    sent_in_words,
    why_not_sent,
)
from wracaj_cli.report.over_time import evenly
from wracaj_cli.report.reading import Report
from wracaj_cli.report.tables import bar, pairs, table
from wracaj_cli.report.terminal_customers import customers
from wracaj_cli.report.thousand import cell
from wracaj_cli.report.timeline_words import message_in_words, timeline_in_words
from wracaj_cli.report.writing import Writer

BECAUSE = "because of them, for 1,000 sent"
MOST_LOOKS = 8  # the page shows all


def as_tables(report: Report, w: Writer | None = None) -> Group:
    w = w or Writer("en", report.currency)
    return Group(
        *_first(report, w),
        *_timelines(report, w),
        *_weeks(report, w),
        *_tests(report, w),
        *customers(report, w),
        *_reasons(report, w),
        *_unreminded(report, w),
    )


def _first(report: Report, w: Writer) -> Iterable[Table | Text]:
    title = w.say("{shop}: what messages bring", shop=report.name)
    period = w.say("{begins} to {until}", begins=w.day(report.begins), until=w.day(report.until))
    yield pairs(f"{title}, {period}", first_figures(report, w))
    past = only_now(report, w)
    yield Text("\n".join([*first_sentences(report, w), *([past] if past else []), ""]))


def _timelines(report: Report, w: Writer) -> Iterable[Table | Text]:
    """Return the messages of each timeline in their order. What they brought has a table of its
    own, so that each fits into a terminal of 80 columns."""
    if not report.sent:
        yield Text(f"{w.say('Nothing was sent yet.')}\n")
    for timeline, rows in by_timeline(report.sent).items():
        name = timeline_in_words(timeline, w.language)
        yield _sending(name, rows, report, w)
        yield from _not_sent(rows, w)
        if any(row.orders or row.paid or row.codes_used for row in rows):
            yield _bringing(name, rows, report, w)
        yield from _because(rows, report, w)


def _sending(name: str, rows: list[Sent], report: Report, w: Writer) -> Table:
    columns = ["sent", *report.became, "opted out"]
    words = [became_in_words(one, w) if one in report.became else w.say(one) for one in columns]
    sending = table(name, (w.say("message"), *words))
    for row, _ in each_and_all(report, rows):
        sending.add_row(
            name_in_table(row.name, w),
            sent_in_words(row, w),
            *(w.number(row.outcomes.get(one, 0)) for one in report.became),
            w.number(row.unsubscribed),
        )
    return sending


def _not_sent(rows: list[Sent], w: Writer) -> Iterable[Text]:
    told = [(message_in_words(row.name, w.language), why_not_sent(row, w)) for row in rows]
    lines = [f"- {name}: {why}" for name, why in told if why]
    why_not = [w.say("Not sent, and why:"), *lines] if lines else []
    idle = [sentence] if (sentence := idle_in_words(rows, w)) else []
    if idle or why_not:
        yield Text("\n".join([*idle, *why_not, ""]))


def _bringing(name: str, rows: list[Sent], report: Report, w: Writer) -> Table:
    title = w.say("{timeline}: orders after a click, and codes", timeline=name)
    columns = ("message", "orders", "paid, without tax", BECAUSE, "codes used")
    brought = table(title, map(w.say, columns))
    for row, found in each_and_all(report, rows):
        if row.orders or row.codes_used or not row.name:
            brought.add_row(
                name_in_table(row.name, w),
                w.number(row.orders),
                w.money(row.paid, report.main_currency),
                cell(found, w),
                w.number(row.codes_used),
            )
    return brought


def _because(rows: list[Sent], report: Report, w: Writer) -> Iterable[Text]:
    """Return what came because of a timeline, and of a change in one of its messages."""
    told = [*timeline_sentences(report, rows, w)]
    if changes := change_sentences(report, rows, w):
        told += [w.say("Changes in one message only:")]
        told += [f"- {name}: {sentence}" for name, sentence in changes]
    if told:
        yield Text("\n".join([*told, ""]))


def _weeks(report: Report, w: Writer) -> Iterable[Table]:
    if report.weeks:
        columns = ("week from", "sent", "orders", "paid, without tax", "opted out")
        weeks = table(w.say("Week by week, as sent"), (*map(w.say, columns), ""))
        most = max(week.orders for week in report.weeks)
        for week in report.weeks:
            weeks.add_row(
                w.week(week.begins),
                *(w.number(one) for one in (week.sent, week.orders)),
                w.money(week.paid, report.main_currency),
                w.number(week.unsubscribed),
                bar(week.orders, most, 12),
            )
        yield weeks


def _tests(report: Report, w: Writer) -> Iterable[Table | Text]:
    """Return what must not get worse in each experiment, and what it showed on past days."""
    for shown in report.experiments:
        if guard_rows(shown, w.language):
            yield Text(f"{shown.name}, {about_in_words(shown.experiment, w)}", style="bold")
            yield guards_table(shown, w.language)
            yield Text("\n".join([*guards_in_words(shown, w.language), ""]))
        for arm, looks in report.looks_of(shown).items():
            columns = ("as of", "people", "difference for 100")
            title = w.say(
                "{experiment}, {arm}: the interval over time",
                experiment=shown.name,
                arm=arm_in_words(arm, shown.experiment, w.language),
            )
            past = table(title, map(w.say, columns))
            for look in evenly(looks, MOST_LOOKS):
                past.add_row(
                    f"{look.at:%Y-%m-%d}",
                    w.number(look.people),
                    interval_in_words(shown, look.interval, w),
                )
            yield past


def _reasons(report: Report, w: Writer) -> Iterable[Table]:
    if report.reasons:
        title = w.say("Why carts were abandoned, as shoppers say")
        reasons = table(title, (w.say("reason"), w.say("carts"), ""))
        most = max(report.reasons.values())
        for why, number in report.reasons.items():
            reasons.add_row(reason_of_cart(why, w), w.number(number), bar(number, most))
        yield reasons


def _unreminded(report: Report, w: Writer) -> Iterable[Table]:
    if report.unreminded:
        named: Mapping[str, str] = {
            rule_in_words(rule, w): w.number(carts) for rule, carts in report.unreminded.items()
        }
        yield pairs(w.say("Carts that took no timeline"), named)
