"""How far a shop's clock is believed.

A shop that writes its local time and calls it UTC is hours ahead, or behind. What lies ahead of its
receipt is taken as received: so everything further in may compare times, and an event from next
year wins over nothing. Some minutes are left to clocks that are a little off, since what was told
twice must not become two by it, and events that overtake each other on the way are told apart by
the shop's own time.

What lies behind cannot be told from what comes late. An order is therefore heard of, too: see
`OrderPlaced.heard_at`. Only where one webhook after the other is late by the same hours it is the
clock.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from wracaj.consent.consent import Consent
from wracaj.events import CartUpdated, ConsentChanged, OrderPlaced, ProductViewed, ShopEvent

GRACE = timedelta(minutes=5)
ENOUGH = 5  # webhooks in a row whose lag is the same
LATE = timedelta(minutes=30)
SAME = timedelta(minutes=1)
SET_CLOCK = "set the clock or the time zone of the shop's server"
CHECK_CLOCK = "check the sender's clock"  # of a signature's time
FURTHEST_ZONE = timedelta(hours=14)  # by which a local time that is called UTC can be off


def as_received(event: ShopEvent, received_at: datetime) -> ShopEvent:
    """With no time in it later than its receipt, but for some minutes."""
    latest = received_at + GRACE
    told: dict[str, Any] = {"at": min(event.at, latest)}
    match event:
        case CartUpdated():
            told["created_at"] = min(event.created_at, latest) if event.created_at else None
            told["consent"] = {
                channel: _said_by(latest, word) for channel, word in event.consent.items()
            }
        case ConsentChanged():
            told["consent"] = _said_by(latest, event.consent)
        case OrderPlaced():
            told["placed_at"] = min(event.placed_at, latest)
            told["heard_at"] = received_at if _may_be_of_now(event, received_at) else None
    return event.model_copy(update=told)


def clock_problem(event: ShopEvent, received_at: datetime) -> tuple[str, str] | None:
    """The field whose time lies ahead, and what to do; None: the shop's clock may be right."""
    for field, at in _moments(event):
        if at > received_at + GRACE:
            lies = (
                f"lies {_in_words(at - received_at)} after its receipt, and is taken as"
                " received now"
            )
            return field, f"{lies}: {SET_CLOCK}"
    return None


def lag_problem(lags: Sequence[timedelta]) -> tuple[str, str] | None:
    """Of the last webhooks of a shop: whether all came after their own time by the same hours."""
    is_same = (
        len(lags) >= ENOUGH
        and min(lags) >= LATE
        and max(lags) - min(lags) <= SAME
        and max(lags) <= FURTHEST_ZONE
    )
    if not is_same:
        return None
    lies = f"lies {_in_words(min(lags))} before its receipt, as in every webhook of late"
    return "updated_at", f"{lies}: {SET_CLOCK}"


def is_of_the_clock(problem: str) -> bool:
    """Whether a problem that was kept says that the shop's clock is off."""
    return problem.endswith((SET_CLOCK, CHECK_CLOCK))


def _moments(event: ShopEvent) -> Iterator[tuple[str, datetime]]:
    """Every time that an event tells."""
    yield "viewed_at" if isinstance(event, ProductViewed) else "updated_at", event.at
    match event:
        case CartUpdated(created_at=created_at, consent=consent):
            yield from [("created_at", created_at)] if created_at else []
            yield from (("consent", word.at) for word in consent.values())
        case ConsentChanged(consent=word):
            yield "consent", word.at
        case OrderPlaced(placed_at=placed_at):
            yield "created_at", placed_at


def _said_by(latest: datetime, word: Consent) -> Consent:
    return word.model_copy(update={"at": min(word.at, latest)})


def _may_be_of_now(order: OrderPlaced, received_at: datetime) -> bool:
    """Without an id nothing tells whether an order was heard of before: then it must be told as it
    is placed."""
    is_first = order.order_id is not None or order.at <= order.placed_at + GRACE
    return is_first and received_at - FURTHEST_ZONE <= order.placed_at


def _in_words(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    return f"{days} days" if days else f"{hours} h {minutes:02d} min"
