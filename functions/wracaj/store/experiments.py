"""The entries into experiments, and their daily sums.

`SHOP#{shop}#EXPERIMENT#{name}#{day}` / `{person}`: who entered on this day (UTC), what each of
their orders brought, and when they unsubscribed. The shopper's own item has the same entry, so that
a step needs no further read. It expires some time after the shopper's days are over.
`SHOP#{shop}#EXPERIMENT#{name}` / `{day}#{arm}#{shard}`: people, who of them unsubscribed, and of
what each person brought the sum and the sum of squares. It changes with the entry in one
transaction, so that a repeated event changes nothing. A day, an arm and one of eight shards: it
does not grow with the shop, and no item is written by everybody.
"""

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from wracaj.clock import timestamp
from wracaj.customers.shopper import Shopper
from wracaj.errors import ConflictError
from wracaj.experiments.arms import Entry
from wracaj.experiments.intervals import Sums
from wracaj.experiments.outcomes import (
    Outcome,
    freezes_at,
    outcome_of_person,
)
from wracaj.experiments.verdict import DayCount
from wracaj.settings.experiments import Experiment
from wracaj.store.customer_keys import entry_key
from wracaj.store.customers import Customers, as_written
from wracaj.store.table import Change, Item, PreconditionError, Table, expiry

KEPT_AFTERWARDS = 30  # days, for refunds that come late
SHARDS = 8
METRICS = Outcome._fields
ATTEMPTS = 10


class DaySums(NamedTuple):
    """`late_paid`: what refunds and orders changed after the day was frozen. `mixed`: people who
    also entered another arm. `unsubscribed`: people, since they entered."""

    sums: DayCount
    late_paid: Decimal
    mixed: int
    unsubscribed: int


class Experiments:
    def __init__(self, table: Table) -> None:
        self.table = table

    def enter(
        self, shop: str, cart_id: str, shopper: Shopper, entries: Mapping[str, Entry]
    ) -> Shopper:
        """Store that the shopper enters these experiments, and return the shopper as stored. One
        request. Raises ConflictError if the shopper changed since they were read."""
        entered = shopper.in_arms(entries)
        actions = Customers(self.table).changing(shop, shopper, entered)
        for name, entry in entries.items():
            actions.append({"Put": self._putting(shop, cart_id, name, entry)})
            actions.append(self._adding(shop, name, entry, Change().add(people=1)))
        self.table.transact(actions)
        return as_written(shopper, entered)

    def mark_mixed(self, shop: str, shopper: Shopper, entries: Mapping[str, Entry]) -> Shopper:
        """Count that these entries are of people who are in two arms, once each. Raises
        ConflictError if the shopper changed since they were read."""
        marked = shopper.in_arms(
            {name: one.model_copy(update={"is_marked": True}) for name, one in entries.items()}
        )
        actions = Customers(self.table).changing(shop, shopper, marked)
        for name, entry in entries.items():
            actions.append(self._adding(shop, name, entry, Change().add(mixed=1)))
        self.table.transact(actions)
        return as_written(shopper, marked)

    def _putting(self, shop: str, cart_id: str, name: str, entry: Entry) -> dict[str, Any]:
        item = entry_key(shop, name, entry.day, entry.person) | {
            "arm": entry.arm,
            "entered_at": timestamp(entry.at),
            "cart_id": cart_id,
            "revision": 1,
            "orders": {},
            "expires_at": expiry(entry.needed_until, KEPT_AFTERWARDS),
        }
        return self.table.putting(item)

    def _adding(self, shop: str, name: str, entry: Entry, change: Change) -> dict[str, Any]:
        return {"Update": self.table.updating(sums_key(shop, name, entry), change)}

    def count_order(
        self,
        shop: str,
        name: str,
        experiment: Experiment,
        entry: Entry,
        order_id: str,
        outcome: Outcome,
        facts: str,
        now: datetime,
    ) -> None:
        """Add to the sums by how much this order changes what the person brought. `facts`: from
        which the outcome was worked out. Nothing changes if they are counted already, or if the
        person was erased. Raises ConflictError."""
        key = entry_key(shop, name, entry.day, entry.person)
        is_late = now >= freezes_at(entry.day, experiment.days)
        for _ in range(ATTEMPTS):
            item = self.table.get(key)
            if item is None or item["orders"].get(order_id, {}).get("facts", "") == facts:
                return None
            told = outcome._asdict() | {"facts": facts}
            change = Change().set(orders={**item["orders"], order_id: told})
            change.set(revision=int(item["revision"]) + 1).only_if(revision=item["revision"])
            difference = _difference(item, order_id, outcome, is_late=is_late)
            try:
                return self.table.transact(
                    [
                        {"Update": self.table.updating(key, change)},
                        self._adding(shop, name, entry, difference),
                    ]
                )
            except ConflictError:
                continue
        raise ConflictError(
            "the orders of this person change all the time; the event must come again"
        )

    def count_unsubscribed(self, shop: str, name: str, entry: Entry, at: datetime) -> None:
        """Count that the person unsubscribed. One request; nothing changes if it is counted
        already, or if the person was erased."""
        once = Change().set(unsubscribed_at=timestamp(at)).only_if_absent("unsubscribed_at")
        once.only_if_present("arm")
        key = entry_key(shop, name, entry.day, entry.person)
        try:
            self.table.transact(
                [
                    {"Update": self.table.updating(key, once)},
                    self._adding(shop, name, entry, Change().add(unsubscribed=1)),
                ]
            )
        except PreconditionError:
            return

    def sums(self, shop: str, name: str) -> list[DaySums]:
        """Return the sums of each day of entry and arm, the earliest day first."""
        found: dict[tuple[str, str], list[Item]] = defaultdict(list)
        for item in self.table.query({"PK": _sums_partition(shop, name)}):
            day, arm, _ = item["SK"].split("#")
            found[day, arm].append(item)
        return [_day_sums(day, arm, items) for (day, arm), items in sorted(found.items())]


def _difference(item: Item, order_id: str, outcome: Outcome, *, is_late: bool) -> Change:
    """Return by how much the order changes the sums. `item`: what the person brought until now."""
    known = {id_: _outcome(told) for id_, told in item["orders"].items()}
    before = outcome_of_person(known)
    after = outcome_of_person({**known, order_id: outcome})
    change = Change()
    if is_late:
        return change.add(late_paid=after.paid - before.paid)
    for metric in METRICS:
        old, new = Decimal(getattr(before, metric)), Decimal(getattr(after, metric))
        change.add(**{metric: new - old, f"{metric}_squared": new * new - old * old})
    return change


def _day_sums(day: str, arm: str, shards: list[Item]) -> DaySums:
    def total(attribute: str) -> Decimal:
        return sum((Decimal(item.get(attribute, 0)) for item in shards), Decimal(0))

    people = int(total("people"))
    metrics = {
        metric: Sums(people, float(total(metric)), float(total(f"{metric}_squared")))
        for metric in METRICS
    }
    return DaySums(
        DayCount(date.fromisoformat(day), arm, people, metrics),
        late_paid=total("late_paid"),
        mixed=int(total("mixed")),
        unsubscribed=int(total("unsubscribed")),
    )


def _outcome(told: Mapping[str, Any]) -> Outcome:
    return Outcome(int(told["ordered"]), told["paid"], told["contribution"])


def sums_key(shop: str, name: str, entry: Entry) -> dict[str, str]:
    shard = hashlib.sha256(entry.person.encode()).digest()[0] % SHARDS
    return {
        "PK": _sums_partition(shop, name),
        "SK": f"{entry.day.isoformat()}#{entry.arm}#{shard}",
    }


def _sums_partition(shop: str, name: str) -> str:
    return f"SHOP#{shop}#EXPERIMENT#{name}"
