"""Finds misspelt keys: those that nobody reads, and that look like keys we read."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, get_args, get_origin

from wracaj.errors import Problem
from wracaj.platforms.bodies import Body

_ALIKE = 0.8  # of difflib: one or two letters differ; `last_name` is not taken for `first_name`
_LONGEST = 60
_OTHERS_WORDS: Mapping[str, str] = {
    "qty": "quantity",
    "count": "quantity",
    "name": "title",
    "image": "image_url",
}  # names of the same fields on other platforms


class ToldInFull(Body, extra="allow"):
    """A body whose keys are all documented, so that any other key may be a mistake."""


def unknown_keys(model: type[Body], value: object, path: str = "") -> Iterator[Problem]:
    """Misspelt keys in the body as it was sent: a misspelt key may be why a line cannot be read."""
    if not (issubclass(model, ToldInFull) and isinstance(value, dict)):
        return
    for name in map(str, value):
        others = _OTHERS_WORDS.get(_bare(name))
        if others and others not in value:
            yield from did_you_mean(f"{path}{name}", others, _names(model))
        elif name not in _all_names():
            yield from did_you_mean(f"{path}{name}", name, _names(model))
    for name, inner, is_list in _parts(model):
        if is_list:
            yield from _in_lines(inner, value.get(name), f"{path}{name}.")
        else:
            yield from unknown_keys(inner, value.get(name), f"{path}{name}.")


def _in_lines(model: type[Body], value: object, path: str) -> Iterator[Problem]:
    """Report each misspelling once, at its first line."""
    told = set[str]()
    for place, line in enumerate(_lines(value)):
        for field, problem in unknown_keys(model, line):
            if field not in told:
                told.add(field)
                yield f"{path}{place}.{field}", problem


def _lines(value: object) -> Sequence[object]:
    """The lines as `fields.listed` reads them."""
    if isinstance(value, dict):
        return list(value.values()) if all(key.isdigit() for key in value) else [value]
    return value if isinstance(value, list) else ()


@cache
def _parts(model: type[Body]) -> tuple[tuple[str, type[Body], bool], ...]:
    """Keys that hold a body or a list of bodies."""
    fields = ((field.alias or name, field.annotation) for name, field in model.model_fields.items())
    return tuple(
        (name, inner, _holds_a_list(told)) for name, told in fields if (inner := _body_in(told))
    )


def _holds_a_list(annotation: Any) -> bool:
    return any(get_origin(part) is tuple for part in (annotation, *get_args(annotation)))


def _body_in(annotation: Any) -> type[Body] | None:
    if isinstance(annotation, type) and issubclass(annotation, Body):
        return annotation
    return next((inner for part in get_args(annotation) if (inner := _body_in(part))), None)


def did_you_mean(field: str, word: str, known: Collection[str]) -> Iterator[Problem]:
    """Suggest the known name most like `word`. Capitals, `_` and `-` are ignored: cartId is like
    cart_id. A name like none of them is not reported."""
    from difflib import get_close_matches  # imported here to keep it out of the cold start

    meant = {_bare(name): name for name in sorted(known)}
    for match in get_close_matches(_bare(word[:_LONGEST]), meant, n=1, cutoff=_ALIKE):
        yield field, f"is not known; did you mean {meant[match]}?"


def _bare(word: str) -> str:
    return word.casefold().replace("_", "").replace("-", "")


@cache
def _names(model: type[Body]) -> frozenset[str]:
    return frozenset(field.alias or name for name, field in model.model_fields.items())


@cache
def _all_names() -> frozenset[str]:
    """Keys of all bodies. A key that exists elsewhere is no misspelling: shops may copy a cart's
    lines into the order."""
    return frozenset[str]().union(*map(_names, _kinds(ToldInFull)))


def _kinds(model: type[Body]) -> Iterator[type[Body]]:
    yield model
    for kind in model.__subclasses__():
        yield from _kinds(kind)
