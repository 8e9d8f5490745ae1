from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from builders import HOUR, NOON, a_customer
from wracaj.consent import Channel
from wracaj.customer import Customer, address_key
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


Word = st.tuples(st.sampled_from(["bounce", "complaint", "soft", "lift"]), st.integers(1, 8))


@given(st.lists(Word, min_size=1, max_size=8), st.data())
def test_told_again_after_a_person_lifted_it_changes_nothing(told: list[tuple[str, int]], data: st.DataObject) -> None:
    def heard(customer: Customer, words: list[tuple[str, int]]) -> Customer:
        for what, hour in words:
            at = NOON + hour * HOUR
            match what:
                case "soft":
                    customer = customer.bounced(KEY, bounce(hour))
                case "lift":
                    customer = customer.trusted_again(KEY, at)
                case _:
                    customer = customer.giving_up(KEY, what, at)
        return customer

    once = heard(a_customer(), [*told, ("lift", 9)])
    again = data.draw(st.lists(st.sampled_from(told), max_size=6))
    assert heard(once, again) == once
    assert not once.is_suppressed(Channel.EMAIL, HERE)


def test_two_shoppers_found_to_be_one_remember_the_newer_lift() -> None:
    older, newer = (a_customer(id=name).trusted_again(KEY, NOON + at * HOUR) for name, at in (("a", 1), ("b", 2)))
    for one in (older.absorb(newer), newer.absorb(older)):
        assert not one.giving_up(KEY, "bounce", NOON + 2 * HOUR).is_suppressed(Channel.EMAIL, HERE)
        assert one.giving_up(KEY, "bounce", NOON + 3 * HOUR).is_suppressed(Channel.EMAIL, HERE)
