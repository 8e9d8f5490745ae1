"""When each message is promised, by the delays of its timeline and the shop's settings, and whether
it came then.

The first message is due some time after the moment that its timeline counts from, and each other
one some time after the step before it. A message that the frequency cap forbids waits until the cap
allows it. A message that is due outside the send window waits until the window opens, and is sent
in the half hour after that.
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

GIVE_OR_TAKE = timedelta(minutes=3)  # virtual time, even on a slow machine
# messages that waited for the window are spread over this time after it opens
MORNING = timedelta(minutes=30)
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Promised:
    """The message must come between these two times. They are equal unless the message waited for
    the send window."""

    first: datetime
    last: datetime

    def holds(self, at: datetime) -> bool:
        return self.first - GIVE_OR_TAKE <= at <= self.last + GIVE_OR_TAKE


@dataclass(frozen=True)
class Course:
    """One run of a timeline. `touched`: every time that the shopper changed the cart. `came`: step
    → its message."""

    shop: ShopSettings
    timeline: str
    begun: datetime
    touched: tuple[datetime, ...]
    came: Mapping[str, Delivered]

    def promises(self, got: Iterable[Delivered]) -> Iterator[tuple[Delivered, Promised]]:
        """Return each message of this run with its promised time. `got`: all messages that the
        shopper got from this shop."""
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
    """Return when each cap allows one more message."""
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
