"""Do the message templates exist in every language, and does template.yaml deploy the timeline and
fill its `${…}`?"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import yaml

from wracaj.consent.channel import TRAITS, Channel
from wracaj.settings.shop import Locale
from wracaj_cli import house
from wracaj_cli.timelines.problems import Problem, Rule
from wracaj_cli.timelines.reading import Definition
from wracaj_cli.timelines.rules.messages import messages
from wracaj_cli.timelines.rules.payloads import PAYLOAD
from wracaj_cli.timelines.states import State, mapping

STATE_MACHINE = "AWS::Serverless::StateMachine"
_SUBSTITUTION = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True)
class Surroundings:
    stack: Path = house.TEMPLATE
    messages: Path = house.MESSAGE_TEMPLATES


def templates(definition: Definition, around: Surroundings) -> Iterator[Problem]:
    for message in messages(definition):
        missing = [file for file in _files(message) if not (around.messages / file).is_file()]
        if missing:
            fix = f"write it in {_short(around.messages)}, or name another template"
            yield definition.problem(
                Rule.TEMPLATE,
                message.name,
                f"there is no {' and no '.join(missing)}",
                fix,
                *PAYLOAD,
                "step",
                "template",
            )


def _files(message: State) -> list[str]:
    """The files that the message's template consists of, in every language."""
    name, channel = message.step_text("template"), message.step_text("channel")
    parts = TRAITS[Channel(channel)].suffixes if name and channel in set(Channel) else ()
    return [f"{locale}/{name}{part}" for locale in get_args(Locale) for part in parts]


def _short(path: Path) -> Path:
    return path.relative_to(house.ROOT) if path.is_relative_to(house.ROOT) else path


class _StackLoader(yaml.SafeLoader):
    """Takes CloudFormation's short tags (!Ref, !GetAtt …) for what they hold."""


def _tagged(loader: yaml.SafeLoader, _tag: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    return (
        loader.construct_sequence(node, deep=True)
        if isinstance(node, yaml.SequenceNode)
        else node.value
    )


_StackLoader.add_multi_constructor("!", _tagged)


def deployment(definition: Definition, around: Surroundings) -> Iterator[Problem]:
    stack = around.stack.name
    try:
        given = substitutions(definition.path, around.stack)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValueError, RecursionError):
        what = f"{stack} cannot be read, so nothing says what would be deployed"
        yield definition.problem(
            Rule.NOT_DEPLOYED, None, what, f"mend {stack} first: `sam validate --lint`"
        )
        return
    if given is None:
        fix = f"add a {STATE_MACHINE} whose DefinitionUri is this file"
        yield definition.problem(
            Rule.NOT_DEPLOYED, None, f"{stack} does not deploy this timeline", fix
        )
        return
    for state, keys, text in definition.texts():
        for name in _SUBSTITUTION.findall(text):
            if name not in given:
                fix = (
                    f"add {name} to its DefinitionSubstitutions there, or use one of these:"
                    f" {', '.join(sorted(given))}"
                )
                yield definition.problem(
                    Rule.SUBSTITUTION, state, f"{stack} does not give `${{{name}}}`", fix, *keys
                )


def substitutions(timeline: Path, stack: Path) -> set[str] | None:
    """The names that the stack gives to this timeline; None when it does not deploy it."""
    document = mapping(yaml.load(stack.read_text(encoding="utf-8"), _StackLoader))  # noqa: S506  a SafeLoader
    for resource in mapping(document.get("Resources")).values():
        properties = mapping(mapping(resource).get("Properties"))
        uri = properties.get("DefinitionUri")
        if (
            mapping(resource).get("Type") == STATE_MACHINE
            and isinstance(uri, str)
            and Path(uri).name == timeline.name
        ):
            return {str(name) for name in mapping(properties.get("DefinitionSubstitutions"))}
    return None
