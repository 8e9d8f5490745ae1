"""Numbers with the word that fits: 1 message, 2 messages."""

from wracaj.text.wording import plural_en


def counted(number: int, one: str, many: str | None = None) -> str:
    """`many`: where it is not `one` with an s."""
    return f"{number:,} {plural_en(number, one, many or f'{one}s')}"
