"""The repository's documentation pages, as tests read them."""

import re
from collections.abc import Iterator
from pathlib import Path

from wracaj_cli.house import ROOT

FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)

PAGES = sorted(
    path
    for path in ROOT.rglob("*.md")
    if not {part for part in path.relative_to(ROOT).parts if part.startswith(".")}
    and "node_modules" not in path.parts
)


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def blocks(text: str, language: str) -> list[str]:
    return [body for kind, body in FENCE.findall(text) if kind == language]


def links(text: str) -> list[str]:
    return LINK.findall(FENCE.sub("", text))


def anchors(text: str) -> set[str]:
    """Return the anchors that GitHub makes from the headings."""
    return {
        re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
        for title in HEADING.findall(FENCE.sub("", text))
    }


def code(text: str) -> Iterator[str]:
    """Return every command line and every code span, without comments."""
    for body in (body for kind, body in FENCE.findall(text) if kind in {"", "sh", "bash"}):
        yield from (line.partition(" #")[0].strip() for line in body.splitlines())
    yield from SPAN.findall(FENCE.sub("", text))
