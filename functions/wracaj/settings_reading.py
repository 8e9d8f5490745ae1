"""A shop's settings from what people wrote, or each wrong key and how to mend it. Pure."""

from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from wracaj.errors import SettingsError
from wracaj.settings import ShopSettings


def parse_settings(raw: Any) -> ShopSettings:
    """Raises SettingsError that names each wrong key and how to mend it."""
    if not isinstance(raw, dict):
        raise SettingsError([("(file)", "must hold `key: value` lines; `wracaj shop example` prints a file to start from")])
    try:
        return ShopSettings.model_validate(raw)
    except ValidationError as error:
        raise SettingsError([explain(problem) for problem in error.errors()]) from None


def explain(problem: Any, model: type[BaseModel] = ShopSettings) -> tuple[str, str]:
    """One pydantic problem of a model as (dotted key, a sentence that says how to mend it)."""
    key = ".".join(str(part) for part in problem["loc"]) or "(file)"
    if problem["type"] == "missing":
        return key, "is missing; add it"
    if problem["type"] == "extra_forbidden":
        return key, "is not a setting; remove it, or correct its spelling"
    given = problem.get("input")
    said = f" (given: {given!r})" if not isinstance(given, dict | list | tuple) else ""
    if problem["type"] == "tuple_type":
        return key, f"must be a list{said}"
    if problem["type"] == "string_pattern_mismatch":
        return key, f"is not written as it must be{said}: {_description(problem['loc'], model)}"
    return key, str(problem["msg"]).removeprefix("Value error, ") + said


def _description(loc: tuple[str | int, ...], model: Any) -> str:
    """What the field's reference says."""
    text = ""
    for part in loc:
        field = getattr(model, "model_fields", {}).get(part)
        if field is None:
            break
        text = field.description or ""
        model = next((kind for kind in get_args(field.annotation) if hasattr(kind, "model_fields")), field.annotation)
    return text
