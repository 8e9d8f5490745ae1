"""What comes in, or is sent, because anybody at all asked for it: it has an end for each shop and
for each address.

`SHOP#{shop}#RATE#{action}` / `{hour}`: how many were let through in it, and in each of its minutes;
`SHOP#{shop}#RATE#{action}` / `{day}#{0000..ffff}`: how many of one group of addresses were let
through in the day

An address is counted with all others that share four hex digits of its hash: too few to tell whose
they are, and enough that two who ask on one day seldom meet. Whoever meets a limit remembers it
for the rest of that minute or hour, and asks no more: a flood costs the table nothing.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from wracaj.clock import now
from wracaj.store.table import Change, ConditionFailedError, Item, Table, expiry

DAYS_KEPT = 2
MOST_REMEMBERED = 1000  # limits that were met, in one process


class LimitedAction(StrEnum):
    PUSH = "push"  # a browser says yes for a cart
    PUSH_NO = "push_no"  # or takes it back
    MESSENGER = "messenger"  # a link into Messenger ties a conversation to a cart
    # a mail or an SMS that somebody asked for: to confirm a yes, or with a link to one's data
    ASKED_FOR = "asked_for"


@dataclass(frozen=True)
class RateLimit:
    a_day: int  # of an address, and those counted with it
    an_hour: int | None = None  # of a shop
    a_minute: int | None = None


# A no is let through more often than a yes, whatever others say at the shop: none that takes a yes
# back is ever refused.
RATE_LIMITS: Mapping[LimitedAction, RateLimit] = {
    LimitedAction.PUSH: RateLimit(a_day=40, an_hour=3000, a_minute=120),
    LimitedAction.PUSH_NO: RateLimit(a_day=100),
    LimitedAction.MESSENGER: RateLimit(a_day=40, an_hour=3000, a_minute=120),
    LimitedAction.ASKED_FOR: RateLimit(a_day=6, an_hour=1000, a_minute=120),
}


class RateLimits:
    def __init__(self, table: Table) -> None:
        self.table = table
        self._shut: dict[tuple[str, LimitedAction], datetime] = {}  # until when

    def admit(self, shop: str, action: LimitedAction, address: str) -> bool:
        """Whether one more is let through just now, which is counted. `address`: whoever asks, or
        is to be sent something."""
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
        """None: counted, below all its limits. Else what is there."""
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
