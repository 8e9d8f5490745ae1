"""The facts of a decision at another moment than it was made.

They are those of the run's nearest decision. What the archive heard between the two moments is put
in their place, by the difference that it makes: what the archive cannot explain stays as it was.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import attrgetter

from msgspec import Struct

from wracaj.consent.channel import Channel
from wracaj.settings.shop import ShopSettings
from wracaj.timelines.facts import GONE, Facts, Sent
from wracaj.timelines.steps import Reason, Step
from wracaj_cli.archive.backtest.histories import History
from wracaj_cli.archive.backtest.runs import Made, Run

SAME_MOMENT = timedelta(minutes=1)
by_time = attrgetter("at")


class Barred(Struct, frozen=True, gc=False):
    """Why no message could go to a shopper on a channel, as of a moment. No reason: it could."""

    at: datetime
    reason: Reason | None


class Rebuilt(Struct, frozen=True, gc=False):
    """`knows_channel`: whether any decision tells whether a message could go there."""

    facts: Facts
    knows_channel: bool


@dataclass(slots=True, eq=False)
class Known:
    """A run, with what is known of its cart. `unaffected`: decisions that hold facts."""

    run: Run
    history: History
    is_cart: bool
    _unaffected: list[Made] | None = None
    _times: list[datetime] = field(default_factory=list)

    @property
    def unaffected(self) -> list[Made]:
        if self._unaffected is None:
            self._unaffected = [one for one in self.run.made if not one.facts.gone]
            self._times = [one.at for one in self._unaffected]
        return self._unaffected

    def nearest(self, moment: datetime) -> Made | None:
        """The last decision before the moment; else the first one after it."""
        known = self.unaffected
        place = bisect_right(self._times, moment + SAME_MOMENT)
        return known[max(0, place - 1)] if known else None

    def rebuilt(
        self,
        base: Made,
        step: Step,
        shop: ShopSettings,
        moment: datetime,
        stepped_at: datetime | None,
        *,
        sent: tuple[Sent, ...],
        sent_instead: bool,
    ) -> Rebuilt:
        was, heard = base.facts, self.history.changed_between(base.at, moment)
        barred = self._barred(base, step, shop, moment, heard)
        facts = Facts(
            was.subject_id,
            was.gone,
            None,
            was.ordered,
            was.end,
            was.switched_on,
            barred.reason if barred else None,
            sent_instead,
            was.active_at,
            stepped_at,
            was.until if base.step.channel is step.channel else None,
            was.asked_for,
            was.minds_other_carts,
            sent,
            was.pace_days,
        )
        if heard:
            facts = self._as_of(facts, base.at, shop, moment)
        return Rebuilt(facts, knows_channel=barred is not None)

    def _as_of(self, facts: Facts, was: datetime, shop: ShopSettings, moment: datetime) -> Facts:
        history = self.history
        if history.is_erased(moment) != history.is_erased(was):
            return GONE if history.is_erased(moment) else facts
        if (ordered := history.is_ordered(moment)) != history.is_ordered(was):
            facts = facts._replace(ordered=ordered)
        if not self.is_cart:
            return facts
        end = history.reason_to_end(self.run.episode, shop, moment)
        if end != history.reason_to_end(self.run.episode, shop, was):
            facts = facts._replace(end=end)
        active = history.active_at(moment)
        if active != history.active_at(was):
            facts = facts._replace(active_at=active or facts.active_at)
        return facts

    def _barred(
        self, base: Made, step: Step, shop: ShopSettings, moment: datetime, heard: bool
    ) -> Barred | None:
        """`heard`: whether we heard anything between the base and the moment. None: unknown."""
        if not shop.has_set_up(step.channel):
            return Barred(moment, Reason.NOT_SET_UP)
        told = _told(base, step.channel)
        if told is None:
            told = self._nearest_of(step.channel, moment)
            heard = told is not None and self.history.changed_between(told.at, moment)
        if told is None or told.reason is Reason.NOT_SET_UP:  # it is set up with these settings
            return None
        if heard:
            is_out = self.history.opted_out(step.channel, moment)
            if is_out != self.history.opted_out(step.channel, told.at):
                return Barred(moment, Reason.NO_CONSENT if is_out else None)
        return told

    def _nearest_of(self, channel: Channel, moment: datetime) -> Barred | None:
        """Return what the nearest decision found that knows about this channel."""
        known = self.unaffected
        place = bisect_right(self._times, moment + SAME_MOMENT)
        nearest = (*range(place - 1, -1, -1), *range(place, len(known)))
        told = (_told(known[one], channel) for one in nearest)
        return next(filter(None, told), None)


def _told(one: Made, channel: Channel) -> Barred | None:
    """Return what a decision found of a channel. None: nothing."""
    if one.step.channel is channel:
        return Barred(one.at, one.facts.barred)
    if channel not in one.elsewhere:
        return None
    return Barred(one.at, one.elsewhere[channel])


def sent_until(
    base: Made, moment: datetime, others: Sequence[Sent], walked: Sequence[Sent], own: set[Sent]
) -> tuple[Sent, ...]:
    """Return what the shopper was sent until a moment. `own`: what the walked runs really sent,
    which does not count here; `walked`: what they send now; `others`: other messages."""
    if not (base.facts.sent or others or walked):
        return ()
    kept = [one for one in base.facts.sent if one not in own and one.at <= moment]
    later = [one for one in others if base.at < one.at <= moment]
    now = [one for one in walked if one.at <= moment]
    if kept or later:
        now = sorted([*kept, *later, *now], key=by_time)
    return tuple(now)
