"""Bodies in which some parts are replaced by other values."""

import copy
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

# Words from pydantic's own sentences, which our problems must not have.
FOREIGN = (
    "Input",
    "input",
    "Field required",
    "Value error",
    "Assertion",
    "String should",
    "List should",
    "Tuple should",
    "Decimal",
    "Dictionary",
    "Datetime",
    "Extra inputs",
    "Unable to",
    "unable to",
    "should",
    "timezone",
    "valid ",
    "Keys",
    "python",
    "pydantic",
)

Path = tuple[Any, ...]  # ("data", "items", 0, "price")


def paths(value: Any, before: Path = ()) -> list[Path]:
    """Return the path of every part of a body, including nested parts."""
    children = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    return [
        path for key, child in children for path in ((*before, key), *paths(child, (*before, key)))
    ]


def at(value: Any, path: Path) -> Any:
    """Return the value at this path, or None if there is none."""
    for key in path:
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def mangled(
    body: dict[str, Any],
    data: st.DataObject,
    anything: st.SearchStrategy[Any],
    spared: tuple[str, ...] = (),
) -> Any:
    """Replace one to three parts by `anything`. `spared`: keys that stay as they are, with
    everything in them."""
    changed = copy.deepcopy(body)
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(
            st.sampled_from([path for path in paths(changed) if not {"type", *spared} & set(path)])
        )
        assume(path != ("data",))
        at(changed, path[:-1])[path[-1]] = data.draw(anything)
    return changed
