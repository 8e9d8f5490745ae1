"""The outbox as pages: a list with the newest message first, and each message as its shopper sees
it."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from wracaj_cli.local.sent_messages import SentMessage
from wracaj_cli.outcome_words import channel_in_words


def write_pages(messages: Sequence[SentMessage], folder: Path) -> Path:
    """Write the pages and return the path of the list. The folder is emptied first; it holds only
    these pages."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    files = [f"{number:04}.html" for number, _ in enumerate(messages, 1)]
    template = _environment().get_template("outbox.html.j2")
    listed = [*zip(messages, files, strict=True)]
    for message, file in listed:
        page = template.render(messages=[], message=message, mail=_leading_out(message.html))
        (folder / file).write_text(page, encoding="utf-8")
    index = folder / "index.html"
    index.write_text(template.render(messages=listed, message=None, mail=None), encoding="utf-8")
    return index


def _leading_out(html: str | None) -> str | None:
    """Make links open in a new tab. Inside the frame that shows the mail, the forms of the linked
    pages could not be sent."""
    return html.replace("<head>", '<head><base target="_blank">', 1) if html else None


def _environment() -> Environment:
    folder = FileSystemLoader(Path(__file__).parent)
    pages = Environment(
        loader=folder,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters["in_words"] = channel_in_words
    return pages
