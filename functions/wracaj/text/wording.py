"""The small print of two languages: plural forms, dates in words, and other people's text made fit
to be shown."""

import re
import unicodedata
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from wracaj.money import NBSP

# What is not seen, changes of the writing direction, halves of surrogate pairs. Joiners stay: some
# scripts need them.
_UNSEEN = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_SPACES = frozenset(("Cc", "Zs", "Zl", "Zp"))
_ONE_LETTER_WORD = re.compile(r"(?<![^\s(„\"])([aiouwzAIOUWZ])[ \n]+(?=\S)")
# "e-mail" and "SMS-y" break after the hyphen unless they are told not to; an address that begins so
# is left as it is.
_BREAKS_AT_HYPHEN = re.compile(r"(?<![^\s(„\"])([eE]|SMS)-(?=(?:mail)?\w{0,4}(?![\w@-]|\.\w))")
_TAG = re.compile(r"(<[^>]*>)")
_NAME = re.compile(r"[^\W\d_]+(?:[ '’-][^\W\d_]+)*")
_LONGEST_NAME = 30
NON_BREAKING_HYPHEN = "\u2011"
_LONG_RUN = re.compile(r"(\S{20})(?=\w)")

_WEEKDAYS = {
    "pl": "poniedziałku wtorku środy czwartku piątku soboty niedzieli",  # as after "do"
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
}
_MONTHS = {
    "pl": (
        "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada"
        " grudnia"
    ),
    "en": "January February March April May June July August September October November December",
}


def month_names(locale: str) -> list[str]:
    """As after a day: "marca", "March"."""
    return _MONTHS[locale].split()


def plural_pl(number: int, one: str, few: str, many: str) -> str:
    """The form that goes with the number: 1 produkt, 2 produkty, 5 produktów, 12 produktów, 22
    produkty."""
    if number == 1:
        return one
    return few if number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14) else many


def plural_en(number: int, one: str, many: str) -> str:
    return one if number == 1 else many


def counted_pl(number: int, one: str, few: str, many: str) -> str:
    return f"{grouped(number, 'pl')}{NBSP}{plural_pl(number, one, few, many)}"


def counted_en(number: int, one: str, many: str) -> str:
    return f"{grouped(number, 'en')}{NBSP}{plural_en(number, one, many)}"


def grouped(number: int, locale: str) -> str:
    """Digits by threes: 1 234 (pl), 1,234 (en)."""
    return f"{number:,}".replace(",", NBSP) if locale == "pl" else f"{number:,}"


def until(at: datetime, zone: ZoneInfo, locale: str) -> str:
    """What follows "do" or "until": "środy, 25 listopada, 14:00", "Wednesday 25 November, 14:00".

    Midnight belongs to the day it ends, because nobody reads "until Wednesday, 00:00" as Tuesday.
    """
    local = at.astimezone(zone)
    if (local.hour, local.minute) == (0, 0):
        local -= timedelta(minutes=1)
    day = day_words(local.date(), locale)
    comma = "," if locale == "pl" else ""
    return f"{_WEEKDAYS[locale].split()[local.weekday()]}{comma} {day},{NBSP}{local:%H:%M}"


def day_words(day: date, locale: str) -> str:
    """ "30 listopada", "30 November"."""
    return f"{day.day}{NBSP}{_MONTHS[locale].split()[day.month - 1]}"


def one_line(text: str, limit: int = 500) -> str:
    """On one line: without control characters, overrides of the writing direction and runs of
    spaces; cut at a word."""
    seen = _UNSEEN.sub("", unicodedata.normalize("NFC", text))
    spaced = "".join(
        " " if unicodedata.category(character) in _SPACES else character for character in seen
    )
    return shorten(" ".join(spaced.split()), limit)


def tidy(text: str) -> str:
    """Lines without spaces around them, and no more than one empty line between two."""
    lines = "\n".join(line.strip(" \t\r") for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip("\n")


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters, the last an ellipsis when anything had to go."""
    if len(text) <= limit:
        return text
    cut = limit - 1
    while cut > 1 and (
        unicodedata.category(text[cut]) in ("Mn", "Mc", "Me", "Cf") or text[cut - 1] == "\u200d"
    ):
        cut -= 1
    space = text.rfind(" ", cut // 2, cut + 1)
    return text[: space if space > 0 else cut].rstrip(" ,;:–—-(&+/") + "…"


def breakable(text: str) -> str:
    """Long words with places to break: Word, which lays out Outlook's mails, knows no other way,
    and widens the table instead."""
    return _LONG_RUN.sub("\\1\u200b", text)


def person(name: str | None) -> str | None:
    """A first name to greet by, or None. Only what looks like one: shoppers write it themselves and
    anybody's address next to it, so a name such as "WIN at evil.example" would make the shop a
    spammer."""
    cleaned = one_line(name or "")
    return cleaned if len(cleaned) <= _LONGEST_NAME and _NAME.fullmatch(cleaned) else None


def glue(text: str) -> str:
    """Keeps Polish one-letter words (a, i, o, u, w, z) off the end of a line, and "e-mail" on one.
    Leaves what stands inside tags alone."""
    return "".join(part if part.startswith("<") else _glued(part) for part in _TAG.split(text))


def _glued(text: str) -> str:
    return _BREAKS_AT_HYPHEN.sub(
        rf"\1{NON_BREAKING_HYPHEN}", _ONE_LETTER_WORD.sub(rf"\1{NBSP}", text)
    )
