"""State transitions per cart, read from the histories of executions on the local stack."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bench import shopper
from bench.figures import Figures
from support.frozen_timelines import frozen
from wracaj.aws.step_functions import ABANDONED_CART, execution_name
from wracaj_cli.shops.post import post_webhook
from wracaj_cli.shops.registry import Given, put_shop
from wracaj_cli.shops.target import Target
from wracaj_cli.timelines.model import timeline
from wracaj_cli.timelines.reading import read

DAY = timedelta(days=1)
HOLDS = "Hold first e-mail"
HELD = "the cart changed, so the first e-mail was held once"


@dataclass(frozen=True)
class Watched:
    """The execution of one cart."""

    client: Any
    arn: str

    @property
    def states(self) -> list[str]:
        pages = self.client.get_paginator("get_execution_history").paginate(executionArn=self.arn)
        events = [event for page in pages for event in page["events"]]
        return [
            event["stateEnteredEventDetails"]["name"]
            for event in events
            if "stateEnteredEventDetails" in event
        ]

    @property
    def ended(self) -> bool:
        return bool(self.client.describe_execution(executionArn=self.arn)["status"] != "RUNNING")


def measure(
    target: Target, machine_arn: str, skip: Callable[[timedelta], object]
) -> dict[str, list[str]]:
    """Return the states that each kind of cart passes.

    `skip` advances the stack's clock and runs everything that is due meanwhile.
    """
    settings = shopper.shop("bench-http")
    shop = put_shop(target, settings, Given())
    client = target.client("stepfunctions")

    def post(body: dict[str, Any]) -> None:
        answer = post_webhook(target.api_url, shop, body["type"], body)
        if answer.status != 200:
            raise RuntimeError(f"the webhook was answered with {answer.status}: {answer.body}")

    def left(name: str) -> Watched:
        post(shopper.webhook(name, target.now(), settings))
        executions = machine_arn.replace(":stateMachine:", ":execution:")
        arn = f"{executions}:{execution_name(shop.id, name, 1)}"
        return Watched(client, arn)

    carts = {"nobody orders": left("never"), "ordered before the first message": left("early")}
    post(shopper.order_webhook("early", target.now()))
    carts["ordered after the first e-mail"] = left("after")
    carts[HELD] = left("busy")
    first, second, whole = waits()
    skip(first * 2 / 3)
    post(shopper.webhook("busy", target.now(), settings))
    skip(first / 3 + min(first, second) / 3)
    post(shopper.order_webhook("after", target.now()))
    skip(whole + first + 2 * DAY)
    if running := [what for what, cart in carts.items() if not cart.ended]:
        raise RuntimeError(f"days too late these timelines have not ended: {', '.join(running)}")
    if HOLDS not in carts[HELD].states:
        raise RuntimeError(f"a cart that changed before its first e-mail passed no state {HOLDS!r}")
    return {what: cart.states for what, cart in carts.items()}


def waits() -> tuple[timedelta, timedelta, timedelta]:
    """Until the first e-mail, then until the next message; all together."""
    known = timeline(read(frozen(ABANDONED_CART)))
    first, second = (timedelta(seconds=message.after) for message in known.messages[:2])
    return first, second, timedelta(seconds=known.total)


def figures(passed: dict[str, list[str]]) -> Figures:
    rows = [(what, _steps(states), len(states), states[-1]) for what, states in passed.items()]
    note = (
        "A transition is a state entered, as read from each execution's history; retries would add"
        " to them."
    )
    return Figures(
        "State transitions per cart", ("cart", "steps run", "transitions", "end"), rows, note
    )


def _steps(states: list[str]) -> int:
    return sum(state.endswith(", unless ordered") for state in states)
