"""Every message after an order of the year has its minute, too."""

from datetime import timedelta

import pytest

from demo.test_year_cast import HOUR, ORDERED, a_message, at, good
from wracaj_cli.demo.delivered import Delivered
from wracaj_cli.demo.promises import TIMES
from wracaj_cli.demo.timetable import GIVE_OR_TAKE
from wracaj_cli.demo.year.punctuality import late_in_the_year
from wracaj_cli.demo.year.story import Kind

DAYS = 24
CHAIN = ((Kind.THANKS, 1.0), (Kind.INVITATION, 3 * DAYS + 1), (Kind.REVIEW, 14 * DAYS + 1))
TOO_MUCH = GIVE_OR_TAKE + timedelta(minutes=1)


def chain(later: timedelta = timedelta(), *, of: Kind | None = None) -> list[Delivered]:
    """Thanks, invitation, request for a review: each at its time, but for one."""
    hours = {kind: after + (later / HOUR if kind is of else 0) for kind, after in CHAIN}
    return [a_message(ORDERED, kind, after) for kind, after in hours.items()]


def test_what_follows_from_an_order_at_its_minute_is_in_time() -> None:
    assert late_in_the_year(good(messages=chain())) == []


@pytest.mark.parametrize("kind", [kind for kind, _ in CHAIN])
@pytest.mark.parametrize("by", [TOO_MUCH, -TOO_MUCH])
def test_what_is_some_minutes_off_is_found(kind: Kind, by: timedelta) -> None:
    found = late_in_the_year(good(messages=chain(by, of=kind)))
    assert found and {one.promise for one in found} == {TIMES}
    assert str(kind) in found[0].what


def test_a_reward_and_a_nudge_share_their_day_after_the_order() -> None:
    due = 15 * DAYS
    for kind in (Kind.REWARD, Kind.NUDGE):
        assert late_in_the_year(good(messages=[a_message(ORDERED, kind, due)])) == []
        assert late_in_the_year(good(messages=[a_message(ORDERED, kind, due + 15 * DAYS)]))


def test_a_word_after_sixty_days_comes_so_also_where_the_one_before_was_not_sent() -> None:
    assert late_in_the_year(good(messages=[a_message(ORDERED, Kind.SILENT_60, 60 * DAYS)])) == []


def test_a_mail_within_twelve_hours_of_another_waits() -> None:
    """Until eleven in the evening, so until the morning."""
    other = a_message(ORDERED, Kind.CART, -1, basket="cart")
    waited = a_message(ORDERED, Kind.THANKS, 21.25)
    assert late_in_the_year(good(messages=[other, waited])) == []
    assert at(ORDERED) < other.at + 2 * HOUR
