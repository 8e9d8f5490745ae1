"""template.yaml as tests read it, with its short forms expanded, as CloudFormation reads it."""

from functools import cache
from typing import Any

from samcli.yamlhelper import yaml_parse  # type: ignore[import-untyped]

from wracaj_cli.house import TEMPLATE


@cache
def template() -> dict[str, Any]:
    parsed: dict[str, Any] = yaml_parse(TEMPLATE.read_text())
    return parsed


def resources(kind: str) -> dict[str, dict[str, Any]]:
    """Return logical id → properties of every resource of a type.

    The properties of functions include the limits that all functions share.
    """
    found = {
        name: entry["Properties"]
        for name, entry in template()["Resources"].items()
        if entry["Type"] == kind
    }
    return (
        {name: _with_limits(each) for name, each in found.items()}
        if kind == "AWS::Serverless::Function"
        else found
    )


def _with_limits(function: dict[str, Any]) -> dict[str, Any]:
    shared = template()["Globals"]["Function"]
    limits = {name: shared[name] for name in ("Timeout", "MemorySize")}
    return {
        **limits,
        **function,
        "LoggingConfig": shared["LoggingConfig"] | function["LoggingConfig"],
    }


def create_table(dynamodb: Any, name: str) -> None:
    """Create the table as the template defines it, but without expiry: an emulator uses its own
    clock and the tests use theirs."""
    table = resources("AWS::DynamoDB::Table")["Table"]
    asked = ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
    dynamodb.create_table(TableName=name, **{key: table[key] for key in asked})
