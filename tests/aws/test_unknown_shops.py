"""Requests for shop names that strangers make up. They cause few look-ups, and no real shop becomes
unreachable."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wracaj.aws.unknown_shops import (
    LIST_AGAIN_SECONDS,
    MOST_IN_VAIN,
    MOST_UNKNOWN,
    UNKNOWN_SECONDS,
    UnknownShops,
)
from wracaj.errors import UnavailableError

REAL = ("kubek", "talerz")


class List:
    """Of all shops. Counts how often it is read."""

    def __init__(self, *names: str) -> None:
        self.names, self.read, self.fails = names, 0, False

    def __call__(self) -> Iterable[str]:
        self.read += 1
        if self.fails:
            raise ConnectionError
        return self.names


def look_ups(unknown: UnknownShops, names: Iterable[str], at: float = 0.0) -> int:
    """As shop_settings asks: what is not known to be unknown is looked up."""
    count = 0
    for name in names:
        if not unknown.has(name, at):
            count += 1
            if name not in REAL:
                unknown.add(name, at)
    return count


def made_up(many: int, prefix: str = "x") -> list[str]:
    return [f"{prefix}{number}" for number in range(many)]


def test_one_name_is_looked_up_once_a_minute() -> None:
    unknown = UnknownShops(List(*REAL))
    assert look_ups(unknown, ["x"] * 500) == 1
    assert look_ups(unknown, ["x"] * 500, UNKNOWN_SECONDS) == 1


def test_many_names_cost_a_few_look_ups_and_one_list_a_minute() -> None:
    names = List(*REAL)
    unknown = UnknownShops(names)
    assert (look_ups(unknown, made_up(5000)), names.read) == (MOST_IN_VAIN, 1)
    assert (look_ups(unknown, made_up(5000, "y"), UNKNOWN_SECONDS), names.read) == (MOST_IN_VAIN, 2)


def test_a_shop_is_found_in_the_middle_of_a_flood() -> None:
    unknown = UnknownShops(List(*REAL))
    look_ups(unknown, made_up(500))
    assert look_ups(unknown, [*REAL, "z"]) == len(REAL)


def test_a_few_mistakes_read_no_list() -> None:
    names = List(*REAL)
    assert (look_ups(UnknownShops(names), made_up(MOST_IN_VAIN - 1)), names.read) == (
        MOST_IN_VAIN - 1,
        0,
    )


def test_where_the_list_cannot_be_read_nobody_is_unknown_and_it_rests_for_a_while() -> None:
    names = List(*REAL)
    unknown = UnknownShops(names)
    look_ups(unknown, made_up(MOST_IN_VAIN))
    names.fails = True
    with pytest.raises(ConnectionError):
        unknown.has("kubek", 1)
    for _ in range(100):
        with pytest.raises(UnavailableError):
            unknown.has("kubek", 1)
    assert names.read == 1
    names.fails = False
    assert not unknown.has("kubek", 1 + LIST_AGAIN_SECONDS)


@given(names=st.lists(st.sampled_from([*REAL, *made_up(40)]), max_size=300), step=st.floats(0, 10))
def test_no_shop_is_ever_called_unknown(names: list[str], step: float) -> None:
    unknown = UnknownShops(List(*REAL))
    for number, name in enumerate(names):
        if unknown.has(name, number * step):
            assert name not in REAL
        elif name not in REAL:
            unknown.add(name, number * step)


def test_what_is_remembered_is_bounded() -> None:
    unknown = UnknownShops(List(*REAL))
    for number, name in enumerate(made_up(3 * MOST_UNKNOWN)):
        unknown.add(name, float(number))
    assert len(unknown.since) <= MOST_UNKNOWN
