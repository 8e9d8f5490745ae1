"""Writes docs/settings.md from the models that check a shop's settings: `python -m
wracaj_cli.reference`."""

import json
import sys
import types
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin

from wracaj_cli.house import ROOT

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic.fields import FieldInfo

PAGE = ROOT / "docs" / "settings.md"
INTRODUCTION = """\
# A shop's settings

One YAML file per shop. `wracaj shop example` prints one to start from. `wracaj shop put FILE`
checks it, names every wrong key, and stores it. `wracaj shop show SHOP` prints what is stored,
defaults included. A change takes effect within 5 minutes. What is stored may take 8 KB.

Most shops need only the required keys. Secrets are never in this file: see
[operations](operations.md#secrets). Words: [glossary](glossary.md).

This page is written from the code: `python -m wracaj_cli.reference`.

| key | type | default | what it does |
| --- | --- | --- | --- |
"""
SHAPES = {
    "str": "text",
    "bool": "true or false",
    "int": "a whole number",
    "Decimal": "an amount",
    "time": "a time of day: 9:00",
    "dict": "a section",
    "AwareDatetime": "a time with its offset: 2026-11-01T00:00:00+01:00",
}
REQUIRED = "**required**"
BOUNDS = {"ge": "from {}", "gt": "above {}", "le": "up to {}"}


@dataclass(frozen=True)
class Setting:
    key: str
    shape: str
    default: str
    description: str

    def as_row(self) -> str:
        cells = (f"`{self.key}`", self.shape, self.default, self.description)
        return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def reference_text() -> str:
    from wracaj.settings.shop import ShopSettings

    return INTRODUCTION + "".join(f"{setting.as_row()}\n" for setting in settings_of(ShopSettings))


def settings_of(
    model: "type[BaseModel]", prefix: str = "", required: str = REQUIRED
) -> Iterator[Setting]:
    for name, field in model.model_fields.items():
        kind, key = _kind(field.annotation), f"{prefix}{name}"
        if hasattr(named := _named(kind), "model_fields"):
            yield from settings_of(named, f"{key}.NAME.", f"{REQUIRED} in each of `{name}`")
            continue
        if hasattr(kind, "model_fields"):
            yield from settings_of(
                kind, f"{key}.", REQUIRED if field.is_required() else f"{REQUIRED} in `{name}`"
            )
            continue
        yield Setting(key, _shape(kind, field), _default(field, required), field.description or "")
        if hasattr(entry := _entry(kind), "model_fields"):
            yield from settings_of(entry, f"{key}[].", f"{REQUIRED} in each of `{name}`")


def _kind(annotation: Any) -> Any:
    """Return the type inside `X | None` and `Annotated[X, …]`."""
    if get_origin(annotation) in {Union, types.UnionType}:
        return _kind(next(part for part in get_args(annotation) if part is not type(None)))
    return _kind(get_args(annotation)[0]) if hasattr(annotation, "__metadata__") else annotation


def _entry(kind: Any) -> Any:
    """Return the type of a list's entries, or None if it is not a list."""
    return _kind(get_args(kind)[0]) if get_origin(kind) is tuple else None


def _named(kind: Any) -> Any:
    """Return the type of the values of a section whose names the shop chooses, or None for another
    section."""
    return _kind(get_args(kind)[1]) if get_origin(kind) is dict else None


def _shape(kind: Any, field: "FieldInfo") -> str:
    if get_origin(kind) is Literal:
        return " or ".join(f"`{choice}`" for choice in get_args(kind))
    if get_origin(kind) is tuple:
        return "a list of texts" if _entry(kind) is str else "a list"
    limits = {
        name: getattr(limit, name)
        for limit in field.metadata
        for name in BOUNDS
        if getattr(limit, name, None) is not None
    }
    return ", ".join(
        [
            SHAPES[kind.__name__],
            " ".join(BOUNDS[name].format(value) for name, value in limits.items()),
        ]
    ).rstrip(", ")


def _default(field: "FieldInfo", required: str) -> str:
    if field.is_required():
        return required
    if field.default in (None, (), "", {}):
        return "none"
    return (
        f"`{field.default:%H:%M}`"
        if hasattr(field.default, "hour")
        else f"`{json.dumps(field.default, default=str)}`".replace('"', "")
    )


def write(path: Path = PAGE) -> Path:
    path.write_text(reference_text(), encoding="utf-8")
    return path


def main() -> None:
    sys.path.insert(0, str(ROOT / "functions"))
    print(f"Wrote {write()}")


if __name__ == "__main__":
    main()
