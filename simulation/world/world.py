"""One world: a stack of ours, its shops and their shoppers' time, from one seed.

with World(seed=7, shops=[settings]) as world:
    world.post("generic", "kubek", headers, body)
    world.run(until=…)
    world.outbox
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Self

from simulation.world import gateway, sources
from simulation.world.calls import Client
from simulation.world.deployment import STACK, STAGE, deployed, machine_arn
from simulation.world.events import EPOCH, SECOND, Timetable, microseconds
from simulation.world.faults import FaultPlan, Faults
from simulation.world.internet import Internet, MadeCode, answer
from simulation.world.machine import Execution
from simulation.world.machines import Machines
from simulation.world.processes import Killed, Process
from simulation.world.queues import Queues
from simulation.world.results import FailedError
from simulation.world.running import MOST_NESTED, Lambdas
from simulation.world.services import (
    EndUserMessaging,
    Left,
    Mail,
    Objects,
    Parameters,
    Secrets,
    Texts,
)
from simulation.world.table import DynamoDB, Table
from wracaj.settings.reading import parse_settings
from wracaj.settings.shop import ShopSecrets

Json = dict[str, Any]
BEGINS_AT = datetime(2026, 11, 23, 9, tzinfo=UTC)  # a Monday, 10 in the morning in Warsaw
SECRETS = {
    "shopify": "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",
    "woocommerce": "a woocommerce secret",
    "generic": "whsec_S3ViZWtJU3BvbGthTWFTZWtyZXROYVBvY3p0eQ==",
}


class World:
    def __init__(
        self,
        seed: int | str,
        shops: Sequence[Json] = (),
        faults: FaultPlan | None = None,
        starts_at: datetime = BEGINS_AT,
    ) -> None:
        self.dice = Random(f"world {seed}")  # noqa: S311 (repeatable on purpose)
        self.faults = Faults(faults or FaultPlan(), Random(f"faults {seed}"))  # noqa: S311
        self.timetable = Timetable(starts_at)
        self.outbox: list[Left] = []
        self.shop_codes: list[MadeCode] = []
        self.log: list[str] = []
        self.metrics: Counter[str] = Counter()
        self.faults_counted: Counter[str] = Counter()
        self.calls = 0
        self.webhooks = 0
        self.steps = 0
        self.definitions: dict[str, Json] = dict(deployed().machines)
        self._ids = 0
        self._settle(shops)

    def _settle(self, shops: Sequence[Json]) -> None:
        self.table, self.archive_keys = Table("Table", deployed().index_keys), Table("ArchiveKeys")
        self.parameters, self.secrets = Parameters(self), Secrets(self)
        self.queues, self.machines, self.objects = Queues(self), Machines(self), Objects(self)
        self.lambdas, self.internet = Lambdas(self), Internet(self)
        services: dict[str, Any] = {
            "dynamodb": DynamoDB([self.table, self.archive_keys]),
            "ssm": self.parameters,
            "secretsmanager": self.secrets,
            "sqs": self.queues,
            "stepfunctions": self.machines,
            "s3": self.objects,
            "sesv2": Mail(self),
            "sns": Texts(self),
            "pinpoint-sms-voice-v2": EndUserMessaging(self),
        }
        self._clients = {
            (name, sends): Client(self, name, service.do, sends=sends)
            for name, service in services.items()
            for sends in (False, True)
        }
        self.parameters.values["Switch"] = "on"
        self.secrets.values |= {"LinkKey": "k" * 64, "IdentifiersKey": "n" * 64}
        for raw in shops:
            self.put_settings(raw)

    def __enter__(self) -> Self:
        self._taken = sources.taken_from(self)
        self._taken.__enter__()
        return self

    def __exit__(self, *told: Any) -> None:
        self._taken.__exit__(*told)

    # --- time -------------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        return self.timetable.now

    @property
    def seconds(self) -> float:
        return self.timetable.microseconds / SECOND

    def at(self, when: datetime, action: Callable[[], object], what: str = "") -> None:
        """Do something at a time. What is due while a call of AWS lasts is done inside of it."""
        self.timetable.put(microseconds(when), action)

    def after(self, delay: timedelta, action: Callable[[], object], what: str = "") -> None:
        self.at(self.now + delay, action, what)

    def at_second(self, seconds: float, action: Callable[[], object], what: str = "") -> None:
        self.timetable.put(int(seconds * SECOND), action)

    def run(self, until: datetime | None = None) -> None:
        """Let time pass. None: until nothing is left to be done."""
        if until is not None:
            self.timetable.run_until(microseconds(until))
            return
        while self.timetable.foreground:
            self.timetable.run_next()

    # --- what the shop's people do ----------------------------------------------------------------

    def put_settings(self, raw: Json, secrets: Json | None = None) -> None:
        """Put a shop's settings, as in its YAML file, and its secrets."""
        settings = parse_settings(raw)
        name = f"/wracaj/{STAGE}/shops/{settings.shop}"
        self.parameters.values[name] = settings.model_dump_json(exclude_defaults=True)
        key = f"wracaj/{STAGE}/shops/{settings.shop}"
        if secrets is not None or key not in self.secrets.values:
            told = secrets or {"webhook_secrets": [SECRETS[settings.platform]]}
            self.secrets.values[key] = ShopSecrets(**told).model_dump_json()

    def switch(self, on: bool) -> None:
        """The kill switch of the whole installation."""
        self.parameters.values["Switch"] = "on" if on else "off"

    def deploy(self, definitions: Mapping[str, Json] | None = None) -> None:
        """Deploy again: new processes, and perhaps other timelines. What runs keeps its
        definition."""
        self.lambdas.processes.forget_all()
        self.definitions |= definitions or {}
        self.note("deploy")

    # --- requests ---------------------------------------------------------------------------------

    def post(
        self,
        platform: str,
        shop: str,
        headers: Mapping[str, str],
        body: bytes,
        query: Mapping[str, str] | None = None,
    ) -> Json:
        """Send a webhook, and return what the shop sees."""
        self.webhooks += 1
        parameters = {"platform": platform, "shop": shop}
        route = "POST /webhooks/{platform}/{shop}"
        return self.request(route, parameters, headers=headers, body=body, query=query)

    def follow(
        self,
        url: str,
        method: str = "GET",
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Json:
        """Open a link that stands in a message."""
        route, parameters, query = gateway.route_of(method, url)
        return self.request(route, parameters, headers=headers or {}, body=body, query=query)

    def request(
        self,
        route: str,
        parameters: Mapping[str, str],
        *,
        headers: Mapping[str, str],
        body: bytes = b"",
        query: Mapping[str, str] | None = None,
    ) -> Json:
        """Send a request to a route of template.yaml, such as "GET /c/{token}"."""
        event = gateway.http_event(route, parameters, headers, body, query or {})
        try:
            got: Json = self.invoke(deployed().routes[route], event)
        except FailedError as error:
            got = gateway.fault(503 if error.name == "Sandbox.Timedout" else 500)
        self.note("request", route, status=got["statusCode"])
        return got

    # --- for the services -------------------------------------------------------------------------

    def invoke(self, function: str, event: Json) -> Any:
        """Return a function's answer. Raises FailedError."""
        return self.lambdas.invoke(function, event)

    def invoke_for_machine(self, function: str, payload: Json, patience: float) -> Any:
        self.steps += 1
        return self.invoke(function, payload)

    @property
    def process(self) -> Process:
        current = self.lambdas.current
        assert current is not None
        return current.process

    def client(self, service: str, *, sends: bool = False) -> Client:
        return self._clients[service, sends]

    def before(self, service: str, operation: str) -> str:
        """Each call comes here first. Return the kind of its fault; "": none."""
        self.calls += 1
        current = self.lambdas.current
        if current is None:
            return ""
        if current.is_dead:
            raise Killed(current.why_dead)
        self.spend(self.dice.uniform(0.002, 0.02))
        kind = self.faults.at_call(service, operation, self.now)
        if kind:
            self.counted(f"{service}: {kind}")
        return kind

    def spend(self, seconds: float) -> None:
        """The function that runs waits. What is due meanwhile is done."""
        current = self.lambdas.current
        until = self.timetable.microseconds + int(seconds * SECOND)
        if len(self.lambdas.stack) <= MOST_NESTED:
            self.timetable.run_until(until)
        else:
            self.timetable.microseconds = until
        if current is not None:
            current.spent += seconds
            if current.seconds_left <= 0:
                current.die("out of time")

    sleep = spend

    def kill(self, why: str) -> None:
        current = self.lambdas.current
        if current is not None:
            current.die(why)

    def leaves(self, channel: str, to: str, text: str, **more: Any) -> Left:
        current = self.lambdas.current
        assert current is not None
        left = Left(
            self.now,
            current.began_at,
            current.event,
            current.committed,
            self.calls,
            channel,
            to,
            str(current.event.get("shop", "")),
            text,
            self.next_id("provider"),
            **more,
        )
        self.outbox.append(left)
        self.note("left", channel, to=to)
        return left

    def next_id(self, what: str) -> str:
        self._ids += 1
        return f"{what}-{self._ids}"

    def counted(self, kind: str) -> None:
        self.faults_counted[kind] += 1
        self.note("fault", kind)

    def count(self, name: str, value: int) -> None:
        self.metrics[name] += value

    def fault_at_queue(self) -> str:
        return self.faults.at_queue(self.now)

    def seconds_late(self) -> float:
        return 0.0

    def timeline_of(self, arn: str) -> str:
        return arn.rpartition(f"{STACK}-")[2].replace("-", "_")

    def machine_arn(self, timeline: str) -> str:
        return machine_arn(timeline)

    def ended(self, execution: Execution) -> None:
        self.note("ended", execution.timeline, status=execution.status, error=execution.error)

    def note(self, *what: str, **more: Any) -> None:
        told = " ".join(f"{name}={value}" for name, value in more.items())
        self.log.append(f"{self.now.isoformat()} {' '.join(what)} {told}".rstrip())

    # --- what came of it --------------------------------------------------------------------------

    def items(self) -> Iterator[Json]:
        return self.table.items()

    @property
    def executions(self) -> list[Execution]:
        return self.machines.executions

    @property
    def archive(self) -> dict[str, bytes]:
        return self.objects.objects


__all__ = ["EPOCH", "World", "answer", "json"]
