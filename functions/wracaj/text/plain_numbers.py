"""Numbers as people write them in files, and what is odd about one that is written otherwise.

YAML alone reads `010` as 8, `1_0` as 10 and `1:30` as 90.
"""

import re

_PLAIN = re.compile(r"[+-]?(0|[1-9]\d*)(\.\d+)?")
_COMMA = re.compile(r"\d+,\d+")
_ZEROS = re.compile(r"0+([1-9]\d*(\.\d+)?|0(\.\d+)?)")
_UNDERSCORES = re.compile(r"\d+(_\d+)+")


class Quoted(str):
    """A text that stood in quotes."""

    __slots__ = ()


def plain_number(written: str) -> int | float | None:
    """None: it is no number, or an oddly written one."""
    if isinstance(written, Quoted) or not _PLAIN.fullmatch(written):
        return None
    return float(written) if "." in written else int(written)


def how_to_write(written: str) -> str | None:
    """Such as "write 24, without quotes"; None where no number can be meant."""
    if isinstance(written, Quoted) and _PLAIN.fullmatch(written):
        return f"write {written}, without quotes"
    if _COMMA.fullmatch(written.strip()):
        return f"write {written.strip().replace(',', '.')}, with a point"
    if _UNDERSCORES.fullmatch(written):
        return f"write {written.replace('_', '')}, with digits only"
    if zeros := _ZEROS.fullmatch(written):
        return f"write {zeros[1]}, without a leading zero"
    return None
