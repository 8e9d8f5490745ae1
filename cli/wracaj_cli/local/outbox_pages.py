"""The outbox as pages: a list, the newest first, and each message as its shopper sees it."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from wracaj_cli.local.sent_messages import SentMessage
from wracaj_cli.outcome_words import channel_in_words


def write_pages(messages: Sequence[SentMessage], folder: Path) -> Path:
    """Returns the page that lists them. The folder is emptied first: it holds nothing but these
    pages."""
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
    """Links open beside the page: the frame that shows the mail lets no form of theirs be sent."""
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
