"""Who gets a birthday message, once a year, even after customers are merged."""

from datetime import UTC, datetime, timedelta

import pytest

from support.builders import HOUR, NOON
from support.clocks import Clock
from support.daily_club import (
    ALL,
    DAY,
    GREETING,
    LOYALTY,
    MORNING,
    OLA,
    a_customer,
    begun,
    born,
    bought,
    days_from,
    entries,
    erased,
    merged,
    who,
)
from support.daily_search import plan_day, play_day, search_parts
from support.scenes import Scene, a_scene
from wracaj.events import Contact
from wracaj.store import Store
from wracaj.timelines.steps import LoyaltyOutcome, Outcome, Reason

# Birthdays


def test_a_birthday_begins_its_timeline_on_its_day_and_on_no_other(
    scene: Scene, clock: Clock
) -> None:
    scene.take(born("11-22"), born("11-25", OLA))
    days_from(scene, clock, 0, 1, 2, 3, 4, 5)
    assert begun(scene) == [("birthday", "2026-11-22"), ("birthday", "2026-11-25")]


def test_a_birthday_comes_again_each_year(scene: Scene, clock: Clock) -> None:
    scene.take(born("11-22"))
    days_from(scene, clock, *(365 * year + day for year in range(3) for day in range(-2, 4)))
    assert begun(scene) == [("birthday", f"{year}-11-22") for year in (2026, 2027, 2028)]


@pytest.mark.parametrize("runs", [1, 3])
def test_however_often_the_job_runs_an_occasion_is_begun_once(scene: Scene, runs: int) -> None:
    scene.take(born("11-21"))
    planned = plan_day(scene)
    for _ in range(runs):
        search_parts(scene, planned)
    for _ in range(runs):
        play_day(scene)
    assert begun(scene) == [("birthday", "2026-11-21")]


def test_a_birthday_that_was_told_late_or_again_changes_nothing(scene: Scene, clock: Clock) -> None:
    newer, older = born("11-22", at=NOON - 2 * DAY), born("11-24", at=NOON - 3 * DAY)
    scene.take(newer, older, newer, older, born(None, at=NOON))
    days_from(scene, clock, 0, 1, 2, 3)
    assert begun(scene) == [("birthday", "2026-11-22")]
    assert len(entries(scene)) == 1


def test_a_birthday_that_is_corrected_is_kept_on_its_new_day_and_once_a_year(
    scene: Scene, clock: Clock
) -> None:
    scene.take(born("11-22"))
    days_from(scene, clock, 0, 1)
    scene.take(born("11-23", at=MORNING + DAY))
    days_from(scene, clock, 2, 3)
    assert begun(scene) == [("birthday", "2026-11-22")]
    assert entries(scene) == [("birthday#11-23", who(scene).id)]


def test_an_entry_that_is_behind_begins_nothing(scene: Scene) -> None:
    scene.take(born("11-21"))
    planned = plan_day(scene)
    scene.take(born("03-14", at=NOON))
    search_parts(scene, planned)
    assert begun(scene) == []


@pytest.mark.parametrize(("year", "day"), [(2027, 28), (2028, 29)])
def test_who_was_born_on_the_29th_of_february_is_greeted_each_year(
    scene: Scene, clock: Clock, year: int, day: int
) -> None:
    scene.take(born("02-29"), born("02-28", OLA))
    for number in range(25, 29 if year % 4 else 30):
        clock.time = datetime(year, 2, number, 3, tzinfo=UTC)
        play_day(scene)
    days = sorted(about for _, about in begun(scene))
    assert days == sorted([f"{year}-02-28", f"{year}-02-{day}"])


def test_a_birthday_brings_its_gift_and_the_greeting_in_the_morning(
    scene: Scene, clock: Clock
) -> None:
    scene.take(born("11-21"), bought(NOON - 3 * DAY))
    scene.timelines.clear()
    scene.started.clear()
    play_day(scene)
    ((greeting, _),) = scene.started
    scene.take(bought(MORNING + HOUR, "o2"))  # an order on the day does not end it
    clock.time = MORNING + 4 * HOUR + timedelta(seconds=1)
    assert scene.check(greeting).outcome is LoyaltyOutcome.REWARD
    held = scene.step(GREETING, greeting)
    assert (held.outcome, held.reason) == (Outcome.WAIT, Reason.QUIET_HOURS)
    clock.time += timedelta(seconds=held.wait_seconds)
    assert clock.time.hour == 8  # 9:00 in Warsaw
    assert scene.step(GREETING, greeting).outcome is Outcome.SENT
    (voucher,) = scene.created
    assert voucher.percent == 15
    assert voucher.code in scene.provider.sent[0].rendered.text


def test_who_is_not_to_be_mailed_is_not(store: Store, shop_id: str, clock: Clock) -> None:
    silent = a_scene(store, shop_id, timelines=ALL, loyalty=LOYALTY)
    silent.take(born("11-21"))
    play_day(silent)
    ((greeting, _),) = silent.started
    clock.time = MORNING + 6 * HOUR
    assert silent.check(greeting).outcome is LoyaltyOutcome.NOTHING
    assert silent.step(GREETING, greeting).reason is Reason.NO_CONSENT
    assert silent.created == []


# Merging and forgetting


def test_two_whom_the_shop_merges_keep_the_newer_birthday_and_one_entry(scene: Scene) -> None:
    scene.take(
        born("11-21", a_customer("1"), NOON - 3 * DAY),
        born("11-23", a_customer("2"), NOON - 2 * DAY),
    )
    assert len(entries(scene)) == 2
    scene.take(merged("1", into="2"))
    one = who(scene, a_customer("2"))
    assert (one.birthday, len(one.absorbed)) == ("11-23", 1)
    assert entries(scene) == [("birthday#11-23", one.id)]


def test_a_guest_and_a_customer_at_one_address_have_a_birthday_each(scene: Scene) -> None:
    """Nobody but the shop says that they are one."""
    customer = Contact(platform_id="1", email=OLA.email, record_email=OLA.email)
    scene.take(born("11-21", OLA), born("11-23", customer))
    assert sorted(name for name, _ in entries(scene)) == ["birthday#11-21", "birthday#11-23"]


def test_two_whom_the_shop_merges_between_two_greetings_get_one_that_year(
    scene: Scene, clock: Clock
) -> None:
    scene.take(born("11-21", a_customer("1")), born("11-23", a_customer("2")))
    days_from(scene, clock, 0)
    scene.take(merged("1", into="2"))
    days_from(scene, clock, 1, 2, 3)
    assert begun(scene) == [("birthday", "2026-11-21")]


def test_who_was_merged_while_the_list_was_read_is_found_under_the_id_that_stayed(
    scene: Scene,
) -> None:
    scene.take(born("11-21", a_customer("1")), born("11-21", a_customer("2")))
    planned = plan_day(scene)
    scene.take(merged("1", into="2"))
    search_parts(scene, planned)
    assert begun(scene) == [("birthday", "2026-11-21")]
    ((greeting, _),) = scene.started
    assert scene.cart(greeting).customer_id == who(scene, a_customer("2")).id


def test_who_is_forgotten_is_on_no_list_and_greeted_by_nobody(scene: Scene) -> None:
    scene.take(born("11-21"), bought(NOON - 400 * DAY), bought(NOON - 330 * DAY, "o2"))
    assert len(entries(scene)) == 4
    planned = plan_day(scene)
    scene.take(erased())
    assert entries(scene) == []
    search_parts(scene, planned)
    assert play_day(scene).parts == ()
    assert begun(scene) == []


def test_who_is_forgotten_after_the_greeting_began_hears_nothing(
    scene: Scene, clock: Clock
) -> None:
    scene.take(born("11-21"))
    play_day(scene)
    ((greeting, _),) = scene.started
    scene.take(erased())
    clock.time += 6 * HOUR
    assert scene.check(greeting).reason is Reason.ERASED
    assert scene.step(GREETING, greeting).reason is Reason.ERASED
    assert (
        "anna"
        not in str(scene.store.table.query({"PK": f"SHOP#{scene.shop.id}#CART#{greeting}"})).lower()
    )
