"""Templates and facts in, a message out. The only module that imports jinja2; functions that send
nothing must not import it."""

import re
from collections.abc import Callable
from dataclasses import fields
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any

import jinja2

from wracaj.consent.channel import TRAITS, Channel, Form
from wracaj.errors import WracajError
from wracaj.events import Frozen
from wracaj.messages.facts import MessageFacts, MessageView, view_of
from wracaj.money import NBSP
from wracaj.text.sms_segments import plain_letters, segments
from wracaj.text.vocative import vocative_pl
from wracaj.text.wording import (
    breakable,
    counted_en,
    counted_pl,
    glue,
    grouped,
    one_line,
    plural_en,
    plural_pl,
    shorten,
)

__all__ = [
    "MessageFacts",
    "Rendered",
    "TemplateError",
    "missing_files",
    "render",
    "render_email",
    "render_note",
    "render_sms",
    "template_names",
]

TEMPLATES = Path(__file__).resolve().parents[2] / "reminder_step" / "templates"
LONGEST_SUBJECT = 150
_COMPARE = "Compare the line with the same one in another template"
_CHANNEL_OF = {suffix: channel for channel, its in TRAITS.items() for suffix in its.suffixes}
LONGEST_TITLE = 60  # of a notification or a button; phones cut what is longer


class TemplateError(WracajError):
    """A message template is missing or has a mistake. Its text names the file, the line and how to
    mend it."""

    def __init__(self, file: str, line: int | None, problem: str, fix: str) -> None:
        super().__init__(f"{file}{f', line {line}' if line else ''}: {problem}. {fix}")
        self.file, self.line, self.problem, self.fix = file, line, problem, fix


class Rendered(Frozen):
    # one line; the title of a notification, the button of a Messenger message; "" in an SMS
    subject: str
    html: str | None  # of an e-mail
    text: str
    segments: int | None = None  # of an SMS: what it is billed as


def render(template: str, channel: str, facts: MessageFacts) -> Rendered:
    """Raises TemplateError."""
    match TRAITS[Channel(channel)].form:
        case Form.TEXT:
            return render_sms(template, facts)
        case Form.NOTE:
            return render_note(template, Channel(channel), facts)
    return render_email(template, facts)


def render_email(template: str, facts: MessageFacts, templates: Path = TEMPLATES) -> Rendered:
    """The subject and the preheader stand in the text template, as blocks. Raises TemplateError."""
    _require(template, Channel.EMAIL, facts.locale, templates)
    names = _names(facts)
    stem = f"{facts.locale}/{template}"
    text = _load(f"{stem}.txt.j2", templates)
    subject = one_line(
        _guarded(text, templates, lambda: _block(text, "subject", names)), LONGEST_SUBJECT
    )
    preheader = one_line(_guarded(text, templates, lambda: _block(text, "preheader", names)))
    html = _load(f"{stem}.html.j2", templates)
    return Rendered(
        subject=subject,
        html=_guarded(
            html, templates, lambda: html.render(names, subject=subject, preheader=preheader)
        ),
        text=_tidy(_guarded(text, templates, lambda: text.render(names))),
    )


def render_sms(template: str, facts: MessageFacts, templates: Path = TEMPLATES) -> Rendered:
    """Raises TemplateError."""
    _require(template, Channel.SMS, facts.locale, templates)
    sms = _load(f"{facts.locale}/{template}.sms.j2", templates)
    text = _tidy(_guarded(sms, templates, lambda: sms.render(_names(facts)))).replace(NBSP, " ")
    if facts.shop.sms.plain_letters:
        text = plain_letters(text)
    return Rendered(subject="", html=None, text=text, segments=segments(text))


def render_note(
    template: str,
    channel: Channel,
    facts: MessageFacts,
    templates: Path = TEMPLATES,
) -> Rendered:
    """A notification or a Messenger message: the file's text, and its block `title`. Raises
    TemplateError."""
    _require(template, channel, facts.locale, templates)
    note, names = (
        _load(f"{facts.locale}/{template}{TRAITS[channel].suffixes[0]}", templates),
        _names(facts),
    )
    title = one_line(_guarded(note, templates, lambda: _block(note, "title", names)), LONGEST_TITLE)
    text = _tidy(_guarded(note, templates, lambda: note.render(names)))
    return Rendered(subject=title, html=None, text=text)


def template_names(locale: str, templates: Path = TEMPLATES) -> dict[str, Channel]:
    """The messages that exist in a language, each with its channel."""
    found = sorted((templates / locale).glob("*.j2"))
    return {file.name.split(".")[0]: _channel_of(file.name) for file in found}


def _channel_of(name: str) -> Channel:
    return _CHANNEL_OF.get(name[name.index(".") :], Channel.EMAIL)


def missing_files(
    template: str, channel: str, locale: str, templates: Path = TEMPLATES
) -> list[str]:
    """Which files a message lacks in a language, such as "pl/cart_reminder.txt.j2"."""
    wanted = [f"{locale}/{template}{suffix}" for suffix in TRAITS[Channel(channel)].suffixes]
    return [file for file in wanted if not (templates / file).is_file()]


def _require(template: str, channel: Channel, locale: str, templates: Path) -> None:
    for file in missing_files(template, channel, locale, templates):
        known = [name for name, its in template_names(locale, templates).items() if its == channel]
        fix = (
            f"Write it, or use one of the {channel} templates there are:"
            f" {', '.join(known) or 'none'}"
        )
        raise TemplateError(file, None, "there is no such file", fix)


@lru_cache(maxsize=8)
def _environment(templates: Path) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates, encoding="utf-8-sig"),
        autoescape=jinja2.select_autoescape(("html.j2",)),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"plural_pl": plural_pl, "plural_en": plural_en}
    environment.filters |= {"counted_pl": counted_pl, "counted_en": counted_en, "grouped": grouped}
    environment.filters |= {"vocative_pl": vocative_pl}
    environment.filters |= {"glue": _glue, "shorten": shorten, "breakable": breakable}
    return environment


def _glue(text: str) -> str:
    return type(text)(glue(text))  # Markup stays Markup


def _names(facts: MessageFacts) -> dict[str, Any]:
    view = view_of(facts)
    return {field.name: getattr(view, field.name) for field in fields(view)}


def _load(file: str, templates: Path) -> jinja2.Template:
    try:
        return _environment(templates).get_template(file)
    except (jinja2.TemplateSyntaxError, UnicodeDecodeError) as error:
        raise _explained(error, file, templates) from None


def _block(template: jinja2.Template, block: str, names: dict[str, Any]) -> str:
    if block not in template.blocks:
        fix = f"Add a line {{% block {block} %}}…{{% endblock %}}"
        raise TemplateError(str(template.name), None, f"there is no block named {block}", fix)
    return "".join(template.blocks[block](template.new_context(names)))


def _guarded(template: jinja2.Template, templates: Path, render: Callable[[], str]) -> str:
    """Whatever goes wrong inside a template is told as a mistake in it."""
    try:
        return render()
    except TemplateError:
        raise
    except Exception as error:
        raise _explained(error, str(template.name), templates) from None


def _explained(error: Exception, template: str, templates: Path) -> TemplateError:
    file, line = _place(error.__traceback__, templates) or (template, None)
    match error:
        case jinja2.TemplateSyntaxError():
            problem = (error.message or "cannot be read").rstrip(".")
            return TemplateError(error.name or template, error.lineno, problem, _COMPARE)
        case jinja2.UndefinedError():
            known = ", ".join(field.name for field in fields(MessageView))
            return TemplateError(
                file,
                line,
                str(error.message),
                f"Correct the spelling; the names there are: {known}",
            )
        case jinja2.TemplateNotFound():
            problem = f"it extends or includes {error.name}, which does not exist"
            return TemplateError(file, line, problem, "Correct the name, or write that file")
        # a required block: told where it is wanted, to be written where it is missing
        case jinja2.TemplateRuntimeError():
            return TemplateError(
                template, None, str(error.message), "Add that block, as in another template"
            )
        case UnicodeDecodeError():
            return TemplateError(
                template,
                None,
                "this file, or one that it extends, is not UTF-8",
                "Save it as UTF-8",
            )
    # The text of any other error may quote what it choked on, and that may be personal.
    return TemplateError(file, line, f"{type(error).__name__} while filling it in", _COMPARE)


def _place(traceback: TracebackType | None, templates: Path) -> tuple[str, int] | None:
    """The innermost line of a template in a traceback. Where jinja has not rewritten it, the frame
    is of compiled code."""
    place = None
    while traceback is not None:
        compiled = traceback.tb_frame.f_globals.get("__jinja_template__")
        file = Path(traceback.tb_frame.f_code.co_filename)
        if file.suffix == ".j2" and file.is_relative_to(templates):
            line = traceback.tb_lineno
            place = (
                file.relative_to(templates).as_posix(),
                compiled.get_corresponding_lineno(line) if compiled else line,
            )
        traceback = traceback.tb_next
    return place


def _tidy(text: str) -> str:
    lines = "\n".join(line.strip(" \t\r") for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip("\n")
