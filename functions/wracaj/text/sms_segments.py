"""How many segments a text costs as an SMS, and how to make it cost fewer (3GPP TS 23.038 and
23.040)."""

import unicodedata
from collections.abc import Iterable
from typing import Literal

Encoding = Literal["GSM-7", "UCS-2"]

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")  # an escape and a letter: two septets
_GSM = _BASIC | _EXTENSION
_ALONE: dict[Encoding, int] = {"GSM-7": 160, "UCS-2": 70}
# the rest is the header that joins the segments
_JOINED: dict[Encoding, int] = {"GSM-7": 153, "UCS-2": 67}

# What Unicode's decompositions do not lead to a plain letter.
_PLAIN = {
    **dict(zip("łŁđĐħĦıŧŦðÐŋ", "lLdDhHitTdDn", strict=True)),
    **dict.fromkeys("„”“‟«»″", '"'),
    **dict.fromkeys("‚‘’‛‹›′`´", "'"),
    **dict.fromkeys("‐‑‒–—―−•·", "-"),
    **dict.fromkeys("\u2028\u2029", "\n"),
    **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff\ufe0e\ufe0f", ""),
    "…": "...",
    "×": "x",
    "⁄": "/",
    "\t": " ",
    "œ": "oe",
    "Œ": "OE",
    "þ": "th",
    "Þ": "Th",
}


def encoding(text: str) -> Encoding:
    return "GSM-7" if _GSM.issuperset(text) else "UCS-2"


def segments(text: str) -> int:
    """What the text is billed as. No text, no segment."""
    kind = encoding(text)
    sizes = list(_sizes(text, kind))
    if sum(sizes) <= _ALONE[kind]:
        return int(bool(sizes))
    return _joined(sizes, _JOINED[kind])


def _sizes(text: str, kind: Encoding) -> Iterable[int]:
    """Per character: septets, or UTF-16 code units."""
    if kind == "GSM-7":
        return (2 if character in _EXTENSION else 1 for character in text)
    return (2 if character > "\uffff" else 1 for character in text)


def _joined(sizes: Iterable[int], room: int) -> int:
    """Fills segment after segment; a character of two units moves to the next one whole."""
    count, used = 1, 0
    for size in sizes:
        if used + size > room:
            count, used = count + 1, 0
        used += size
    return count


def plain_letters(text: str) -> str:
    """ą as a, „ as ", a no-break space as a space …, so that the text stays GSM-7. What has no
    plain form is left as it is."""
    written = ""
    for character in unicodedata.normalize("NFC", text):
        # a mark that no single letter carries is dropped
        if not (unicodedata.combining(character) and written[-1:] in _GSM):
            written += _plain(character)
    return written


def _plain(character: str) -> str:
    if character in _GSM:
        return character
    if character in _PLAIN:
        return _PLAIN[character]
    parts = unicodedata.normalize("NFKD", character)
    letters = "".join(_PLAIN.get(part, part) for part in parts if not unicodedata.combining(part))
    return letters if letters and _GSM.issuperset(letters) else character
