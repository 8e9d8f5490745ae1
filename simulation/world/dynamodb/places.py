"""Places in an item: which an update may name together, and how it writes there."""

from typing import Any

from simulation.world.dynamodb.expressions import ExpressionError, Path
from simulation.world.dynamodb.wire import Item, Value, kind_of

NO_PATH = "The document path provided in the update expression is invalid for update"
KEYS = {"PK", "SK"}


def check_places(places: list[Path]) -> None:
    names = {path[0] for path in places}
    if len(names) == len(places) and KEYS.isdisjoint(names):
        return  # most of them: each another attribute
    for number, path in enumerate(places):
        if path[0] in KEYS:
            raise ExpressionError(
                "One or more parameter values were invalid: Cannot update attribute"
                f" {path[0]}. This attribute is part of the key"
            )
        for other in places[:number]:
            shorter = min(len(path), len(other))
            if path[:shorter] == other[:shorter]:
                raise ExpressionError(
                    "Invalid UpdateExpression: Two document paths overlap with each other;"
                )


def put(item: Item, path: Path, value: Value) -> None:
    if len(path) == 1:
        item[str(path[0])] = value
        return
    holder = _opened(item, path)
    last = path[-1]
    if isinstance(last, int) and isinstance(holder, list):
        holder[last : last + 1] = [value]
    elif isinstance(last, str) and isinstance(holder, dict):
        holder[last] = value
    else:
        raise ExpressionError(NO_PATH)


def remove(item: Item, path: Path) -> None:
    if len(path) == 1:
        item.pop(str(path[0]), None)
        return
    holder, last = _opened(item, path), path[-1]
    if isinstance(last, int) and isinstance(holder, list):
        del holder[last : last + 1]
    elif isinstance(last, str) and isinstance(holder, dict):
        holder.pop(last, None)
    else:
        raise ExpressionError(NO_PATH)


def _opened(item: Item, path: Path) -> Any:
    """Return a fresh copy of what holds the last part of a path, put into the item."""
    holder: Any = item
    for part in path[:-1]:
        try:
            value = holder[part]
        except (KeyError, IndexError, TypeError):
            raise ExpressionError(NO_PATH) from None
        kind = kind_of(value)
        if kind not in {"M", "L"}:
            raise ExpressionError(NO_PATH)
        inner = dict(value["M"]) if kind == "M" else list(value["L"])
        holder[part] = {kind: inner}
        holder = inner
    return holder
