"""What a person did after they entered an experiment. A person counts once, by their first entry,
and only when all their days are over: then everybody counts after the same time, in each arm."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple


class Entry(NamedTuple):
    person: str
    arm: str
    at: datetime


class Outcome(NamedTuple):
    entry: Entry
    orders: int


def outcomes(
    entries: Iterable[Entry], orders: Iterable[tuple[str, datetime]], days: int, now: datetime
) -> list[Outcome]:
    """Return the outcome of each person whose days are over at `now`. `orders`: person and time. An
    order before the entry does not count; one at the last moment does."""
    first: dict[str, Entry] = {}
    for entry in sorted(entries, key=lambda one: one.at):
        first.setdefault(entry.person, entry)
    window = timedelta(days=days)
    placed = list(orders)
    return [
        Outcome(entry, sum(_counts(entry, window, *order) for order in placed))
        for entry in first.values()
        if entry.at + window <= now
    ]


def _counts(entry: Entry, window: timedelta, person: str, at: datetime) -> bool:
    return person == entry.person and entry.at < at <= entry.at + window
