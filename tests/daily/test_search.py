"""The daily search on a real table: who is found on their day, once, whatever happened before or
happens meanwhile."""

import itertools
import os
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daily_occasions.tasks import Planned
from support.builders import HOUR, NOON, yes
from support.clocks import Clock
from support.daily_club import (
    DAY,
    GREETING,
    LOYALTY,
    MORNING,
    OLA,
    a_club,
    a_customer,
    begun,
    born,
    bought,
    days_from,
    entries,
    erased,
    merged,
)
from support.daily_search import plan_day, play_day, search_parts
from support.killing import die_at, lines_to_die_at
from support.scenes import Requests, Scene, a_scene
from wracaj.consent.channel import Channel
from wracaj.events import ConsentChanged, Contact, OrderCancelled, ShopEvent
from wracaj.store import Store
from wracaj.timelines.occasion import OccasionKind
from wracaj.timelines.steps import Outcome

_shops = itertools.count()

# A day that goes wrong


def test_a_day_that_failed_is_caught_up_with_and_a_greeting_that_is_days_late_is_none(
    scene: Scene, clock: Clock
) -> None:
    for number in range(18, 27):
        scene.take(born(f"11-{number}", Contact(email=f"s{number}@example.com")))
    days_from(scene, clock, 0)
    assert begun(scene) == [("birthday", "2026-11-21")]
    clock.time = MORNING + 5 * DAY
    play_day(scene)
    assert sorted(about for _, about in begun(scene)[1:]) == [
        f"2026-11-{number}" for number in (23, 24, 25, 26)
    ]


def test_a_day_counts_as_searched_only_when_all_of_it_was(scene: Scene, clock: Clock) -> None:
    scene.take(*(born("11-21", Contact(email=f"s{number}@example.com")) for number in range(12)))
    half = plan_day(scene)
    search_parts(scene, half.model_copy(update={"parts": half.parts[:2]}))
    first = len(begun(scene))
    assert 0 < first < 12
    days_from(scene, clock, 1)
    assert begun(scene) == [("birthday", "2026-11-21")] * 12


def test_a_long_list_is_gone_through_page_by_page(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
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
        # the two lie in one list or in two: a try may be shorter than the rehearsal
        with suppress(pytest.fail.Exception):
            die_at(line, lambda: play_day(scene))  # noqa: B023
            died += 1
        play_day(scene)
        started = dict.fromkeys(scene.started)
        assert len(started) == 2
        assert all(scene.cart(id_).episode == 1 for id_, _ in started)
        play_day(scene)
        assert dict.fromkeys(scene.started) == started
    assert died > 3


def test_a_webhook_that_dies_leaves_the_lists_as_they_were_or_as_they_should_be(
    store: Store, shop_id: str, clock: Clock
) -> None:
    def events() -> tuple[ShopEvent, ...]:
        """Events of their own for each run: they remember their version."""
        return born("11-21"), bought(datetime(2025, 11, 22, 12, tzinfo=UTC))

    def names(scene: Scene) -> list[str]:
        return [name for name, _ in entries(scene)]

    rehearsal = a_club(store, f"{shop_id}-r")
    lines = lines_to_die_at(rehearsal, lambda: rehearsal.take(*events()))
    expected = names(rehearsal)
    assert len(expected) == 3
    for line in lines:
        scene = a_club(store, f"{shop_id}-{line}")
        die_at(line, lambda: scene.take(*events()))  # noqa: B023
        scene.take(*events())
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


def test_a_customer_who_became_known_before_the_timeline_was_listed_is_found(
    store: Store, shop_id: str, clock: Clock
) -> None:
    before = a_scene(store, shop_id, timelines=["abandoned_cart"])
    before.take(born("11-22"), bought(datetime(2025, 11, 22, 12, tzinfo=UTC)))
    after = a_club(store, shop_id)
    clock.time += DAY
    play_day(after)
    assert begun(after) == [("birthday", "2026-11-22"), ("anniversary", "2026-11-22")]


@pytest.mark.parametrize(
    ("zone", "hours"), [("America/New_York", 11), ("Pacific/Auckland", -10), ("Asia/Tokyo", -3.9)]
)
def test_in_other_parts_of_the_world_nothing_is_sent_before_the_shops_day_or_after_it(
    store: Store, shop_id: str, clock: Clock, zone: str, hours: float
) -> None:
    far = a_club(store, shop_id, time_zone=zone)
    far.take(
        *(born(f"11-{number}", Contact(email=f"s{number}@example.com")) for number in range(20, 24))
    )
    for number in range(20, 24):
        scene_yes = yes(NOON - 90 * DAY)
        person = Contact(email=f"s{number}@example.com")
        far.take(
            ConsentChanged(
                at=scene_yes.at, contact=person, channel=Channel.EMAIL, consent=scene_yes
            )
        )
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

PEOPLE = [
    Contact(email="p0@example.com"),
    a_customer("1"),
    a_customer("2"),
    Contact(platform_id="3", email="p0@example.com"),
]
ANYBODY = st.integers(0, len(PEOPLE) - 1)
TOLD = st.one_of(
    st.builds(
        lambda day, person, at: born(day, PEOPLE[person], NOON - at * HOUR),
        st.sampled_from(["11-21", "02-29", "11-22"]),
        ANYBODY,
        st.integers(1, 9),
    ),
    st.builds(lambda ids: merged(ids[0], into=ids[1]), st.permutations("123")),
    st.builds(
        lambda days, person: bought(NOON - days * DAY, f"o{days}-{person}", who=PEOPLE[person]),
        st.sampled_from([364, 365, 366, 400, 20]),
        ANYBODY,
    ),
    st.builds(
        lambda days, person: OrderCancelled(at=NOON, order_id=f"o{days}-{person}"),
        st.sampled_from([364, 365, 400]),
        ANYBODY,
    ),
    st.builds(lambda person: erased(PEOPLE[person], NOON - 20 * HOUR), ANYBODY),
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(told=st.lists(TOLD, min_size=1, max_size=8))
def test_the_lists_say_what_profiles_and_accounts_say(
    store: Store, clock: Clock, told: list[Any]
) -> None:
    scene = a_club(store, f"lists-{os.getpid()}-{next(_shops)}")
    scene.take(*told)
    found = {
        one.id: one
        for person in PEOPLE
        for one in scene.store.customers.behind(scene.shop.id, person)
    }
    born_on = {(f"birthday#{one.birthday}", one.id) for one in found.values() if one.birthday}
    accounts = {
        id_: scene.store.accounts.books(scene.shop.id, id_).own
        for one in found.values()
        for id_ in (one.id, *one.absorbed)
    }
    since = {
        (f"anniversary#{a.first_bought:%m-%d}", id_)
        for id_, a in accounts.items()
        if a.first_bought
    }
    points = {
        (f"points_expiring#{day}", id_)
        for id_, a in accounts.items()
        for day, n in a.expiring.items()
        if n > 0
    }
    listed, told_on = set(entries(scene)), born_on | since | points
    assert listed <= told_on
    # what is over may be deleted any moment
    assert {one for one in told_on - listed if not is_over(one[0])} == set()


def is_over(list_name: str) -> bool:
    kind, _, day = list_name.partition("#")
    return kind == "points_expiring" and day < f"{NOON:%Y-%m-%d}"


def test_every_kind_that_is_searched_is_an_occasion_that_outlives_orders() -> None:
    from daily_occasions.due import FOUND_BY_DAY
    from wracaj.timelines.occasion import ASKED_FOR, OUTLIVE_ORDERS

    assert set(FOUND_BY_DAY) < OUTLIVE_ORDERS
    assert (
        set(FOUND_BY_DAY)
        == OUTLIVE_ORDERS - {OccasionKind.LOYALTY, OccasionKind.CAMPAIGN} - ASKED_FOR
    )
