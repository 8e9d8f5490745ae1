"""How many SMS segments a text needs, and how to make it need fewer (3GPP TS 23.038 and 23.040)."""

import unicodedata
from collections.abc import Iterable
from typing import Literal

Encoding = Literal["GSM-7", "UCS-2"]

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")  # an escape and a letter: two septets each
_GSM = _BASIC | _EXTENSION
_ALONE: dict[Encoding, int] = {"GSM-7": 160, "UCS-2": 70}
# in a longer message each segment also has a header that joins it to the others
_JOINED: dict[Encoding, int] = {"GSM-7": 153, "UCS-2": 67}

# Letters and signs that Unicode does not decompose to a plain letter.
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
    """The SMS segments to pay for. An empty text needs none."""
    kind = encoding(text)
    sizes = list(_sizes(text, kind))
    if sum(sizes) <= _ALONE[kind]:
        return int(bool(sizes))
    return _joined(sizes, _JOINED[kind])


def _sizes(text: str, kind: Encoding) -> Iterable[int]:
    """The size of each character, in septets (GSM-7) or UTF-16 code units (UCS-2)."""
    if kind == "GSM-7":
        return (2 if character in _EXTENSION else 1 for character in text)
    return (2 if character > "\uffff" else 1 for character in text)


def _joined(sizes: Iterable[int], room: int) -> int:
    """Fill segment after segment. A character of two units is never split: it moves to the next
    segment."""
    count, used = 1, 0
    for size in sizes:
        if used + size > room:
            count, used = count + 1, 0
        used += size
    return count


def plain_letters(text: str) -> str:
    """Replace ą by a, „ by ", a no-break space by a space and so on, so that the text stays in
    GSM-7. A character without a plain form is kept."""
    written = ""
    for character in unicodedata.normalize("NFC", text):
        # drop a combining mark that forms no GSM letter with the one before it
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
