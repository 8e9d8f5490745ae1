"""Requirements of the published JSON Schema that our own reading does not enforce."""

from collections.abc import Sequence
from typing import Any, cast

from pydantic import ConfigDict
from pydantic.config import JsonDict


def asks_for(*names: str, one_of: Sequence[str] = ()) -> ConfigDict:
    """JSON Schema: these fields are required and not null, and at least one of `one_of`."""

    def told_to_the_schema(schema: JsonDict) -> None:
        properties: Any = schema["properties"]
        for name in names:
            properties[name] = _not_null(properties[name])
        schema["required"] = list(
            dict.fromkeys([*cast(list[str], schema.get("required", [])), *names])
        )
        if one_of:
            schema["anyOf"] = [
                {"properties": {name: {"type": ["string", "integer"]}}, "required": [name]}
                for name in one_of
            ]

    return ConfigDict(json_schema_extra=told_to_the_schema)


def _not_null(schema: dict[str, Any]) -> dict[str, Any]:
    kinds: list[dict[str, Any]] = [
        kind for kind in schema.get("anyOf", ()) if kind != {"type": "null"}
    ]
    if len(kinds) == 1:
        return {name: value for name, value in schema.items() if name != "anyOf"} | kinds[0]
    types = schema.get("type")
    return schema | (
        {"type": [type_ for type_ in types if type_ != "null"]} if isinstance(types, list) else {}
    )
