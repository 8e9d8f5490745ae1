"""One world: a stack of ours, its shops and their shoppers' time, from one seed.

with World(seed=7, shops=[settings]) as world:
    world.post("generic", "kubek", headers, body)
    world.run(until=…)
    world.outbox
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Self

from simulation.world import gateway, sources
from simulation.world.calls import Client
from simulation.world.deployment import deployed
from simulation.world.dynamodb.service import DynamoDB
from simulation.world.dynamodb.table import Table
from simulation.world.errors import BrokenSimulationError, FailedError
from simulation.world.execution import Execution
from simulation.world.faults import FaultPlan
from simulation.world.ground import Ground
from simulation.world.internet import Internet, MadeCode
from simulation.world.machines import Machines
from simulation.world.operators import Operators
from simulation.world.providers import Providers
from simulation.world.queues import Message, Queues
from simulation.world.schedules import Schedules
from simulation.world.services import (
    EndUserMessaging,
    Left,
    Mail,
    Objects,
    Parameters,
    Secrets,
    Texts,
)
from simulation.world.shops import Neighbours
from simulation.world.template import STAGE
from wracaj.settings.reading import parse_settings
from wracaj.settings.shop import ShopSecrets, ShopSettings

Json = dict[str, Any]
BEGINS_AT = datetime(2026, 11, 23, 9, tzinfo=UTC)  # a Monday, 10 in the morning in Warsaw
SECRETS = {
    "shopify": "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",
    "woocommerce": "wc-secret-0f1e2d3c4b5a69788796a5b4c3d2e1f0",
    "shoper": "shoper-0f1e2d3c4b5a69788796a5b4c3d2e1f0",
    "generic": "whsec_S3ViZWtJU3BvbGthTWFTZWtyZXROYVBvY3p0eQ==",
}


class World(Ground):
    """`on_left`: called with each message that left, as its reader sees it."""

    def __init__(
        self,
        seed: int | str,
        shops: Sequence[Json] = (),
        faults: FaultPlan | None = None,
        starts_at: datetime = BEGINS_AT,
    ) -> None:
        super().__init__(seed, faults or FaultPlan(), starts_at)
        self.outbox: list[Left] = []
        self.shop_codes: list[MadeCode] = []
        self.on_left: Callable[[Left], None] | None = None
        self.table, self.archive_keys = Table("Table", deployed().index_keys), Table("ArchiveKeys")
        self.parameters, self.secrets = Parameters(self), Secrets(self)
        self.queues, self.machines, self.objects = Queues(self), Machines(self), Objects(self)
        self.internet = Internet(self)
        self.neighbours, self.providers = Neighbours(self), Providers(self)
        self.schedules, self.operators = Schedules(self), Operators(self)
        self._taken: AbstractContextManager[None] = sources.taken_from(self)
        self._open(DynamoDB([self.table, self.archive_keys]))
        for raw in shops:
            self.put_settings(raw)

    def _open(self, dynamodb: DynamoDB) -> None:
        services: dict[str, Any] = {
            "dynamodb": dynamodb,
            "ssm": self.parameters,
            "secretsmanager": self.secrets,
            "sqs": self.queues,
            "stepfunctions": self.machines,
            "s3": self.objects,
            "sesv2": Mail(self),
            "sns": Texts(self),
            "pinpoint-sms-voice-v2": EndUserMessaging(self),
        }
        self.clients |= {
            (name, sends, once): Client(self, name, service.do, sends=sends, once=once)
            for name, service in services.items()
            for sends in (False, True)
            for once in (False, True)
        }
        self.parameters.values["Switch"] = "on"
        self.secrets.values |= {"LinkKey": "k" * 64, "IdentifiersKey": "n" * 64}

    def __enter__(self) -> Self:
        self._taken.__enter__()
        return self

    def __exit__(self, *told: Any) -> None:
        self._taken.__exit__(*told)

    # --- what the shop's people do ----------------------------------------------------------------

    def put_settings(self, raw: Json, secrets: Json | None = None) -> None:
        """Put a shop's settings, as in its YAML file, and its secrets. Without secrets it keeps
        those it has, or gets one of its platform's."""
        settings, text = _settings(json.dumps(raw))
        self.parameters.values[f"/wracaj/{STAGE}/shops/{settings.shop}"] = text
        key = f"wracaj/{STAGE}/shops/{settings.shop}"
        if secrets is not None or key not in self.secrets.values:
            told = secrets or {"webhook_secrets": [SECRETS[settings.platform]]}
            self.secrets.values[key] = ShopSecrets(**told).model_dump_json()
        kept = ShopSecrets.model_validate_json(self.secrets.values[key])
        self.neighbours.settle(settings, kept)

    def remove_shop(self, shop: str) -> None:
        del self.parameters.values[f"/wracaj/{STAGE}/shops/{shop}"]

    def switch(self, on: bool) -> None:
        """The kill switch of the whole installation."""
        self.parameters.values["Switch"] = "on" if on else "off"

    def deploy(self, definitions: Mapping[str, Json] | None = None) -> None:
        """Deploy again: new processes, and perhaps other timelines. What runs keeps its
        definition."""
        self.lambdas.processes.forget_all()
        self.definitions |= definitions or {}
        self.note("deploy")

    def recover(self) -> bool:
        """End all trouble, redrive what failed, and wait until all is done."""
        return self.operators.recover()

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
        """Send a request to a route of template.yaml, such as "GET /c/{token}". What the sender
        sees may be worse than what happened."""
        kind = self.faults.at_gateway(self.now)
        if kind:
            self.counted(f"gateway: {kind}")
        got = (
            gateway.fault(429)
            if kind == "refused"
            else self._answered(
                route, gateway.http_event(route, parameters, headers, body, query or {})
            )
        )
        if kind == "answer lost":
            got = gateway.fault(504)
        self.note("request", route, status=got["statusCode"])
        return got

    def _answered(self, route: str, event: Json) -> Json:
        try:
            got: Json = self.invoke(deployed().routes[route], event)
        except FailedError as error:
            return gateway.fault(503 if error.name == "Sandbox.Timedout" else 500)
        return got

    # --- providers --------------------------------------------------------------------------------

    def leaves(self, channel: str, to: str, text: str, **more: Any) -> Left:
        """A provider takes a message of the function that runs."""
        current = self.lambdas.current
        if current is None:
            raise BrokenSimulationError("no function runs")
        told: Json = {
            "began_at": current.began_at,
            "invoked": current.event,
            "committed": current.committed,
            "shop": str(current.event.get("shop", "")),
        }
        id_ = self.next_id("provider")
        left = Left(
            at=self.now,
            call=self.calls,
            channel=channel,
            to=to,
            text=text,
            provider_id=id_,
            **told,
            **more,
        )
        self.outbox.append(left)
        self.note("left", channel, to=to, subject=left.subject)
        self.providers.taken(left)
        if self.on_left is not None:
            self.on_left(left)
        return left

    def bounce(self, left: Left, *, permanent: bool = True) -> Message:
        """A provider reports. The message in the queue has `handled`, the number of calls when it
        was worked on; None: not yet."""
        return self.providers.bounced(left, permanent=permanent)

    def complain(self, left: Left) -> Message:
        return self.providers.complained(left)

    # --- what came of it --------------------------------------------------------------------------

    def items(self) -> Iterator[Json]:
        return self.table.items()

    @property
    def executions(self) -> list[Execution]:
        return self.machines.executions

    @property
    def archive(self) -> dict[str, bytes]:
        return self.objects.objects


@lru_cache(maxsize=2000)
def _settings(raw: str) -> tuple[ShopSettings, str]:
    settings = parse_settings(json.loads(raw))
    return settings, settings.model_dump_json(exclude_defaults=True)
