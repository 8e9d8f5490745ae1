"""The output of `--json`, which scripts read. It has the same content as the normal output, under
keys that do not change."""

import json
from datetime import date
from typing import Annotated, Any

import typer

AsJson = Annotated[
    bool, typer.Option("--json", help="For scripts: the same as JSON, whose keys stay as they are")
]


def print_json(told: Any) -> None:
    typer.echo(as_json(told))


def as_json(told: Any) -> str:
    """Return JSON. Times are in ISO 8601. Money is text, because a float could lose cents."""
    return json.dumps(told, ensure_ascii=False, indent=2, default=_as_text)


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
