"""A birthday that the shopper removed: what restores it, and what does not."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from support.builders import HOUR, NOON, a_customer, a_shopper, a_step, some_settings
from wracaj.clock import timestamp
from wracaj.customers.customer import Customer
from wracaj.events import CartContent
from wracaj.timelines.decision import decide
from wracaj.timelines.occasion import OccasionKind, an_occasion
from wracaj.timelines.steps import Reason

PAGE = "preference page"
TELLINGS = st.lists(st.tuples(st.integers(-9, 9), st.sampled_from(["03-14", "03-15"])), max_size=8)


def version(hours: float) -> str:
    return f"{timestamp(NOON + hours * HOUR)}#shop"


def born(day: str = "03-14", hours: float = -10) -> Customer:
    return a_customer().born(day, version(hours))


@given(TELLINGS)
def test_only_another_day_that_is_told_later_brings_a_birthday_back(
    tellings: list[tuple[int, str]],
) -> None:
    customer = born().says_birthday(None, NOON, PAGE)
    assert customer.birthday is None
    for hours, day in tellings:
        customer = customer.born(day, version(hours + 0.5))
    assert (customer.birthday is not None) == any(
        hours >= 0 and day == "03-15" for hours, day in tellings
    )


@given(TELLINGS, st.sampled_from([None, "03-14", "12-24"]))
def test_the_shoppers_own_word_is_the_last_whatever_a_shops_clock_shows(
    tellings: list[tuple[int, str]], said: str | None
) -> None:
    customer = a_shopper().owner.born("03-14", version(-10))
    for hours, day in tellings:
        customer = customer.born(day, version(hours + 0.5))
    customer = customer.says_birthday(said, NOON, PAGE)
    assert customer.birthday == said
    for hours, day in tellings:  # all of them once more
        customer = customer.born(day, version(hours + 0.5))
    assert customer.birthday == said


def test_two_who_are_found_to_be_one_keep_what_was_removed() -> None:
    removed, other = (
        born().says_birthday(None, NOON, PAGE),
        born(hours=2).model_copy(update={"id": "other"}),
    )
    for one in (removed.absorb(other), other.absorb(removed)):
        assert one.birthday is None
        assert one.born("03-14", version(3)).birthday is None
        assert one.born("03-15", version(3)).birthday == "03-15"
    newer = born("03-15", 2).model_copy(update={"id": "other"})
    assert {removed.absorb(newer).birthday, newer.absorb(removed).birthday} == {"03-15"}


def test_a_greeting_on_its_way_is_called_off() -> None:
    at = NOON - timedelta(hours=2)
    customer = a_shopper().owner.born("03-14", version(-10))
    shopper = a_shopper().changed(customer)
    greeting = an_occasion(
        "kubek",
        OccasionKind.BIRTHDAY,
        "2026-11-18",
        customer,
        at,
        CartContent(),
        contact=shopper.own_contact,
    )
    greeting = greeting.model_copy(update={"episode": 1})
    step = a_step(name="greeting", template="birthday", after_seconds=3600)
    settings = some_settings()
    assert decide(greeting, shopper, step, settings, NOON).reason is Reason.DUE
    removed = customer.says_birthday(None, NOON, PAGE)
    assert (
        decide(greeting, shopper.changed(removed), step, settings, NOON).reason
        is Reason.ORDER_UNDONE
    )
