"""Lengths of time as a person types them: `30d`, `12h`, `1w2d`."""

import re
from datetime import timedelta

from wracaj_cli.local.server import LocalStackError

UNITS = {
    "w": timedelta(weeks=1),
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
}
LONGEST = timedelta(days=3660)
_PART = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?)([wdhm])")


def parse_duration(text: str) -> timedelta:
    """Return the length of time. Raises LocalStackError if the text is none, or if it is too short
    or too long."""
    parts = text.strip().lower().replace(" ", "")
    if not parts or _PART.sub("", parts):
        raise LocalStackError(
            f"{text!r} is no length of time; write weeks, days, hours or minutes: 2w, 30d, 12h,"
            " 1d12h, 45m"
        )
    length = sum(
        (float(number) * UNITS[unit] for number, unit in _PART.findall(parts)), timedelta()
    )
    if not timedelta() < length <= LONGEST:
        raise LocalStackError(
            f"{text!r} is too {'short' if not length else 'long'}; skip from a minute to ten years"
        )
    return length
