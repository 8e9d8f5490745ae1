"""A shop's settings from what people wrote, or each wrong key and how to mend it."""

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from wracaj.errors import SettingsError
from wracaj.settings.sections import TogetherError
from wracaj.settings.shop import ShopSettings
from wracaj.text.mistakes import sentence
from wracaj.text.spelling import did_you_mean

Place = tuple[str | int, ...]
_OTHER_WORDS = {"from": "sender"}  # for the same thing, and not alike
_GONE = {
    "holdout_percent": (
        "is not a setting any more; hold shoppers out with `experiments: { does_it_pay: {"
        " hold_out_percent: 20, … } }`, which also compares them"
    )
}


def parse_settings(raw: Any) -> ShopSettings:
    """Raises SettingsError that names each wrong key and how to mend it."""
    if not isinstance(raw, dict):
        raise SettingsError(
            [
                (
                    "(file)",
                    (
                        "must hold `key: value` lines; `wracaj shop example` prints a file to start"
                        " from"
                    ),
                )
            ]
        )
    try:
        return ShopSettings.model_validate(raw)
    except ValidationError as error:
        raise SettingsError(explained(error)) from None


def explained(
    error: ValidationError, model: type[BaseModel] = ShopSettings
) -> list[tuple[str, str]]:
    """Each problem once. A list whose entries are wrong is not called too short for
    want of them."""
    found = error.errors()
    places: list[Place] = [problem["loc"] for problem in found]
    true = [
        problem
        for problem in found
        if problem["type"] != "too_short" or not _lies_in(problem["loc"], places)
    ]
    return list(dict.fromkeys(explain(problem, model) for problem in true))


def _lies_in(place: Place, places: list[Place]) -> bool:
    return any(other[: len(place)] == place and other != place for other in places)


def explain(problem: Any, model: type[BaseModel] = ShopSettings) -> tuple[str, str]:
    """One pydantic problem of a model as (the key's place, a sentence that says how to mend it)."""
    place: Place = problem["loc"]
    if problem["type"] == "extra_forbidden" and place[-1] in _GONE:
        return key_of(place), _GONE[str(place[-1])]
    if problem["type"] == "extra_forbidden":
        return key_of(place), f"is not a setting{_what_was_meant(place, model)}"
    if place[-1:] == ("[key]",):
        return (
            key_of(place[:-1]),
            "is no name: write small letters, digits and _, beginning with a letter",
        )
    together = problem.get("ctx", {}).get("error")
    if isinstance(together, TogetherError):
        return key_of((*place, together.key)), str(together)
    return key_of(place), sentence(
        problem, _description(place, model), needed=_is_needed(place, model)
    )


def key_of(place: Place) -> str:
    """Such as "loyalty.tiers, entry 2, discount.percent". Entries are counted as people count
    them."""
    text = ""
    for before, part in zip(("", *place), place, strict=False):
        joint = ", " if isinstance(before, int) or isinstance(part, int) else "."
        text += f"{joint if text else ''}{f'entry {part + 1}' if isinstance(part, int) else part}"
    return text or "(file)"


def _what_was_meant(place: Place, model: type[BaseModel]) -> str:
    """The nearest key beside it, else the same key in another section."""
    word = _OTHER_WORDS.get(str(place[-1]).lower(), str(place[-1]))
    siblings = [key for key in _keys_at(place[:-1], model) if key != place[-1]]
    if meant := did_you_mean(word, siblings):
        return meant
    elsewhere = {key.rpartition(".")[2]: key for key in _all_keys(model)}.get(word.lower())
    return (
        f"; did you mean `{elsewhere}`?"
        if elsewhere not in {None, place[-1]}
        else "; remove it, or correct its spelling"
    )


def _keys_at(place: Place, model: Any) -> list[str]:
    for part in place:
        if isinstance(part, str) and part in getattr(model, "model_fields", {}):
            model = _model_in(model.model_fields[part].annotation) or model
    return list(getattr(model, "model_fields", {}))


def _all_keys(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """Those of inner sections first, so that of two the one nearest to the top is kept."""
    for name, field in model.model_fields.items():
        inner = _model_in(field.annotation)
        if inner:
            yield from _all_keys(inner, f"{prefix}{name}.")
    yield from (f"{prefix}{name}" for name in model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The section behind `X | None`, `tuple[X, ...]`, `dict[Name, X]` and `Annotated[X, …]`."""
    if hasattr(annotation, "model_fields"):
        return annotation  # type: ignore[no-any-return]
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)


def _description(place: Place, model: Any) -> str:
    """What the field's reference says."""
    text = ""
    for part in place:
        field = getattr(model, "model_fields", {}).get(part)
        if field is not None:
            text, model = field.description or "", _model_in(field.annotation) or field.annotation
    return text


def _is_needed(place: Place, model: Any) -> bool:
    """Whether its section cannot do without."""
    field = None
    for part in place:
        field = getattr(model, "model_fields", {}).get(part)
        if field is not None:
            model = _model_in(field.annotation) or field.annotation
    return field is not None and field.is_required()
