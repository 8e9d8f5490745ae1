from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from builders import HOUR, NOON, a_customer
from wracaj.consent import Channel
from wracaj.customer import address_key
from wracaj.deliveries import SOFT_BOUNCES, Deliveries, SoftBounce

HERE = "anna@example.com"
KEY = address_key(Channel.EMAIL, HERE)


def bounce(number: int) -> SoftBounce:
    return SoftBounce(at=NOON + number * HOUR, message_id=f"{number:020x}")


def test_the_third_message_that_does_not_arrive_gives_the_address_up() -> None:
    customer = a_customer()
    for number in (1, 2, 2, 1):
        customer = customer.bounced(KEY, bounce(number))
    assert not customer.is_suppressed(Channel.EMAIL, HERE)
    customer = customer.bounced(KEY, bounce(3))
    assert customer.is_suppressed(Channel.EMAIL, HERE)
    assert not customer.is_suppressed(Channel.EMAIL, "other@example.com")
    assert not customer.is_suppressed(Channel.SMS, HERE)


def test_a_message_that_arrives_in_between_begins_the_count_anew() -> None:
    customer = a_customer()
    for number in (1, 2):
        customer = customer.bounced(KEY, bounce(number))
    customer = customer.arrived(KEY, NOON + 2.5 * HOUR)
    assert not customer.bounced(KEY, bounce(3)).is_suppressed(Channel.EMAIL, HERE)


def test_where_nothing_failed_an_arrival_changes_nothing() -> None:
    assert a_customer().arrived(KEY, NOON) == a_customer()


Told = st.tuples(st.booleans(), st.integers(1, 6))


@given(st.lists(Told, max_size=12), st.randoms(use_true_random=False))
def test_any_order_and_any_repetition_ends_the_same(told: list[tuple[bool, int]], random: object) -> None:
    def end(events: list[tuple[bool, int]]) -> set[str]:
        state = Deliveries()
        for arrived, number in events:
            state = state.arrived(NOON + number * HOUR + timedelta(minutes=1)) if arrived else state.bounced(bounce(number))
        return {one.message_id for one in state.soft}

    shuffled = told * 2
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert end(told) == end(shuffled)


@given(st.lists(Told, max_size=8), st.lists(Told, max_size=8))
def test_two_shoppers_found_to_be_one_have_what_one_would_have(
    ones: list[tuple[bool, int]], others: list[tuple[bool, int]]
) -> None:
    def state(events: list[tuple[bool, int]]) -> Deliveries:
        told = Deliveries()
        for arrived, number in events:
            told = told.arrived(NOON + number * HOUR) if arrived else told.bounced(bounce(number))
        return told

    joined, together = state(ones).joined(state(others)), state(ones + others)
    assert (joined.arrived_at, set(joined.soft)) == (together.arrived_at, set(together.soft))
    assert len(joined.soft) >= SOFT_BOUNCES or not joined.given_up
