"""The process is killed between any two lines of our code while a long wait is moved out. Nothing
is lost and nothing comes twice. support/killing.py explains how."""

from collections.abc import Callable
from typing import Any

import pytest

from support.builders import HOUR, NOON
from support.clocks import Clock
from support.killing import die_at, lines_to_die_at
from support.long_waits import DUE, FIRST, SECOND, SILENCE, Moving, a_moving_scene

DAY = 24 * HOUR
Stage = Callable[[], Moving]


@pytest.fixture
def stage(store: Any, shop_id: str, clock: Clock) -> Stage:
    """A fresh shop each time, at noon."""
    made: list[Moving] = []

    def new() -> Moving:
        clock.time = NOON
        made.append(a_moving_scene(store, f"{shop_id}-{len(made)}"))
        return made[-1]

    return new


def test_an_order_that_died_and_comes_again_begins_one_timeline_and_loses_none(
    stage: Stage, clock: Clock
) -> None:
    stage().orders()  # fills caches
    whole = stage()
    kept_when_killed = set()
    for line in lines_to_die_at(whole.scene, whole.orders):
        moving = stage()
        die_at(line, moving.orders)
        kept = moving.scene.cart(SILENCE)
        kept_when_killed.add((bool(kept and kept.long_wait), bool(kept and kept.episode)))
        clock.time += HOUR * 3  # its date would be another one
        moving.orders()
        moving.at(clock, DUE)
        moving.sweep(hours_ahead=3)
        assert moving.goes_on() == {(1, "first_email")}, f"killed at line {line}"
        assert moving.scene.cart(SILENCE).episode == 1
    assert kept_when_killed == {(False, False), (True, False), (True, True)}, (
        "it must have died before and after the date was kept"
    )


def test_a_step_that_died_is_asked_again_and_sends_once_and_waits_once(
    stage: Stage, clock: Clock
) -> None:
    def at_its_time() -> Moving:
        moving = stage()
        moving.orders()
        moving.at(clock, DUE)
        return moving

    at_its_time().step(FIRST)
    whole, fates = at_its_time(), set()
    for line in lines_to_die_at(whole.scene, lambda: whole.step(FIRST)):
        moving = at_its_time()
        die_at(line, lambda moving=moving: moving.step(FIRST))  # type: ignore[misc]
        wait = moving.wait
        fates.add((len(moving.scene.provider.sent), wait.part if wait else 0))
        clock.time += HOUR
        assert moving.step(FIRST).moved_out, f"killed at line {line}"
        assert len(moving.scene.provider.sent) <= 1
        assert moving.wait and moving.wait.part == 2
        if wait and wait.part == 2:
            assert moving.wait == wait, "a date that was kept stays"
        moving.at(clock, clock.time + 9 * DAY + 22 * HOUR)
        moving.resumed.clear()
        moving.sweep(hours_ahead=3)
        assert moving.goes_on() == {(2, "second_email")}, f"killed at line {line}"
        clock.time += 3 * HOUR
        moving.step(SECOND, part=2)
        assert len(moving.scene.cart(SILENCE).records) == 2
    assert fates == {(0, 1), (1, 1), (1, 2)}, "it must have died before and after each effect"


def test_a_sweep_that_died_is_done_again_and_nobody_is_left_waiting(
    stage: Stage, clock: Clock
) -> None:
    def with_two_waits() -> Moving:
        moving = stage()
        moving.orders()
        moving.orders(order_id="o2", contact={"email": "ola@example.com"}, cart_ids=())
        moving.at(clock, DUE)
        return moving

    whole = with_two_waits()
    lines = lines_to_die_at(whole.scene, lambda: whole.sweep(0))
    carts = {cart_id for _, cart_id, _ in whole.resumed}
    assert len(carts) == 2
    for line in lines[:: max(1, len(lines) // 12)]:  # all shards are swept by the same lines
        moving = with_two_waits()
        die_at(line, lambda moving=moving: moving.sweep(0))  # type: ignore[misc]
        moving.sweep(0)
        assert {cart_id for _, cart_id, _ in moving.resumed} == carts, f"killed at line {line}"
        assert len(moving.goes_on()) == 1


def test_two_executions_of_one_episode_send_each_message_once(stage: Stage, clock: Clock) -> None:
    """The function of a step moved the wait out, and its answer never came: the first execution
    goes on waiting, and the next part starts as well."""
    moving = stage()
    moving.orders()
    moving.at(clock, DUE)
    moving.step(FIRST)
    moving.at(clock, clock.time + 10 * DAY)
    answers = [moving.step(SECOND, part=part) for part in (1, 2, 1, 2)]
    assert len(moving.scene.provider.sent) == 2
    assert {answer.moved_out for answer in answers} == {False}
