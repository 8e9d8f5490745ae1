"""A timeline with long waits, and the parts of the product that move them out of Step Functions."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from reminder_step.long_waits import moved_out
from support.builders import ANNA, HOUR, NOON, a_step, an_order, yes
from support.clocks import Clock
from support.scenes import Scene, a_scene
from timeline_resume.sweep import Sweep
from wracaj.clock import hour_of
from wracaj.consent.channel import Channel
from wracaj.events import ConsentChanged
from wracaj.services.start_or_wait import StartOrWait
from wracaj.store import Store
from wracaj.store.long_waits import Swept
from wracaj.timelines import long_waits
from wracaj.timelines.long_waits import LongWait
from wracaj.timelines.occasion import OccasionKind, occasion_id
from wracaj.timelines.steps import Step, StepRequest, StepResult

DAYS = 7  # a longer wait is moved out
COURSE = {
    "first_email": "first_email_after_days",
    "second_email": "second_email_after_days",
    "third_email": "third_email_after_hours",
    "CLOSE": "close_after_days",
}
TIMINGS = {
    "first_email_after_days": 30,
    "second_email_after_days": 10,
    "third_email_after_hours": 5,
    "close_after_days": 8,
}
VERSION = "a version"
SILENCE = occasion_id(OccasionKind.WIN_BACK, "o1")
FIRST = a_step(name="first_email", template="win_back", after_seconds=30 * 86_400)
DUE = NOON + 30 * 24 * HOUR + timedelta(seconds=1)  # an occasion begins after its order
SECOND = a_step(name="second_email", template="win_back", after_seconds=10 * 86_400)


@pytest.fixture(autouse=True)
def own_course(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers of these tests, whatever those of the product are."""
    for name, value in {"COURSES": COURSE, "TIMINGS": TIMINGS, "VERSIONS": VERSION}.items():
        monkeypatch.setattr(long_waits, name, {"win_back": value})


@pytest.fixture
def clock(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Clock:
    for module in (
        "reminder_step.long_waits",
        "timeline_resume.sweep",
        "wracaj.services.start_or_wait",
        "wracaj.store.long_waits",
    ):
        monkeypatch.setattr(f"{module}.now", clock)
    return clock


@dataclass
class Moving:
    """A scene where long waits are moved out. `resumed`: what the sweep queued."""

    scene: Scene
    resumed: list[tuple[str, str, LongWait]] = field(default_factory=list)

    def orders(self, **changes: Any) -> None:
        """An order begins win_back."""
        start = StartOrWait(self.scene.store, self.scene.shop.settings, self.scene._start, DAYS)
        self.scene.take_with(start, an_order(**{"placed_at": NOON, "cart_ids": ("c1",)} | changes))

    def step(self, step: Step, *, part: int = 1, version: str = VERSION) -> StepResult:
        """Do as the function of a step does."""
        request = self.request(step, part, version)
        result = self.scene.stepper().run(self.scene.shop, request, step)
        return moved_out(self.scene.store, request, result, DAYS)

    def request(self, step: Step, part: int = 1, version: str = VERSION) -> StepRequest:
        told = {"timeline": "win_back", "part": part, "version": version}
        return self.scene.request(step, SILENCE).model_copy(update=told)

    def at(self, clock: Clock, time: datetime) -> None:
        """Go to this time. Every hour until then was swept, as an hourly run does."""
        clock.time = time
        waits = self.scene.store.long_waits
        if swept := waits.swept():
            waits.sweep_on(swept, Swept(hour_of(time)))

    def sweep(self, hours_ahead: float = 2) -> int:
        return Sweep(self.scene.store, self._resume, lambda: True).run(hours_ahead)

    def _resume(self, waits: Sequence[tuple[str, str, LongWait]]) -> None:
        self.resumed += [one for one in waits if one[0] == self.scene.shop.id]

    def goes_on(self) -> set[tuple[int, str]]:
        """Return part and step of what was queued. A repetition starts nothing."""
        return {(wait.part, wait.step) for _, _, wait in self.resumed}

    @property
    def wait(self) -> LongWait | None:
        kept = self.scene.cart(SILENCE)
        return LongWait.model_validate_json(kept.long_wait) if kept and kept.long_wait else None


def a_moving_scene(store: Store, shop_id: str) -> Moving:
    """Return a shop with win_back alone, whose shopper agreed to e-mails."""
    scene = a_scene(store, shop_id, timelines=["win_back"])
    said = yes(NOON - HOUR, "account")
    scene.take(ConsentChanged(at=said.at, contact=ANNA, channel=Channel.EMAIL, consent=said))
    return Moving(scene)
