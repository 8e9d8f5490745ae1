"""Durations in words and in seconds."""

DAY = 86_400
YEAR = 365 * DAY
HOUR = 3_600
_UNITS = ((DAY, "d"), (HOUR, "h"), (60, "min"), (1, "s"))
UNITS = {"days": DAY, "hours": HOUR, "minutes": 60, "seconds": 1}
"""The last word of a timing's name → the seconds of one such unit."""


def in_words(seconds: float) -> str:
    """Return a duration such as `1 d 3 h`, `45 min` or `0 s`."""
    left, words = round(seconds), []
    for size, unit in _UNITS:
        count, left = divmod(left, size)
        if count:
            words.append(f"{count} {unit}")
    return " ".join(words) or "0 s"


def seconds_of_one(timing: str) -> int:
    """Return the seconds of a timing's unit; for `sms_after_hours`, 3600. Raises KeyError if the
    name does not end in a unit."""
    return UNITS[timing.rpartition("_")[2]]
