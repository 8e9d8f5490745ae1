"""What a person did after they entered an experiment. A person counts once, by their first entry,
and only when all their days are over: then everybody counts after the same time, in each arm."""

from collections import defaultdict
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
    placed = defaultdict(list)
    for person, at in orders:
        placed[person].append(at)
    window = timedelta(days=days)
    return [
        Outcome(entry, sum(entry.at < at <= entry.at + window for at in placed[entry.person]))
        for entry in first.values()
        if entry.at + window <= now
    ]
