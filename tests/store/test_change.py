"""`Change` changes an item as DynamoDB does, on each emulator of DynamoDB."""

from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wracaj.store import Store
from wracaj.store.table import Change, ConditionFailedError, Item, Key, Table

not_on_moto = pytest.mark.not_on_moto
RESERVED = (
    "name",
    "state",
    "at",
    "count",
    "items",
    "size",
    "set",
    "value",
    "type",
    "date",
    "time",
    "status",
    "order",
)


@pytest.fixture
def table(store: Store) -> Table:
    return store.table


@pytest.fixture
def key(shop_id: str) -> Key:
    return {"PK": f"CHANGE#{shop_id}", "SK": "one"}


@pytest.fixture
def item(table: Table, key: Key) -> Item:
    before = {**key, "text": "b", "number": 5, "names": {"a", "b"}, "numbers": {1, 2}}
    table.put(before)
    return before


def changed(table: Table, key: Key, change: Change) -> Item:
    """What the write returns is what is there."""
    answer = table.update(key, change)
    assert answer == table.get(key)
    return answer


def test_a_change_makes_the_item_where_there_is_none(table: Table, key: Key) -> None:
    assert changed(table, key, Change().set(text="a").add(number=2, names={"a"})) == {
        **key,
        "text": "a",
        "number": 2,
        "names": {"a"},
    }


def test_it_sets_some_attributes_removes_those_that_are_none_and_leaves_the_rest(
    table: Table, key: Key, item: Item
) -> None:
    after = changed(table, key, Change().set(text="c", fresh=True, number=None, missing=None))
    assert after == {name: value for name, value in item.items() if name != "number"} | {
        "text": "c",
        "fresh": True,
    }


def test_what_is_set_once_stays(table: Table, key: Key, item: Item) -> None:
    assert changed(table, key, Change().set_once(text="other", fresh="first")) == item | {
        "fresh": "first"
    }
    assert changed(table, key, Change().set_once(fresh="second")) == item | {"fresh": "first"}


def test_numbers_are_added_and_sets_united(table: Table, key: Key, item: Item) -> None:
    after = changed(
        table,
        key,
        Change().add(
            number=Decimal("-7.5"), fresh=1, names={"b", "c"}, numbers={2, 3}, marks={"x"}
        ),
    )
    assert after == item | {
        "number": Decimal("-2.5"),
        "fresh": 1,
        "names": {"a", "b", "c"},
        "numbers": {1, 2, 3},
        "marks": {"x"},
    }


def test_members_are_taken_out_and_a_set_goes_with_its_last(
    table: Table, key: Key, item: Item
) -> None:
    assert changed(table, key, Change().take_out(names={"a", "z"}, missing={"x"})) == item | {
        "names": {"b"}
    }
    assert changed(table, key, Change().take_out(names={"b"}, numbers={1})) == {
        name: value for name, value in (item | {"numbers": {2}}).items() if name != "names"
    }


def test_all_kinds_at_once_and_each_reads_what_was_there_before(
    table: Table, key: Key, item: Item
) -> None:
    change = (
        Change()
        .set(text="c")
        .set_once(number=9)
        .add(fresh=1)
        .take_out(names={"a"})
        .only_if(text="b")
        .only_if_present("numbers")
    )
    assert changed(table, key, change) == item | {"text": "c", "fresh": 1, "names": {"b"}}


@pytest.mark.parametrize("name", RESERVED)
def test_no_reserved_word_is_in_the_way(table: Table, key: Key, name: str) -> None:
    change = Change().set(**{name: "a"}).only_if_absent(name)
    assert changed(table, key, change) == {**key, name: "a"}
    assert (
        changed(
            table,
            key,
            Change().set(**{name: None}).only_if(**{name: "a"}).only_if_below(**{name: "b"}),
        )
        == key
    )


CONDITIONS = [
    (Change().only_if(text="b", number=5), True),
    (Change().only_if(number=Decimal("5.00")), True),
    (Change().only_if(text="b", number=6), False),
    (Change().only_if(missing="b"), False),
    (Change().only_if(number="5"), False),
    (Change().only_if(names={"b", "a"}), True),
    (Change().only_if(names={"a"}), False),
    (Change().only_if_absent("missing", "gone"), True),
    (Change().only_if_absent("missing", "text"), False),
    (Change().only_if_present("text", "number"), True),
    (Change().only_if_present("text", "missing"), False),
    (Change().only_if_below(number=6, text="c", missing=1), True),
    (Change().only_if_below(number=5), False),
    (Change().only_if_below(text="b"), False),
    (Change().only_if_below(text="B"), False),
    (Change().only_if_below(text="ą"), True),
    (Change().only_if_below(number=10, text="a"), False),
    pytest.param(
        Change().only_if_below(number="6"), False, marks=not_on_moto("an order between two types")
    ),
]


@pytest.mark.parametrize(("condition", "holds"), CONDITIONS, ids=lambda value: None)
def test_a_change_on_condition_tells_what_is_there_instead(
    table: Table, key: Key, item: Item, condition: Change, holds: bool
) -> None:
    if holds:
        assert changed(table, key, condition.set(done=True)) == item | {"done": True}
        return
    with pytest.raises(ConditionFailedError) as error:
        table.update(key, condition.set(done=True))
    assert error.value.item == table.get(key) == item


def test_where_there_is_nothing_a_failed_condition_tells_nothing_and_leaves_nothing(
    table: Table, key: Key
) -> None:
    for change in (Change().only_if(text="b"), Change().only_if_present("PK")):
        with pytest.raises(ConditionFailedError) as error:
            table.update(key, change.set(done=True))
        assert error.value.item == {}
    assert table.get(key) is None
    assert changed(
        table, key, Change().only_if_below(number=1).only_if_absent("PK").set(number=1)
    ) == {**key, "number": 1}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(Change().add(text=1), id="a number to a word"),
        pytest.param(Change().add(names={1}), id="a number to a set of words"),
        pytest.param(Change().take_out(text={"a"}), id="a member out of a word"),
        pytest.param(Change().set(text="c").add(text=1), id="an attribute twice"),
        pytest.param(Change().set(SK="other"), id="another key"),
        pytest.param(
            Change().set(account_shard=""),
            id="an empty key of an index",
            marks=not_on_moto("a bad key of an index"),
        ),
        pytest.param(
            Change().set(account_shard=7),
            id="a number as key of an index",
            marks=not_on_moto("a bad key of an index"),
        ),
        pytest.param(Change().add(names=set()), id="nothing to a set"),
        pytest.param(Change().set(names=set()), id="an empty set"),
    ],
)
def test_what_cannot_be_done_is_refused_and_changes_nothing(
    table: Table, key: Key, item: Item, change: Change
) -> None:
    with pytest.raises(ClientError) as error:
        table.update(key, change)
    assert error.value.response["Error"]["Code"] == "ValidationException"
    assert table.get(key) == item


@given(
    steps=st.lists(
        st.tuples(st.integers(-(10**12), 10**12), st.sets(st.sampled_from("abcd"), min_size=1)),
        min_size=1,
        max_size=6,
    )
)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_sum_and_a_union_are_those_of_all_that_was_added(
    table: Table, key: Key, steps: list[tuple[int, Any]]
) -> None:
    table.delete(key)
    for number, names in steps:
        table.update(key, Change().add(number=Decimal(number) / 100, names=names))
    total, union = (
        sum(Decimal(number) / 100 for number, _ in steps),
        set().union(*(names for _, names in steps)),
    )
    assert table.get(key) == {**key, "number": total, "names": union}
