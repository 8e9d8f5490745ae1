"""A long wait in the table: kept with its cart, found by the sweep, forgotten when it must be."""

from typing import Any

import pytest

from support.builders import ANNA, HOUR, NOON, an_order
from support.clocks import Clock
from support.long_waits import DUE, FIRST, SECOND, SILENCE, Moving, a_moving_scene
from wracaj.events import PrivacyKind, PrivacyRequested
from wracaj.store.carts import cart_key
from wracaj.store.long_wait_entries import entry_key
from wracaj.store.table import Change
from wracaj.timelines.steps import Outcome, Reason

DAY = 24 * HOUR


@pytest.fixture
def moving(store: Any, shop_id: str, clock: Clock) -> Moving:
    return a_moving_scene(store, shop_id)


def test_a_timeline_that_begins_with_a_long_wait_starts_no_execution(
    moving: Moving, clock: Clock
) -> None:
    moving.orders()
    assert ("win_back" in moving.scene.timelines, moving.scene.cart(SILENCE).episode) == (False, 1)
    moving.at(clock, NOON + 29 * DAY)
    assert moving.sweep() == 0 and moving.resumed == []
    moving.at(clock, NOON + 30 * DAY - HOUR)
    moving.sweep()
    assert moving.goes_on() == {(1, "first_email")}


def test_it_goes_on_message_by_message_with_one_history(moving: Moving, clock: Clock) -> None:
    moving.orders()
    moving.at(clock, DUE)
    moving.sweep()
    assert moving.step(FIRST).moved_out
    assert moving.wait and moving.wait.at == clock.time + 10 * DAY
    moving.at(clock, clock.time + 10 * DAY)
    moving.sweep()
    assert moving.goes_on() == {(1, "first_email"), (2, "second_email")}
    assert not moving.step(SECOND, part=2).moved_out  # the third comes after hours
    assert set(moving.scene.cart(SILENCE).records) == {"1#first_email", "1#second_email"}
    assert len(moving.scene.provider.sent) == 2


def test_a_step_that_is_asked_again_keeps_its_first_date(moving: Moving, clock: Clock) -> None:
    moving.orders()
    moving.at(clock, DUE)
    first = (moving.step(FIRST), moving.wait)
    clock.time += HOUR
    again = (moving.step(FIRST), moving.wait)
    assert again[0].reason is Reason.ALREADY_SENT
    assert (again[0].moved_out, again[1]) == (True, first[1])


def test_an_order_while_it_waits_ends_it(moving: Moving, clock: Clock) -> None:
    moving.orders()
    moving.scene.take(an_order(order_id="o2", placed_at=NOON + 20 * DAY))
    moving.at(clock, DUE)
    moving.sweep()
    result = moving.step(FIRST)
    assert (result.outcome, result.moved_out) == (Outcome.ORDERED, False)
    assert moving.scene.provider.sent == []


def test_what_ended_meanwhile_does_not_go_on(moving: Moving, clock: Clock) -> None:
    moving.orders()
    moving.scene.store.carts.end_episode(moving.scene.shop.id, SILENCE, 1, NOON)
    moving.at(clock, DUE)
    moving.sweep()
    assert moving.resumed == []


def test_an_erasure_removes_the_date_and_its_entry(moving: Moving, clock: Clock) -> None:
    moving.orders()
    table, shop, wait = moving.scene.store.table, moving.scene.shop.id, moving.wait
    assert wait and table.get(entry_key(shop, SILENCE, wait))
    clock.time = NOON + DAY
    redact = PrivacyKind.CUSTOMER_REDACT
    moving.scene.take(PrivacyRequested(at=clock.time, kind=redact, contact=ANNA))
    item = table.get({"PK": f"SHOP#{shop}#CART#{SILENCE}", "SK": "CART"})
    assert item and item["erased"] and "long_wait" not in item
    assert table.get(entry_key(shop, SILENCE, wait)) is None
    moving.at(clock, DUE)
    moving.sweep()
    assert moving.resumed == []
    assert moving.step(FIRST).outcome is Outcome.STOPPED


def test_no_date_is_kept_of_what_is_gone(moving: Moving, clock: Clock) -> None:
    moving.orders()
    wait = moving.wait
    assert wait
    store, later = moving.scene.store, wait.model_copy(update={"part": 2})
    assert not store.long_waits.put(moving.scene.shop.id, "never-told", later)
    store.carts.erase(moving.scene.shop.id, SILENCE, NOON)
    assert not store.long_waits.put(moving.scene.shop.id, SILENCE, later)


def test_hours_that_no_run_swept_are_made_up_for(moving: Moving, clock: Clock) -> None:
    moving.orders()
    moving.at(clock, DUE)
    clock.time += 5 * HOUR
    moving.sweep()
    assert moving.goes_on() == {(1, "first_email")}


def test_a_restored_table_gets_the_waits_back_that_its_backup_does_not_know(
    moving: Moving, clock: Clock
) -> None:
    moving.orders()
    moving.at(clock, DUE)
    moving.step(FIRST)
    wait, shop = moving.wait, moving.scene.shop.id
    assert wait and wait.part == 2
    table, waits = moving.scene.store.table, moving.scene.store.long_waits
    first = wait.model_copy(update={"part": 1})
    older = Change().set(long_wait=first.model_dump_json(), long_wait_number=first.number)
    table.update(cart_key(shop, SILENCE), older)
    table.delete(entry_key(shop, SILENCE, wait))
    assert waits.restore(shop, SILENCE, wait)
    moving.at(clock, wait.at)
    moving.sweep(0)
    assert moving.goes_on() == {(2, "second_email")}
    assert not waits.restore(shop, SILENCE, first)  # the timeline went on since
