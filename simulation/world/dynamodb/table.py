"""A table: its items, in the order of their keys."""

from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from simulation.world.dynamodb.wire import LONGEST_KEYS, Item, Value, WireError

Key = tuple[str, str]


@dataclass
class Table:
    """One table with the keys PK and SK. Each partition is kept in the order of SK."""

    name: str
    indexes: Mapping[str, str] = field(default_factory=dict)  # name → its partition key
    partitions: dict[str, dict[str, Item]] = field(default_factory=dict)
    order: dict[str, list[str]] = field(default_factory=dict)
    expiring: dict[Key, float] = field(default_factory=dict)  # seconds since 1970

    def get(self, key: Key) -> Item | None:
        return self.partitions.get(key[0], {}).get(key[1])

    def put(self, item: Item) -> None:
        pk, sk = item["PK"]["S"], item["SK"]["S"]
        partition = self.partitions.setdefault(pk, {})
        if sk not in partition:
            insort(self.order.setdefault(pk, []), sk)
        partition[sk] = item
        if expires_at := item.get("expires_at"):
            self.expiring[pk, sk] = float(expires_at["N"])
        else:
            self.expiring.pop((pk, sk), None)

    def delete(self, key: Key) -> None:
        partition = self.partitions.get(key[0], {})
        self.expiring.pop(key, None)
        if partition.pop(key[1], None) is not None:
            places = self.order[key[0]]
            del places[bisect_left(places, key[1])]
            if not partition:
                del self.partitions[key[0]], self.order[key[0]]

    def items(self) -> Iterator[Item]:
        """Yield all items, in the order of their keys."""
        for pk in sorted(self.partitions):
            for sk in self.order[pk]:
                yield self.partitions[pk][sk]

    def in_order(self, pk: str) -> list[Item]:
        partition = self.partitions.get(pk, {})
        return [partition[sk] for sk in self.order.get(pk, ())]


def key_of(key: Mapping[str, Value], *, is_whole: bool = True) -> Key:
    """Return PK and SK. `is_whole`: there must be nothing else. Raises WireError."""
    for name, longest in LONGEST_KEYS.items():
        value = key.get(name)
        if value is None:
            raise WireError(
                "The provided key element does not match the schema"
                if is_whole
                else f"One or more parameter values were invalid: Missing the key {name}"
            )
        if "S" not in value:
            raise WireError(
                f"One or more parameter values were invalid: Type mismatch for key {name}"
            )
        if not 0 < len(value["S"].encode()) <= longest:
            raise WireError(
                "One or more parameter values are not valid. The AttributeValue for a key"
                f" attribute has a wrong size. Key: {name}"
            )
    if is_whole and len(key) > len(LONGEST_KEYS):
        raise WireError("The provided key element does not match the schema")
    return key["PK"]["S"], key["SK"]["S"]
