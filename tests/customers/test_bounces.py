from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from support.builders import HOUR, NOON
from wracaj.consent.channel import Channel
from wracaj.customers.bounces import Deliveries, SoftBounce
from wracaj.customers.customer import Customer

EMAIL = Channel.EMAIL
HERE = Customer(id="e-anna")


def bounce(number: int) -> SoftBounce:
    return SoftBounce(at=NOON + number * HOUR, message_id=f"{number:020x}")


def test_the_third_message_that_does_not_arrive_gives_the_address_up() -> None:
    here = HERE
    for number in (1, 2, 2, 1):
        here = here.bounced(EMAIL, bounce(number))
    assert not here.suppressed
    assert here.bounced(EMAIL, bounce(3)).suppressed == {"email": "bounce"}


def test_a_message_that_arrives_in_between_begins_the_count_anew() -> None:
    here = HERE
    for number in (1, 2):
        here = here.bounced(EMAIL, bounce(number))
    here = here.arrived(EMAIL, NOON + 2.5 * HOUR)
    assert not here.bounced(EMAIL, bounce(3)).suppressed


def test_where_nothing_failed_an_arrival_changes_nothing() -> None:
    assert HERE.arrived(EMAIL, NOON) == HERE


Told = st.tuples(st.booleans(), st.integers(1, 6))


@given(st.lists(Told, max_size=12), st.randoms(use_true_random=False))
def test_any_order_and_any_repetition_ends_the_same(
    told: list[tuple[bool, int]], random: object
) -> None:
    def end(events: list[tuple[bool, int]]) -> set[str]:
        state = Deliveries()
        for arrived, number in events:
            state = (
                state.arrived(NOON + number * HOUR + timedelta(minutes=1))
                if arrived
                else state.bounced(bounce(number))
            )
        return {one.message_id for one in state.soft}

    shuffled = told * 2
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert end(told) == end(shuffled)


Word = st.tuples(st.sampled_from(["bounce", "complaint", "soft", "lift"]), st.integers(1, 8))


@given(st.lists(Word, min_size=1, max_size=8), st.data())
def test_told_again_after_a_person_lifted_it_changes_nothing(
    told: list[tuple[str, int]], data: st.DataObject
) -> None:
    def heard(customer: Customer, words: list[tuple[str, int]]) -> Customer:
        for what, hour in words:
            at = NOON + hour * HOUR
            match what:
                case "soft":
                    customer = customer.bounced(EMAIL, bounce(hour))
                case "lift":
                    customer = customer.with_suppression_lifted(EMAIL, at)
                case _:
                    customer = customer.suppressing(EMAIL, what, at)
        return customer

    once = heard(HERE, [*told, ("lift", 9)])
    again = data.draw(st.lists(st.sampled_from(told), max_size=6))
    assert heard(once, again) == once
    assert not once.suppressed
