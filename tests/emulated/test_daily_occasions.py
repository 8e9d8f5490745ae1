"""The daily search on a real table: who is found on their day, once, whatever happened before and meanwhile."""

import itertools
import os
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import ANNA, HOUR, NOON, a_step, an_order, yes
from clock import Clock
from daily_occasions.tasks import Planned
from days import plan_day, play_day, search_parts
from dying import die_at, lines_to_die_at
from playing import Requests, Scene, a_scene
from wracaj.consent import Channel
from wracaj.events import (
    ConsentChanged,
    Contact,
    CustomerUpdated,
    OrderCancelled,
    OrderPlaced,
    OrderRefunded,
    PrivacyKind,
    PrivacyRequested,
    ReviewWritten,
)
from wracaj.occasion import Occasion
from wracaj.steps import LoyaltyOutcome, Outcome, Reason
from wracaj.store import Store

_shops = itertools.count()
DAY = timedelta(days=1)
MORNING = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)  # 4:00 in Warsaw
ALL = ["abandoned_cart", "loyalty", "birthday", "anniversary", "points_expiring"]
LOYALTY: dict[str, Any] = {
    "currency": "PLN",
    "margin_percent": 50,
    "points": {"per_unit": 1, "worth": "0.05", "expire_after_months": 12, "warn_days": 30},
    "achievements": [{"name": "Opinia", "does": "review", "per": "month", "points": 50}],
    "birthday": {"percent": 15, "valid_days": 14},
    "anniversary": {"amount": "25", "minimum_total": 100, "valid_days": 14},
}
GREETING = a_step(name="greeting", template="birthday", after_seconds=4 * 3600, tells="reward")
REMINDER = a_step(name="reminder", template="points_expiring", after_seconds=4 * 3600, tells="expiring")
OLA = Contact(email="ola@example.com", first_name="Ola")


@pytest.fixture
def clock(clock: Clock) -> Clock:
    clock.time = MORNING
    return clock


@pytest.fixture
def scene(store: Store, shop_id: str, clock: Clock) -> Scene:
    return a_club(store, shop_id)


def a_club(store: Store, shop_id: str, **changes: Any) -> Scene:
    scene = a_scene(store, shop_id, **({"timelines": ALL, "loyalty": LOYALTY} | changes))
    scene.take(*(ConsentChanged(at=NOON - 100 * DAY, contact=who, channel=Channel.EMAIL, consent=yes()) for who in (ANNA, OLA)))
    return scene


def born(day: str | None, who: Contact = ANNA, at: datetime = NOON - 90 * DAY) -> CustomerUpdated:
    return CustomerUpdated(at=at, contact=who, birthday=day)


def bought(at: datetime, order_id: str = "o1", total: str = "100", who: Contact = ANNA) -> OrderPlaced:
    return an_order(order_id=order_id, placed_at=at, total=Decimal(total), contact=who)


def erased(who: Contact = ANNA, at: datetime = NOON) -> PrivacyRequested:
    return PrivacyRequested(at=at, kind=PrivacyKind.CUSTOMER_REDACT, contact=who)


def entries(scene: Scene) -> list[tuple[str, str]]:
    """(list, customer) of this shop, read as nobody but a test may: from the whole table."""
    table = scene.store.table
    pages = table.dynamodb.get_paginator("scan").paginate(TableName=table.name)
    keys = [(item["PK"]["S"], item["SK"]["S"]) for page in pages for item in page["Items"]]
    begins = f"SHOP#{scene.shop.id}#DAY#"
    return sorted((pk.removeprefix(begins).rpartition("#")[0], sk) for pk, sk in keys if pk.startswith(begins))


def who(scene: Scene, contact: Contact = ANNA) -> Any:
    (found,) = scene.store.erasure.find(scene.shop.id, contact)
    return found


def begun(scene: Scene) -> list[tuple[str, str]]:
    """(timeline, what it is about) of all that was started."""
    return [(timeline, scene.cart(id_).about) for timeline, (id_, _) in zip(scene.timelines, scene.started, strict=True)]


def anniversaries(scene: Scene) -> list[str]:
    return [about for timeline, about in begun(scene) if timeline == "anniversary"]


def days_from(scene: Scene, clock: Clock, *days: int) -> None:
    for day in days:
        clock.time = MORNING + day * DAY
        play_day(scene)


# Birthdays


def test_a_birthday_begins_its_timeline_on_its_day_and_on_no_other(scene: Scene, clock: Clock) -> None:
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


def test_a_birthday_that_is_corrected_is_kept_on_its_new_day_and_once_a_year(scene: Scene, clock: Clock) -> None:
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
def test_who_was_born_on_the_29th_of_february_is_greeted_each_year(scene: Scene, clock: Clock, year: int, day: int) -> None:
    scene.take(born("02-29"), born("02-28", OLA))
    for number in range(25, 29 if year % 4 else 30):
        clock.time = datetime(year, 2, number, 3, tzinfo=UTC)
        play_day(scene)
    days = sorted(about for _, about in begun(scene))
    assert days == sorted([f"{year}-02-28", f"{year}-02-{day}"])


def test_a_birthday_brings_its_gift_and_the_greeting_in_the_morning(scene: Scene, clock: Clock) -> None:
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


def test_two_who_turn_out_to_be_one_keep_the_newer_birthday_and_one_entry(scene: Scene) -> None:
    scene.take(born("11-21", Contact(phone="+48600100200"), NOON - 3 * DAY), born("11-23", OLA, NOON - 2 * DAY))
    assert len(entries(scene)) == 2
    scene.take(CustomerUpdated(at=NOON, contact=Contact(email=OLA.email, phone="+48600100200")))
    one = who(scene, OLA)
    assert (one.birthday, len(one.absorbed)) == ("11-23", 1)
    assert entries(scene) == [("birthday#11-23", one.id)]


def test_two_who_turn_out_to_be_one_between_two_greetings_get_one_that_year(scene: Scene, clock: Clock) -> None:
    first, second = Contact(email="a@example.com"), Contact(phone="+48600100300")
    scene.take(born("11-21", first), born("11-23", second))
    days_from(scene, clock, 0)
    scene.take(CustomerUpdated(at=NOON, contact=Contact(email=first.email, phone=second.phone)))
    days_from(scene, clock, 1, 2, 3)
    assert begun(scene) == [("birthday", "2026-11-21")]


def test_who_was_merged_while_the_list_was_read_is_found_under_the_id_that_stayed(scene: Scene) -> None:
    scene.take(born("11-21", Contact(phone="+48600100200")), born("11-21", OLA))
    planned = plan_day(scene)
    scene.take(CustomerUpdated(at=NOON, contact=Contact(email=OLA.email, phone="+48600100200")))
    search_parts(scene, planned)
    assert begun(scene) == [("birthday", "2026-11-21")]
    ((greeting, _),) = scene.started
    assert scene.cart(greeting).customer_id == who(scene, OLA).id


def test_who_is_forgotten_is_on_no_list_and_greeted_by_nobody(scene: Scene) -> None:
    scene.take(born("11-21"), bought(NOON - 400 * DAY), bought(NOON - 330 * DAY, "o2"))
    assert len(entries(scene)) == 4
    planned = plan_day(scene)
    scene.take(erased())
    assert entries(scene) == []
    search_parts(scene, planned)
    assert play_day(scene).parts == ()
    assert begun(scene) == []


def test_who_is_forgotten_after_the_greeting_began_hears_nothing(scene: Scene, clock: Clock) -> None:
    scene.take(born("11-21"))
    play_day(scene)
    ((greeting, _),) = scene.started
    scene.take(erased())
    clock.time += 6 * HOUR
    assert scene.check(greeting).reason is Reason.ERASED
    assert scene.step(GREETING, greeting).reason is Reason.ERASED
    assert "anna" not in str(scene.store.table.query({"PK": f"SHOP#{scene.shop.id}#CART#{greeting}"})).lower()


# Anniversaries


def test_the_day_of_the_first_order_comes_again_each_year(scene: Scene, clock: Clock) -> None:
    first = datetime(2025, 11, 22, 12, tzinfo=UTC)
    scene.take(bought(first), bought(first + 100 * DAY, "o2"))
    days_from(scene, clock, 0, 1, 2)
    assert anniversaries(scene) == ["2026-11-22"]


def test_the_day_of_the_first_order_itself_is_no_anniversary(scene: Scene) -> None:
    scene.take(bought(MORNING - HOUR))
    scene.timelines.clear()
    scene.started.clear()
    play_day(scene)
    assert begun(scene) == []


def test_the_day_is_the_one_on_the_shops_clock(scene: Scene, clock: Clock) -> None:
    scene.take(bought(datetime(2025, 11, 21, 23, 30, tzinfo=UTC)))  # half an hour into the 22nd in Warsaw
    days_from(scene, clock, 0, 1)
    assert anniversaries(scene) == ["2026-11-22"]


def test_an_older_order_that_becomes_known_moves_the_day(scene: Scene, clock: Clock) -> None:
    scene.take(bought(datetime(2025, 11, 23, 12, tzinfo=UTC)), bought(datetime(2024, 11, 22, 12, tzinfo=UTC), "o0"))
    assert [name for name, _ in entries(scene) if "anniversary" in name] == ["anniversary#11-22"]
    days_from(scene, clock, 0, 1, 2)
    assert anniversaries(scene) == ["2026-11-22"]


@pytest.mark.parametrize(
    "undone",
    [
        OrderCancelled(at=NOON, order_id="o1"),
        OrderRefunded(at=NOON, order_id="o1", refund_id="r", currency="PLN", amount=Decimal(100)),
    ],
)
def test_who_gave_everything_back_has_no_anniversary(scene: Scene, undone: Any) -> None:
    scene.take(bought(datetime(2025, 11, 21, 12, tzinfo=UTC)), undone)
    play_day(scene)
    assert begun(scene) == []


def test_orders_under_two_ids_of_one_shopper_have_one_anniversary_that_of_the_older(scene: Scene, clock: Clock) -> None:
    guest = Contact(phone="+48600100200")
    scene.take(
        bought(datetime(2024, 11, 22, 12, tzinfo=UTC), "o1", who=guest), bought(datetime(2025, 11, 23, 12, tzinfo=UTC), "o2")
    )
    scene.take(CustomerUpdated(at=NOON, contact=Contact(email=ANNA.email, phone=guest.phone)))
    days_from(scene, clock, 0, 1, 2, 3)
    assert anniversaries(scene) == ["2026-11-22"]


# Points


def test_points_are_told_of_some_days_before_they_go(scene: Scene, clock: Clock) -> None:
    scene.take(bought(datetime(2025, 12, 30, 12, tzinfo=UTC)))  # good until 2026-12-31
    days_from(scene, clock, *range(10))  # until 30 November
    assert begun(scene) == []
    days_from(scene, clock, *range(10, 30))
    assert begun(scene) == [("points_expiring", "2026-12-31")]


def test_the_first_search_finds_whatever_goes_within_the_days_of_the_warning(scene: Scene) -> None:
    scene.take(bought(datetime(2025, 11, 3, 12, tzinfo=UTC)), bought(datetime(2025, 12, 3, 12, tzinfo=UTC), "o2"))
    play_day(scene)
    assert begun(scene) == [("points_expiring", "2026-11-30")]


def test_a_warning_that_is_set_earlier_forgets_none_in_between(store: Store, shop_id: str, clock: Clock) -> None:
    points = {**LOYALTY["points"], "warn_days": 7}
    late = a_club(store, shop_id, loyalty={**LOYALTY, "points": points})
    late.take(bought(datetime(2025, 11, 3, 12, tzinfo=UTC)), bought(datetime(2025, 12, 4, 12, tzinfo=UTC), "o2"))
    play_day(late)
    assert begun(late) == []
    early = a_club(store, shop_id, loyalty={**LOYALTY, "points": {**points, "warn_days": 60}})
    clock.time += DAY
    play_day(early)
    assert begun(early) == [("points_expiring", "2026-11-30"), ("points_expiring", "2026-12-31")]
    days_from(late, clock, 2, 3)
    assert begun(late) == []


def test_each_reminder_tells_the_points_of_its_own_day(scene: Scene, clock: Clock) -> None:
    scene.take(
        bought(datetime(2025, 11, 3, 12, tzinfo=UTC), "o1", "200"), bought(datetime(2025, 12, 3, 12, tzinfo=UTC), "o2", "70")
    )
    clock.time = datetime(2026, 11, 1, 3, tzinfo=UTC)
    play_day(scene)
    ((reminder, _),) = scene.started
    clock.time += 6 * HOUR
    assert scene.check(reminder).outcome is LoyaltyOutcome.EXPIRING
    assert scene.step(REMINDER, reminder).outcome is Outcome.SENT
    text = scene.provider.sent[0].rendered.text.replace("\u00a0", " ")
    assert "200 punktów" in text and "30 listopada" in text and "10,00 zł" in text


def test_points_that_were_used_or_given_back_are_not_warned_of(scene: Scene, clock: Clock) -> None:
    scene.take(bought(datetime(2025, 11, 3, 12, tzinfo=UTC), "o1", "200"))
    play_day(scene)
    ((reminder, _),) = scene.started
    scene.take(OrderRefunded(at=NOON, order_id="o1", refund_id="r", currency="PLN", amount=Decimal(200)))
    clock.time += 6 * HOUR
    assert scene.check(reminder).outcome is LoyaltyOutcome.NOTHING
    assert scene.step(REMINDER, reminder).reason is Reason.NOTHING_TO_TELL
    assert [name for name, _ in entries(scene) if "points" in name] == []


def test_points_of_an_achievement_are_warned_of_as_well(scene: Scene, clock: Clock) -> None:
    clock.time = NOON
    scene.take(ReviewWritten(at=NOON, contact=ANNA, review_id="r1"))
    ((review, _),) = scene.started
    clock.time = NOON + 15 * DAY
    assert scene.check(review).outcome is LoyaltyOutcome.REWARD
    assert entries(scene) == [("points_expiring#2027-12-31", who(scene).id)]
    (item,) = [item for item in all_items(scene) if "DAY#points" in item["PK"]]
    assert datetime.fromtimestamp(int(item["expires_at"]), UTC) == datetime(2028, 1, 2, tzinfo=UTC)


def all_items(scene: Scene) -> list[dict[str, Any]]:
    listed = [(name.split("#"), customer) for name, customer in entries(scene)]
    shards = range(8)
    return [
        item
        for (kind, day), _ in listed
        for shard in shards
        for item in scene.store.table.query({"PK": f"SHOP#{scene.shop.id}#DAY#{kind}#{day}#{shard:02d}"})
    ]


# A day that goes wrong


def test_a_day_that_failed_is_caught_up_with_and_a_greeting_that_is_days_late_is_none(scene: Scene, clock: Clock) -> None:
    for number in range(18, 27):
        scene.take(born(f"11-{number}", Contact(email=f"s{number}@example.com")))
    days_from(scene, clock, 0)
    assert begun(scene) == [("birthday", "2026-11-21")]
    clock.time = MORNING + 5 * DAY
    play_day(scene)
    assert sorted(about for _, about in begun(scene)[1:]) == [f"2026-11-{number}" for number in (23, 24, 25, 26)]


def test_a_day_counts_as_searched_only_when_all_of_it_was(scene: Scene, clock: Clock) -> None:
    scene.take(*(born("11-21", Contact(email=f"s{number}@example.com")) for number in range(12)))
    half = plan_day(scene)
    search_parts(scene, half.model_copy(update={"parts": half.parts[:2]}))
    first = len(begun(scene))
    assert 0 < first < 12
    days_from(scene, clock, 1)
    assert begun(scene) == [("birthday", "2026-11-21")] * 12


def test_a_long_list_is_gone_through_page_by_page(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("daily_occasions.search.PAGE", 2)
    scene.take(*(born("11-21", Contact(email=f"s{number}@example.com")) for number in range(30)))
    play_day(scene)
    assert len(set(scene.started)) == len(scene.started) == 30


def test_wherever_the_search_dies_the_next_try_begins_what_is_left_and_nothing_twice(
    store: Store, shop_id: str, clock: Clock
) -> None:
    def stage() -> Scene:
        only = {
            "timelines": ["birthday"],
            "loyalty": {name: LOYALTY[name] for name in ("currency", "margin_percent", "birthday")},
        }
        scene = a_club(store, f"{shop_id}-{next(_shops)}", **only)
        scene.take(born("11-21"), born("11-21", OLA))
        return scene

    rehearsal, died = stage(), 0
    for line in lines_to_die_at(rehearsal, lambda: play_day(rehearsal)):
        scene = stage()
        with suppress(pytest.fail.Exception):  # the two lie in one list or in two: a try may be shorter than the rehearsal
            die_at(line, lambda: play_day(scene))  # noqa: B023
            died += 1
        play_day(scene)
        started = dict.fromkeys(scene.started)
        assert len(started) == 2
        assert all(scene.cart(id_).episode == 1 for id_, _ in started)
        play_day(scene)
        assert dict.fromkeys(scene.started) == started
    assert died > 3


def test_a_webhook_that_dies_leaves_the_lists_as_they_were_or_as_they_should_be(store: Store, shop_id: str, clock: Clock) -> None:
    events = (born("11-21"), bought(datetime(2025, 11, 22, 12, tzinfo=UTC)))

    def names(scene: Scene) -> list[str]:
        return [name for name, _ in entries(scene)]

    rehearsal = a_club(store, f"{shop_id}-r")
    lines = lines_to_die_at(rehearsal, lambda: rehearsal.take(*events))
    expected = names(rehearsal)
    assert len(expected) == 3
    for line in lines:
        scene = a_club(store, f"{shop_id}-{line}")
        die_at(line, lambda: scene.take(*events))  # noqa: B023
        scene.take(*events)
        assert names(scene) == expected


# Settings


def test_only_what_the_settings_list_is_searched_and_what_is_switched_off_does_not_come_back(
    store: Store, shop_id: str, clock: Clock
) -> None:
    on = a_club(store, shop_id)
    on.take(born("11-21"), born("11-22", OLA))
    off = a_club(store, shop_id, enabled=False)
    without = a_scene(store, shop_id, timelines=["abandoned_cart"])
    assert play_day(without) == Planned(parts=(), searched={})
    play_day(off)
    clock.time += DAY
    play_day(on)
    assert begun(on) == [("birthday", "2026-11-22")]


def test_a_customer_who_became_known_before_the_timeline_was_listed_is_found(store: Store, shop_id: str, clock: Clock) -> None:
    before = a_scene(store, shop_id, timelines=["abandoned_cart"])
    before.take(born("11-22"), bought(datetime(2025, 11, 22, 12, tzinfo=UTC)))
    after = a_club(store, shop_id)
    clock.time += DAY
    play_day(after)
    assert begun(after) == [("birthday", "2026-11-22"), ("anniversary", "2026-11-22")]


@pytest.mark.parametrize(("zone", "hours"), [("America/New_York", 11), ("Pacific/Auckland", -10), ("Asia/Tokyo", -3.9)])
def test_in_other_parts_of_the_world_nothing_is_sent_before_the_shops_day_or_after_it(
    store: Store, shop_id: str, clock: Clock, zone: str, hours: float
) -> None:
    far = a_club(store, shop_id, time_zone=zone)
    far.take(*(born(f"11-{number}", Contact(email=f"s{number}@example.com")) for number in range(20, 24)))
    for number in range(20, 24):
        scene_yes = yes(NOON - 90 * DAY)
        person = Contact(email=f"s{number}@example.com")
        far.take(ConsentChanged(at=scene_yes.at, contact=person, channel=Channel.EMAIL, consent=scene_yes))
    play_day(far)
    ((greeting, _),) = far.started
    day = date.fromisoformat(far.cart(greeting).about)
    clock.time += 4 * HOUR
    far.check(greeting)
    while (result := far.step(GREETING, greeting)).outcome is Outcome.WAIT:
        clock.time += timedelta(seconds=result.wait_seconds)
    assert result.outcome is Outcome.SENT
    local = clock.time.astimezone(far.shop.settings.zone)
    assert local.date() == day
    assert 9 <= local.hour < 20


# Costs


def test_nothing_is_written_for_the_lists_where_nothing_changes(scene: Scene) -> None:
    scene.take(born("11-21"), bought(NOON - 20 * DAY))
    with Requests(scene.store.table.dynamodb) as requests:
        scene.take(born("11-21"))
    assert "TransactWriteItems" not in requests
    before = entries(scene)
    with Requests(scene.store.table.dynamodb) as requests:
        scene.take(bought(NOON - 20 * DAY))
    assert "TransactWriteItems" not in requests
    assert entries(scene) == before


def test_a_day_on_which_nobody_is_found_costs_a_look_into_each_list(scene: Scene) -> None:
    with Requests(scene.store.table.dynamodb) as requests:
        play_day(scene)
    assert sorted(set(requests)) == ["GetItem", "Query", "UpdateItem"]
    assert requests.count("Query") == 24  # of three lists; of points' the one of 30 November


# Whatever happens, in whatever order

PEOPLE = [Contact(email="p0@example.com"), Contact(phone="+48600100401"), Contact(platform_id="p2")]
TOLD = st.one_of(
    st.builds(
        lambda day, person, at: born(day, PEOPLE[person], NOON - at * HOUR),
        st.sampled_from(["11-21", "02-29", "11-22"]),
        st.integers(0, 2),
        st.integers(1, 9),
    ),
    st.builds(
        lambda a, b: CustomerUpdated(
            at=NOON, contact=PEOPLE[a].model_copy(update=PEOPLE[b].model_dump(exclude_none=True)), birthday=None
        ),
        st.integers(0, 2),
        st.integers(0, 2),
    ),
    st.builds(
        lambda days, person: bought(NOON - days * DAY, f"o{days}-{person}", who=PEOPLE[person]),
        st.sampled_from([364, 365, 366, 400, 20]),
        st.integers(0, 2),
    ),
    st.builds(
        lambda days, person: OrderCancelled(at=NOON, order_id=f"o{days}-{person}"),
        st.sampled_from([364, 365, 400]),
        st.integers(0, 2),
    ),
    st.builds(lambda person: erased(PEOPLE[person], NOON - 20 * HOUR), st.integers(0, 2)),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(told=st.lists(TOLD, min_size=1, max_size=8))
def test_the_lists_say_what_profiles_and_accounts_say(store: Store, clock: Clock, told: list[Any]) -> None:
    scene = a_club(store, f"lists-{os.getpid()}-{next(_shops)}")
    scene.take(*told)
    found = {one.id: one for person in PEOPLE for one in scene.store.erasure.find(scene.shop.id, person)}
    born_on = {(f"birthday#{one.birthday}", one.id) for one in found.values() if one.birthday}
    accounts = {
        id_: scene.store.accounts.books(scene.shop.id, id_).own for one in found.values() for id_ in (one.id, *one.absorbed)
    }
    zone = scene.shop.settings.zone
    since = {(f"anniversary#{a.first_order_at.astimezone(zone):%m-%d}", id_) for id_, a in accounts.items() if a.first_order_at}
    points = {(f"points_expiring#{day}", id_) for id_, a in accounts.items() for day, n in a.expiring.items() if n > 0}
    assert set(entries(scene)) == born_on | since | points


def test_every_kind_that_is_searched_is_an_occasion_that_outlives_orders() -> None:
    from daily_occasions.due import FOUND_BY_DAY
    from wracaj.occasion import OUTLIVE_ORDERS

    assert set(FOUND_BY_DAY) < OUTLIVE_ORDERS
    assert set(FOUND_BY_DAY) == OUTLIVE_ORDERS - {Occasion.LOYALTY, Occasion.CAMPAIGN}
