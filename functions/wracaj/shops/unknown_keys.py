"""Keys of a body that nobody reads, and that look like keys that are read."""

from collections.abc import Collection, Iterator
from functools import cache

from wracaj.errors import Problem
from wracaj.shops.bodies import Body

_ALIKE = 0.8  # of difflib: a letter or two apart; `last_name` is not taken for `first_name`
_LONGEST = 60


class ToldInFull(Body, extra="allow"):
    """A body whose every key we have named to whoever sends it: another one may be a mistake."""


def unknown_keys(body: Body, path: str = "") -> Iterator[Problem]:
    known = _names(type(body))
    for name in body.model_extra or ():
        if name not in _all_names():
            yield from did_you_mean(f"{path}{name}", name, known)
    for name, field in type(body).model_fields.items():
        value, inner = getattr(body, name), f"{path}{field.alias or name}"
        if isinstance(value, Body):
            yield from unknown_keys(value, f"{inner}.")
        elif isinstance(value, tuple):
            lines = (line for line in value if isinstance(line, Body))
            yield from dict(problem for line in lines for problem in unknown_keys(line, f"{inner}.")).items()


def did_you_mean(field: str, word: str, known: Collection[str]) -> Iterator[Problem]:
    """A word that is like none of the known ones is nobody's mistake, and is not repeated."""
    from difflib import get_close_matches  # here: a cold start does without

    for meant in get_close_matches(word[:_LONGEST], known, n=1, cutoff=_ALIKE):
        yield field, f"is not known; did you mean {meant}?"


@cache
def _names(model: type[Body]) -> frozenset[str]:
    return frozenset(field.alias or name for name, field in model.model_fields.items())


@cache
def _all_names() -> frozenset[str]:
    """What is a key somewhere is no misspelling elsewhere: whoever copies a cart's lines into the order does well."""
    return frozenset[str]().union(*map(_names, _kinds(ToldInFull)))


def _kinds(model: type[Body]) -> Iterator[type[Body]]:
    yield model
    for kind in model.__subclasses__():
        yield from _kinds(kind)
