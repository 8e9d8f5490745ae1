"""Which arm of each experiment a shopper is in, and what it changes for a timeline.

A shopper enters an experiment once, at the first step where everything but the arm says yes. From
then on the record is asked, and never the draw: whoever changes their address stays in their arm.
"""

from collections.abc import Container, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple, Self

from pydantic import AwareDatetime

from wracaj.events import Frozen
from wracaj.settings.experiments import HELD_OUT, Arm, Experiment
from wracaj.settings.shop import ShopSettings
from wracaj.timelines.table import FIRST_WAITS, TIMINGS

Timings = Mapping[str, int | float | str]
SECONDS = {"minutes": 60, "hours": 3600, "days": 86_400}


class Entry(Frozen):
    """A shopper's entry into an experiment. `person`: the identifier that was drawn.
    `needed_until`: when the experiment no longer asks for it. `mixed`: the same person also entered
    another arm, under another identifier; `is_marked`: that is counted."""

    arm: str
    person: str
    at: AwareDatetime
    needed_until: AwareDatetime
    mixed: bool = False
    is_marked: bool = False

    @property
    def is_to_be_marked(self) -> bool:
        return self.mixed and not self.is_marked

    @property
    def day(self) -> date:
        return self.at.astimezone(UTC).date()

    def merged(self, other: Self) -> Self:
        """Return the earlier of two entries of one person. Differing arms are marked."""
        first = min(self, other, key=lambda entry: (entry.at, entry.arm))
        is_mixed = self.mixed or other.mixed or self.arm != other.arm
        is_marked = self.is_marked or other.is_marked
        return first.model_copy(update={"mixed": is_mixed, "is_marked": is_marked})


class ArmsGiven(NamedTuple):
    """What the arms of a shopper change for one timeline. `names`: experiment → arm."""

    names: Mapping[str, str]
    is_held_out: bool
    timings: Timings
    templates: Mapping[str, str]


def entry_of(experiment: Experiment, arm: str, person: str, now: datetime) -> Entry:
    return Entry(arm=arm, person=person, at=now, needed_until=experiment.last_word_at)


def merged(entries: Iterable[Mapping[str, Entry]]) -> dict[str, Entry]:
    """Return one entry for each experiment, of what is known under several identifiers."""
    found: dict[str, Entry] = {}
    for known in entries:
        for name, entry in known.items():
            found[name] = found[name].merged(entry) if name in found else entry
    return found


def to_enter(
    shop: ShopSettings,
    timeline: str,
    entries: Mapping[str, Entry],
    now: datetime,
    erased_at: datetime | None = None,
) -> dict[str, Experiment]:
    """Return the experiments that a shopper of this timeline enters now, holdouts first: whoever is
    held out enters no test. `erased_at`: when this person was erased. Whoever was erased since an
    experiment began may have been in it, and does not enter it again."""
    return {
        name: one
        for name, one in sorted(shop.experiments.items(), key=lambda told: bool(told[1].arms))
        if one.is_running(now)
        and one.is_about(timeline)
        and name not in entries
        and not (erased_at and erased_at >= one.begins)
    }


def arms_given(
    shop: ShopSettings,
    timeline: str,
    entries: Mapping[str, Entry],
    now: datetime,
    so_far: Iterable[str] = (),
) -> ArmsGiven:
    """`so_far`: experiments that earlier messages of this run of the timeline were in. They keep
    their arms, even if the experiment has ended meanwhile."""
    so_far = set(so_far)
    names = {
        name: entries[name].arm
        for name, one in shop.experiments.items()
        if name in entries
        and one.is_about(timeline)
        and (name in so_far or _is_in_force(one, entries[name], now))
    }
    held_out = [
        name
        for name, arm in names.items()
        if shop.experiments[name].hold_out_percent and arm == HELD_OUT
    ]
    tests = [(shop.experiments[name], arm) for name, arm in names.items()]
    arms = [(one, one.arms[arm]) for one, arm in tests if arm in one.arms]
    return ArmsGiven(
        names,
        bool(held_out),
        {name: value for one, arm in arms for name, value in _timings(shop, one, arm).items()},
        {step: template for _, arm in arms for step, template in arm.templates.items()},
    )


def _timings(shop: ShopSettings, experiment: Experiment, arm: Arm) -> Timings:
    """Return the timings of an arm. If the timeline started with the shorter first wait of another
    arm, the own first wait is among them."""
    first, usual = first_wait(shop, experiment)
    is_shortened = shortest_first_wait(shop, experiment) < float(usual)
    return {first: usual, **arm.timings} if is_shortened else arm.timings


def first_wait(shop: ShopSettings, experiment: Experiment) -> tuple[str, int | float | str]:
    """Return the timing that the timeline waits for first, and its number without an experiment."""
    timeline = str(experiment.timeline)
    first = FIRST_WAITS[timeline]
    return first, shop.timings.get(timeline, {}).get(first, TIMINGS[timeline][first])


def shortest_first_wait(shop: ShopSettings, experiment: Experiment) -> float:
    first, usual = first_wait(shop, experiment)
    return min(float(arm.timings.get(first, usual)) for arm in experiment.arms.values())


def own_first_wait(
    shop: ShopSettings, timeline: str, names: Container[str], after_seconds: float, told: Timings
) -> Timings:
    """Return the usual first wait, if the timeline started with the shorter one of an experiment
    whose arms do not hold for this shopper: it ended meanwhile, or the shopper does not enter it.

    `names`: the experiments whose arms hold. `after_seconds`: what the step waited for. `told`: the
    timings that the state machine has from an earlier answer.
    """
    for name, one in shop.experiments.items():
        if one.arms and one.timeline == timeline and name not in names:
            first, usual = first_wait(shop, one)
            shortest = shortest_first_wait(shop, one)
            is_shorter = after_seconds == seconds_of(first, shortest) and shortest < float(usual)
            if is_shorter or told.get(first) == usual:
                return {first: usual}
    return {}


def seconds_of(timing: str, number: float) -> int:
    """Return the seconds of a wait. `timing`: its name, which ends with the unit."""
    return round(number * SECONDS[timing.rpartition("_")[2]])


def _is_in_force(experiment: Experiment, entry: Entry, now: datetime) -> bool:
    """Whether the arm still counts. Whoever is held out stays so until their days are over."""
    if experiment.decided and experiment.decided.at <= now:
        return False
    days_end = entry.at + timedelta(days=experiment.days)
    return now < experiment.ends or (bool(experiment.hold_out_percent) and now < days_end)


def timings_to_start_with(shop: ShopSettings, now: datetime) -> dict[str, Timings]:
    """Return the shop's timings by timeline. Where arms differ in the first wait, a timeline starts
    with the shortest: the first step then delays the arms that wait longer."""
    timings: dict[str, Timings] = dict(shop.timings)
    for one in shop.experiments.values():
        if one.timeline is None or not one.arms or not one.is_running(now):
            continue
        first, usual = first_wait(shop, one)
        shortest = shortest_first_wait(shop, one)
        if shortest < float(usual):
            timings[one.timeline] = {**timings.get(one.timeline, {}), first: shortest}
    return timings
