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

from wracaj_cli.house import ROOT, TEMPLATE

Json = dict[str, Any]
PUBLIC_URL = "https://wracaj.example"
STAGE = "simulation"
STACK = "wracaj-simulation"
ARN = "arn:aws:{service}:eu-west-1:000000000000:{rest}"
GIVEN = {
    "Stage": STAGE,
    "PublicUrl": PUBLIC_URL,
    "AWS::StackName": STACK,
    "AWS::Partition": "aws",
    "AWS::Region": "eu-west-1",
    "AWS::AccountId": "000000000000",
    "AWS::URLSuffix": "amazonaws.com",
}


@dataclass(frozen=True)
class Function:
    name: str
    handler: str  # cart_webhook.app.handler
    timeout: float
    environment: Mapping[str, str]

    @property
    def is_importable(self) -> bool:
        return self.handler.endswith(".handler")

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


def queue_url(name: str) -> str:
    return f"https://sqs.eu-west-1.amazonaws.com/000000000000/{name}"


def function_arn(name: str) -> str:
    return ARN.format(service="lambda", rest=f"function:{name}")


def machine_arn(timeline: str) -> str:
    return ARN.format(service="states", rest=f"stateMachine:{STACK}-{timeline.replace('_', '-')}")


@cache
def deployed() -> Deployment:
    template = _template()
    functions = {name: _function(name, one) for name, one in _of("Serverless::Function").items()}
    return Deployment(
        functions,
        {
            f"{event['Properties']['Method']} {event['Properties']['Path']}": name
            for name, one in _of("Serverless::Function").items()
            for event in one.get("Events", {}).values()
        },
        _queues(),
        {
            one["Name"].removeprefix(f"{STACK}-").replace("-", "_"): _definition(one)
            for one in _of("Serverless::StateMachine").values()
        },
        {name: _schedule(name, one) for name, one in _of("Scheduler::Schedule").items()},
        {
            index["IndexName"]: index["KeySchema"][0]["AttributeName"]
            for index in template["Resources"]["Table"]["Properties"]["GlobalSecondaryIndexes"]
        },
    )


def _function(name: str, properties: Json) -> Function:
    shared = _resolved(_template()["Globals"]["Function"])
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
        for one in _of("Lambda::EventSourceMapping").values()
    }
    return {
        name: _queue(name, one, sources.get(name, {})) for name, one in _of("SQS::Queue").items()
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


# --- the template ---------------------------------------------------------------------------------


class _Loader(yaml.CSafeLoader):
    """Reads CloudFormation's short forms: !Ref, !Sub, …"""


def _short_form(loader: Any, tag: str, node: Any) -> Json:
    name = tag if tag in {"Ref", "Condition"} else f"Fn::{tag}"
    if isinstance(node, yaml.ScalarNode):
        told = loader.construct_scalar(node)
        return {name: told.split(".", 1) if tag == "GetAtt" else told}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    return {name: loader.construct_mapping(node, deep=True)}


_Loader.add_multi_constructor("!", _short_form)


@cache
def _template() -> Json:
    parsed: Json = yaml.load(TEMPLATE.read_text(encoding="utf-8"), _Loader)
    return parsed


def _of(kind: str) -> dict[str, Json]:
    return {
        name: _resolved(one["Properties"])
        for name, one in _template()["Resources"].items()
        if one["Type"] == f"AWS::{kind}"
    }


def _resolved(value: Any) -> Any:
    if isinstance(value, list):
        return [_resolved(one) for one in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((name, told),) = value.items()
        if name in INTRINSICS:
            return INTRINSICS[name](told)
    return {key: _resolved(one) for key, one in value.items() if key != "Policies"}


def _ref(name: str) -> Any:
    if name in GIVEN:
        return GIVEN[name]
    if name in _template()["Parameters"]:
        return _template()["Parameters"][name]["Default"]
    kind = _template()["Resources"][name]["Type"]
    if kind == "AWS::SQS::Queue":
        return queue_url(name)
    return name


def _attribute(told: list[str]) -> str:
    return ARN.format(service="any", rest=told[0]) if told[1] == "Arn" else told[0]


def _condition(name: str) -> bool:
    return bool(_resolved(_template()["Conditions"][name]))


def _sub(told: Any) -> str:
    text: str
    text, more = told if isinstance(told, list) else (told, {})
    for name, value in more.items():
        text = text.replace(f"${{{name}}}", _resolved(value))
    for part in set(text.split("${")[1:]):
        name = part.partition("}")[0]
        if "." in name:
            text = text.replace(f"${{{name}}}", _attribute(name.split(".", 1)))
        else:
            text = text.replace(f"${{{name}}}", str(_ref(name)))
    return text


INTRINSICS: dict[str, Any] = {
    "Ref": _ref,
    "Fn::GetAtt": _attribute,
    "Fn::Sub": _sub,
    "Fn::If": lambda told: _resolved(told[1] if _condition(told[0]) else told[2]),
    "Fn::Equals": lambda told: _resolved(told[0]) == _resolved(told[1]),
    "Fn::Not": lambda told: not _resolved(told[0]),
    "Fn::Join": lambda told: told[0].join(_resolved(told[1])),
    "Fn::Select": lambda told: _resolved(told[1])[int(told[0])],
    "Fn::Split": lambda told: _resolved(told[1]).split(told[0]),
}
