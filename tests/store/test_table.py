"""`Table` keeps its promises as DynamoDB does, on each emulator of DynamoDB."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.builders import NOON
from wracaj.store import Store
from wracaj.store.table import Change, ConditionFailedError, Item, Key, Table, expiry
from wracaj.store.wire import from_wire, to_wire

ABSENT, PRESENT = "attribute_not_exists(PK)", "attribute_exists(PK)"


@pytest.fixture
def table(store: Store) -> Table:
    return store.table


@pytest.fixture
def partition(shop_id: str) -> str:
    return f"CONTRACT#{shop_id}"


@pytest.fixture
def key(partition: str) -> Key:
    return {"PK": partition, "SK": "one"}


def fill(table: Table, partition: str, *names: str, **attributes: Any) -> list[Item]:
    items = [{"PK": partition, "SK": name, **attributes} for name in names]
    for item in items:
        table.put(item)
    return items


def names_of(items: list[Item]) -> list[str]:
    return [item["SK"] for item in items]


def refused(error: pytest.ExceptionInfo[ClientError]) -> bool:
    return error.value.response["Error"]["Code"] == "ValidationException"


NUMBERS = st.decimals(min_value=-(10**20), max_value=10**20, places=6, allow_nan=False)
VALUES = st.recursive(
    st.one_of(
        st.text(max_size=20),
        st.booleans(),
        st.binary(min_size=1, max_size=9),
        NUMBERS,
        st.sets(st.text(min_size=1, max_size=9), min_size=1, max_size=4),
        st.sets(NUMBERS, min_size=1, max_size=4),
    ),
    lambda values: (
        st.lists(values, max_size=3)
        | st.dictionaries(st.text("abc", min_size=1, max_size=3), values, max_size=3)
    ),
    max_leaves=6,
)


@given(value=VALUES)
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_kind_of_value_comes_back_as_it_was_put(table: Table, key: Key, value: Any) -> None:
    item = {**key, "value": value}
    table.put(item)
    assert table.get(key) == from_wire(to_wire(item))


def test_what_is_none_is_not_put_and_what_is_empty_is(table: Table, key: Key) -> None:
    table.put({**key, "none": None, "text": "", "list": [], "map": {}})
    assert table.get(key) == {**key, "text": "", "list": [], "map": {}}


def test_there_is_no_empty_set(table: Table, key: Key) -> None:
    with pytest.raises(ClientError) as error:
        table.put({**key, "value": set()})
    assert refused(error)
    assert table.get(key) is None


def test_what_is_not_there_is_nothing(table: Table, key: Key) -> None:
    assert table.get(key) is None
    table.delete(key)
    assert table.query({"PK": key["PK"]}) == table.get_many([key]) == table.get_many([]) == []


def test_a_put_replaces_all_of_an_item(table: Table, key: Key) -> None:
    table.put({**key, "old": 1})
    table.put({**key, "new": 2})
    assert table.get(key) == {**key, "new": 2}


def test_a_put_on_condition(table: Table, key: Key) -> None:
    table.put({**key, "revision": 1}, ABSENT)
    with pytest.raises(ConditionFailedError):
        table.put({**key, "revision": 2}, ABSENT)
    with pytest.raises(ConditionFailedError):
        table.put({**key, "revision": 2}, "revision = :read", read=7)
    table.put({**key, "revision": 2}, "revision = :read", read=1)
    table.put({**key, "revision": 3}, f"{ABSENT} OR revision = :read", read=2)
    assert table.get(key) == {**key, "revision": 3}


def test_many_are_read_at_once_whatever_their_number_and_those_that_are_not_there_are_left_out(
    table: Table, partition: str
) -> None:
    items = fill(table, partition, *(f"{number:03}" for number in range(103)))
    keys = [{"PK": partition, "SK": item["SK"]} for item in items] + [
        {"PK": partition, "SK": "none"}
    ]
    assert sorted(names_of(table.get_many(keys))) == names_of(items)


def test_many_large_items_are_all_read(table: Table, partition: str) -> None:
    """DynamoDB answers with 16 MB at the most, and names what is left."""
    keys = [
        {"PK": item["PK"], "SK": item["SK"]}
        for item in fill(table, partition, *map(str, range(43)), value="x" * 395_000)
    ]
    assert len(table.get_many(keys)) == len(keys)
    for key in keys:
        table.delete(key)


def test_the_same_key_twice_in_one_batch_is_refused(table: Table, key: Key) -> None:
    with pytest.raises(ClientError) as error:
        table.get_many([key, key])
    assert refused(error)


def test_a_delete_where_the_item_is_as_it_was_read(table: Table, key: Key) -> None:
    table.delete_if(key, mark="a")
    fill(table, key["PK"], key["SK"], mark="a", other="b")
    table.delete_if(key, mark="b")
    table.delete_if(key, mark="a", other="c")
    assert table.get(key) is not None
    table.delete_if(key, mark="a", other="b")
    assert table.get(key) is None


def test_a_partition_comes_in_the_order_of_bytes(table: Table, partition: str) -> None:
    names = ["1", "10", "2", "A", "a", "aa", "z", "ó", "ż", "\ufb01", "😀"]
    fill(table, partition, *reversed(names))
    fill(table, partition + "#", "other")
    assert names_of(table.query({"PK": partition})) == names
    assert names_of(table.query({"PK": partition}, begins="a")) == ["a", "aa"]
    assert names_of(table.first({"PK": partition}, 3)) == ["1", "10", "2"]
    assert names_of(table.first({"PK": partition}, 2, after="a")) == ["aa", "z"]
    assert names_of(table.last({"PK": partition}, "a")) == ["aa"]
    assert names_of(table.last({"PK": partition}, "a", 5)) == ["aa", "a"]


def test_pages_end_at_a_limit_and_go_on_after_an_item(table: Table, partition: str) -> None:
    fill(table, partition, *"abcdef")

    def read(**how: Any) -> str:
        return "".join(
            item["SK"] for page in table.pages({"PK": partition}, **how) for item in page
        )

    assert read(limit=4) == "abcd"
    assert read(limit=4, after={"PK": partition, "SK": "d"}) == "ef"
    assert read(after={"PK": partition, "SK": "bb"}) == "cdef", (
        "what it goes on after need not be there"
    )
    assert read(limit=0) == read(after={"PK": partition, "SK": "f"}) == ""


def test_a_partition_of_more_than_a_megabyte_comes_in_pages(table: Table, partition: str) -> None:
    items = fill(table, partition, *(f"{number:02}" for number in range(7)), value="x" * 300_000)
    pages = [page for page in table.pages({"PK": partition}) if page]
    assert len(pages) == 3
    assert [item for page in pages for item in page] == table.query({"PK": partition}) == items


def test_an_index_has_those_with_its_key_and_of_them_what_it_holds(
    table: Table, partition: str
) -> None:
    indexed = {"account_shard": partition, "cart_id": "c1", "content": "text"}
    for number in (2, 1, 3):
        table.put({"PK": f"{partition}#{number}", "SK": "CART", **(indexed if number != 3 else {})})
    found = table.query({"account_shard": partition}, index="accounts")
    assert sorted(item["PK"] for item in found) == [f"{partition}#1", f"{partition}#2"]
    assert {frozenset(item) for item in found} == {
        frozenset({"PK", "SK", "account_shard", "cart_id", "content"})
    }
    table.update({"PK": f"{partition}#1", "SK": "CART"}, Change().set(account_shard=None))
    assert [item["PK"] for item in table.query({"account_shard": partition}, index="accounts")] == [
        f"{partition}#2"
    ]


def test_an_index_is_read_on_after_an_item_of_it(table: Table, partition: str) -> None:
    keys = [
        {"PK": f"{partition}#{number}", "SK": "ACCOUNT", "account_shard": partition}
        for number in range(5)
    ]
    for key in keys:
        table.put(key)
    (first,) = table.pages({"account_shard": partition}, index="accounts", limit=2)
    rest = [
        item
        for page in table.pages({"account_shard": partition}, index="accounts", after=first[-1])
        for item in page
    ]
    assert len(first) == 2
    assert sorted(item["PK"] for item in first + rest) == [key["PK"] for key in keys]


def test_an_item_that_expired_is_there_until_dynamodb_comes_by(table: Table, key: Key) -> None:
    """Some days later, maybe. So expiry decides nothing."""
    expired = {**key, "expires_at": expiry(NOON - timedelta(days=400), 1)}
    table.put(expired, ABSENT)
    assert table.get(key) == expired
    with pytest.raises(ConditionFailedError):
        table.put({**key}, ABSENT)


@pytest.mark.parametrize("name", ["PK", "SK", "account_shard"])
def test_a_key_is_never_empty(table: Table, key: Key, name: str) -> None:
    with pytest.raises(ClientError) as error:
        table.put({**key, name: ""})
    assert refused(error)


def test_an_item_of_more_than_400_kb_is_refused(table: Table, key: Key) -> None:
    with pytest.raises(ClientError) as error:
        table.put({**key, "value": "x" * 410_000})
    assert refused(error)
    table.put({**key, "value": "x" * 400_000, "count": Decimal(1)})
