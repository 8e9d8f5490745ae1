"""Checks that every message can be rendered. A mistake that is found here does not reach a
shopper's mail."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from wracaj.consent.channel import Channel
from wracaj.language import LOCALES, Locale
from wracaj.messages.facts import MessageFacts
from wracaj.messages.rendering import blocks_of, render
from wracaj.messages.template_files import file_of, layouts, template_names
from wracaj.messages.template_mistakes import TemplateError
from wracaj.text.spelling import nearest
from wracaj.timelines.steps import ContentKind
from wracaj_cli.timelines.message_samples import samples
from wracaj_cli.timelines.problems import Problem, Rule

READ_ALONE = {"subject", "preheader", "title"}  # blocks that the code reads by their names


@dataclass(frozen=True)
class Sent:
    """A message, with what decides which facts it is rendered from."""

    template: str
    channel: Channel
    content: ContentKind | None = None


def unrenderable(messages: Iterable[Sent], templates: Path) -> list[Problem]:
    """Return the mistakes in the templates of these messages, each once.

    Missing files are not reported here; the check of the timeline that names them does so.
    """
    errors = [
        error
        for message in dict.fromkeys(messages)
        for locale in LOCALES
        if (templates / file_of(message.template, message.channel, locale)).is_file()
        for error in _mistakes(message, locale, templates)
    ]
    return [
        _problem(error, templates) for error in {str(error): error for error in errors}.values()
    ]


def from_the_start(named: Iterable[str], templates: Path) -> list[Sent]:
    """Return the templates that no timeline names. The start of the execution names them, for
    example for a campaign or a double opt-in."""
    known = set(named)
    every = [one for locale in LOCALES for one in template_names(locale, templates).items()]
    return [Sent(name, channel) for name, channel in dict(every).items() if name not in known]


def _mistakes(message: Sent, locale: Locale, templates: Path) -> Iterator[TemplateError]:
    for facts in samples(locale, message.content):
        error = _mistake(message, facts, templates)
        if error:
            yield error
            return
    yield from _unshown(file_of(message.template, message.channel, locale), locale, templates)


def _mistake(message: Sent, facts: MessageFacts, templates: Path) -> TemplateError | None:
    try:
        render(message.template, message.channel, facts, templates)
    except TemplateError as error:
        return error
    return None


def _unshown(file: str, locale: Locale, templates: Path) -> Iterator[TemplateError]:
    """A block whose name is misspelt would be left out without a word."""
    known = READ_ALONE.union(*(blocks_of(layout, templates) for layout in layouts(locale)))
    for block in sorted(blocks_of(file, templates) - known):
        source = (templates / file).read_text("utf-8-sig")
        before = re.split(rf"{{%[-+]?\s*block\s+{block}\b", source, maxsplit=1)[0]
        meant = nearest(block, known)
        fix = f"{f'Did you mean {meant}? ' if meant else ''}Blocks that are shown: "
        problem = f"the block {block} is shown nowhere"
        yield TemplateError(file, before.count("\n") + 1, problem, fix + ", ".join(sorted(known)))


def _problem(error: TemplateError, templates: Path) -> Problem:
    file = templates / error.file
    name = file.name.partition(".")[0]
    return Problem(Rule.RENDERING, file, name, error.line, error.problem, error.fix)
