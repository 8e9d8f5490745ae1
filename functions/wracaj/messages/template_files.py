"""Paths of message templates: one file for each message, channel and language."""

from pathlib import Path

from wracaj.consent.channel import TRAITS, Channel
from wracaj.language import LOCALES

TEMPLATES = Path(__file__).resolve().parents[2] / "reminder_step" / "templates"
# what each file extends or includes; a mail's are the same in every language
HTML_LAYOUT, TEXT_LAYOUT = "layout/mail.html.j2", "layout/mail.txt.j2"
NOTE_LAYOUT = "layout/note.j2"
SUFFIXES = {channel: its.suffix for channel, its in TRAITS.items() if its.suffix}


def file_of(template: str, channel: Channel, locale: str) -> str:
    """Such as "pl/cart_reminder.email.j2"."""
    return f"{locale}/{template}{SUFFIXES[channel]}"


def template_names(locale: str, templates: Path = TEMPLATES) -> dict[str, Channel]:
    """The messages that exist in a language, with the channel of each."""
    found = sorted((templates / locale).glob("*.j2"))
    channels = {suffix: channel for channel, suffix in SUFFIXES.items()}
    parts = (file.name.partition(".") for file in found)
    return {name: channels[f".{kind}"] for name, _, kind in parts if f".{kind}" in channels}


def layouts(locale: str) -> tuple[str, ...]:
    """The files whose blocks a message of this language fills."""
    return f"layout/{locale}.j2", HTML_LAYOUT, TEXT_LAYOUT, NOTE_LAYOUT


def missing_files(template: str, channel: Channel, templates: Path = TEMPLATES) -> list[str]:
    """The files that a message lacks, in any language. `channel` is one that has templates."""
    files = (file_of(template, channel, locale) for locale in LOCALES)
    return [file for file in files if not (templates / file).is_file()]
