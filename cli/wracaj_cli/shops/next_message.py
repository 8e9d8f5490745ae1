"""The next message of a running timeline, and the earliest time at which it may come, as far as the
local definition shows.

Timelines that started before the last deploy keep their old delays, and each step decides again
whether it sends.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from wracaj.carts.cart import CART_TIMELINES, Cart
from wracaj.settings.shop import ShopSettings
from wracaj.timelines.long_waits import wait_of
from wracaj.timelines.occasion import Occasion
from wracaj.timelines.steps import RecordState, StepRecord
from wracaj_cli.shops.own_timings import known_timings

if TYPE_CHECKING:
    from wracaj_cli.timelines.model import Message

SETTLED = {RecordState.SENT, RecordState.SKIPPED, RecordState.UNKNOWN}


class Next(NamedTuple):
    step: str
    channel: str
    due: datetime


def next_message(cart: Cart, shop: ShopSettings | None = None) -> Next | None:
    """Return the next message. `shop`: the shop whose own timings are used.

    Return None if no message is to come, or if it is not known which: because a message is held, or
    because one of two messages comes.
    """
    name = cart.choice.timeline if cart.choice else "abandoned_cart"
    began, messages = cart.last_activity_at, _messages(name, shop) if _runs(cart, name) else []
    records = _records(cart)
    if (
        began is None
        or len(records) >= len(messages)
        or not all(one.state in SETTLED for one in records.values())
    ):
        return None
    done = len(records)
    if [message.name for message in messages[:done]] != list(records) or _is_one_of_two(
        messages, done
    ):
        return None
    since = list(records.values())[-1].at if records else began
    coming = messages[done]
    return Next(coming.name, coming.channel, since + timedelta(seconds=coming.after))


def kept_message(subject: Cart | Occasion, timeline: str) -> Next | None:
    """Return the message that a date in the table is kept for, until it is settled. None: there is
    none, or the date is for no message."""
    wait = wait_of(subject)
    if wait is None or subject.episode_ended_at or wait.timeline != timeline:
        return None
    record = subject.record(wait.episode, wait.step)
    channels = {message.name: message.channel for message in _messages(timeline, None)}
    if (record and record.state in SETTLED) or wait.step not in channels:
        return None
    return Next(wait.step, channels[wait.step], wait.at)


def _runs(cart: Cart, name: str) -> bool:
    ended = cart.episode == 0 or cart.unreminded or cart.episode_ended_at is not None
    return name in CART_TIMELINES and cart.is_open and not ended


def _records(cart: Cart) -> dict[str, StepRecord]:
    """Return the records of the running episode, the oldest first."""
    found = ((key.partition("#"), record) for key, record in cart.records.items())
    own = ((step, record) for (episode, _, step), record in found if episode == str(cart.episode))
    return dict(sorted(own, key=lambda one: one[1].at))


def _messages(name: str, shop: ShopSettings | None) -> "list[Message]":
    # imported here, because reading timelines takes the longest
    from wracaj_cli.timelines.model import TimelineError, timeline
    from wracaj_cli.timelines.reading import UnreadableError, read_named

    try:
        own = known_timings(shop, name) if shop else {}
        return list(timeline(read_named(name), own).messages)
    except (TimelineError, UnreadableError):
        return []


def _is_one_of_two(messages: "list[Message]", place: int) -> bool:
    """Return whether another message has the same delay. Only one of such messages is sent."""
    same = [message for message in messages if message.total == messages[place].total]
    return len(same) > 1
