"""The rows that a back-test needs, each as a short plain tuple: kind, cart, time, …

Millions of them are kept in files and in memory, so they have no more than what is asked later.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import orjson

from wracaj.archive.rows import RowKind
from wracaj.consent.channel import Channel
from wracaj.consent.consent import ConsentState
from wracaj.customers.identity import DECIDING
from wracaj.events import PrivacyKind
from wracaj.timelines.occasion import ASKED_FOR
from wracaj.timelines.steps import RecordState

CART, START, DECISION, CLAIM, ORDER, CONSENT, ERASURE = range(7)
# kinds that tell of a shopper, and not of one cart alone
OF_SHOPPERS = frozenset({ORDER, CONSENT, ERASURE})
CHECKOUTS = ("checkout_id", "checkout_number")
LINKING = tuple(kind.name.lower() for kind in DECIDING)
ALL_CHANNELS = tuple(channel.value for channel in Channel)
Row = tuple[Any, ...]


class CartRow(NamedTuple):
    """An event of a cart. `has_items` None: it does not speak of the content."""

    kind: int
    cart: str
    at: str
    changed_at: str  # by the shop's clock
    has_items: bool | None
    quiet: bool
    created_at: str | None
    names: tuple[str, ...]
    consents: dict[str, str]  # channel → state
    checkouts: tuple[str, ...]


class StartRow(NamedTuple):
    kind: int
    cart: str
    at: str
    episode: int
    timeline: str
    timings: dict[str, int | float | str]


class DecisionRow(NamedTuple):
    kind: int
    cart: str
    at: str
    episode: int
    step: bytes  # JSON
    outcome: str
    reason: str
    wait: int
    timings: dict[str, int | float | str]
    facts: dict[str, Any]
    elsewhere: dict[str, str | None]
    person: str | None
    owner: str | None
    entries: dict[str, dict[str, str]]
    claimed: bool  # the message was handed to the provider, or was about to be
    parts: int  # of an SMS
    without_code: bool
    settings: str


class ClaimRow(NamedTuple):
    """A message of another timeline, which counts for the caps."""

    kind: int
    cart: str
    at: str
    channel: str
    names: tuple[str, ...]


class OrderRow(NamedTuple):
    kind: int
    cart: str  # none: an order may be for several
    at: str
    placed_at: str
    names: tuple[str, ...]
    carts: tuple[str, ...]
    checkouts: tuple[str, ...]


class ConsentRow(NamedTuple):
    """An opt-in or opt-out, of a shopper or for some carts."""

    kind: int
    cart: str
    at: str
    names: tuple[str, ...]
    carts: tuple[str, ...]
    channels: tuple[str, ...]
    is_no: bool


class ErasureRow(NamedTuple):
    kind: int
    cart: str
    at: str
    names: tuple[str, ...]


def rows_of(
    lines: Iterable[bytes], timeline: str, first: str = "", last: str = "9"
) -> Iterator[Row]:
    """`first`, `last`: times of the rows that count, as text."""
    for text in lines:
        line = orjson.loads(text)
        read = READERS.get(line["kind"])
        if read and first <= line["at"] <= last and (row := read(line, timeline)):
            yield row


def _of_decision(line: Mapping[str, Any], timeline: str) -> Row | None:
    return _decision(line) if line["timeline"] == timeline else _claim(line)


def _start(line: Mapping[str, Any], _: str) -> Row:
    head = (START, line["cart_id"], line["at"], line["episode"], line["timeline"])
    return (*head, line.get("timings") or {})


def _decision(line: Mapping[str, Any]) -> Row:
    record = line.get("record") or {}
    return (
        DECISION,
        line["cart_id"],
        line["at"],
        line["episode"],
        orjson.dumps(line["step"]),
        line["outcome"],
        line["reason"],
        line.get("wait_seconds", 0),
        line.get("timings") or {},
        line["facts"],
        line.get("elsewhere") or {},
        line.get("person"),
        line.get("owner"),
        line.get("entries") or {},
        counts_for_caps(line["step"]["channel"], record),
        record.get("segments") or 0,
        record.get("without_discount", False),
        line["settings"],
    )


def counts_for_caps(channel: str, record: Mapping[str, Any]) -> bool:
    """Whether the message was claimed, so that later ones mind it. One that the provider did not
    take is released, and joining an audience is no message."""
    return bool(record) and record["state"] != RecordState.RELEASED and channel != Channel.AUDIENCE


def _claim(line: Mapping[str, Any]) -> Row | None:
    """None: the message counts for no cap."""
    channel = line["step"]["channel"]
    if line["timeline"] in ASKED_FOR or not counts_for_caps(channel, line.get("record") or {}):
        return None
    names = tuple(filter(None, (line.get("person"), line.get("owner"))))
    return (CLAIM, line["cart_id"], line["at"], channel, names)


def _of_event(line: Mapping[str, Any], _: str) -> Row | None:
    event, kind = line["event"], line["type"]
    if kind == "CartUpdated":
        return _cart(line, event)
    at = line["at"]
    if kind == "CartDeleted":
        return (CART, event["cart_id"], at, event["at"], False, False, None, (), {}, ())
    if kind == "OrderPlaced":
        carts, checkouts = event.get("cart_ids", ()), event.get("checkout_ids", ())
        names = _names(line)
        return (ORDER, "", at, event["placed_at"], names, tuple(carts), tuple(checkouts))
    if kind == "ConsentChanged":
        is_no = event["consent"]["state"] == ConsentState.UNSUBSCRIBED
        return (CONSENT, "", at, _names(line), (), (event["channel"],), is_no)
    if kind == "PrivacyRequested" and event["kind"] == PrivacyKind.CUSTOMER_REDACT:
        return (ERASURE, "", at, _names(line))
    return None


def _cart(line: Mapping[str, Any], event: Mapping[str, Any]) -> Row:
    content = event.get("content")
    consents = event.get("consent") or {}
    checkouts = [event[key] for key in CHECKOUTS if event.get(key)]
    return (
        CART,
        event["cart_id"],
        line["at"],
        event["at"],
        None if content is None else bool(content.get("items")),
        event.get("quiet", False),
        event.get("created_at"),
        _names(line),
        {channel: told["state"] for channel, told in consents.items()} if consents else {},
        tuple(checkouts),
    )


def _names(line: Mapping[str, Any]) -> tuple[str, ...]:
    """The identifiers that decide whose a cart or an order is."""
    names = line.get("names") or {}
    return tuple([names[kind] for kind in LINKING if kind in names])


def _stop(line: Mapping[str, Any], _: str) -> Row | None:
    """A reader's opt-out. Choices of topics and pace count as in the nearest decision."""
    at = line["at"]
    if "carts" in line:
        return (CONSENT, "", at, (), tuple(line["carts"]), ALL_CHANNELS, True)
    if "channels" in line:
        names = tuple(filter(None, (line["address"], line.get("account"))))
        is_no = line["word"]["state"] == ConsentState.UNSUBSCRIBED
        return (CONSENT, "", at, names, (), tuple(line["channels"]), is_no)
    return None


READERS: Mapping[str, Callable[[Mapping[str, Any], str], Row | None]] = {
    RowKind.EVENT.value: _of_event,
    RowKind.DECISION.value: _of_decision,
    RowKind.START.value: _start,
    RowKind.STOP.value: _stop,
}
