"""A campaign keeps to its rate and its hours, and messages each customer once, wherever a page
fails."""

import itertools
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from campaign_page.page import PageOutcome
from campaign_page.selection import go_through
from support.builders import HOUR, NOON
from support.killing import Killed, die_at, lines_to_die_at
from support.running_campaign import MINUTE, Hall, Open, person
from wracaj.segments.rfm import Segment
from wracaj.timelines.campaign import Progress
from wracaj.timelines.steps import Reason

# How fast, and when


@pytest.mark.parametrize("rate", [1, 7, 60, 130, 2000])
def test_in_no_minute_are_more_asked_than_the_rate(
    open_hall: Open, rate: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("campaign_page.page.MOST_ASKED", 5)
    hall = open_hall(16, rate=rate)
    assert hall.dispatch() is PageOutcome.THROUGH
    for since, _ in hall.paged_at:
        assert sum(asked for at, asked in hall.paged_at if since <= at < since + MINUTE) <= rate
    assert len(hall.started) == 16


def test_a_page_is_bounded_however_few_of_the_customers_are_meant(
    open_hall: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("campaign_page.page.MOST_LOOKED_AT", 4)
    hall = open_hall(10, segments=[Segment.LOYAL])
    hall.score(person(9), Segment.LOYAL)
    looked = []
    while hall.page().outcome is PageOutcome.MORE:
        looked.append(hall.course.progress.looked)
        hall.clock.time += MINUTE
    assert (looked, len(hall.started)) == ([4, 8], 1)


def test_a_page_asked_for_too_early_is_told_to_wait(open_hall: Open) -> None:
    """As by a retry, or a second execution."""
    hall = open_hall(3, rate=2)
    assert [hall.page().wait_seconds, hall.page().wait_seconds] == [60, 60]
    assert len(hall.started) == 2


def test_nobody_is_asked_before_it_begins(open_hall: Open) -> None:
    hall = open_hall(1, begins_at=NOON + 2 * HOUR)
    assert (hall.page().wait_seconds, hall.started) == (7200, [])
    hall.dispatch()
    assert hall.paged_at[-1] == (NOON + 2 * HOUR, 1)


def test_nobody_is_asked_at_night(open_hall: Open) -> None:
    """Else all would be written to in the first half hour of the morning."""
    hall = open_hall(1)
    hall.clock.time = NOON + 10 * HOUR
    assert hall.page().wait_seconds == 11 * 3600
    hall.dispatch()
    assert hall.paged_at[-1] == (NOON + 21 * HOUR, 1)


def test_nobody_is_asked_after_its_last_moment(open_hall: Open) -> None:
    hall = open_hall(3, rate=1, until=NOON + MINUTE * 1.5)
    assert hall.dispatch() is PageOutcome.OVER
    assert len(hall.started) == 2


def test_what_is_not_sent_by_its_last_moment_never_is(open_hall: Open) -> None:
    hall = open_hall(1, until=NOON + 2 * MINUTE)
    hall.dispatch()
    assert hall.send_all() == {Reason.CAMPAIGN_ENDED: 1}


def test_a_message_that_could_only_leave_after_its_last_moment_is_not_held(open_hall: Open) -> None:
    hall = open_hall(1, until=NOON + 10 * HOUR)
    hall.dispatch()
    hall.clock.time = NOON + 9 * HOUR
    assert hall.send(hall.started[0]).reason is Reason.WINDOW_CLOSED


@pytest.mark.parametrize("how", ["switched_on", "enabled"])
def test_a_switch_that_is_off_holds_the_campaign_and_loses_nobody(
    open_hall: Open, how: str
) -> None:
    hall = open_hall(2)
    if how == "enabled":
        off = hall.scene.shop.settings.model_copy(update={"enabled": False})
        answer = hall.pager().take(off, hall.campaign.id)
    else:
        answer = hall.page(switched_on=False)
    assert (answer.outcome, answer.wait_seconds, hall.started) == (PageOutcome.MORE, 300, [])
    hall.dispatch()
    assert len(hall.started) == 2


# Once, whatever happens


def test_a_page_that_died_goes_on_where_it_was(
    open_hall: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed once for each customer of a page, right after that customer's timeline was started."""
    customers = 4
    for victim in range(customers):
        hall = open_hall(customers)
        start, calls = hall._start, itertools.count()

        def dies(
            *told: Any, start: Any = start, calls: Any = calls, victim: int = victim, **named: Any
        ) -> None:
            start(*told, **named)
            if next(calls) == victim:
                raise Killed

        with monkeypatch.context() as patched, pytest.raises(Killed):
            patched.setattr(hall, "_start", dies)
            hall.page()
        assert hall.course.progress.started == 0
        hall.dispatch()
        twice = [cart_id for cart_id, times in Counter(hall.started).items() if times > 1]
        assert len(set(hall.started)) == customers
        assert len(twice) <= 1, (
            "only the one whose start was not written down is started again, under the same name"
        )
        assert hall.course.progress.started == customers


def test_asking_may_die_at_any_line_and_asks_once_in_the_end(open_hall: Open) -> None:
    def asking() -> tuple[Hall, Callable[[], None]]:
        hall = open_hall(1)
        shop = hall.scene.shop.settings
        (customer,) = [
            look.asked for look in go_through(hall.store, shop, hall.campaign, Progress(), NOON)
        ]
        assert customer is not None
        return hall, partial(hall.pager().ask, shop, hall.course, NOON, customer)

    asking()[1]()
    whole, ask = asking()
    for line in lines_to_die_at(whole.scene, ask):
        hall, ask = asking()
        die_at(line, ask)
        hall.dispatch()
        assert len(set(hall.started)) == 1
        assert hall.send_all()[Reason.DUE] == 1, f"killed at line {line}"
        assert len(hall.addresses()) == 1


def test_taking_a_page_may_die_at_any_line(open_hall: Open) -> None:
    warm, whole = open_hall(1), open_hall(1)
    warm.page()
    lines = lines_to_die_at(whole.scene, whole.page)
    assert len(lines) > 4
    for line in lines:
        hall = open_hall(1)
        die_at(line, lambda hall=hall: hall.page())  # type: ignore[misc]
        hall.dispatch()
        assert len(set(hall.started)) == 1 == hall.course.progress.started, f"killed at line {line}"
        assert hall.send_all()[Reason.DUE] == 1


def test_two_dispatches_at_once_ask_each_once_and_count_each_once(
    open_hall: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall = open_hall(3)
    advance = hall.store.campaigns.advance

    def other_first(*told: Any) -> None:
        monkeypatch.setattr(hall.store.campaigns, "advance", advance)
        hall.page()
        advance(*told)

    monkeypatch.setattr(hall.store.campaigns, "advance", other_first)
    assert hall.page().outcome is PageOutcome.MORE
    assert hall.dispatch() is PageOutcome.THROUGH
    assert (len(set(hall.started)), hall.course.progress.started) == (3, 3)
