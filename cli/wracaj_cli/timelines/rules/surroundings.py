"""The templates must exist in every language, and template.yaml must deploy the timeline."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from timeline_digest import made_name
from wracaj.language import LOCALES
from wracaj.messages.template_files import SUFFIXES, missing_files, template_names
from wracaj.text.spelling import nearest
from wracaj_cli import house
from wracaj_cli.timelines.machine import CHECK, STEP
from wracaj_cli.timelines.message_check import Sent
from wracaj_cli.timelines.problems import Problem, Rule
from wracaj_cli.timelines.reading import Definition
from wracaj_cli.timelines.rules.names import places
from wracaj_cli.timelines.short_file import MessageLine, ShortFile
from wracaj_cli.timelines.states import mapping

STATE_MACHINE = "AWS::Serverless::StateMachine"


@dataclass(frozen=True)
class Surroundings:
    stack: Path = house.TEMPLATE
    messages: Path = house.MESSAGE_TEMPLATES


def templates(definition: Definition, short: ShortFile, around: Surroundings) -> Iterator[Problem]:
    for place, message in places(short):
        told = sent_by(message)
        missing = missing_files(told.template, told.channel, around.messages) if told else []
        if missing and message.sends:
            meant = nearest(message.sends, _known(message, around))
            made = f"write it in {_short(around.messages)}, or name another template"
            fix = f"did you mean `{meant}`?" if meant else made
            what = f"there is no {' and no '.join(missing)}"
            yield definition.problem(Rule.TEMPLATE, str(place[2]), what, fix, *place)


def _known(message: MessageLine, around: Surroundings) -> list[str]:
    """Return the channel's templates that exist in every language."""
    found = [
        {
            name
            for name, channel in template_names(locale, around.messages).items()
            if channel == message.channel
        }
        for locale in LOCALES
    ]
    return sorted(set.intersection(*found))


def sent_by(message: MessageLine) -> Sent | None:
    """Return what the message sends, or None if it has no text or the start of the execution names
    it."""
    channel = next((one for one in SUFFIXES if one == message.channel), None)
    return Sent(message.sends, channel, message.content_kind) if message.sends and channel else None


def sent(short: ShortFile) -> list[Sent]:
    return [found for _, message in short.named_messages if (found := sent_by(message))]


def _short(path: Path) -> Path:
    return path.relative_to(house.ROOT) if path.is_relative_to(house.ROOT) else path


class _StackLoader(yaml.SafeLoader):
    """Reads CloudFormation's short tags (!Ref, !GetAtt …) as their values."""


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
        given = substitutions(definition.name, around.stack)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValueError, RecursionError):
        what = f"{stack} cannot be read, so nothing says what would be deployed"
        yield definition.problem(
            Rule.NOT_DEPLOYED, None, what, f"mend {stack} first: `sam validate --lint`"
        )
        return
    if given is None:
        made = f"statemachines/{made_name(definition.name)}"
        fix = f"add a {STATE_MACHINE} with `DefinitionUri: {made}`"
        yield definition.problem(
            Rule.NOT_DEPLOYED, None, f"{stack} does not deploy this timeline", fix
        )
        return
    needed = [STEP, CHECK] if "check" in definition.body else [STEP]
    for name in (one.strip("${}") for one in needed):
        if name not in given:
            what = f"{stack} does not give `${{{name}}}` to this timeline's state machine"
            fix = f"add {name} to its DefinitionSubstitutions there"
            yield definition.problem(Rule.SUBSTITUTION, None, what, fix)


def substitutions(timeline: str, stack: Path) -> set[str] | None:
    """Return the names that template.yaml passes to this timeline, or None if it does not deploy
    it."""
    document = mapping(yaml.load(stack.read_text(encoding="utf-8"), _StackLoader))  # noqa: S506  a SafeLoader
    for resource in mapping(document.get("Resources")).values():
        properties = mapping(mapping(resource).get("Properties"))
        uri = properties.get("DefinitionUri")
        if (
            mapping(resource).get("Type") == STATE_MACHINE
            and isinstance(uri, str)
            and Path(uri).name == made_name(timeline)
        ):
            return {str(name) for name in mapping(properties.get("DefinitionSubstitutions"))}
    return None
