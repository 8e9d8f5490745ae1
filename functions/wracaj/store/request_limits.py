"""Limits on requests that anybody may make, and on messages that anybody may cause, for each shop
and each address.

`SHOP#{shop}#RATE#{action}` / `{hour}`: how many were admitted in the hour and in its minutes
`SHOP#{shop}#RATE#{action}` / `{day}#{0000..ffff}`: how many of one group of addresses were
    admitted in the day

An address is counted in a group with all others that share four hex digits of its hash. That is too
little to identify an address, and enough that two addresses of one day seldom share a group. A
process that reaches a shop's limit remembers it for the rest of the minute or hour and makes no
more requests, so a flood costs the table nothing.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from wracaj.clock import now
from wracaj.store.table import Change, ConditionFailedError, Item, Table, expiry

DAYS_KEPT = 2
MOST_REMEMBERED = 1000  # reached limits, in one process


class LimitedAction(StrEnum):
    PUSH = "push"  # a browser opts in for a cart
    PUSH_NO = "push_no"  # a browser opts out
    PAGE_CART = "page_cart"  # a page reports its cart
    PAGE_CART_NO = "page_cart_no"  # a page reports that its cart was emptied, or its box unticked
    PAGE_REMINDER = "page_reminder"  # a reminder of a cart that only a page reported
    MESSENGER = "messenger"  # a link into Messenger joins a conversation to a cart
    # a mail or an SMS that somebody requested: to confirm an opt-in, or with a link to their data
    ASKED_FOR = "asked_for"


@dataclass(frozen=True)
class RateLimit:
    a_day: int  # per group of addresses
    an_hour: int | None = None  # per shop
    a_minute: int | None = None


# Opt-outs have a higher limit than opt-ins, and no limit per shop, so that an opt-in can always be
# withdrawn.
RATE_LIMITS: Mapping[LimitedAction, RateLimit] = {
    LimitedAction.PUSH: RateLimit(a_day=40, an_hour=3000, a_minute=120),
    LimitedAction.PUSH_NO: RateLimit(a_day=100),
    LimitedAction.PAGE_CART: RateLimit(a_day=40, an_hour=3000, a_minute=120),
    LimitedAction.PAGE_CART_NO: RateLimit(a_day=100),
    LimitedAction.PAGE_REMINDER: RateLimit(a_day=6),
    LimitedAction.MESSENGER: RateLimit(a_day=40, an_hour=3000, a_minute=120),
    LimitedAction.ASKED_FOR: RateLimit(a_day=6, an_hour=1000, a_minute=120),
}


class RateLimits:
    def __init__(self, table: Table) -> None:
        self.table = table
        self._shut: dict[tuple[str, LimitedAction], datetime] = {}  # the end of the limit

    def admit(self, shop: str, action: LimitedAction, address: str) -> bool:
        """Return whether one more is admitted now, and count it. `address`: whoever makes the
        request, or the address that a message goes to."""
        moment = now()
        if moment < self._shut.get((shop, action), moment):
            return False
        return self._admit_address(shop, action, address, moment) and self._admit_shop(
            shop, action, moment
        )

    def _admit_address(
        self, shop: str, action: LimitedAction, address: str, moment: datetime
    ) -> bool:
        key = {"PK": partition(shop, action), "SK": f"{moment:%Y-%m-%d}#{group_of(shop, address)}"}
        return self._counted(key, moment, day=RATE_LIMITS[action].a_day) is None

    def _admit_shop(self, shop: str, action: LimitedAction, moment: datetime) -> bool:
        limit, minute = RATE_LIMITS[action], f"m{moment:%M}"
        if limit.an_hour is None or limit.a_minute is None:
            return True
        key = {"PK": partition(shop, action), "SK": f"{moment:%Y-%m-%dT%H}"}
        full = self._counted(key, moment, **{"hour": limit.an_hour, minute: limit.a_minute})
        if full is not None:
            self._remember_shut(
                shop, action, moment, of_the_hour=int(full.get("hour", 0)) >= limit.an_hour
            )
        return full is None

    def _remember_shut(
        self, shop: str, action: LimitedAction, moment: datetime, *, of_the_hour: bool
    ) -> None:
        if len(self._shut) >= MOST_REMEMBERED:
            self._shut.clear()
        minute = moment.replace(second=0, microsecond=0)
        self._shut[shop, action] = (
            minute.replace(minute=0) + timedelta(hours=1)
            if of_the_hour
            else minute + timedelta(minutes=1)
        )

    def _counted(self, key: Mapping[str, str], moment: datetime, **most: int) -> Item | None:
        """Return None if it was counted, below all its limits. Otherwise return the item as it
        is."""
        change = (
            Change()
            .add(**dict.fromkeys(most, 1))
            .set(expires_at=expiry(moment, DAYS_KEPT))
            .only_if_below(**most)
        )
        try:
            self.table.update(key, change)
        except ConditionFailedError as full:
            return full.item
        return None


def partition(shop: str, action: LimitedAction) -> str:
    return f"SHOP#{shop}#RATE#{action}"


def group_of(shop: str, address: str) -> str:
    return hashlib.sha256(f"{shop}#{address}".encode()).hexdigest()[:4]
