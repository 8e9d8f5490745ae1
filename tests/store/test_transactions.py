"""A transaction of `Table` keeps its promises as DynamoDB does, on each emulator of DynamoDB."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from store.test_table import ABSENT, PRESENT, fill, refused
from wracaj.errors import ConflictError
from wracaj.store import Store
from wracaj.store.table import Change, Key, PreconditionError, Table


@pytest.fixture
def table(store: Store) -> Table:
    return store.table


@pytest.fixture
def partition(shop_id: str) -> str:
    return f"TRANSACTION#{shop_id}"


@pytest.fixture
def key(partition: str) -> Key:
    return {"PK": partition, "SK": "one"}


def test_a_transaction_does_all(table: Table, partition: str) -> None:
    put, updated, deleted = (
        {"PK": partition, "SK": name} for name in ("put", "updated", "deleted")
    )
    table.put({**deleted, "mark": "a"})
    table.transact(
        [
            {"Put": table.putting({**put, "value": 1}, ABSENT)},
            {"Update": table.updating(updated, Change().add(count=2).only_if_absent("count"))},
            {"Delete": table.deleting(deleted, "mark = :mark", mark="a")},
        ]
    )
    assert table.query({"PK": partition}) == [{**put, "value": 1}, {**updated, "count": 2}]


FAILING = {
    "put": lambda table, key: {"Put": table.putting(key, PRESENT)},
    "update": lambda table, key: {
        "Update": table.updating(key, Change().set(value=1).only_if_present("PK"))
    },
    "delete": lambda table, key: {"Delete": table.deleting(key, "mark = :mark", mark="a")},
}


@pytest.mark.parametrize("kind", FAILING)
@pytest.mark.parametrize("places", [{0}, {2}, {0, 2}, {0, 1, 2}])
def test_or_nothing_where_a_condition_fails(
    table: Table, partition: str, kind: str, places: set[int]
) -> None:
    before = fill(table, partition, "counted", count=1)
    actions: list[Any] = [
        {"Put": table.putting({"PK": partition, "SK": f"{place}"}, ABSENT)} for place in range(3)
    ]
    for place in places:
        actions[place] = FAILING[kind](table, {"PK": partition, "SK": f"missing-{place}"})
    counting = table.updating(
        {"PK": partition, "SK": "counted"}, Change().add(count=1).set(mark="a")
    )
    with pytest.raises(PreconditionError) as error:
        table.transact([*actions, {"Update": counting}])
    assert isinstance(error.value, ConflictError)
    assert table.query({"PK": partition}) == before


def test_one_item_is_named_once_in_a_transaction(table: Table, key: Key) -> None:
    with pytest.raises(ClientError) as error:
        table.transact(
            [
                {"Put": table.putting({**key})},
                {"Update": table.updating(key, Change().set(value=1))},
            ]
        )
    assert refused(error)
    assert table.get(key) is None


def test_a_transaction_has_up_to_a_hundred_actions(table: Table, partition: str) -> None:
    puts = [
        {"Put": table.putting({"PK": partition, "SK": f"{number:03}"})} for number in range(101)
    ]
    with pytest.raises(ClientError) as error:
        table.transact(puts)
    assert refused(error)
    table.transact(puts[:100])
    assert len(table.query({"PK": partition})) == 100
