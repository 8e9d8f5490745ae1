"""A long wait whose cart, entry or mark was lost and is brought back: its timeline goes on, also if
its hour was swept meanwhile."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from archive_replay import replay
from archive_replay.restoring import Restoring
from support.builders import HOUR, NOON
from support.clocks import Clock
from support.long_waits import DUE, FIRST, SILENCE, Moving, a_moving_scene
from support.lost_items import items_of
from timeline_resume.sweep import Sweep
from wracaj.archive.events import cart_identifier
from wracaj.aws import step_functions
from wracaj.clock import hour_of
from wracaj.store.carts import cart_key
from wracaj.store.long_wait_entries import KEPT_DAYS, SHARDS, entry_key
from wracaj.store.long_waits import BEGUN, SWEPT, Swept
from wracaj.store.restoring.comeback import Verdict
from wracaj.store.restoring.items import joined_item
from wracaj.store.restoring.kinds import Kind
from wracaj.store.restoring.restorer import Restorer
from wracaj.store.table import Table
from wracaj.timelines.long_waits import LongWait

DAY = 24 * HOUR


@pytest.fixture
def moving(store: Any, shop_id: str, clock: Clock) -> Iterator[Moving]:
    moving = a_moving_scene(store, shop_id)
    table = moving.scene.store.table
    table.delete(SWEPT)  # of another test: they share the table
    table.put(BEGUN | {"place": Swept(hour_of(NOON)).place})
    moving.orders()
    yield moving
    for mark in (BEGUN, SWEPT):
        table.delete(mark)


def wait_of(moving: Moving) -> LongWait:
    assert moving.wait
    return moving.wait


def a_copy(moving: Moving) -> Table:
    live = moving.scene.store.table
    copy = Table(f"{live.name}-copy-{moving.scene.shop.id}", live.dynamodb)
    keys = {"PK": "HASH", "SK": "RANGE"}
    live.dynamodb.create_table(
        TableName=copy.name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
        KeySchema=[{"AttributeName": key, "KeyType": type_} for key, type_ in keys.items()],
    )
    for item in items_of(live).values():
        copy.put(item)
    return copy


def restore(
    moving: Moving, copy: Table, clock: Clock, erased: dict[str, datetime] | None = None
) -> Restorer:
    """`erased`: carts that were erased, as the archive's keys know."""
    shop = moving.scene.shop
    zones = {shop.id: shop.settings.zone}
    live = moving.scene.store.table
    restorer = Restorer(live, copy, None, NOON, dict(zones), clock, only=True)
    restorer._erasures[shop.id] = {
        cart_identifier(shop.id, cart_id): at for cart_id, at in (erased or {}).items()
    }
    for page in restorer.pages():
        restorer.take(page)
    restorer.sweep_again()
    return restorer


def sweep_for_days(moving: Moving, clock: Clock, days: int = 3) -> None:
    for _ in range(days * 24):
        clock.time += HOUR
        moving.sweep()


@pytest.mark.parametrize("loses_entry", [True, False])
def test_a_cart_that_was_restored_goes_on_though_its_hour_was_swept_without_it(
    moving: Moving, clock: Clock, loses_entry: bool
) -> None:
    table, shop, wait = moving.scene.store.table, moving.scene.shop.id, wait_of(moving)
    moving.at(clock, wait.at - 4 * HOUR)
    copy = a_copy(moving)
    table.delete(cart_key(shop, SILENCE))
    if loses_entry:
        table.delete(entry_key(shop, SILENCE, wait))
    clock.time = wait.at - 1.5 * HOUR
    moving.sweep()
    assert moving.resumed == []
    restore(moving, copy, clock)
    sweep_for_days(moving, clock)
    assert moving.goes_on() == {(1, "first_email")}


def test_a_wait_from_the_archive_goes_on_though_its_hour_was_swept_without_it(
    moving: Moving, clock: Clock
) -> None:
    waits, shop, wait = moving.scene.store.long_waits, moving.scene.shop.id, wait_of(moving)
    moving.scene.store.table.delete(entry_key(shop, SILENCE, wait))
    moving.at(clock, wait.at - 1.5 * HOUR)
    moving.sweep()
    assert waits.restore(shop, SILENCE, wait)
    sweep_for_days(moving, clock)
    assert moving.goes_on() == {(1, "first_email")}


@pytest.mark.parametrize("shard", [0, SHARDS - 1])
def test_a_sweep_that_is_in_this_very_hour_goes_back(
    moving: Moving, clock: Clock, shard: int
) -> None:
    waits, shop, wait = moving.scene.store.long_waits, moving.scene.shop.id, wait_of(moving)
    clock.time = wait.at - HOUR
    hour = hour_of(wait.at)
    begun = waits.swept()
    assert begun
    here = waits.sweep_on(begun, Swept(hour, shard))
    assert here and waits.restore(shop, SILENCE, wait)
    after = waits.sweep_on(here, Swept(hour + HOUR))
    assert after and after < Swept(hour)


def test_a_wait_whose_hour_is_still_to_come_moves_the_sweep_nowhere(
    moving: Moving, clock: Clock
) -> None:
    waits, wait = moving.scene.store.long_waits, wait_of(moving)
    moving.at(clock, wait.at - 5 * DAY)
    before = waits.swept()
    assert waits.restore(moving.scene.shop.id, SILENCE, wait)
    assert waits.swept() == before


def test_two_sweeps_at_once_lose_no_hour(moving: Moving, clock: Clock) -> None:
    waits = moving.scene.store.long_waits
    moving.at(clock, DUE)
    read = waits.swept()
    assert read
    moving.sweep()
    ahead = waits.swept()
    assert waits.sweep_on(read, Swept(read.hour, 1)) == ahead == waits.swept()


def test_where_the_mark_is_lost_the_sweep_goes_over_all_that_it_may_have_missed(
    moving: Moving, clock: Clock
) -> None:
    moving.at(clock, wait_of(moving).at - 5 * HOUR)
    moving.scene.store.table.delete(SWEPT)
    clock.time = wait_of(moving).at + 20 * HOUR
    store = moving.scene.store
    no_time = Sweep(store, moving._resume, lambda: False)
    assert no_time.run(2) == 0 and no_time.hours_late() > 20
    sweep = Sweep(store, moving._resume, lambda: True)
    sweep.run(2)
    assert moving.goes_on() == {(1, "first_email")} and sweep.hours_late() == 0


def test_a_lost_mark_costs_no_more_than_the_hours_of_which_there_are_entries(
    moving: Moving, clock: Clock
) -> None:
    clock.time = NOON + 200 * DAY
    assert moving.scene.store.long_waits.swept() == Swept(hour_of(clock.time - KEPT_DAYS * DAY))


def test_where_no_wait_was_ever_moved_out_nothing_is_swept(moving: Moving) -> None:
    moving.scene.store.table.delete(BEGUN)
    sweep = Sweep(moving.scene.store, moving._resume, lambda: True)
    assert (sweep.run(20), sweep.hours_late()) == (0, 0)


def test_both_marks_come_back_whatever_shops_are_restored(moving: Moving, clock: Clock) -> None:
    table, waits = moving.scene.store.table, moving.scene.store.long_waits
    moving.at(clock, DUE - DAY)
    begun, then = table.get(BEGUN), waits.swept()
    copy = a_copy(moving)
    for mark in (BEGUN, SWEPT):
        table.delete(mark)
    clock.time = DUE + DAY
    # a new wait begins anew, and a sweep goes on from there
    table.put(BEGUN | {"place": Swept(hour_of(clock.time)).place})
    moving.sweep()
    Restorer(table, copy, None, clock.time, {}, clock, only=True).sweep_again()
    swept = waits.swept()
    assert swept and then and swept < then
    moving.sweep()
    assert moving.goes_on() == {(1, "first_email")}
    table.delete(BEGUN)
    restore(moving, copy, clock)
    assert table.get(BEGUN) == begun


def test_an_entry_of_a_cart_that_was_erased_since_does_not_come_back(
    moving: Moving, clock: Clock
) -> None:
    table, shop, wait = moving.scene.store.table, moving.scene.shop.id, wait_of(moving)
    copy = a_copy(moving)
    clock.time = NOON + DAY
    moving.scene.store.carts.erase(shop, SILENCE, clock.time)
    assert table.get(entry_key(shop, SILENCE, wait)) is None  # whoever erases a cart
    counted = restore(moving, copy, clock).counted
    assert table.get(entry_key(shop, SILENCE, wait)) is None
    assert counted[Kind.LONG_WAIT, Verdict.ERASED] == 1


def test_a_cart_that_was_lost_with_the_mark_of_its_erasure_takes_its_entry_along(
    moving: Moving, clock: Clock
) -> None:
    table, shop, wait = moving.scene.store.table, moving.scene.shop.id, wait_of(moving)
    copy = a_copy(moving)
    table.delete(cart_key(shop, SILENCE))
    clock.time = NOON + DAY
    for _ in range(2):
        restore(moving, copy, clock, {SILENCE: clock.time})
        assert table.get(entry_key(shop, SILENCE, wait)) is None
    item = table.get(cart_key(shop, SILENCE))
    assert item and item["erased"] and "long_wait" not in item


def test_a_date_that_is_kept_while_its_cart_is_restored_stays(
    moving: Moving, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, shop = moving.scene.store, moving.scene.shop.id
    copy = a_copy(moving)
    store.carts.stop(shop, SILENCE, NOON + HOUR)
    copy.put({**(copy.get(cart_key(shop, SILENCE)) or {}), "orders": {"2026-11-18#o7"}})
    later = wait_of(moving).model_copy(update={"part": 2})

    def meanwhile(kind: Kind, *told: Any) -> Any:
        if kind is Kind.CART:
            store.long_waits.put(shop, SILENCE, later)
        return joined_item(kind, *told)

    monkeypatch.setattr("wracaj.store.restoring.restorer.joined_item", meanwhile)
    assert restore(moving, copy, clock).counted[Kind.CART, Verdict.CHANGED] == 1
    assert moving.wait == later
    assert restore(moving, copy, clock).counted[Kind.CART, Verdict.JOINED] == 1
    assert moving.wait == later


class TestReplay:
    """`wracaj replay`, whose rows may be about what is known already."""

    def line(self, wait: LongWait) -> dict[str, Any]:
        told = {"cart_id": SILENCE, "episode": 1, "timeline": "win_back", "at": NOON.isoformat()}
        return told | {"wait": wait.model_dump(mode="json")}

    def test_a_row_says_what_came_of_it(self, moving: Moving) -> None:
        store, wait = moving.scene.store, wait_of(moving)
        rows = Restoring(store, moving.scene.shop.settings)
        assert rows.long_wait(self.line(wait)) == "done"
        store.long_waits.put(moving.scene.shop.id, SILENCE, wait.model_copy(update={"part": 2}))
        assert rows.long_wait(self.line(wait)) == "known"
        assert rows.long_wait(self.line(wait) | {"cart_id": "never-told"}) == "nothing"
        store.carts.erase(moving.scene.shop.id, SILENCE, NOON)
        assert rows.long_wait(self.line(wait)) == "nothing"

    @pytest.mark.parametrize("start_within_hours", [1, 48, 720])
    @pytest.mark.parametrize(
        ("hours_over", "result"), [(1, "started_again"), (23, "started_again"), (25, "too_late")]
    )
    def test_a_timeline_whose_date_has_passed_goes_on_with_its_next_part_while_it_is_in_time(
        self,
        moving: Moving,
        clock: Clock,
        monkeypatch: pytest.MonkeyPatch,
        start_within_hours: int,
        hours_over: int,
        result: str,
    ) -> None:
        moving.at(clock, DUE)
        moving.step(FIRST)  # the second part is waited for
        wait = wait_of(moving)
        clock.time = wait.at + hours_over * HOUR
        settings = moving.scene.shop.settings
        settings = settings.model_copy(update={"start_within_hours": start_within_hours})
        queued = self.queued(monkeypatch, clock)
        runs = replay.Replay(moving.scene.store, settings)
        assert runs.go_on([self.line(wait)]) == {result: 1}
        ended = moving.scene.cart(SILENCE).episode_ended_at
        if result == "started_again":
            assert queued == [(moving.scene.shop.id, SILENCE, wait)] and ended is None
        else:
            assert queued == [] and ended == clock.time

    def queued(self, monkeypatch: pytest.MonkeyPatch, clock: Clock) -> list[Any]:
        """Step Functions knows of no execution. Return what is queued to go on."""
        queued: list[Any] = []
        monkeypatch.setattr(replay, "now", clock)
        monkeypatch.setattr(step_functions, "state_of_run", lambda *run: None)
        monkeypatch.setattr(step_functions, "resume_later", queued.extend)
        return queued
