"""What was answered 2xx is there, every timeline ends, and every message that was not sent has a
true reason."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from simulation.judge.evidence import Evidence, Execution
from simulation.judge.people import shares_any
from simulation.judge.promises import Promise, Violation
from simulation.judge.reasons import untrue
from simulation.judge.sending import may_be_erased
from simulation.judge.truth import CartTold, OrderTold, Truth, Who

CART_TIMELINES = {"abandoned_cart", "high_value_cart", "regular_cart", "multichannel_rescue"}
LATEST = 2**62
A_MINUTE = timedelta(minutes=1)
FINAL = {"sent", "skipped", "stopped", "ordered", "unknown"}


def lost(truth: Truth, seen: Evidence) -> Iterator[Violation]:
    orders = {one.order for one in truth.orders if one.order and one.answered is not None}
    for order in sorted(orders):
        if not any(_is_state_of(item, order) for item in seen.items):
            yield Violation(Promise.LOST, f"order {order} was answered 2xx and is not stored")
    carts = {item["PK"].partition("#CART#")[2]: item for item in seen.items if _is_cart(item)}
    for cart in truth.cart_ids:
        if not may_be_erased(truth, cart, LATEST):
            yield from _lost_cart(truth, cart, carts.get(cart))
            yield from _not_started(truth, seen, cart)


def _is_state_of(item: dict[str, Any], order: str) -> bool:
    return item["SK"] == "STATE" and str(item["PK"]).endswith(f"#ALIAS#order#{order}")


def _is_cart(item: dict[str, Any]) -> bool:
    return bool(item["SK"] == "CART" and "#CART#" in item["PK"])


def _lost_cart(truth: Truth, cart: str, item: dict[str, Any] | None) -> Iterator[Violation]:
    """The content of the newest report that was answered 2xx, or of one that may count, is what is
    stored."""
    reports = [one for one in truth.reports_of(cart) if one.mark is not None]
    known = [one for one in reports if one.answered is not None]
    if not known:
        return
    if item is None:
        yield Violation(Promise.LOST, f"cart {cart} was answered 2xx and is not stored")
        return
    newest = known[-1]
    if newest.is_page:  # a page whose cart was ordered, or forgotten, is told to begin another
        return
    may_count = [
        one
        for one in reports
        if one.asked is not None
        and (one.is_undated or not any(truth.is_newer(other, one) for other in known))
    ]
    content = item.get("content", "")
    titles = [each.get("title") for each in json.loads(content).get("items", [])] if content else []
    if not any((one.mark in titles) if one.mark else not titles for one in may_count):
        told = f"cart {cart} holds {titles}, reported last was {newest.mark!r}"
        yield Violation(Promise.LOST, told)


def _not_started(truth: Truth, seen: Evidence, cart: str) -> Iterator[Violation]:
    """A cart with items and an address that nobody ordered had a timeline; and when its shopper
    came back days after the last message, another one."""
    runs = [one for one in seen.executions if one.subject == cart]
    runs = [one for one in runs if one.timeline in CART_TIMELINES]
    sent = [one.at for one in seen.messages if one.subject == cart]
    sent += [one.at for run in runs for one in run.tries if _is_unknown(seen, run, one.step)]
    pause = timedelta(days=max(one.new_episode_days for one in truth.rules))
    reports = [one for one in truth.reports_of(cart) if one.answered is not None]
    for number, told in enumerate(reports):
        if not _must_start(truth, reports, number):
            continue
        if not runs:
            yield Violation(Promise.LOST, f"cart {cart} was due, and no timeline started")
            return
        if _is_back(told, runs, sent, pause):
            told_at = told.received_at
            yield Violation(
                Promise.LOST, f"cart {cart} came back, and no timeline started", told_at
            )
            return


def _is_unknown(seen: Evidence, run: Execution, step: str) -> bool:
    """Whether nobody can tell if this message left: it counts as sent."""
    key = f"#CART#{run.subject}", f"MESSAGE#{run.episode}#{step}"
    return any(
        item["PK"].endswith(key[0]) and item["SK"] == key[1] and item["state"] == "unknown"
        for item in seen.items
    )


def _is_back(told: CartTold, runs: list[Execution], sent: list[datetime], pause: timedelta) -> bool:
    """Whether every timeline had ended, the pause was over, and none started since. A timeline must
    have ended before the report's own time and before it came: the shop's clock may be ahead."""
    assert told.received_at is not None
    at = told.version[0] - A_MINUTE
    ended = all(one.ended_at and one.ended_at < min(at, told.received_at) for one in runs)
    return ended and all(left + pause < at for left in sent)


def _must_start(truth: Truth, reports: list[CartTold], number: int) -> bool:
    """Whether a timeline had to start when this report was answered: it was the newest then, fresh,
    with items and an address, the shop was on, and nobody who may be this shopper ever ordered."""
    told = reports[number]
    who, mark = Who(), None
    for one in reports[: number + 1]:
        if (one.answered or 0) > (told.answered or 0):
            continue  # an older report that came later
        who, mark = one.who.over(who), mark if one.mark is None else one.mark
    later = [one for one in reports[number + 1 :] if (one.asked or 0) < (told.answered or 0)]
    if who.is_nobody or not mark or later or told.received_at is None:
        return False
    own = [one for one in truth.carts if one.cart == told.cart]
    if any(one.answered is None or one.is_undated for one in own):
        return False
    if any(_may_be_for(truth, one, told.cart, who) for one in truth.orders):
        return False
    age = told.received_at - told.version[0]
    margin = timedelta(hours=1)
    return all(
        one.enabled
        and one.times_of_shop_hold
        and age < timedelta(hours=one.start_within_hours) - margin
        for one in truth.rules
    )


def _may_be_for(truth: Truth, order: OrderTold, cart: str, who: Who) -> bool:
    """Whether the order may be this shopper's. One that names nobody is of whoever its carts are
    of."""
    buyers = [one.who for its in order.carts for one in truth.reports_of(its)]
    return cart in order.carts or any(shares_any(one, who) for one in [order.who, *buyers])


def endless(truth: Truth, seen: Evidence) -> Iterator[Violation]:
    for one in seen.executions:
        if one.status != "SUCCEEDED":
            told = f"{one.timeline} of {one.subject} is {one.status}"
            yield Violation(Promise.ENDS, told, one.started_at)
    for letter in seen.dead_letters:
        yield Violation(Promise.ENDS, f"left in a dead-letter queue: {letter[:200]}")


def reasons(truth: Truth, seen: Evidence) -> Iterator[Violation]:
    """Each step that an execution took has a final record. A record that says sent is of a message
    that left, and one that says it was not sent is of none."""
    records = {
        (str(item["PK"]).partition("#CART#")[2], str(item["SK"])): item
        for item in seen.items
        if str(item["SK"]).startswith("MESSAGE#")
    }
    left = {(one.subject, one.episode, one.step) for one in seen.messages}
    for execution in seen.executions:
        if execution.status != "SUCCEEDED" or _is_erased(truth, execution):
            continue
        for step in execution.steps:
            key = (execution.subject, f"MESSAGE#{execution.episode}#{step}")
            place = (execution.subject, execution.episode, step)
            yield from _record(truth, execution, step, records.get(key), place in left)


def _is_erased(truth: Truth, execution: Execution) -> bool:
    if execution.subject in truth.cart_ids:
        return may_be_erased(truth, execution.subject, LATEST)
    return bool(truth.erasures)


def _record(
    truth: Truth, execution: Execution, step: str, item: dict[str, Any] | None, has_left: bool
) -> Iterator[Violation]:
    told = f"{step} of {execution.subject}, episode {execution.episode},"
    state = item["state"] if item else None
    if item is None or state not in FINAL:
        yield Violation(Promise.REASON, f"{told} has no reason: {state}", execution.started_at)
        return
    if state == "sent" and not has_left:
        yield Violation(Promise.REASON, f"{told} says sent, and nothing left")
    if state in ("skipped", "stopped", "ordered"):
        if has_left:
            yield Violation(Promise.REASON, f"{told} left, and its record says {state}")
            return
        record = json.loads(item["record"])
        if execution.subject in truth.cart_ids and (
            why := untrue(truth, execution.subject, record["reason"], record["channel"])
        ):
            yield Violation(Promise.REASON, f"{told} says {record['reason']}: {why}")


def forged(truth: Truth, seen: Evidence) -> Iterator[Violation]:
    for one in truth.forged:
        if 200 <= one.status < 300:
            yield Violation(Promise.FORGED, f"{one.what} was answered {one.status}")
