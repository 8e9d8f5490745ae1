"""Writes every message into a file, and an index page that links to them."""

import base64
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from wracaj.consent.channel import Channel
from wracaj.errors import WracajError
from wracaj.text.sms_segments import plain_letters
from wracaj_cli.demo import generic_front, woocommerce_front
from wracaj_cli.demo.delivered import Delivered
from wracaj_cli.demo.experiment.review import ExperimentReview
from wracaj_cli.demo.outcome import Line, Totals
from wracaj_cli.demo.promises import NAMES, Broken
from wracaj_cli.demo.rescue.review import VisitorLine
from wracaj_cli.demo.rescue.story import STEPS
from wracaj_cli.demo.rescue.story import WORDS as STEP_WORDS
from wracaj_cli.demo.tables import day, deed, reached, standing
from wracaj_cli.demo.week import ZONE
from wracaj_cli.demo.year.lines import YearLine
from wracaj_cli.typed_files import UnwritableError

REPORT = "report.html"
OURS = "wracaj-demo.txt"  # this file marks a folder that may be emptied
_PICTURES = (re.escape(front.PICTURES) for front in (generic_front, woocommerce_front))
_PICTURE = re.compile(rf"(?:{'|'.join(_PICTURES)})/([\w-]+)\.jpg")
_LEAF = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 72 72"><rect width="72" height="72"'
    ' fill="#d5e5df"/><path d="M36 60V34M36 46c-16 0-20-10-20-20 12 0 20 6 20 20zm0-8c0-14 8-20'
    ' 20-20 0 12-6 20-20 20z" fill="#2f6757" stroke="#2f6757" stroke-width="2"/></svg>'
)


class OutFolderError(WracajError):
    """The folder holds files that the demo did not write, or it cannot be written to."""


@dataclass(frozen=True)
class Filed:
    """A message and its file, relative to the index page."""

    message: Delivered
    file: str

    @property
    def step(self) -> str:
        return self.message.kind

    @property
    def when(self) -> str:
        return f"{self.message.at.astimezone(ZONE):%a %H:%M}"

    @property
    def day(self) -> str:
        return day(self.message.at)

    @property
    def without_code(self) -> bool:
        return self.message.step == "discount_email" and self.message.code is None


def require_ours(out: Path) -> Path:
    """Return the folder, which must be empty, new, or from an earlier demo. Raises OutFolderError
    if it holds other files or cannot be written to."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=out):
            pass
    except OSError as error:
        raise OutFolderError(str(UnwritableError(out, error, "--out"))) from None
    if out.exists() and any(out.iterdir()) and not (out / OURS).exists():
        raise OutFolderError(
            f"{out} holds other files; name an empty folder, or a new one, with --out"
        )
    return out


def _empty(out: Path) -> Path:
    shutil.rmtree(require_ours(out), ignore_errors=True)
    out.mkdir(parents=True)
    (out / OURS).write_text(
        "Written by `wracaj demo`, which empties this folder each time.\n", "utf-8"
    )
    return out


@dataclass(frozen=True)
class Acts:
    """The content of the index page: the carts, the week of every channel, the year and its
    experiment. `report`: the report page that the index links to."""

    lines: list[Line]
    totals: Totals
    broken: list[Broken]
    week: list[VisitorLine]
    year: list[YearLine]
    report: str
    experiment: ExperimentReview


def write(out: Path, acts: Acts) -> Path:
    """Write the pages and return the path of the index page. Files of an earlier demo in this
    folder are deleted."""
    _empty(out)
    (out / REPORT).write_text(acts.report, "utf-8")
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    environment.lstrip_blocks = True
    index = out / "index.html"
    page = environment.get_template("index.html.j2").render(**_filed(out, acts), **_told(acts))
    index.write_text(page, "utf-8")
    return index


def _filed(out: Path, acts: Acts) -> dict[str, Any]:
    """Write each message into a file, and return the files by shopper."""
    sent = {line.persona.name: line.sent for line in acts.lines}
    year = {line.regular.name: line.sent for line in acts.year}
    experiment = {line.participant.name: line.sent for line in acts.experiment.lines}
    return {
        "filed": {who: file_messages(out, who, messages) for who, messages in sent.items()},
        "filed_week": {line.visitor.name: _by_step(out, line) for line in acts.week},
        "filed_year": {who: file_messages(out, who, messages) for who, messages in year.items()},
        "filed_experiment": {
            who: file_messages(out, who, messages) for who, messages in experiment.items()
        },
    }


def _told(acts: Acts) -> dict[str, Any]:
    return {
        "lines": acts.lines,
        "totals": acts.totals,
        "promises": NAMES,
        "broken": acts.broken,
        "week": acts.week,
        "steps": STEPS,
        "step_words": STEP_WORDS,
        "reached": reached,
        "year": acts.year,
        "standing": standing,
        "deed": deed,
        "report": REPORT,
        "experiment": acts.experiment.lines,
        "halves": acts.experiment.halves,
        "findings": acts.experiment.findings,
    }


def file_messages(out: Path, who: str, messages: tuple[Delivered, ...]) -> list[Filed]:
    (out / "messages").mkdir(exist_ok=True)
    return [
        _file(out, f"{_plain(who)}-{number}-{_plain(message.step or '')}", message)
        for number, message in enumerate(messages, 1)
    ]


def _by_step(out: Path, line: VisitorLine) -> dict[str | None, str]:
    return {
        one.message.step: one.file
        for one in file_messages(out, line.visitor.name, tuple(line.sent.values()))
    }


def _plain(words: str) -> str:
    return re.sub(r"[^a-z0-9_]+", "-", plain_letters(words).lower())


def _file(out: Path, stem: str, message: Delivered) -> Filed:
    """Write an e-mail as HTML, or an SMS as text. In the HTML, only the addresses of pictures are
    replaced, because they do not exist."""
    name = f"messages/{stem}.{'html' if message.channel is Channel.EMAIL else 'txt'}"
    sent = message.sent
    if message.channel is Channel.EMAIL:
        (out / name).write_text(with_pictures(sent.html or ""), "utf-8")
        letter = f"From: {sent.sender}\nTo: {sent.to}\nSubject: {sent.subject}\n\n{sent.text}\n"
        (out / name).with_suffix(".txt").write_text(letter, "utf-8")
    else:
        (out / name).write_text(f"{sent.sender} → {sent.to}\n\n{sent.text}\n", "utf-8")
    return Filed(message, name)


def with_pictures(html: str) -> str:
    drawn = f"data:image/svg+xml;base64,{base64.b64encode(_LEAF.encode()).decode()}"
    return _PICTURE.sub(drawn, html)
