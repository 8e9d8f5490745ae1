"""Language details of Polish and English: plural forms, dates in words, and cleaning of other
people's text."""

import re
import unicodedata
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from wracaj.money import NBSP

# Invisible characters, changes of the writing direction, halves of surrogate pairs. Joiners are not
# among them: some scripts need them.
_UNSEEN = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069"
    "\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_SPACES = frozenset(("Cc", "Zs", "Zl", "Zp"))
_ONE_LETTER_WORD = re.compile(r"(?<![^\s(„\"])([aiouwzAIOUWZ])[ \n]+(?=\S)")
# "e-mail" and "SMS-y" would break after the hyphen. An address that begins like them is left as it
# is.
_BREAKS_AT_HYPHEN = re.compile(r"(?<![^\s(„\"])([eE]|SMS)-(?=(?:mail)?\w{0,4}(?![\w@-]|\.\w))")
_UNIT = re.compile(
    r"(?<=\d)[ \n]+(?=(?:zł|gr|PLN|EUR|ml|cl|l|mm|cm|m|dag|kg|g|szt\.|GB|W|%)(?![\w-]))"
)
_TAG = re.compile(r"(<[^>]*>)")
_NAME = re.compile(r"[^\W\d_]+(?:[ '’-][^\W\d_]+)*")
_LONGEST_NAME = 30
_NO_NAMES = {"null", "undefined", "none"}  # as programs write that there is none
_INITIALS = 2  # JP; what is longer, somebody typed with the capitals on
NON_BREAKING_HYPHEN = "\u2011"
_LONG_RUN = re.compile(r"(\S{20})(?=\w)")

_WEEKDAYS = {
    # in the genitive, as after "do"
    "pl": "poniedziałku wtorku środy czwartku piątku soboty niedzieli",
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
    """The form that follows a day: "marca", "March"."""
    return _MONTHS[locale].split()


def plural_pl(number: int, one: str, few: str, many: str) -> str:
    """The form for this number: 1 produkt, 2 produkty, 5 produktów, 12 produktów, 22 produkty."""
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
    """Digits in groups of three: 1 234 (pl), 1,234 (en)."""
    return f"{number:,}".replace(",", NBSP) if locale == "pl" else f"{number:,}"


def until(at: datetime, zone: ZoneInfo, locale: str) -> str:
    """The words after "do" or "until": "środy, 25 listopada, 14:00", "Wednesday 25 November,
    14:00".

    Midnight is written as 23:59 of the day before: readers take "until Wednesday, 00:00" for a time
    at the end of Wednesday.
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
    """The text on one line, without control characters, changes of the writing direction and
    repeated spaces. It is cut after a word."""
    seen = _UNSEEN.sub("", unicodedata.normalize("NFC", text))
    spaced = "".join(
        " " if unicodedata.category(character) in _SPACES else character for character in seen
    )
    return shorten(" ".join(spaced.split()), limit)


def tidy(text: str) -> str:
    """Lines without spaces at their ends, and at most one empty line in a row."""
    lines = "\n".join(line.strip(" \t\r") for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip("\n")


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters. A shortened text ends with an ellipsis."""
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
    """Add places where long words may break. Word, which displays mails in Outlook, has no other
    way, and would widen the table."""
    return _LONG_RUN.sub("\\1\u200b", text)


def person(name: str | None) -> str | None:
    """A first name for a greeting, or None where the text does not look like a name.

    Anybody may type a name beside another person's address. A name such as "WIN at evil.example"
    would turn the shop's mail into spam.
    """
    cleaned = one_line(name or "")
    if len(cleaned) > _LONGEST_NAME or not _NAME.fullmatch(cleaned):
        return None
    if cleaned.casefold() in _NO_NAMES:
        return None
    return cleaned.title() if cleaned.isupper() and len(cleaned) > _INITIALS else cleaned


def glue(text: str) -> str:
    """Keep Polish one-letter words (a, i, o, u, w, z) with the next word, a number with its unit
    (100 zł, 350 ml), and "e-mail" on one line. Text inside tags is left as it is."""
    return "".join(part if part.startswith("<") else _glued(part) for part in _TAG.split(text))


def _glued(text: str) -> str:
    text = _UNIT.sub(NBSP, _ONE_LETTER_WORD.sub(rf"\1{NBSP}", text))
    return _BREAKS_AT_HYPHEN.sub(rf"\1{NON_BREAKING_HYPHEN}", text)
