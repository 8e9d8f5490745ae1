"""Makes a message from a template and facts. This is the only module that imports jinja2; functions
that send nothing must not import it."""

import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from jinja2.defaults import DEFAULT_FILTERS  # type: ignore[attr-defined]
from jinja2.utils import missing
from markupsafe import Markup

from wracaj.consent.channel import TRAITS, Channel, Form
from wracaj.events import Frozen
from wracaj.messages.facts import MessageFacts, MessageView, view_of
from wracaj.messages.template_files import (
    HTML_LAYOUT,
    TEMPLATES,
    TEXT_LAYOUT,
    file_of,
    template_names,
)
from wracaj.messages.template_mistakes import (
    COMPARE,
    TemplateError,
    no_such_filter,
    no_such_name,
    nothing_there,
    place_in,
)
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
    tidy,
)

LONGEST_SUBJECT = 150
LONGEST_TITLE = 60  # of a notification or a button; phones cut longer ones


class Rendered(Frozen):
    # one line: a mail's subject, a notification's title, a Messenger message's button; "" in an SMS
    subject: str
    html: str | None  # of an e-mail
    text: str
    segments: int | None = None  # of an SMS: the number of SMS segments to pay for


def render(
    template: str, channel: Channel, facts: MessageFacts, templates: Path = TEMPLATES
) -> Rendered:
    """Raises TemplateError."""
    match TRAITS[channel].form:
        case Form.TEXT:
            return render_sms(template, facts, templates)
        case Form.NOTE:
            return render_note(template, channel, facts, templates)
    return render_email(template, facts, templates)


def render_email(template: str, facts: MessageFacts, templates: Path = TEMPLATES) -> Rendered:
    """Both parts, HTML and text, from one file and a layout for each. Raises TemplateError."""
    _require(template, Channel.EMAIL, facts.locale, templates)
    mail, names = _load(file_of(template, Channel.EMAIL, facts.locale), templates), _names(facts)

    def block(name: str) -> str:
        return _guarded(mail, templates, lambda: _block(mail, name, names))

    def part(layout: str, **more: str) -> str:
        return _guarded(mail, templates, lambda: mail.render(names, layout=layout, **more))

    subject, preheader = one_line(block("subject"), LONGEST_SUBJECT), one_line(block("preheader"))
    html = part(HTML_LAYOUT, subject=subject, preheader=preheader)
    return Rendered(subject=subject, html=html, text=tidy(part(TEXT_LAYOUT)))


def render_sms(template: str, facts: MessageFacts, templates: Path = TEMPLATES) -> Rendered:
    """Raises TemplateError."""
    _require(template, Channel.SMS, facts.locale, templates)
    sms = _load(file_of(template, Channel.SMS, facts.locale), templates)
    text = tidy(_guarded(sms, templates, lambda: sms.render(_names(facts)))).replace(NBSP, " ")
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
    note, names = _load(file_of(template, channel, facts.locale), templates), _names(facts)
    title = one_line(_guarded(note, templates, lambda: _block(note, "title", names)), LONGEST_TITLE)
    text = tidy(_guarded(note, templates, lambda: note.render(names)))
    return Rendered(subject=title, html=None, text=text)


def blocks_of(file: str, templates: Path = TEMPLATES) -> set[str]:
    """The blocks that a file, such as "layout/pl.j2", defines or fills. Raises TemplateError."""
    return set(_load(file, templates).blocks)


def _require(template: str, channel: Channel, locale: str, templates: Path) -> None:
    file = file_of(template, channel, locale)
    if (templates / file).is_file():
        return
    known = [name for name, its in template_names(locale, templates).items() if its == channel]
    fix = f"Write it, or use one of the {channel} templates there are: {', '.join(known) or 'none'}"
    raise TemplateError(file, None, "there is no such file", fix)


# Matches lines of only tags and comments, or the end of a tag at the end of a line with text.
_TAG = r"(?:\{%(?:(?!%\}).)*%\}|\{#(?:(?!#\}).)*#\})"
_LINE_ENDS = re.compile(
    rf"^[ \t]*(?:{_TAG}[ \t]*)+$|(?<![-+])(?P<after_words>[%#]\}})$", re.DOTALL | re.MULTILINE
)
_NO_FILTER, _OF_JINJA = re.compile(r"No filter named '(.*)'"), frozenset(DEFAULT_FILTERS)


class _Unknown(jinja2.StrictUndefined):
    @property
    def _undefined_message(self) -> str:
        """The problem and its fix, in two sentences."""
        name, obj = self._undefined_name, self._undefined_obj
        if obj is None or isinstance(name, int):
            return nothing_there(name)
        if obj is not missing and not is_dataclass(obj):
            return f"{super()._undefined_message}. {COMPARE}"
        known = [field.name for field in fields(MessageView if obj is missing else obj)]
        return no_such_name(str(name), known)

    def __format__(self, _: str) -> str:
        """Our filters format numbers. Without this method jinja would raise a TypeError."""
        return str(self)


class _Environment(jinja2.Environment):
    def preprocess(self, source: str, name: str | None = None, filename: str | None = None) -> str:
        """Remove line ends after lines of only tags, by trim_blocks. Keep the line end after a tag
        on a line with text."""
        source = super().preprocess(source, name, filename)
        return _LINE_ENDS.sub(
            lambda found: f"+{found[0]}" if found["after_words"] else found[0], source
        )


@lru_cache(maxsize=8)
def _environment(templates: Path) -> jinja2.Environment:
    environment = _Environment(
        loader=jinja2.FileSystemLoader(templates, encoding="utf-8-sig"),
        autoescape=jinja2.select_autoescape((".html.j2",)),
        undefined=_Unknown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"plural_pl": plural_pl, "plural_en": plural_en}
    environment.filters |= {"counted_pl": counted_pl, "counted_en": counted_en, "grouped": grouped}
    environment.filters |= {"vocative_pl": vocative_pl}
    environment.filters |= {"as_html": _as_html, "shorten": shorten}
    environment.globals["nbsp"] = NBSP
    return environment


def _as_html(words: str) -> Markup:
    """HTML of plain text: line ends and paragraphs stay, and tags are shown as text."""
    lines = tidy(str(words)).split("\n")
    return Markup("<br>\n").join(breakable(glue(line)) for line in lines)


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
    """Render, and turn any error inside the template into a TemplateError."""
    try:
        return render()
    except TemplateError:
        raise
    except Exception as error:
        raise _explained(error, str(template.name), templates) from None


def _explained(error: Exception, template: str, templates: Path) -> TemplateError:
    file, line = place_in(error.__traceback__, templates) or (template, None)
    match error:
        case jinja2.TemplateAssertionError() if found := _NO_FILTER.match(error.message or ""):
            known = _environment(templates).filters
            fix = no_such_filter(found[1], known, [one for one in known if one not in _OF_JINJA])
            problem = f"there is no filter `{found[1]}`"
            return TemplateError(error.name or template, error.lineno, problem, fix)
        case jinja2.TemplateSyntaxError():
            problem = (error.message or "cannot be read").rstrip(".")
            return TemplateError(error.name or template, error.lineno, problem, COMPARE)
        case jinja2.UndefinedError():
            problem, _, fix = str(error.message).partition(". ")
            return TemplateError(file, line, problem, fix)
        case jinja2.TemplateNotFound():
            problem = f"it extends or includes {error.name}, which does not exist"
            return TemplateError(file, line, problem, "Correct the name, or write that file")
        # a missing block: the error is found where the block is used, and is fixed in the file that
        # lacks it
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
    # The text of other errors may contain personal data, so it is left out.
    return TemplateError(file, line, f"{type(error).__name__} while filling it in", COMPARE)
