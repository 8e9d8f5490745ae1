"""Names of products as a stranger wrote them.

A mail of the shop shows them. So nothing in them may be followed: mail programs turn addresses into
links by themselves, without any HTML.
"""

import re
import unicodedata

from wracaj.text.plain_text import plain_text

LONGEST = 120
NAMELESS = "—"
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://+|\bwww\.|\bmailto:", re.IGNORECASE)
# A dot between a word and letters, as in a host name: "evil.example", not "0.5 l" or "Dr. Oetker".
_DOT = re.compile(r"(?<=\w)[.\u3002\uff0e\uff61](?=[^\W\d_]{2})")
_DIGITS = re.compile(r"[0-9](?:[ ()+.-]{0,2}[0-9]){8,}")  # as long as a phone number


def harmless(title: str) -> str:
    """Return the title on one line, without anything that a mail program makes a link of.
    WooCommerce's data store tells it as HTML: "Kubek &#8211; biały"."""
    text = unicodedata.normalize("NFC", _UNSEEN.sub("", plain_text(title)))
    text = "".join(letter if letter.isprintable() else " " for letter in text)
    text = _SCHEME.sub(" ", text).replace("@", " ")
    text = _DIGITS.sub(" ", _DOT.sub(". ", text))
    return " ".join(text.split())[:LONGEST].strip() or NAMELESS
