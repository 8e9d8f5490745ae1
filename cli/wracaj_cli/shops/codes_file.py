"""A file of discount codes: one code a line, or CSV with a column of codes."""

import csv
from dataclasses import dataclass
from pathlib import Path

from wracaj.errors import SettingsError
from wracaj_cli.typed_files import read_text

_LONGEST = 64
_MOST_TOLD = 10
_MOST_COLUMNS = 10
_SEPARATORS = ";,\t"
# how shops' exports call the column
_COLUMNS = ("code", "kod", "kod rabatowy", "kod kuponu", "kupon", "coupon", "promo_code", "voucher")


@dataclass(frozen=True)
class CodesFile:
    codes: list[str]  # each once
    repeated: int  # lines with a code that an earlier line has

    @property
    def told(self) -> str:
        return f" Repeated in the file: {self.repeated}." if self.repeated else ""


def read_codes(file: Path) -> CodesFile:
    """Raises SettingsError with the first lines that are not codes."""
    lines = _lines(file, read_text(file).removeprefix("\ufeff"))
    if not lines:
        raise SettingsError([(str(file), "is empty; write one code a line")])
    unfit = [(f"line {number}", _not_a_code(code)) for number, code in lines if not _is_code(code)]
    if unfit:
        left_out = len(unfit) - _MOST_TOLD
        more = [(str(file), f"has {left_out} more such lines")] if left_out > 0 else []
        raise SettingsError(unfit[:_MOST_TOLD] + more)
    # most shops read capitals and small letters as the same code
    codes: dict[str, str] = {}
    for _, code in lines:
        codes.setdefault(code.casefold(), code)
    return CodesFile(list(codes.values()), len(lines) - len(codes))


def _lines(file: Path, text: str) -> list[tuple[int, str]]:
    """Return each code with the number of its line."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = next((sign for sign in _SEPARATORS if sign in first), None)
    if separator is None and file.suffix.lower() != ".csv":
        numbered = enumerate((line.strip() for line in text.splitlines()), 1)
        found = [(number, line) for number, line in numbered if line]
        is_headed = len(found) > 1 and found[0][1].lower() in _COLUMNS
        return found[1:] if is_headed else found
    return _column(file, text, separator or ";")


def _column(file: Path, text: str, separator: str) -> list[tuple[int, str]]:
    reader = csv.reader(text.splitlines(), delimiter=separator)
    try:
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise SettingsError([(f"line {reader.line_num}", f"is not CSV: {error}")]) from None
    if not rows:
        return []
    names = [cell.strip().lower() for cell in rows[0][1]]
    place = next((names.index(name) for name in _COLUMNS if name in names), None)
    if place is None and len(names) > 1:
        shown = ", ".join(names[:_MOST_COLUMNS])
        problem = f"has no column `code`, but {shown}; call the one with the codes `code`"
        raise SettingsError([(str(file), problem)])
    wanted = rows if place is None else rows[1:]
    return [
        (number, row[place or 0].strip() if len(row) > (place or 0) else "")
        for number, row in wanted
    ]


def _is_code(word: str) -> bool:
    return 0 < len(word) <= _LONGEST and word.isascii() and word.isprintable() and " " not in word


def _not_a_code(word: str) -> str:
    if not word:
        return "has no code in its column"
    shown = repr(word if len(word) <= _LONGEST else f"{word[:_LONGEST]}…")
    return f"{shown} is no code: up to {_LONGEST} letters, digits and signs, no spaces"
