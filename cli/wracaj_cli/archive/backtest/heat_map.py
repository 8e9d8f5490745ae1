"""A week as a heat map of letters: a line for each day, a sign for each hour."""

from collections.abc import Sequence
from math import log2

from rich.text import Text

from wracaj.language import Locale
from wracaj.text.wording import grouped
from wracaj_cli.archive.backtest.words import DAYS, SCALE
from wracaj_cli.outcome_words import Words

SHADES = "·░▒▓█"
LABEL = 7


def heat_map(title: Words, week: Sequence[int], most: int, language: Locale) -> Text:
    """`most`: the largest hour of all maps that are compared."""
    hours = "".join(f"{hour:<6}" for hour in range(0, 24, 3)).rstrip()
    lines = [title.to(language), " " * LABEL + hours]
    for day, name in enumerate(DAYS.to(language).split()):
        own = week[24 * day : 24 * day + 24]
        cells = " ".join(shade(number, most) for number in own)
        lines.append(f"{name:<{LABEL}}{cells}  {grouped(sum(own), language)}")
    lines.append(" " * LABEL + SCALE.to(language).format(half=grouped(-(-most // 2), language)))
    return Text("\n".join([*lines, ""]))


def shade(number: int, most: int) -> str:
    """A blank: none at all. The darkest is for half of the most and more, each other one for half
    of the next."""
    if not number:
        return " "
    halves = int(log2(most / number))
    return SHADES[max(0, len(SHADES) - 1 - halves)]
