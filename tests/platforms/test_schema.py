from pathlib import Path
from typing import Any

import pytest

from support.webhook_bodies import GENERIC_BODIES, a_generic_cart, an_envelope, an_item
from wracaj.platforms.generic import webhooks as generic
from wracaj_cli.schema import SCHEMA, generic_webhook_schema, schema_text, write


def valid(body: Any) -> bool:
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    return bool(jsonschema.Draft202012Validator(generic_webhook_schema()).is_valid(body))


def test_the_published_schema_is_current() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == schema_text(), (
        "run `python -m wracaj_cli.schema` from cli/ and commit the file"
    )


def test_the_schema_is_a_schema() -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    jsonschema.Draft202012Validator.check_schema(generic_webhook_schema())


def test_the_schema_knows_every_type_that_is_read() -> None:
    named = {word for model in generic_webhook_schema()["$defs"].values() for word in _types(model)}
    assert named == set(generic.TOPICS)


def _types(model: dict[str, Any]) -> list[str]:
    type_ = model.get("properties", {}).get("type", {})
    return list(type_.get("enum", [type_["const"]] if "const" in type_ else []))


@pytest.mark.parametrize("type_", sorted(GENERIC_BODIES))
def test_every_webhook_that_is_read_fits_the_schema(type_: str) -> None:
    assert valid(GENERIC_BODIES[type_])


@pytest.mark.parametrize(
    "data",
    [
        a_generic_cart(total="199,00"),
        a_generic_cart(schema=2),
        a_generic_cart(cart_id=None, checkout_id=None),
        a_generic_cart(items=[an_item(quantity=None)]),
        a_generic_cart(consent={"email": {"state": "subscribed"}}),
        a_generic_cart(consent={"email": {"state": "yes", "updated_at": "2026-10-14T09:30:00Z"}}),
    ],
)
def test_what_is_warned_of_does_not_fit_the_schema(data: dict[str, Any]) -> None:
    assert not valid(an_envelope("cart.updated", data))


def test_the_schema_is_written_where_it_is_asked_for(tmp_path: Path) -> None:
    assert write(tmp_path / "schema.json").read_text(encoding="utf-8") == schema_text()
