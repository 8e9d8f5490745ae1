"""`wracaj score SHOP`: runs the nightly scoring now."""

import json
import time
from typing import Any

import typer
from rich.console import Console

from wracaj.errors import WracajError
from wracaj_cli.counted import counted
from wracaj_cli.shops.errors import errors_as_sentences
from wracaj_cli.shops.options import Name, Stack
from wracaj_cli.shops.registry import get_shop
from wracaj_cli.shops.target import Target, find_target

SECONDS_BETWEEN_LOOKS = 0.5


class ScoringError(WracajError):
    """The customers were not scored."""


def score(name: Name, stack: Stack = None) -> None:
    """Score a shop's customers now, as happens each night at 3: recency, frequency, monetary value,
    segment."""
    with errors_as_sentences():
        target = find_target(stack)
        get_shop(target, name)
        with Console().status("Scoring the customers"):
            score_now(target, name)
        night, *_ = target.store().scoring.last_nights(name, 1)
    typer.echo(
        f"Scored {counted(sum(night.sizes.values()), 'customer')} of {name}. See them with"
        f" `wracaj report {name}`."
    )


def score_now(target: Target, shop: str) -> None:
    """Run the scoring and wait for its end. Raises ScoringError."""
    machines = target.client("stepfunctions")
    started = machines.start_execution(
        stateMachineArn=target.nightly_rfm, input=json.dumps({"shop": shop})
    )["executionArn"]
    while (found := machines.describe_execution(executionArn=started))["status"] == "RUNNING":
        time.sleep(SECONDS_BETWEEN_LOOKS)
    if found["status"] != "SUCCEEDED":
        raise ScoringError(_why(found, started))


def _why(found: dict[str, Any], execution: str) -> str:
    return (
        f"The scoring ended as {found['status'].lower()}: {found.get('error', 'no reason given')}."
        f" Its history says where: {execution}. Mend that, and redrive it, or say `wracaj score`"
        " again."
    )
