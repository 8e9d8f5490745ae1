"""What template.yaml deploys: functions, routes, queues, state machines and schedules.

All is read from the template itself, so that no number here differs from the real ones.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

import yaml

from simulation.world.template import STACK, queue_url, resolved, resources, template
from wracaj_cli.house import ROOT

Json = dict[str, Any]


@dataclass(frozen=True)
class Function:
    name: str
    handler: str  # cart_webhook.app.handler
    timeout: float
    environment: Mapping[str, str]

    def module(self) -> Any:
        return import_module(self.handler.rpartition(".")[0])


@dataclass(frozen=True)
class Queue:
    """`function`: who drains it; "": nobody, as with dead letters."""

    name: str
    visible_after: float
    kept_seconds: float
    dead_letters: str = ""
    most_received: int = 0
    function: str = ""
    batch: int = 10
    window: float = 0.0

    @property
    def url(self) -> str:
        return queue_url(self.name)


@dataclass(frozen=True)
class Schedule:
    name: str
    expression: str
    zone: str
    target: str  # the logical id of a function or a state machine

    @property
    def machine(self) -> str:
        """Such as "nightly_rfm"."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", self.target).lower()


@dataclass(frozen=True)
class Deployment:
    functions: Mapping[str, Function]  # by logical id
    routes: Mapping[str, str]  # "GET /c/{token}" → function
    queues: Mapping[str, Queue]
    machines: Mapping[str, Json]  # "abandoned_cart" → its definition
    schedules: Mapping[str, Schedule]
    index_keys: Mapping[str, str]  # index of the table → its partition key


@cache
def deployed() -> Deployment:
    functions = {
        name: _function(name, one) for name, one in resources("Serverless::Function").items()
    }
    return Deployment(
        functions,
        {
            f"{event['Properties']['Method']} {event['Properties']['Path']}": name
            for name, one in resources("Serverless::Function").items()
            for event in one.get("Events", {}).values()
        },
        _queues(),
        {
            one["Name"].removeprefix(f"{STACK}-").replace("-", "_"): _definition(one)
            for one in resources("Serverless::StateMachine").values()
        },
        {name: _schedule(name, one) for name, one in resources("Scheduler::Schedule").items()},
        {
            index["IndexName"]: index["KeySchema"][0]["AttributeName"]
            for index in template()["Resources"]["Table"]["Properties"]["GlobalSecondaryIndexes"]
        },
    )


def _function(name: str, properties: Json) -> Function:
    shared = resolved(template()["Globals"]["Function"])
    told = shared["Environment"]["Variables"] | properties.get("Environment", {}).get(
        "Variables", {}
    )
    environment = {key: str(value) for key, value in told.items()}
    region = {"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1"}
    return Function(
        name,
        properties["Handler"],
        float(properties.get("Timeout", shared["Timeout"])),
        environment | region,
    )


def _queues() -> dict[str, Queue]:
    sources = {
        one["EventSourceArn"].rpartition(":")[2]: one
        for one in resources("Lambda::EventSourceMapping").values()
    }
    return {
        name: _queue(name, one, sources.get(name, {}))
        for name, one in resources("SQS::Queue").items()
    }


def _queue(name: str, properties: Json, source: Json) -> Queue:
    redrive = properties.get("RedrivePolicy", {})
    return Queue(
        name,
        float(properties.get("VisibilityTimeout", 30)),
        float(properties["MessageRetentionPeriod"]),
        redrive.get("deadLetterTargetArn", "").rpartition(":")[2],
        int(redrive.get("maxReceiveCount", 0)),
        source.get("FunctionName", "").rpartition(":")[2],
        int(source.get("BatchSize", 10)),
        float(source.get("MaximumBatchingWindowInSeconds", 0)),
    )


def _definition(properties: Json) -> Json:
    text = (ROOT / properties["DefinitionUri"]).read_text(encoding="utf-8")
    for name, value in properties["DefinitionSubstitutions"].items():
        text = text.replace(f"${{{name}}}", value)
    parsed: Json = (
        json.loads(text)
        if properties["DefinitionUri"].endswith(".json")
        else yaml.load(text, yaml.CSafeLoader)
    )
    return parsed


def _schedule(name: str, properties: Json) -> Schedule:
    return Schedule(
        name.removesuffix("Schedule"),
        properties["ScheduleExpression"],
        properties.get("ScheduleExpressionTimezone", "UTC"),
        properties["Target"]["Arn"].rpartition(":")[2],
    )
