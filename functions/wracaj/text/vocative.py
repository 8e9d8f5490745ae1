"""The vocative of Polish first names: "Cześć, Aniu!". Only names in the list beside this module are
changed."""

import re
from functools import lru_cache
from pathlib import Path

LIST = Path(__file__).with_name("vocatives_pl.txt")
_BETWEEN = re.compile(r"([ -])")


def vocative_pl(name: str) -> str:
    """ "Aniu" for "Ania" or "ANIA", "Anno Mario" for "Anna Maria". A name with an unknown part is
    returned as written."""
    parts = _BETWEEN.split(name)
    called = [part if _BETWEEN.fullmatch(part) else _known().get(part.casefold()) for part in parts]
    return "".join(part for part in called if part) if all(called) else name


@lru_cache(maxsize=1)
def _known() -> dict[str, str]:
    lines = (
        line.split() for line in LIST.read_text("utf-8").splitlines() if not line.startswith("#")
    )
    return {name.casefold(): vocative for name, vocative in lines}
