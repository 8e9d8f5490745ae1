"""The counts that `python -m bench costs --write` measures, in counted.json beside this file."""

import json
from collections.abc import Mapping
from pathlib import Path

from wracaj_cli.costs.bill import Measured, Units

FILE = Path(__file__).parent / "counted.json"


def read() -> Measured:
    told = json.loads(FILE.read_text(encoding="utf-8"))
    requests = {what: Units(*units) for what, units in told["requests"].items()}
    return Measured(requests, told["transitions"])


def as_text(measured: Measured) -> str:
    """A line for each, so that a change is seen."""
    requests = {
        what: f"[{units.writes:g}, {units.reads:g}]" for what, units in measured.requests.items()
    }
    told = {"requests": requests, "transitions": measured.transitions}
    parts = [f"{_quoted(name)}: {{\n{_lines(values)}\n  }}" for name, values in told.items()]
    return "{\n  " + ",\n  ".join(parts) + "\n}\n"


def _lines(values: Mapping[str, object]) -> str:
    return ",\n".join(f"    {_quoted(name)}: {value}" for name, value in values.items())


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
