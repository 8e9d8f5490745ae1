"""Points belong to the order's owner: the account, or else the guest with this mail address, or
else the guest with this phone."""

from collections.abc import Callable
from datetime import timedelta
from itertools import permutations

import pytest

from support.stories.cloud import Cloud, Json
from support.stories.people import (
    ANIA,
    ANIAS_PHONE,
    FAMILY_PHONE,
    FIRST,
    SECOND,
    STRANGER,
    STRANGERS_PHONE,
    Way,
    either_way,
    generic,
)
from support.stories.standing import points_of
from support.stories.story import Story
from support.stories.telling import CLUB, a_story

TEN_HUNDRED = {
    "name": "1000 zł w kwartale",
    "threshold": 1000,
    "per": "quarter",
    "discount": {"amount": "20", "minimum_total": "100"},
}
GIVES = CLUB | {
    "birthday": {"amount": "20", "minimum_total": "100", "spent_from": 500},
    "rewards": [TEN_HUNDRED],
}
GIFT = "PREZENT-"  # as its code begins
TIMELINES = ["abandoned_cart", "loyalty", "birthday"]


@pytest.fixture(params=["generic", "shopify"])
def club(cloud: Cloud, request: pytest.FixtureRequest) -> Story:
    """Ania is a member, and has earned 780 points; somebody else has typed her phone into a
    checkout."""
    story = a_story(cloud, request.param, loyalty=GIVES, timelines=TIMELINES)
    story.record("ania", email=ANIA, phone=ANIAS_PHONE)
    story.agrees("email", id="ania", email=ANIA)
    story.order("hers", id="ania", email=ANIA, phone=ANIAS_PHONE, total="780.00")
    story.checkout("strange", email=STRANGER, phone=ANIAS_PHONE)
    return story


def heard_of(story: Story, *words: str) -> set[str]:
    """The addresses to which any of these was written."""
    return {
        message.delivery.to for message in story.sent if any(word in message.text for word in words)
    }


def test_a_birthday_set_by_who_typed_ones_phone_is_not_ones_own_and_brings_nothing(
    club: Story,
) -> None:
    club.days(1)
    (mail,) = club.mails_to(STRANGER)
    soon = club.now + timedelta(days=5)
    mail.choose(section="birthday", day=str(soon.day), month=str(soon.month))
    club.days(16)
    assert set(club.told_of(STRANGER)) == {"strange"}
    assert STRANGER not in heard_of(club, "punkt", "780", GIFT)
    club.checkout("own", id="ania", email=ANIA)
    club.hours(4)
    page = club.mails_to(ANIA)[-1].preferences()
    assert "datę urodzin" not in page.text and "Znamy już" not in page.text


def test_an_order_of_who_types_ones_phone_earns_its_own_points_and_reaches_no_reward_of_ones(
    club: Story,
) -> None:
    club.order("strange", email=STRANGER, phone=ANIAS_PHONE, total="230.00")
    club.days(16)
    assert (points_of(club, email=STRANGER), points_of(club, id="ania")) == (230, 780)
    assert heard_of(club, GIFT) == set()


def test_an_order_of_who_types_ones_mail_address_earns_ones_account_nothing_and_reaches_no_reward(
    cloud: Cloud,
) -> None:
    story = a_story(cloud, loyalty=GIVES, timelines=TIMELINES)
    story.record("ania", email=ANIA)
    story.agrees("email", id="ania", email=ANIA)
    story.order("hers", id="ania", email=ANIA, total="780.00")
    story.order("strange", email=ANIA, phone=STRANGERS_PHONE, total="230.00")
    story.days(16)
    assert points_of(story, id="ania") == 780
    assert heard_of(story, GIFT) == set()


def test_points_earned_at_a_till_by_phone_stay_with_the_phone(story: Story) -> None:
    story.order("till", phone=ANIAS_PHONE, total="840.00")
    story.record("stranger", email=STRANGER, phone=ANIAS_PHONE)
    story.agrees("email", id="stranger", email=STRANGER)
    story.days(16)
    assert (points_of(story, phone=ANIAS_PHONE), points_of(story, id="stranger")) == (840, 0)
    assert story.sent_to(STRANGER) == []


def test_two_in_a_family_with_one_phone_have_points_of_their_own(story: Story) -> None:
    story.order("o1", id="1", email=FIRST, phone=FAMILY_PHONE, total="120.00")
    story.order("o2", id="2", email=SECOND, phone=FAMILY_PHONE, total="400.00")
    assert (points_of(story, id="1"), points_of(story, id="2")) == (120, 400)


def test_two_accounts_with_one_mail_address_have_points_of_their_own(story: Story) -> None:
    story.order("o1", id="1", email=FIRST, phone=ANIAS_PHONE, total="120.00")
    story.order("o2", id="2", email=FIRST, phone=STRANGERS_PHONE, total="400.00")
    assert (points_of(story, id="1"), points_of(story, id="2")) == (120, 400)


THINGS: dict[str, Callable[[Story], None]] = {
    "an order of the one": lambda story: story.order("o1", id="1", email=FIRST, total="120.00"),
    "an order of the other": lambda story: story.order("o2", id="2", email=SECOND, total="400.00"),
    "the merge": lambda story: story.merge(kept="2", gone="1"),
}


@pytest.mark.parametrize("order", list(permutations(THINGS)), ids=", ".join)
def test_two_customers_whom_the_shop_merges_have_the_points_of_both(
    story: Story, order: tuple[str, ...]
) -> None:
    for thing in order:
        THINGS[thing](story)
    assert points_of(story, id="2") == 520


def test_what_comes_late_for_a_customer_who_was_merged_counts_for_who_was_kept(
    story: Story,
) -> None:
    story.order("o1", id="1", email=FIRST, total="120.00")
    story.merge(kept="2", gone="1")
    story.order("o3", id="1", email=FIRST, total="30.00")
    assert points_of(story, id="2") == 150


def test_a_cart_of_a_customer_who_was_merged_is_ended_by_an_order_of_who_was_kept(
    story: Story,
) -> None:
    story.record("2", email=SECOND)
    story.checkout("c1", id="1", email=FIRST)
    story.hours(4)
    story.merge(kept="2", gone="1")
    story.order("o2", id="2", email=SECOND)
    story.days(5)
    assert story.told_of(FIRST) == ["c1"] and story.sent_to(SECOND) == []


@either_way
def test_a_guests_order_moves_to_the_account_that_the_shop_tells_it_with_and_to_no_other(
    story: Story, way: Way
) -> None:
    story.order("o1", total="100.00", **way.one)
    story.record("8", **way.one)
    assert points_of(story, id="8") == 0
    for _ in range(2):
        story.order("o1", id="7", total="100.00", **way.one)
    assert (points_of(story, id="7"), points_of(story, id="8")) == (100, 0)


@either_way
def test_a_guests_points_are_found_by_the_address_that_they_bought_with(
    story: Story, way: Way
) -> None:
    story.order("o1", total="100.00", **way.one)
    story.order("o2", total="20.00", **way.one)
    assert (points_of(story, **way.one), points_of(story, **way.other)) == (120, 0)


@pytest.mark.parametrize("is_late", [False, True], ids=["in turn", "out of turn"])
@pytest.mark.parametrize(
    ("first", "then"),
    [
        ({"id": "1", "email": FIRST}, {"id": "2", "email": SECOND}),
        ({"email": FIRST}, {"email": SECOND}),
    ],
    ids=["accounts", "guests"],
)
@generic
def test_of_two_that_an_order_was_told_of_the_newer_word_counts_whatever_arrives_first(
    story: Story, first: dict[str, str], then: dict[str, str], is_late: bool
) -> None:
    placed = story.ago(minutes=3)
    told = [(first, story.ago(minutes=2)), (then, story.ago(minutes=1))]
    for customer, at in reversed(told) if is_late else told:
        order = {
            "order_id": "o1",
            "created_at": placed,
            "updated_at": at,
            "total": "100.00",
            "currency": "PLN",
        }
        story.say("order.paid", customer=customer, **order)
    assert [points_of(story, email=email) for email in (FIRST, SECOND)] == [0, 100]


def test_forgetting_whose_an_order_is_leaves_who_it_was_first_told_of(story: Story) -> None:
    story.record("1", email=FIRST)
    story.record("2", email=SECOND)
    story.order("old", id="1", email=FIRST, total="700.00")
    story.order("o1", id="1", email=FIRST, total="300.00")
    story.order("o1", id="2", email=SECOND, total="300.00")
    story.redact(id="2", email=SECOND, orders=("o1",))
    assert points_of(story, id="1") == 700


@pytest.mark.parametrize("platform", ["generic", "shopify"])
@pytest.mark.parametrize(
    "programme",
    [
        GIVES,
        CLUB
        | {
            "points": {
                "per_unit": 1,
                "value": "0.01",
                "exchange": {"points": 1000, "discount": TEN_HUNDRED["discount"]},
            }
        },
    ],
    ids=["a reward", "points for a code"],
)
def test_one_order_brings_one_gift_though_it_moves_from_a_guest_to_an_account(
    cloud: Cloud, platform: str, programme: Json
) -> None:
    story = a_story(cloud, platform, loyalty=GIVES | programme, timelines=TIMELINES)
    story.agrees("email", email=FIRST)
    story.order("o1", email=FIRST, total="1000.00")
    story.days(17)
    story.record("7", email=SECOND)
    story.agrees("email", id="7", email=SECOND)
    story.order("o1", id="7", email=FIRST, total="1000.00")
    story.order("o2", id="7", email=SECOND, total="5.00")
    story.days(17)
    assert [message.delivery.to for message in story.sent if GIFT in message.text] == [FIRST]


@pytest.mark.parametrize("event", ["refund.created", "order.cancelled", "order.updated"])
@generic
def test_what_is_told_of_an_order_of_who_was_forgotten_takes_nothing_from_who_came_back(
    story: Story, event: str
) -> None:
    placed = story.ago(minutes=0)
    story.order("o1", id="7", email=FIRST, total="100.00")
    story.redact(id="7", email=FIRST, orders=("o1",))
    story.hours(1)
    story.order("o2", id="7", email=FIRST, total="100.00")
    story.a_minute_passes()
    more: dict[str, Json] = {
        "refund.created": {"refund_id": "r1", "amount": "100.00", "currency": "PLN"},
        "order.cancelled": {},
        "order.updated": {
            "created_at": placed,
            "total": "40.00",
            "currency": "PLN",
            "customer": {"id": "7", "email": FIRST},
        },
    }
    story.say(event, order_id="o1", **more[event])
    assert points_of(story, id="7") == 100


@either_way
def test_an_order_of_a_guest_who_was_forgotten_earns_nobody_anything_when_it_is_told_with_an_id(
    story: Story, way: Way
) -> None:
    story.order("o1", total="100.00", **way.one)
    story.redact(**way.one)
    story.hours(1)
    story.order("o1", id="7", total="100.00", **way.one)
    story.hours(1)
    story.order("o2", total="100.00", **way.one)
    assert points_of(story, **way.one) == 100


def test_a_customer_of_a_hundred_accounts_is_given_what_they_reach(cloud: Cloud) -> None:
    story = a_story(cloud, "generic", loyalty=GIVES, timelines=TIMELINES)
    story.record("1", email=FIRST)
    story.agrees("email", id="1", email=FIRST)
    story.say(
        "customer.merged",
        customer={"id": "1"},
        merged_customer_ids=[f"g{number}" for number in range(100)],
    )
    story.order("o1", id="1", email=FIRST, total="1000.00")
    story.days(17)
    assert heard_of(story, GIFT) == {FIRST}
