"""Texts as shops store them, for HTML, → texts as people read them."""

import html
import re
import unicodedata
from html.entities import html5

_TAGS_IN_A_LINE = (
    "a abbr b bdi bdo big code del em font i img ins mark q s samp small span strike strong sub sup"
    " tt u wbr"
)
_TAGS_OF_BLOCKS = (
    "blockquote br center dd div dl dt h1 h2 h3 h4 h5 h6 hr li ol p pre section table tbody td th"
    " tr ul"
)


def _tag(names: str) -> re.Pattern[str]:
    """A tag by its name: in "a < b" and "1 <2> 3" nothing is one."""
    return re.compile(rf"</?(?:{'|'.join(names.split())})(?:[\s/][^<>]*)?>", re.IGNORECASE)


_IN_A_LINE, _OF_BLOCKS = _tag(_TAGS_IN_A_LINE), _tag(_TAGS_OF_BLOCKS)
_UNREAD = re.compile(r"<!--.*?-->|<(script|style)\b[^>]*>.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
# What nobody sees: soft hyphens, zero width spaces, and marks that turn the direction of all that
# follows.
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")


def _decoded(entity: re.Match[str]) -> str:
    """As browsers do with a whole entity, and not with one that only begins like a known one:
    &notit; is none."""
    name = entity[0][1:]
    return html.unescape(entity[0]) if name.startswith("#") else html5.get(name, entity[0])


def plain_text(raw: str) -> str:
    """Without tags, and with each entity decoded once: `&amp;lt;` is the text `&lt;`."""
    text = raw
    if "<" in text:
        text = _OF_BLOCKS.sub(" ", _IN_A_LINE.sub("", _UNREAD.sub(" ", text)))
    if "&" in text:
        text = _ENTITY.sub(_decoded, text)
    return text if text.isascii() else unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
