"""When each message is promised, by the numbers of its timeline and the shop's settings, and
whether it came then.

A message is due so long after what its timeline counts from, then after the step before it. What
the frequency cap forbids waits until it is free; what falls outside the send window waits for its
opening, and leaves in the half hour after it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from wracaj.settings.shop import ShopSettings
from wracaj.settings.values import Timing
from wracaj_cli.demo.delivered import Delivered
from wracaj_cli.shops.own_timings import known_timings
from wracaj_cli.timelines.model import Message, timeline
from wracaj_cli.timelines.reading import read_named

GIVE_OR_TAKE = timedelta(minutes=3)  # of the demo's time, on however slow a machine
MORNING = timedelta(minutes=30)  # all that waited for it must not leave in its first second
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Promised:
    """Between these two; the same but for what waited for a morning."""

    first: datetime
    last: datetime

    def holds(self, at: datetime) -> bool:
        return self.first - GIVE_OR_TAKE <= at <= self.last + GIVE_OR_TAKE


@dataclass(frozen=True)
class Course:
    """One run of a timeline. `touched`: each time that the shopper touched the cart. `came`: step →
    its message."""

    shop: ShopSettings
    timeline: str
    begun: datetime
    touched: tuple[datetime, ...]
    came: Mapping[str, Delivered]

    def promises(self, got: Iterable[Delivered]) -> Iterator[tuple[Delivered, Promised]]:
        """`got`: all that the shopper got from this shop."""
        before, total = self.begun, 0.0
        for step in steps_of(self.timeline, self.shop):
            message, wait = self.came.get(step.name), timedelta(seconds=step.total - total)
            until = message.at if message else before + wait
            active = max((at for at in self.touched if at <= until), default=self.begun)
            due = max(before, active) + wait
            if message:
                yield message, in_window(max([due, *_free_at(message, got, self.shop)]), self.shop)
            before, total = message.at if message else due, step.total


def steps_of(name: str, shop: ShopSettings) -> tuple[Message, ...]:
    return _steps(name, tuple(known_timings(shop, name).items()))


def step_names(name: str) -> list[str]:
    return [message.name for message in _steps(name, ())]


@lru_cache
def _steps(name: str, own: tuple[tuple[str, Timing], ...]) -> tuple[Message, ...]:
    return timeline(read_named(name), dict(own)).messages


def _free_at(
    message: Delivered, got: Iterable[Delivered], shop: ShopSettings
) -> Iterator[datetime]:
    """When the caps let one more message go."""
    cap = shop.frequency_cap
    earlier = sorted((one for one in got if one.at < message.at), key=lambda one: one.at)
    same = [one.at for one in earlier if one.channel is message.channel]
    yield from (at + timedelta(hours=cap.hours_between_same_channel) for at in same[-1:])
    if len(earlier) >= cap.messages_in_7_days:
        yield earlier[-cap.messages_in_7_days].at + WEEK


def in_window(moment: datetime, shop: ShopSettings) -> Promised:
    local, window = moment.astimezone(shop.zone), shop.send_window
    if window.opens <= local.time() < window.closes:
        return Promised(moment, moment)
    day = local.date() if local.time() < window.opens else local.date() + timedelta(days=1)
    opens = datetime.combine(day, window.opens, tzinfo=shop.zone)
    return Promised(opens, opens + MORNING)
