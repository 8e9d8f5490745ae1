"""Walks all runs of one person together, in the order of time: their messages share the caps."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heappop, heappush

from wracaj.settings.shop import ShopSettings
from wracaj.timelines.decision import in_time, reason_against, with_arms
from wracaj.timelines.facts import Facts, Sent
from wracaj.timelines.steps import Outcome, Reason, StepResult
from wracaj_cli.archive.backtest.arms import Arms
from wracaj_cli.archive.backtest.past_settings import PastSettings
from wracaj_cli.archive.backtest.rebuilding import Known, Rebuilt, sent_until
from wracaj_cli.archive.backtest.runs import Made
from wracaj_cli.archive.backtest.script import Key, Script, key_of
from wracaj_cli.archive.backtest.self_check import NOT_OURS
from wracaj_cli.archive.backtest.walking import ENDS, Walk, Walked


@dataclass(frozen=True)
class Walker:
    """`seen`: the steps that the archive has decisions of; a step that is not among them is new.
    `until`: nothing is known after it. `own`: the shop's numbers where other settings are tried;
    None: those that each run started with."""

    script: Script
    settings: PastSettings
    seen: frozenset[Key]
    until: datetime
    own: dict[str, int | float | str] | None = None

    def walk(self, person: str, runs: Sequence[Known], others: Sequence[Sent]) -> list[Walk]:
        """`runs`: those that started in the period. `others`: the person's other messages."""
        walks = self._beginnings(runs)
        if self.settings.tried is None and all(map(self._is_as_it_was, walks)):
            for walk in walks:
                walk.is_as_it_was = True
            return walks
        for walk in walks:
            walk.is_open = False
        return Together(self, Arms(person), others).walk(walks)

    def _is_as_it_was(self, walk: Walk) -> bool:
        """Whether the file says of each archived decision what was asked then."""
        place, steps, last = 0, walk.steps, len(walk.steps)
        for one in walk.made:
            if one.at > self.until:
                break
            if place == last or one.timings or not self.script.is_alike(one.step, steps[place]):
                return False
            if one.outcome in ENDS:
                return one is walk.made[-1]
            place += one.is_final
        walk.is_open = place < last
        return place == last or key_of(steps[place]) in self.seen

    def _beginnings(self, runs: Sequence[Known]) -> list[Walk]:
        return [walk for known in runs if (walk := self._beginning(known))]

    def _beginning(self, known: Known) -> Walk | None:
        run, own = known.run, self.own
        assert run.started_at is not None
        numbers = run.own if own is None else own
        if self.script.asks_first and not run.made:
            return None  # nobody knows what there was to announce
        steps = (
            self.script.only(run.made[0].step, numbers)
            if self.script.asks_first
            else self.script.steps(numbers, {})
        )
        return Walk(self.script, known, steps, numbers, run.started_at)


@dataclass(slots=True, eq=False)
class Together:
    """One person's runs on their way. `differs`: some run is no longer as it was, so what was sent
    may not be either."""

    walker: Walker
    arms: Arms
    others: Sequence[Sent]
    sent: list[Sent] = field(default_factory=list)
    own: set[Sent] = field(default_factory=set)
    differs: bool = False

    def walk(self, walks: list[Walk]) -> list[Walk]:
        self.own = {Sent(one.channel, one.at) for walk in walks for one in walk.made if one.claimed}
        if len(walks) == 1:
            self._walk_alone(walks[0])
            return walks
        queue: list[tuple[datetime, int, Walk]] = []
        for number, walk in enumerate(walks):
            heappush(queue, (walk.due, number, walk))
        while queue:
            due, number, walk = heappop(queue)
            if due > self.walker.until:
                walk.is_open = True
                continue
            self._ask(walk, due)
            if not (walk.is_over or walk.is_open):
                heappush(queue, (walk.due, number, walk))
        return walks

    def _walk_alone(self, walk: Walk) -> None:
        while not (walk.is_over or walk.is_open):
            due = walk.due
            if due > self.walker.until:
                walk.is_open = True
            else:
                self._ask(walk, due)

    def _ask(self, walk: Walk, due: datetime) -> None:
        if not walk.is_exact:
            self._anew(walk, due)
            return
        one = walk.archived
        if one and self.walker.script.is_alike(one.step, walk.step):
            self._as_it_was(walk, one)
        elif key_of(walk.step) in self.walker.seen:
            self._without_decision(walk, one, due)
        else:
            self._anew(walk, due)

    def _without_decision(self, walk: Walk, one: Made | None, due: datetime) -> None:
        """The step was asked as it is now, and there is no decision of it."""
        if one is None:
            walk.is_open = True
        elif one.step.name in {later.name for later in walk.steps[walk.place + 1 :]}:
            walk.skip_failed()
        else:
            self._anew(walk, due)

    def _as_it_was(self, walk: Walk, one: Made) -> None:
        """Take the archived decision, unless other settings or other messages change it."""
        tried = self.walker.settings.tried
        sent = self._sent_until(one, one.at) if self.differs else one.facts.sent
        if one.facts.earlier is None and not one.facts.gone and (tried or sent != one.facts.sent):
            shop = self.walker.settings.walked(one.settings)
            rebuilt = walk.known.rebuilt(
                one,
                walk.step,
                shop,
                one.at,
                one.facts.stepped_at,
                sent=sent,
                sent_instead=one.facts.sent_instead,
            )
            now = self._walked(walk, rebuilt, shop, one.at)
            if not is_as_it_was(now, one):
                self._differ(walk)
                self._take(walk, now)
                return
        self._take(walk, walk.as_was(one))

    def _anew(self, walk: Walk, due: datetime) -> None:
        self._differ(walk)
        base = walk.known.nearest(due)
        if base is None:
            self._take(walk, Walked(due, walk.step, None, None))
            return
        shop = self.walker.settings.walked(base.settings)
        rebuilt = walk.known.rebuilt(
            base,
            walk.step,
            shop,
            due,
            walk.stepped_at,
            sent=self._sent_until(base, due),
            sent_instead=walk.step.instead_of in walk.sent_steps,
        )
        self._take(walk, self._walked(walk, rebuilt, shop, due))

    def _differ(self, walk: Walk) -> None:
        walk.is_exact, self.differs = False, True

    def _take(self, walk: Walk, one: Walked) -> None:
        """Go on. An arm's timings number the steps anew."""
        timings = walk.timings
        walk.take(one)
        if one.claimed:
            self.sent.append(Sent(one.step.channel, one.at))
        if walk.timings != timings and not self.walker.script.asks_first:
            walk.steps = self.walker.script.steps(walk.own, walk.timings)

    def _sent_until(self, base: Made, moment: datetime) -> tuple[Sent, ...]:
        return sent_until(base, moment, self.others, self.sent, self.own)

    def _walked(self, walk: Walk, rebuilt: Rebuilt, shop: ShopSettings, moment: datetime) -> Walked:
        facts = rebuilt.facts
        if not (rebuilt.knows_channel or reason_against(facts, walk.step, shop, moment)):
            return Walked(moment, walk.step, None, None)
        result = self._result(walk, facts, shop, moment)
        made = walk.finals.get(walk.step.name)
        is_due = result.outcome is Outcome.SENT
        claimed = is_due and counts(walk, facts)
        outcome, reason = result.outcome, result.reason
        if is_due and made and came_to_something_else(made):
            outcome, reason, claimed = made.outcome, made.reason, made.claimed
        return Walked(
            moment, walk.step, outcome, reason, result.wait_seconds, made, claimed, result.timings
        )

    def _result(self, walk: Walk, facts: Facts, shop: ShopSettings, moment: datetime) -> StepResult:
        """Decide as reminder_step does."""
        against = reason_against(facts, walk.step, shop, moment)
        if against or not shop.experiments or facts.asked_for:
            return against or in_time(facts, walk.step, shop, moment)
        self.arms.learn(walk.known.run, shop)
        arms = self.arms.given(shop, self.walker.script.timeline, moment, walk.so_far)
        walk.so_far.update(arms.names)
        instead = with_arms(arms, walk.timings)
        if instead and instead.outcome is Outcome.WAIT:
            return instead
        result = instead or in_time(facts, walk.step, shop, moment)
        return result.model_copy(update={"timings": dict(arms.timings)})


def is_as_it_was(now: Walked, one: Made) -> bool:
    if now.outcome is Outcome.SENT and one.reason in NOT_OURS:
        return True
    return (now.outcome, now.reason, now.wait) == (one.outcome, one.reason, one.wait)


def came_to_something_else(made: Made) -> bool:
    """Whether a due message did not leave for a reason that timings do not change."""
    is_by_rules = made.reason is Reason.WINDOW_CLOSED and not made.claimed
    return made.outcome is Outcome.SKIPPED and made.reason in NOT_OURS and not is_by_rules


def counts(walk: Walk, facts: Facts) -> bool:
    return walk.step.audience is None and not facts.asked_for
