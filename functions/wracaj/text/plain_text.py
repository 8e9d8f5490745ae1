"""Turns texts that shops store as HTML into plain texts."""

import html
import re
import unicodedata
from html.entities import html5

# Tags that end a line or a cell become a space. Other tags are inside a line and become nothing.
_BLOCKS = (
    "address article aside blockquote br button caption center dd details dialog div dl dt fieldset"
    " figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr legend li main menu nav ol"
    " option p pre search section select summary table tbody td tfoot th thead tr ul"
)
# HTML's rule: `<` followed by a letter begins a tag, so "a < b", "<3" and "1 <2> 3" contain none.
# An address such as <ala@poczta.example> and words such as <nowość> have characters that no tag
# name has.
_NAME = "(?P<name>[A-Za-z][A-Za-z0-9:-]*+)"
_QUOTED = """[^<>"']|"[^"<]*"|'[^'<]*'"""
_TAG = re.compile(rf"</?{_NAME}(?:[\s/](?:{_QUOTED})*+)?>")
_TAG_WITH_A_LONE_QUOTE = re.compile(rf"</?{_NAME}[\s/][^<>]*>")
_DECLARATION = re.compile(r"<[!?][A-Za-z\[][^<>]*>")
_NO_TEXT = "script|style|iframe|svg"
_UNREAD = re.compile(rf"<!--.*?-->|<({_NO_TEXT})\b[^>]*>.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
# Invisible characters: soft hyphens, zero-width spaces, and marks that change the writing
# direction.
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")


def _decoded(entity: re.Match[str]) -> str:
    """Decode complete entities only, as browsers do. &notit; begins like &not; but is not an
    entity."""
    name = entity[0][1:]
    return html.unescape(entity[0]) if name.startswith("#") else html5.get(name, entity[0])


def _without_tags(text: str) -> str:
    for tag in (_TAG, _TAG_WITH_A_LONE_QUOTE):
        text = tag.sub(_instead, text)
    return _DECLARATION.sub(" ", text)


def _instead(tag: re.Match[str]) -> str:
    return " " if tag["name"].lower() in _BLOCKS.split() else ""


def plain_text(raw: str) -> str:
    """The text without tags, with each entity decoded once: `&amp;lt;` becomes `&lt;`."""
    text = raw
    if "<" in text:
        text = _without_tags(_UNREAD.sub(" ", text))
    if "&" in text:
        text = _ENTITY.sub(_decoded, text)
    return text if text.isascii() else unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
