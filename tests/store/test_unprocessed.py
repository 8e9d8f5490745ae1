"""BatchGetItem may leave keys unprocessed, if DynamoDB throttles or the answer reaches 16 MB. The
other answers come from the emulator."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from wracaj.errors import UnavailableError
from wracaj.store import Store
from wracaj.store import table as tables
from wracaj.store.table import BATCH_TRIES, MOST_KEYS, Table


@dataclass
class Throttling:
    """Looks up as many keys as it is told for each call, the last number for all after."""

    real: Any
    takes: list[int]
    calls: list[int] = field(default_factory=list)

    def batch_get_item(self, *, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803
        ((name, request),) = RequestItems.items()
        keys = request["Keys"]
        self.calls.append(len(keys))
        takes = self.takes.pop(0) if len(self.takes) > 1 else self.takes[0]
        now, later = keys[:takes], keys[takes:]
        answer = (
            self.real.batch_get_item(RequestItems={name: request | {"Keys": now}})
            if now
            else {"Responses": {name: []}}
        )
        return {**answer, "UnprocessedKeys": {name: request | {"Keys": later}} if later else {}}


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    slept: list[float] = []
    monkeypatch.setattr(tables, "sleep", slept.append)
    return slept


def keys(store: Store, shop: str, many: int) -> list[dict[str, str]]:
    found = [{"PK": f"SHOP#{shop}#CART#{number}", "SK": "CART"} for number in range(many)]
    for key in found:
        store.table.put(key)
    return found


def read(store: Store, throttling: Throttling, wanted: list[dict[str, str]]) -> list[str]:
    return [item["PK"] for item in Table(store.table.name, throttling).get_many(wanted)]


def test_what_was_left_is_asked_for_again_until_all_is_there(
    store: Store, shop_id: str, naps: list[float]
) -> None:
    wanted = keys(store, shop_id, 7)
    throttling = Throttling(store.table.dynamodb, [3, 0, 1, 2])
    assert sorted(read(store, throttling, wanted)) == [key["PK"] for key in wanted]
    assert throttling.calls == [7, 4, 4, 3, 1]
    assert len(naps) == 4


def test_keys_that_stay_unprocessed_end_in_a_passing_fault(
    store: Store, shop_id: str, naps: list[float]
) -> None:
    throttling = Throttling(store.table.dynamodb, [2, 0])
    with pytest.raises(UnavailableError, match="1 of 3 keys"):
        read(store, throttling, keys(store, shop_id, 3))
    assert len(throttling.calls) == 1 + BATCH_TRIES
    assert sum(naps) < 3.2


def test_a_table_that_goes_on_slowly_is_waited_for(
    store: Store, shop_id: str, naps: list[float]
) -> None:
    """One key a call, for longer than tries are left without a step."""
    wanted = keys(store, shop_id, 3 * BATCH_TRIES)
    assert len(read(store, Throttling(store.table.dynamodb, [1]), wanted)) == len(wanted)


def test_each_hundred_has_an_end_of_its_own(store: Store, shop_id: str, naps: list[float]) -> None:
    wanted = keys(store, shop_id, MOST_KEYS + 2)
    throttling = Throttling(store.table.dynamodb, [60, 0, 40, 0, 2])
    assert len(read(store, throttling, wanted)) == len(wanted)
    assert throttling.calls == [100, 40, 40, 2, 2]
