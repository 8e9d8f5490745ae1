"""One line of the archive.

It is queued by whoever did something, and written by archive_writer. What is personal stands apart
in `personal`, by the identifier it belongs to. The writer seals it under a key of this identifier.
An erasure deletes the key.
"""

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from wracaj.clock import timestamp

# identifier → field → what only who holds the identifier's key may read
Personal = Mapping[str, Mapping[str, Any]]


class RowKind(StrEnum):
    EVENT = "event"  # of the shop, as a webhook told it
    START = "start"  # of a timeline
    LONG_WAIT = "long_wait"  # of a timeline, kept as a date in the table
    DECISION = "decision"  # of a step: sent, skipped, waits, …
    CLICK = "click"  # on a link in a message
    STOP = "stop"  # a reader's opt-out, or a complaint
    DELIVERY = "delivery"  # what a provider reports of a message
    OPT_IN = "opt_in"  # given on a page of ours, or asked to be confirmed
    GRANT = "grant"  # a reward, as it stands after a change


@dataclass(frozen=True, slots=True)
class Row:
    """`at`: when it was done. `body`: what anybody may read who may read the archive."""

    kind: RowKind
    shop: str
    at: datetime
    body: Mapping[str, Any]
    personal: Personal = field(default_factory=dict)
    id: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def day(self) -> str:
        """The day under which it lies, in UTC."""
        return timestamp(self.at)[:10]

    @property
    def open(self) -> dict[str, Any]:
        """Its line without what is personal."""
        head = {"id": self.id, "kind": self.kind, "shop": self.shop, "at": timestamp(self.at)}
        return head | dict(self.body)


def start_row(
    shop: str,
    cart_id: str,
    episode: int,
    timeline: str,
    timings: Mapping[str, int | float | str],
    at: datetime,
) -> Row:
    """`timings`: those of the shop that it starts with. A start repeated after a crash has another
    row; the first one counts."""
    told = {"cart_id": cart_id, "episode": episode, "timeline": timeline}
    return Row(RowKind.START, shop, at, told | ({"timings": timings} if timings else {}))


def long_wait_row(
    shop: str, cart_id: str, timeline: str, wait: Mapping[str, Any], at: datetime
) -> Row:
    """`wait`: a LongWait as JSON. A wait that is kept twice has two rows of one number."""
    told = {"cart_id": cart_id, "episode": wait["episode"], "timeline": timeline, "wait": wait}
    return Row(RowKind.LONG_WAIT, shop, at, told)


def queued(rows: Iterable[Row]) -> str:
    """The rows as one message of the queue."""
    return json.dumps(
        [row.open | ({"personal": row.personal} if row.personal else {}) for row in rows],
        ensure_ascii=False,
        separators=(",", ":"),
        default=str,
    )


def unqueued(message: str) -> list[Row]:
    """Raises ValueError or KeyError for a message that is not ours."""
    return [_row(told) for told in json.loads(message)]


def _row(told: dict[str, Any]) -> Row:
    kind, id_ = RowKind(told.pop("kind")), told.pop("id")
    shop, at = told.pop("shop"), datetime.fromisoformat(told.pop("at"))
    return Row(kind, shop, at, personal=told.pop("personal", {}), body=told, id=id_)
