"""template.yaml as SAM's transform makes it on AWS, and what in it refers to what."""

import copy
import logging
import os
import re
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

from samtranslator.translator.transform import transform  # type: ignore[import-untyped]

from support.sam_template import template

Resource = dict[str, Any]
LOCAL_FILES = {
    "AWS::Serverless::Function": "CodeUri",
    "AWS::Serverless::LayerVersion": "ContentUri",
    "AWS::Serverless::StateMachine": "DefinitionUri",
}


class _NoPolicies:
    """Instead of a list of AWS's policies, which SAM would ask for over the network."""

    def load(self) -> dict[str, str]:
        return {}


def packaged() -> dict[str, Any]:
    """The template after `sam package`: each local file lies in a bucket."""
    whole = copy.deepcopy(template())
    for name, resource in whole["Resources"].items():
        if key := LOCAL_FILES.get(resource["Type"]):
            resource["Properties"][key] = f"s3://packaged/{name}"
    shared = whole["Globals"]["Function"]
    shared.pop("CodeUri", None)
    return whole


def transformed(whole: dict[str, Any] | None = None, /, **parameters: str) -> dict[str, Any]:
    region = {"AWS_DEFAULT_REGION": "eu-west-1"}
    logging.getLogger("samtranslator").setLevel(logging.ERROR)
    with patch.dict(os.environ, region):
        made: dict[str, Any] = transform(whole or packaged(), parameters, _NoPolicies())
    return made


def of_type(whole: dict[str, Any], kind: str) -> dict[str, Resource]:
    return {name: one for name, one in whole["Resources"].items() if one["Type"] == kind}


def refers_to(value: Any) -> Iterator[str]:
    """Every logical id, parameter and condition that a value names."""
    if isinstance(value, list):
        for inner in value:
            yield from refers_to(inner)
    if not isinstance(value, dict):
        return
    for key, inner in value.items():
        if key == "Ref":
            yield inner
        elif key == "Fn::GetAtt":
            yield inner[0] if isinstance(inner, list) else inner.split(".")[0]
        elif key == "DependsOn":
            yield from inner if isinstance(inner, list) else [inner]
        else:
            if key == "Fn::If":
                yield inner[0]
            if key == "Fn::Sub":
                text = inner if isinstance(inner, str) else inner[0]
                yield from (name.split(".")[0] for name in re.findall(r"\$\{([^}!]+)\}", text))
            yield from refers_to(inner)
