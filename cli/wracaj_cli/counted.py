"""Numbers with the word that fits: 1 message, 2 messages.

For terminals, so with a plain space. Messages have no-break spaces: see `text/wording.py`.
"""

from wracaj.text.wording import plural_en


def counted(number: int, one: str, many: str | None = None) -> str:
    """`many`: the plural, if it is not `one` with an s."""
    return f"{number:,} {plural_en(number, one, many or f'{one}s')}"
