"""The counts that `python -m bench costs --write` measures, in counted.json beside this file."""

import json
from pathlib import Path

from wracaj_cli.costs.bill import Measured, Units

FILE = Path(__file__).parent / "counted.json"


def read() -> Measured:
    told = json.loads(FILE.read_text(encoding="utf-8"))
    requests = {what: Units(*units) for what, units in told["requests"].items()}
    return Measured(requests, told["transitions"])


def as_text(measured: Measured) -> str:
    """A line for each, so that a change is seen."""
    return (
        json.dumps(
            {
                "requests": {what: list(units) for what, units in measured.requests.items()},
                "transitions": dict(measured.transitions),
            },
            indent=2,
            ensure_ascii=False,
        )
        + "\n"
    )
