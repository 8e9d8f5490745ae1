"""Answers that scripts read: `--json` on a command gives what it shows, under keys that stay as
they are."""

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
    """Times in ISO 8601, money as text: a float would lose cents."""
    return json.dumps(told, ensure_ascii=False, indent=2, default=_as_text)


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
