"""The send window and the frequency caps."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from simulation.judge.evidence import Evidence, Execution, Message
from simulation.judge.people import shares_any, steady_who
from simulation.judge.promises import Promise, Violation
from simulation.judge.sending import A_LITTLE, SETTINGS_TAKE
from simulation.judge.truth import Rules, Truth

# hours after which abandoned_cart takes its steps, where a shop has no timings of its own
DUE_AFTER = {"abandoned_cart": {"first_email": 3, "sms": 24, "discount_email": 24}}
SLACK = timedelta(minutes=10)
ASKED_FOR = {"confirm_consent", "data_link"}


def rules_at(truth: Truth, moment: datetime) -> list[Rules]:
    """Every settings that a process may have gone by at that moment."""
    since = moment - SETTINGS_TAKE
    held = [one for one in truth.rules if one.since <= since][-1:]
    return held + [one for one in truth.rules if since < one.since <= moment] or truth.rules[:1]


def outside_window(truth: Truth, seen: Evidence) -> Iterator[Violation]:
    """The window is looked at when a step begins; what it then sends may arrive seconds after the
    window closed. So a message breaks the promise if both moments are outside."""
    for message in seen.messages:
        if message.timeline in ASKED_FOR:
            continue
        rules = rules_at(truth, message.at)
        moments = (message.began_at, message.at)
        if not any(is_open(one, moment) for one in rules for moment in moments):
            local = message.at.astimezone(ZoneInfo(rules[-1].zone))
            yield Violation(Promise.WINDOW, f"{message} at {local:%H:%M:%S}", message.at)


def is_open(rules: Rules, moment: datetime) -> bool:
    clock = moment.astimezone(ZoneInfo(rules.zone)).time()
    return time.fromisoformat(rules.opens) <= clock < time.fromisoformat(rules.closes)


def over_cap(truth: Truth, seen: Evidence) -> Iterator[Violation]:
    counted = [one for one in seen.messages if one.timeline not in ASKED_FOR]
    yield from _too_soon(truth, counted)
    for message in counted:
        most = max(one.in_7_days for one in rules_at(truth, message.at))
        since = message.at - timedelta(days=7) + A_LITTLE
        addresses = addresses_of(truth, message)
        week = [
            one
            for one in counted
            if since < one.at <= message.at
            and one.to in addresses
            and not _forgot(truth, one, message)
        ]
        if len(week) > most:
            told = f"{message} is number {len(week)} in 7 days"
            yield Violation(Promise.CAP, told, message.at)


def _too_soon(truth: Truth, counted: list[Message]) -> Iterator[Violation]:
    groups: dict[tuple[str, str], list[Message]] = defaultdict(list)
    for message in counted:
        groups[message.channel, message.to].append(message)
    for messages in groups.values():
        messages.sort(key=lambda one: one.at)
        for first, second in pairwise(messages):
            hours = min(one.hours_between for one in rules_at(truth, second.at))
            is_soon = second.at - first.at < timedelta(hours=hours) - A_LITTLE
            if is_soon and not _forgot(truth, first, second):
                told = f"{second}, {second.at - first.at} after {first}"
                yield Violation(Promise.CAP, told, second.at)


def addresses_of(truth: Truth, message: Message) -> set[str]:
    """The addresses that share a cap: those that the message's cart surely had when its step
    began."""
    reports = truth.reports_of(message.subject)
    known = [one for one in reports if one.is_known(message.committed)]
    who = steady_who(reports)
    if who is None:
        return {message.to}
    typed = {a for one in known for a in (one.who.email, one.who.phone) if a}
    settled = {a for a in typed if a in (who.email, who.phone)}
    return settled | {message.to}


def _forgot(truth: Truth, first: Message, second: Message) -> bool:
    """Whether an erasure may have forgotten the first message."""
    return any(
        one.may_be_known(second.committed)
        and (first.to in (one.who.email, one.who.phone) or _has(truth, one.who.account, first.to))
        for one in truth.erasures
    )


def _has(truth: Truth, account: str | None, address: str) -> bool:
    return account is not None and any(
        address in (one.who.email, one.who.phone)
        for one in (*truth.records, *truth.carts, *truth.orders)
        if one.who.account == account
    )


def too_late(truth: Truth, seen: Evidence) -> Iterator[Violation]:
    """A step is due some hours after the cart's last activity or the step before, and may be late
    by what the settings allow. Whatever may have moved that moment counts."""
    runs = {(one.subject, one.episode): one for one in seen.executions}
    for message in seen.messages:
        run = runs.get((message.subject, message.episode))
        if run is None or message.step not in DUE_AFTER.get(run.timeline, {}):
            continue
        moments = [run.started_at, *_before(run, message)]
        own = truth.reports_of(message.subject)
        moments += [
            max(one.received_at or one.version[0], one.version[0])
            for one in truth.carts  # another cart of the shopper keeps them busy, too
            if one.asked is not None  # its answer may have been lost
            and (one.received_at or one.version[0]) < message.at
            and (one in own or any(shares_any(one.who, mine.who) for mine in own))
        ]
        hours = DUE_AFTER[run.timeline][message.step]
        hours += max(one.stale_after_hours for one in rules_at(truth, message.at))
        late = message.began_at - max(moments)
        if late > timedelta(hours=hours) + SLACK:
            told = f"{message}, {late} after the step or activity before it"
            yield Violation(Promise.STALE, told, message.at)


def _before(run: Execution, message: Message) -> list[datetime]:
    """When other steps were tried, and when this one failed: each begins a step's hours anew."""
    return [
        one.at
        for one in run.tries
        if one.at < message.began_at - timedelta(seconds=1)
        and (one.step != message.step or not one.outcome)
    ]
