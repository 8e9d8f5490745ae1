"""Follows the carts of a shard: makes their decisions again, and walks their runs."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from wracaj.consent.channel import Channel
from wracaj.timelines.facts import Sent
from wracaj.timelines.steps import Outcome, Step
from wracaj_cli.archive.backtest.gathering import Gathered, Shopper
from wracaj_cli.archive.backtest.moves import Moves
from wracaj_cli.archive.backtest.people import Walker
from wracaj_cli.archive.backtest.rebuilding import Known
from wracaj_cli.archive.backtest.rows import NO_TIMINGS
from wracaj_cli.archive.backtest.runs import Made, Run
from wracaj_cli.archive.backtest.script import Script, Timings
from wracaj_cli.archive.backtest.self_check import checked
from wracaj_cli.archive.backtest.side import Side, hours_of_week
from wracaj_cli.archive.backtest.tally import Changed, SelfCheck, Tally
from wracaj_cli.archive.backtest.walking import Walk, Walked


@dataclass(frozen=True)
class Follower:
    """`since`, `before`: the period in which runs start. `most`: how many moves are listed."""

    walker: Walker
    since: datetime
    before: datetime
    most: int | None
    _known: dict[tuple[int, int], Changed | None] = field(default_factory=dict)

    def follow(self, gathered: Gathered) -> Tally:
        tally = Tally(Moves(self.most))
        counted = Counted(tally, hours_of_week(self.walker.settings.current.zone))
        for shopper in gathered.shoppers():
            for run in shopper.runs:
                self._check(run, tally.check)
            self._walk(shopper, counted)
        tally.was.add(tally.both)
        tally.now.add(tally.both)
        tally.both = Side()
        return tally

    def _check(self, run: Run, check: SelfCheck) -> None:
        settings, since, until = self.walker.settings, self.since, self.walker.until
        steps, timings = self._steps(run, NO_TIMINGS), NO_TIMINGS
        for one in run.made:
            if since <= one.at <= until:
                shop = settings.versions.get(one.settings)
                if shop is None:
                    shop = settings.current
                    check.without_settings += 1
                found = checked(one, shop)
                if found is None:
                    check.same += 1
                else:
                    check.take(run, one, found)
                if changed := self._changed(one.step, steps, check):
                    check.changed[changed] += 1
            if one.timings != timings:
                timings = one.timings
                steps = self._steps(run, timings)

    def _steps(self, run: Run, of_arm: Timings) -> tuple[Step, ...]:
        return self.walker.script.steps(run.own, of_arm)

    def _changed(self, step: Step, steps: tuple[Step, ...], check: SelfCheck) -> Changed | None:
        """`steps`: of the script, with the run's numbers. All of them are kept for good, so their
        ids tell them apart."""
        pair = (id(step), id(steps))
        if pair not in self._known:
            check.decided.add(step.name)
            self._known[pair] = _changed(step, self.walker.script, steps)
        return self._known[pair]

    def _walk(self, shopper: Shopper, counted: "Counted") -> None:
        begun = [known for known in shopper.known if self._is_in_period(known.run)]
        tally, until = counted.tally, self.walker.until
        for known in begun:
            tally.runs += 1
            tally.undecided += not known.run.made
            if known.is_cart:
                tally.alone.watch(known.run, known.history, until)
        tally.carts += len({known.run.cart for known in begun})
        tally.people += bool(begun)
        own = {id(known) for known in begun}
        earlier = _claims(known for known in shopper.known if id(known) not in own)
        walks = self.walker.walk(shopper.person, begun, [*shopper.claims, *earlier])
        tally.unwalked += len(begun) - len(walks)
        counted.take(walks, until)

    def _is_in_period(self, run: Run) -> bool:
        return run.started_at is not None and self.since <= run.started_at < self.before


@dataclass(slots=True)
class Counted:
    """Adds the walks of one person to both sides."""

    tally: Tally
    hour: Callable[[datetime], int]  # of the week

    def take(self, walks: Sequence[Walk], until: datetime) -> None:
        was_sent = now_sent = False
        tally = self.tally
        for walk in walks:
            made = [one for one in walk.made if one.at <= until]
            if walk.is_as_it_was:
                left = self._take_all(tally.both, made)
                tally.both.open_runs += walk.is_open
                tally.moves.same += left
                was_sent = now_sent = was_sent or now_sent or left > 0
                continue
            tally.differing += not walk.is_exact
            tally.now.open_runs += walk.is_open
            tally.was.open_runs += _is_open(walk)
            tally.moves.compare(walk, until)
            was_sent |= self._take_all(tally.was, made) > 0
            for step in walk.walked:
                now_sent |= self._take(tally.now, step, step.made)
        tally.was.people += was_sent
        tally.now.people += now_sent

    def _take_all(self, side: Side, made: Sequence[Made]) -> int:
        """Return how many left."""
        left = 0
        for one in made:
            if one.outcome is Outcome.SENT:
                left += self._take(side, one, one)
            else:
                side.hold_back(one)
        return left

    def _take(self, side: Side, one: Made | Walked, made: Made | None) -> bool:
        if one.outcome is not Outcome.SENT:
            side.hold_back(one)
            return False
        has_code = one.step.discount is not None and not (made and made.without_code)
        side.leave(one.step, _parts(one.step, made), has_code, self.hour(one.at))
        return True


def _parts(step: Step, made: Made | None) -> int | None:
    """The parts of an SMS. None: none like it was sent."""
    if step.channel is not Channel.SMS:
        return 0
    return made.parts if made and made.outcome is Outcome.SENT else None


def _is_open(walk: Walk) -> bool:
    """Whether the run had not ended yet, as far as the archive tells."""
    last = walk.made[-1] if walk.made else None
    if last is None or not last.is_final:
        return True
    is_last = last.step.name == walk.steps[-1].name
    return not is_last and last.outcome not in {Outcome.ORDERED, Outcome.STOPPED}


def _claims(runs: Iterable[Known]) -> list[Sent]:
    return [Sent(one.channel, one.at) for known in runs for one in known.run.made if one.claimed]


def _changed(step: Step, script: Script, steps: Sequence[Step]) -> Changed | None:
    """`steps`: of the script, with the run's numbers."""
    for other in steps:
        if other.name == step.name:
            if script.is_alike(step, other):
                return None
            return Changed(step.name, step.after_seconds, other.after_seconds)
    return None if script.asks_first else Changed(step.name, step.after_seconds, None)
