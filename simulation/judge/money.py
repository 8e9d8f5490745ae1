"""Discount codes and balances."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal

from simulation.judge.evidence import Evidence
from simulation.judge.promises import Promise, Violation
from simulation.judge.truth import OrderTold, Truth

CODE = re.compile(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}\b")
Sums = tuple[int, Decimal, int]  # orders, spend, points


def codes(truth: Truth, seen: Evidence) -> Iterator[Violation]:
    made: dict[tuple[str, int, str], set[str]] = defaultdict(set)
    for code in seen.codes:
        made[code.subject, code.episode, code.step].add(code.code)
        percents = {percent for one in truth.rules for percent in one.discount_percents}
        if code.percent is not None and code.percent not in percents:
            told = f"{code.code} is worth {code.percent} %, not one of {sorted(percents)}"
            yield Violation(Promise.CODE, told)
    for (subject, episode, step), several in made.items():
        if len(several) > 1:
            told = f"{step} of {subject}, episode {episode}, made {sorted(several)}"
            yield Violation(Promise.CODE, told)
    yield from _told(truth, seen)


def _told(truth: Truth, seen: Evidence) -> Iterator[Violation]:
    """A code in a message exists in the shop, and no other cart's message gives it."""
    created = {code.code for code in seen.codes}
    pools = any(one.is_pool for one in truth.rules)
    given: dict[str, set[str]] = defaultdict(set)
    for message in seen.messages:
        for code in set(CODE.findall(message.text)):
            given[code].add(message.subject)
            if code not in created and not pools:
                told = f"{message} gives {code}, which the shop does not know"
                yield Violation(Promise.CODE, told, message.at)
    for code, subjects in given.items():
        if len(subjects) > 1:
            yield Violation(Promise.CODE, f"{code} is given to {sorted(subjects)}")


def balances(truth: Truth, seen: Evidence) -> Iterator[Violation]:
    """What the accounts hold is what the orders are worth, owner by owner. Stories with a report
    that may or may not count, with an erasure, or of a shop whose clock is hours off, so that an
    older report may count as newer, are not judged."""
    reports = [one for one in truth.orders if one.order is not None]
    unsure = any(one.asked is not None and one.answered is None for one in reports)
    unsure |= not all(one.times_of_shop_hold for one in truth.rules)
    if unsure or any(one.asked is not None for one in truth.erasures):
        return
    expected, found = Counter(owed(truth, reports).values()), Counter(stored(seen))
    del expected[0, Decimal(0), 0], found[0, Decimal(0), 0]
    if expected != found:
        told = f"orders are worth {_shown(expected)}, accounts hold {_shown(found)}"
        yield Violation(Promise.BALANCE, told)


def _shown(sums: Counter[Sums]) -> str:
    return "; ".join(f"{n} × {o} orders {s} {p} points" for (o, s, p), n in sorted(sums.items()))


def owed(truth: Truth, reports: list[OrderTold]) -> dict[str, Sums]:
    """Owner → what their orders are worth, by what was answered 2xx. An order belongs to its
    account, else to its e-mail, else to its phone."""
    sums: dict[str, Sums] = {}
    for order in dict.fromkeys(one.order for one in reports):
        known = [one for one in reports if one.order == order and one.answered is not None]
        owner = next(
            (
                f"{kind} {value}"
                for kind in ("account", "email", "phone")
                for one in sorted(known, key=lambda each: each.version, reverse=True)
                if (value := getattr(one.who, kind))
            ),
            None,
        )
        worth = worth_of(known)
        if owner is None or worth <= 0:
            continue
        orders, spend, points = sums.get(owner, (0, Decimal(0), 0))
        earned = int(worth) if truth.rules[-1].earns_points else 0
        sums[owner] = (orders + 1, spend + worth, points + earned)
    return sums


def worth_of(known: list[OrderTold]) -> Decimal:
    known = sorted(known, key=lambda one: one.version)
    if any(one.cancelled for one in known):
        return Decimal(0)
    totals = [one.total for one in known if one.total is not None]
    refunds = {name: amount for one in known for name, amount in one.refunds.items()}
    return max(Decimal(0), totals[-1] - sum(refunds.values(), Decimal(0))) if totals else Decimal(0)


def stored(seen: Evidence) -> list[Sums]:
    """What each account in the table holds, all months together."""
    found = []
    for item in seen.items:
        if item.get("SK") != "ACCOUNT" or "account" not in item:
            continue
        months = json.loads(item["account"]).get("months", {})
        sums = [one for currencies in months.values() for one in currencies.values()]
        spend = sum((Decimal(str(one.get("spend", 0))) for one in sums), Decimal(0))
        orders = sum(int(one.get("orders", 0)) for one in sums)
        points = sum(int(one.get("points", 0)) for one in sums)
        found.append((orders, spend.normalize() + 0, points))
    return found
