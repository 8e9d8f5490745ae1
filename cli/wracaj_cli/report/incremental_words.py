"""What came because of messages, in words: of a timeline, and of a change in one message."""

from collections.abc import Collection, Iterator

from wracaj.experiments.verdict import Comparison
from wracaj.settings.experiments import Arm
from wracaj_cli.experiments.showing import Shown
from wracaj_cli.experiments.words import (
    WRONG_SHARES,
    arm_in_words,
    finding_in_words,
)
from wracaj_cli.report.bringing import experiment_sentence
from wracaj_cli.report.incremental import (
    Change,
    Incremental,
    Unknown,
    changes_of,
    holdouts_of,
    holdouts_of_all,
    of_timeline,
)
from wracaj_cli.report.messages import Sent
from wracaj_cli.report.reading import Report
from wracaj_cli.report.thousand import ends, of_thousand
from wracaj_cli.report.timeline_words import message_in_words
from wracaj_cli.report.writing import Writer

WHOLE_TIMELINE = (
    "{experiment} holds out all messages of the timeline together, so it does not tell what one of"
    " them brings."
)
HOW_TO_TELL = "A test whose arms differ in one message only tells what that change brings."
MISSING = {
    Unknown.ASKED_FOR: "Shoppers ask for these messages, so nobody is held out of them.",
    Unknown.NOBODY_HELD_OUT: (
        "How much of it would have come anyway is unknown: nobody is held out of these messages."
    ),
    Unknown.ALL_TIMELINES_TOGETHER: (
        "What these messages alone bring is unknown: {experiment} holds out the messages of all"
        " timelines together. A holdout with `timeline: {timeline}` tells it."
    ),
}
CHANGE = "{experiment}, {arm} instead of {control} ({what}): {finding}"
CHANGE_OF_THOUSAND = "For 1,000 of this message sent, a difference of {low} to {high}."
SEVERAL = (
    "{arm} ({what}) changes several messages: {messages}. What one of these changes brings, it does"
    " not tell."
)


def timeline_sentences(report: Report, rows: Collection[Sent], w: Writer) -> list[str]:
    """Return what came because of these messages, all of one timeline, and what is missing to say
    so."""
    timeline = next(iter(rows)).timeline
    return [
        *_holdouts(report, timeline, w),
        *_missing(report, rows, of_timeline(report, timeline), w),
        *_tests_of_several(report, timeline, w),
    ]


def change_sentences(report: Report, rows: Collection[Sent], w: Writer) -> list[tuple[str, str]]:
    """Return message → what a change in this message alone brings, in the order of the messages."""
    return [
        (message_in_words(row.name, w.language), _change(one, w))
        for row in rows
        for one in changes_of(report, row)
    ]


def _holdouts(report: Report, timeline: str, w: Writer) -> Iterator[str]:
    told = of_timeline(report, timeline)
    for shown in holdouts_of(report, timeline):
        is_told = isinstance(told, Incremental) and told.shown is shown
        thousand = [of_thousand(told, w)] if is_told else []
        yield " ".join([experiment_sentence(shown, w), *thousand])


def _missing(
    report: Report, rows: Collection[Sent], found: Incremental | Unknown, w: Writer
) -> Iterator[str]:
    timeline = next(iter(rows)).timeline
    of_all = [one.name for one in holdouts_of_all(report)]
    held_out = [one.name for one in holdouts_of(report, timeline)]
    if isinstance(found, Unknown) and found in MISSING and any(row.sent for row in rows):
        yield w.say(MISSING[found], experiment=", ".join(of_all), timeline=timeline)
    if held_out and len(rows) > 1:
        told = w.say(WHOLE_TIMELINE, experiment=held_out[0])
        has_test = any(True for row in rows for _ in changes_of(report, row))
        yield told if has_test else f"{told} {w.say(HOW_TO_TELL)}"


def _tests_of_several(report: Report, timeline: str, w: Writer) -> Iterator[str]:
    """Yield what the tests show whose arms differ in several messages, or in unknown ones."""
    for shown in report.experiments:
        if not shown.experiment.arms or shown.experiment.timeline != timeline:
            continue
        changed = {one.arm: report.changed_in(shown, one.arm) for one in shown.verdict.comparisons}
        if any(len(messages) != 1 for messages in changed.values()):
            notes = [
                _several(shown, arm, messages, w)
                for arm, messages in changed.items()
                if len(messages) > 1
            ]
            yield " ".join([experiment_sentence(shown, w), *notes])


def _several(shown: Shown, arm: str, messages: Collection[str], w: Writer) -> str:
    names = ", ".join(message_in_words(name, w.language) for name in messages)
    return w.say(SEVERAL, arm=arm, what=_what(shown.experiment.arms[arm]), messages=names)


def _change(change: Change, w: Writer) -> str:
    shown, compared = change.shown, change.compared
    told = w.say(
        CHANGE,
        experiment=shown.name,
        arm=arm_in_words(compared.arm, shown.experiment, w.language),
        control=arm_in_words(shown.experiment.control, shown.experiment, w.language),
        what=_what(shown.experiment.arms[compared.arm]),
        finding=_finding(shown, compared, w),
    )
    if change.found is None:
        return told
    return f"{told} {w.say(CHANGE_OF_THOUSAND, **ends(change.found, w))}"


def _finding(shown: Shown, compared: Comparison, w: Writer) -> str:
    if shown.verdict.shares_are_wrong:
        return WRONG_SHARES.to(w.language)
    return finding_in_words(shown.experiment, compared, shown.currency, w.language)


def _what(arm: Arm) -> str:
    """Return what an arm changes, as the settings have it."""
    return ", ".join(f"{name}: {value}" for name, value in {**arm.timings, **arm.templates}.items())
