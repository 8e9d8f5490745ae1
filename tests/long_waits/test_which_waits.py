"""Which waits are moved out of Step Functions, and what a date keeps of the timeline."""

from typing import Any

import pytest

from support.builders import HOUR, NOON
from support.long_waits import COURSE, FIRST, SECOND, TIMINGS, VERSION
from wracaj.timelines import long_waits
from wracaj.timelines.long_waits import LongWait, first_long_wait, next_long_wait
from wracaj.timelines.steps import Outcome, Reason, Step, StepRequest, StepResult

DAY = 24 * HOUR


def after(step: Step, days: float = 7, told: dict[str, Any] | None = None, **answer: Any) -> Any:
    """The wait that is moved out after this step. `told`: of the request."""
    request = StepRequest(
        shop="kubek",
        cart_id="c1",
        episode=3,
        timeline="win_back",
        step=step,
        **{"version": VERSION, **(told or {})},
    )
    result = StepResult(**{"outcome": Outcome.SENT, "reason": Reason.DUE} | answer)
    return next_long_wait(request, result, NOON, days)


def test_a_long_wait_is_kept_with_all_that_the_timeline_started_with() -> None:
    assert after(FIRST) == LongWait(
        episode=3,
        part=2,
        at=NOON + 10 * DAY,
        timeline="win_back",
        version=VERSION,
        coming=("second_email", "third_email", "CLOSE"),
        timings=TIMINGS,
    )


@pytest.mark.parametrize(
    ("days", "is_moved"), [(0, False), (7, True), (9.9, True), (10, False), (14, False)]
)
def test_only_waits_of_more_days_are_moved_and_none_where_it_is_off(
    days: float, is_moved: bool
) -> None:
    assert (after(FIRST, days) is not None) == is_moved


def test_a_wait_of_a_day_at_most_stays_however_few_days_are_asked_for() -> None:
    told = {"own_timings": {"second_email_after_days": 1}}
    assert after(FIRST, 0.1, told) is None
    assert after(FIRST, 0.1, {"own_timings": {"second_email_after_days": 1.1}}) is not None


def test_short_waits_stay_where_they_are() -> None:
    assert after(SECOND) is None


def test_the_wait_before_the_close_may_be_moved_too() -> None:
    third = FIRST.model_copy(update={"name": "third_email"})
    assert after(third).coming == ("CLOSE",)


def test_the_shops_own_timings_and_then_the_arms_come_first() -> None:
    told = {"own_timings": {"second_email_after_days": 20}}
    assert after(FIRST, told=told).at == NOON + 20 * DAY
    assert after(FIRST, told=told).timings["second_email_after_days"] == 20
    wait = after(FIRST, told=told, timings={"second_email_after_days": 25})
    assert wait.at == NOON + 25 * DAY
    assert wait.resume["timings"] == {"second_email_after_days": 25}
    assert wait.timings["second_email_after_days"] == 20


def test_a_step_that_is_held_for_long_goes_on_with_itself() -> None:
    held: dict[str, Any] = {
        "outcome": Outcome.WAIT,
        "reason": Reason.SHOPPER_ACTIVE,
        "wait_seconds": 9 * 86_400,
    }
    wait = after(FIRST, **held)
    assert (wait.coming[0], wait.at) == ("first_email", NOON + 9 * DAY)
    assert after(FIRST, **(held | {"wait_seconds": 3600})) is None


@pytest.mark.parametrize("outcome", [Outcome.ORDERED, Outcome.STOPPED])
def test_nothing_comes_after_an_order_or_a_stop(outcome: Outcome) -> None:
    assert after(FIRST, outcome=outcome) is None


def test_an_execution_of_another_release_keeps_its_waits() -> None:
    assert after(FIRST, told={"version": "an older one"}) is None
    assert after(FIRST, told={"version": ""}) is None


def test_the_first_wait_is_that_of_part_one() -> None:
    wait = first_long_wait("win_back", 1, {"first_email_after_days": 40}, NOON, 7)
    assert wait is not None
    assert (wait.part, wait.step, wait.at) == (1, "first_email", NOON + 40 * DAY)
    assert first_long_wait("win_back", 1, {"first_email_after_days": 6}, NOON, 7) is None


def test_a_timeline_whose_message_comes_with_its_start_is_never_moved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(long_waits, "COURSES", {"campaign": {}})
    monkeypatch.setattr(long_waits, "TIMINGS", {"campaign": {"message_after_hours": 999}})
    assert first_long_wait("campaign", 1, {}, NOON, 7) is None


def test_after_a_deploy_it_goes_on_with_the_next_message_that_is_still_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wait = after(FIRST)
    monkeypatch.setattr(long_waits, "VERSIONS", {"win_back": "a newer version"})
    assert wait.step == "second_email"
    left = {name: timing for name, timing in COURSE.items() if name != "second_email"}
    monkeypatch.setattr(long_waits, "COURSES", {"win_back": left})
    assert wait.step == "third_email"
    monkeypatch.setattr(long_waits, "COURSES", {"win_back": {"another": "after_days"}})
    assert wait.step == "CLOSE"
    assert wait.timings == TIMINGS


def test_a_later_wait_has_a_higher_number() -> None:
    wait = after(FIRST)
    later = [wait.model_copy(update=change) for change in ({"part": 3}, {"episode": 4, "part": 1})]
    assert wait.number < later[0].number < later[1].number
