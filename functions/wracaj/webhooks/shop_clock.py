"""Corrects times from a shop's clock.

A shop that writes its local time as UTC is hours ahead or behind. A time later than the webhook's
receipt is replaced by the time of receipt. Other code may then compare times, and an event dated
next year does not win over every other event. A grace of 5 minutes allows for clocks that are
slightly off: an event reported twice keeps one time, and events that arrive out of order are still
ordered by the shop's own time.

A time in the past may mean a slow clock or a late webhook. An order therefore also has the time
when it was first reported: see `OrderPlaced.heard_at`. Only when several webhooks in a row are late
by the same hours is the clock the cause.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from wracaj.consent.consent import Consent
from wracaj.events import CartUpdated, ConsentChanged, OrderPlaced, ProductViewed, ShopEvent
from wracaj.text.wording import plural_en

GRACE = timedelta(minutes=5)
ENOUGH = 5  # webhooks in a row with the same lag
LATE = timedelta(minutes=30)
SAME = timedelta(minutes=1)
SET_CLOCK = "set the clock or the time zone of the shop's server"
CHECK_CLOCK = "check the sender's clock"  # for the time in a signature
FURTHEST_ZONE = timedelta(hours=14)  # the largest offset of a local time from UTC


def as_received(event: ShopEvent, received_at: datetime) -> ShopEvent:
    """Limit every time in the event to its receipt plus `GRACE`."""
    latest = received_at + GRACE
    if not isinstance(event, OrderPlaced) and all(at <= latest for _, at in _moments(event)):
        return event
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
    """Return the field whose time is in the future and what to do, or None if the clock may be
    right."""
    for field, at in _moments(event):
        if at > received_at + GRACE:
            lies = (
                f"lies {_in_words(at - received_at)} after its receipt, and is taken as"
                " received now"
            )
            return field, f"{lies}: {SET_CLOCK}"
    return None


def lag_problem(lags: Sequence[timedelta]) -> tuple[str, str] | None:
    """Return a problem when a shop's last webhooks all arrived equally late. `lags`: the receipt
    minus the event's own time."""
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
    """Return whether a stored problem is about the shop's clock."""
    return problem.endswith((SET_CLOCK, CHECK_CLOCK))


def _moments(event: ShopEvent) -> Iterator[tuple[str, datetime]]:
    """Yield each time in the event with its field."""
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
    """Return whether the order may have been placed just now. For an order without an id, we cannot
    look up an earlier report: it must be reported at the time it is placed."""
    is_first = order.order_id is not None or order.at <= order.placed_at + GRACE
    return is_first and received_at - FURTHEST_ZONE <= order.placed_at


def _in_words(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    return f"{days} {plural_en(days, 'day', 'days')}" if days else f"{hours} h {minutes:02d} min"
