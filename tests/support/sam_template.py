"""template.yaml as tests read it: short forms spelt out, as CloudFormation takes them."""

from functools import cache
from typing import Any

from samcli.yamlhelper import yaml_parse  # type: ignore[import-untyped]

from wracaj_cli.house import TEMPLATE


@cache
def template() -> dict[str, Any]:
    parsed: dict[str, Any] = yaml_parse(TEMPLATE.read_text())
    return parsed


def resources(kind: str) -> dict[str, dict[str, Any]]:
    """The properties of every resource of a type, by its logical id.

    Those of functions have the limits that all functions share.
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
    """The table as the template defines it, but that nothing expires: an emulator goes by its own
    clock, the tests by theirs."""
    (table,) = resources("AWS::DynamoDB::Table").values()
    asked = ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
    dynamodb.create_table(TableName=name, **{key: table[key] for key in asked})
