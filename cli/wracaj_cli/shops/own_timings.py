"""A shop's own timings. They are checked when the settings are stored, and reported if this version
does not know them."""

from collections.abc import Iterator
from typing import Any

from wracaj.errors import SettingsError
from wracaj.settings.shop import ShopSettings
from wracaj.text.spelling import did_you_mean
from wracaj.timelines.table import TIMINGS

Told = tuple[str, str]  # (key, problem)
QUIET_DAYS = 3  # added to a timeline's length for the hours in which nothing is sent


def refuse_wrong_timings(settings: ShopSettings) -> None:
    """Raises SettingsError if a timeline has no timing of this name, or cannot run with this number
    together with its other timings."""
    if found := wrong_timings(settings):
        raise SettingsError(found)


def wrong_timings(settings: ShopSettings) -> list[Told]:
    pairs = settings.timings.items()
    return list(unknown_timings(settings)) or [
        told for name, own in pairs for told in _wrong(name, own, settings)
    ]


def unknown_timings(settings: ShopSettings) -> Iterator[Told]:
    """Return the timings that this version does not know."""
    for name, own in settings.timings.items():
        if name not in TIMINGS:
            meant = did_you_mean(name, TIMINGS) or f"; there are {', '.join(TIMINGS)}"
            yield f"timings.{name}", f"is no timeline{meant}"
            continue
        for timing in own:
            if timing not in TIMINGS[name]:
                known = ", ".join(TIMINGS[name])
                meant = did_you_mean(timing, TIMINGS[name]) or f"; it has {known}"
                yield f"timings.{name}.{timing}", f"is no timing of {name}{meant}"


def known_timings(settings: ShopSettings, timeline: str) -> dict[str, Any]:
    own = settings.timings.get(timeline, {})
    return {name: value for name, value in own.items() if name in TIMINGS.get(timeline, ())}


def _wrong(name: str, own: dict[str, Any], settings: ShopSettings) -> Iterator[Told]:
    # imported here, because most commands do not need it
    from wracaj_cli.timelines.check import inside
    from wracaj_cli.timelines.model import timeline
    from wracaj_cli.timelines.reading import UnreadableError, read_named
    from wracaj_cli.timelines.rules.shape import read_short

    try:
        definition = read_named(name)
    except UnreadableError as error:
        yield f"timings.{name}", f"cannot be checked: {error.what}; {error.fix}"
        return
    short = read_short(definition)
    problems = short if isinstance(short, list) else inside(definition, short, own)
    for problem in problems:
        key = next((f".{one}" for one in own if f"`{one}`" in problem.what), "")
        where = f"{problem.where}: " if not key and problem.where != "timings" else ""
        fix = "" if problem.what.endswith("?") else f"; {problem.fix}"
        yield f"timings.{name}{key}", f"{where}{problem.what}{fix}"
    if problems or isinstance(short, list) or short.about != "cart":
        return
    days = timeline(definition, own).total / 86_400
    if days > settings.keep_days - QUIET_DAYS:
        kept = f"carts go after keep_days ({settings.keep_days})"
        yield (
            f"timings.{name}",
            f"takes {days:.0f} days, and {kept}; shorten it, or keep them longer",
        )
