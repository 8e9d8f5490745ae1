"""The short file may have only known parts, each once and in the right form."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from wracaj.consent.channel import Channel
from wracaj.text.mistakes import sentence
from wracaj.text.spelling import did_you_mean
from wracaj_cli.timelines.problems import Problem, Rule
from wracaj_cli.timelines.reading import Definition, Keys
from wracaj_cli.timelines.short_file import ChannelError, MessageLine, ShortFile

A_CHANNEL = f"write one of {', '.join(Channel)} and what it sends, such as `email: cart_reminder`"


def read_short(definition: Definition) -> ShortFile | list[Problem]:
    """Return the parts of the file, or all problems of its form."""
    found = list(duplicates(definition))
    try:
        short = ShortFile.model_validate(definition.body)
    except ValidationError as error:
        return [*found, *(_problem(definition, refusal) for refusal in error.errors())]
    return found or short


def duplicates(definition: Definition) -> Iterator[Problem]:
    for keys, line in definition.duplicates:
        what = f"`{keys[-1]}` is written twice; only the last one would count"
        fix = "remove or rename one of the two"
        where = where_of(keys[:-1])
        yield replace(definition.problem(Rule.DUPLICATE_KEY, where, what, fix), line=line)


def where_of(place: Keys) -> str | None:
    """Return the message or section of this place."""
    if place[:1] == ("messages",) and len(place) > 2:
        return str(place[2])
    return str(place[0]) if place else None


def _problem(definition: Definition, refusal: Any) -> Problem:
    place: Keys = tuple(part for part in refusal["loc"] if part != "[key]")
    what, fix = _told(refusal, place)
    rule = Rule.SHAPE
    if isinstance(refusal.get("ctx", {}).get("error"), ChannelError):
        rule, fix = Rule.CHANNEL, A_CHANNEL
    elif "[key]" in refusal["loc"]:
        rule = Rule.STEP if place[:1] == ("messages",) else Rule.NAME
        what = f"{place[-1]!r} is no name"
        fix = "write small letters, digits and _, beginning with a letter, such as first_email"
    elif refusal["type"] == "extra_forbidden":
        rule = Rule.CHANNEL if _is_channel(fix) else Rule.SHAPE
    at = place or ("messages",)  # the only problem that is about the whole file
    return definition.problem(rule, where_of(at), what, fix, *at)


def _told(refusal: Any, place: Keys) -> tuple[str, str]:
    key = str(place[-1]) if place else "the file"
    if refusal["type"] == "extra_forbidden":
        meant = did_you_mean(key, _known_beside(place)).removeprefix("; ")
        return f"`{key}` is nothing that can stand here", meant or "remove it"
    said = sentence(refusal, needed=refusal["type"] == "missing")
    what, _, fix = said.partition("; ")
    shown = what if refusal["type"] == "value_error" else f"`{key}` {what}"
    return shown, fix or "correct it; statemachines/README.md shows how each line is written"


def _known_beside(place: Keys) -> list[str]:
    model: Any = ShortFile
    for part in place[:-1]:
        if isinstance(part, str) and part in getattr(model, "model_fields", {}):
            model = _model_in(model.model_fields[part].annotation) or model
    own = [name for name in model.model_fields if name not in {"channel", "sends"}]
    return [*own, *Channel] if model is MessageLine else list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if hasattr(annotation, "model_fields"):
        return annotation  # type: ignore[no-any-return]
    inner = (_model_in(part) for part in get_args(annotation))
    return next((found for found in inner if found), None)


def _is_channel(fix: str) -> bool:
    return any(fix == f"did you mean `{channel}`?" for channel in Channel)
