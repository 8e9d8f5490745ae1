"""Writes docs/generic-webhook.schema.json from the models that check the webhooks: `python -m
wracaj_cli.schema`."""

import json
import sys
from pathlib import Path
from typing import Any

from wracaj_cli.house import ROOT

SCHEMA = ROOT / "docs" / "generic-webhook.schema.json"


def generic_webhook_schema() -> dict[str, Any]:
    # imported here, because main() makes the functions' packages importable
    from pydantic import TypeAdapter

    from wracaj.platforms.generic.envelope import GenericWebhook

    about = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Wracaj: generic webhook",
        "description": (
            "The body of POST /webhooks/generic/{shop}, signed as Standard Webhooks 1.0. See"
            " generic-webhooks.md."
        ),
    }
    schema: dict[str, Any] = _without_noise(TypeAdapter(GenericWebhook).json_schema())
    return about | schema


def _without_noise(schema: Any) -> Any:
    """Drop titles that repeat a field's name, and defaults that only say that a field is
    optional."""
    if isinstance(schema, list):
        return [_without_noise(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    noise = {key for key in ("title", "default") if not isinstance(schema.get(key), dict)}
    noise |= {"additionalProperties"} if schema.get("additionalProperties") is True else set()
    kept = {key: _without_noise(value) for key, value in schema.items() if key not in noise}
    if isinstance(about := kept.get("description"), str):
        # a docstring has several lines, a description has one
        kept["description"] = about.replace("\n", " ")
    return kept


def schema_text() -> str:
    return json.dumps(generic_webhook_schema(), indent=2, ensure_ascii=False) + "\n"


def write(path: Path = SCHEMA) -> Path:
    path.write_text(schema_text(), encoding="utf-8")
    return path


def main() -> None:
    sys.path.insert(0, str(ROOT / "functions"))
    print(f"Wrote {write()}")


if __name__ == "__main__":
    main()
