"""template.yaml as CloudFormation reads it: references, conditions and short forms resolved."""

from functools import cache
from typing import Any

import yaml

from wracaj_cli.house import TEMPLATE

Json = dict[str, Any]
PUBLIC_URL = "https://wracaj.example"
STAGE = "simulation"
STACK = "wracaj-simulation"
ARN = "arn:aws:{service}:eu-west-1:000000000000:{rest}"
GIVEN = {
    "Stage": STAGE,
    "PublicUrl": PUBLIC_URL,
    "AWS::StackName": STACK,
    "AWS::NoValue": None,
    "AWS::Partition": "aws",
    "AWS::Region": "eu-west-1",
    "AWS::AccountId": "000000000000",
    "AWS::URLSuffix": "amazonaws.com",
}


def queue_url(name: str) -> str:
    return f"https://sqs.eu-west-1.amazonaws.com/000000000000/{name}"


def function_arn(name: str) -> str:
    return ARN.format(service="lambda", rest=f"function:{name}")


def machine_arn(timeline: str) -> str:
    return ARN.format(service="states", rest=f"stateMachine:{STACK}-{timeline.replace('_', '-')}")


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
def template() -> Json:
    parsed: Json = yaml.load(TEMPLATE.read_text(encoding="utf-8"), _Loader)
    return parsed


def resources(kind: str) -> dict[str, Json]:
    return {
        name: resolved(one["Properties"])
        for name, one in template()["Resources"].items()
        if one["Type"] == f"AWS::{kind}"
    }


def resolved(value: Any) -> Any:
    if isinstance(value, list):
        return [resolved(one) for one in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((name, told),) = value.items()
        if name in INTRINSICS:
            return INTRINSICS[name](told)
    return {key: resolved(one) for key, one in value.items() if key != "Policies"}


def _ref(name: str) -> Any:
    if name in GIVEN:
        return GIVEN[name]
    if name in template()["Parameters"]:
        return template()["Parameters"][name]["Default"]
    if name.endswith(".Alias"):  # it leads to the newest version, and here is no other
        return _attribute([name.removesuffix(".Alias"), "Arn"])
    kind = template()["Resources"][name]["Type"]
    if kind == "AWS::SQS::Queue":
        return queue_url(name)
    return name


def _attribute(told: list[str]) -> str:
    return ARN.format(service="any", rest=told[0]) if told[1] == "Arn" else told[0]


def _condition(name: str) -> bool:
    return bool(resolved(template()["Conditions"][name]))


def _sub(told: Any) -> str:
    text: str
    text, more = told if isinstance(told, list) else (told, {})
    for name, value in more.items():
        text = text.replace(f"${{{name}}}", resolved(value))
    for part in set(text.split("${")[1:]):
        name = part.partition("}")[0]
        if "." in name:
            text = text.replace(f"${{{name}}}", _attribute(name.split(".", 1)))
        else:
            text = text.replace(f"${{{name}}}", str(_ref(name)))
    return text


def _find_in_map(told: list[Any]) -> Any:
    name, first, second = (resolved(one) for one in told)
    return template()["Mappings"][name][first][second]


INTRINSICS: dict[str, Any] = {
    "Fn::FindInMap": _find_in_map,
    "Ref": _ref,
    "Fn::GetAtt": _attribute,
    "Fn::Sub": _sub,
    "Fn::If": lambda told: resolved(told[1] if _condition(told[0]) else told[2]),
    "Fn::Equals": lambda told: resolved(told[0]) == resolved(told[1]),
    "Fn::Not": lambda told: not resolved(told[0]),
    "Fn::Join": lambda told: told[0].join(resolved(told[1])),
    "Fn::Select": lambda told: resolved(told[1])[int(told[0])],
    "Fn::Split": lambda told: resolved(told[1]).split(told[0]),
}
