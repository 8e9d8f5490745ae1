"""One load test, from the start of a stack to its end."""

import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from bench.load.audit import Audit, audit, wait_until_drained
from bench.load.carts import Shops, Webhook
from bench.load.quota import FRANKFURT, Gate, Quota
from bench.load.sending import Step, send
from support.local_stack import RunningStack, running_stack
from wracaj_cli.shops.target import Target, local_target

RATES = (5, 10, 15, 20, 30, 40, 60, 80, 120)
SECONDS_OF_A_RATE, SECONDS_OF_THE_BURST = 6, 8
TOLERABLE_MS = 1000  # at a rate whose 95th percentile is above this, the emulator is past its limit
TIMES = 10
REPEATED = 10  # of the burst's webhooks, one of so many is sent twice, as shops do
PATIENCE_SECONDS = 240.0
STARTS_TIMELINES = "WRACAJ_STATE_MACHINE_PREFIX"


@dataclass(frozen=True)
class Outcome:
    steps: list[Step]
    limit: float
    quota: Quota
    refused: int
    drained_after: float
    audit: Audit

    @property
    def problems(self) -> list[str]:
        untested = [] if self.refused else ["no start was throttled: the burst tested nothing"]
        return untested + self.audit.problems


@dataclass
class Load:
    """A test under way."""

    target: Target
    machines: Sequence[str]
    gate: Gate
    shops: Shops
    display: Progress
    steps: list[Step] = field(default_factory=list)

    def send(self, name: str, rate: float, webhooks: Sequence[Webhook]) -> Step:
        task = self.display.add_task(f"{name}: {rate:.3g} webhooks/s", total=len(webhooks))
        step = Step(name, rate)
        self.steps.append(step)
        return send(self.target.api_url, step, webhooks, lambda: self.display.advance(task))

    def climb(self) -> float:
        """Raise the rate until the emulator no longer holds it. Return how many carts a second it
        could begin: every second webhook was a cart's first."""
        limit = 0.0
        for rate in RATES:
            step = self.send("a rising rate", rate, self.shops.traffic(rate * SECONDS_OF_A_RATE))
            if step.milliseconds(95) > TOLERABLE_MS:
                return (limit or step.held) / 2
            limit = rate
        return limit / 2

    def burst(self, limit: float) -> Quota:
        """Send what the quota refills, then ten times as much. Return the quota."""
        quota = FRANKFURT.scaled(limit / TIMES / FRANKFURT.refill)
        self.gate.bucket.limit(quota)
        calm = [self.shops.new_cart() for _ in range(int(quota.refill * SECONDS_OF_A_RATE) or 1)]
        self.send("what the quota refills", quota.refill, calm)
        self.gate.bucket.limit(quota)
        carts = [self.shops.new_cart() for _ in range(int(limit * SECONDS_OF_THE_BURST))]
        self.send("ten times that", limit, with_repeats(carts))
        return quota

    def drain(self) -> float:
        task = self.display.add_task("draining the queues", total=None)

        def left(messages: int) -> None:
            self.display.update(task, description=f"draining the queues: {messages} messages")

        took = wait_until_drained(self.target, PATIENCE_SECONDS, left)
        self.display.update(task, description="the queues are empty", total=1, completed=1)
        return took

    def outcome(self) -> Outcome:
        self.send("warming up", RATES[0], self.shops.traffic(RATES[0] * SECONDS_OF_A_RATE))
        limit = self.climb()
        self.drain()
        quota = self.burst(limit)
        took = self.drain()
        untaken = {
            one.webhook.cart.key for step in self.steps for one in step.sent if not one.taken
        }
        found = audit(self.target, self.machines, self.shops.carts, untaken)
        return Outcome(self.steps, limit, quota, self.gate.bucket.refused, took, found)


def with_repeats(webhooks: Sequence[Webhook]) -> list[Webhook]:
    """Return them with each tenth sent once more, one webhook later."""
    sent: list[Webhook] = []
    for number, webhook in enumerate(webhooks):
        sent.append(webhook)
        if number % REPEATED == REPEATED - 1:
            sent.append(webhooks[number - 1])
    return sent


def measure(console: Console) -> Outcome:
    """Start a stack, test it, and stop it, whatever happens; also at Ctrl-C and SIGTERM."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
    with (
        tempfile.TemporaryDirectory() as folder,
        Progress(*columns, console=console) as display,
        _stack(Path(folder), display) as stack,
        Gate(stack.info.aws_endpoint_url) as gate,
    ):
        _send_starts_through(gate, stack.client("lambda"))
        target = local_target(stack.home)
        shops = Shops(target)
        machines = list(stack.info.state_machines.values())
        return Load(target, machines, gate, shops, display).outcome()


@contextmanager
def _stack(home: Path, display: Progress) -> Iterator[RunningStack]:
    """Start a stack whose time is the real one, so that its timelines wait meanwhile."""
    task = display.add_task("starting a local stack", total=1)
    with running_stack(home, speed=1) as stack:
        display.advance(task)
        yield stack


def _send_starts_through(gate: Gate, functions: Any) -> None:
    """Direct Step Functions' client of every function that starts timelines, for this stack
    only."""
    for page in functions.get_paginator("list_functions").paginate():
        for function in page["Functions"]:
            known = function.get("Environment", {}).get("Variables", {})
            if STARTS_TIMELINES in known:
                functions.update_function_configuration(
                    FunctionName=function["FunctionName"],
                    Environment={"Variables": {**known, "AWS_ENDPOINT_URL_SFN": gate.url}},
                )
