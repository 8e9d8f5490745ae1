"""Runs a back-test over the archive, in as many processes as there are processors."""

import gc
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing import get_all_start_methods, get_context
from pathlib import Path
from typing import Any

from wracaj.clock import timestamp
from wracaj.experiments.arms import timings_to_start_with
from wracaj_cli.archive.backtest.following import Follower
from wracaj_cli.archive.backtest.gathering import Gathered
from wracaj_cli.archive.backtest.moves import Moves
from wracaj_cli.archive.backtest.past_settings import PastSettings
from wracaj_cli.archive.backtest.people import Walker
from wracaj_cli.archive.backtest.places import JoinedCarts, Places
from wracaj_cli.archive.backtest.script import Script, keys_of
from wracaj_cli.archive.backtest.shuffle import Shuffle, slices_of
from wracaj_cli.archive.backtest.tally import Tally
from wracaj_cli.archive.source import Source, Stored

BYTES_OF_SLICE = 24_000_000  # compressed; about 150,000 rows, 130 MB in memory
BYTES_OF_SHARD = 20_000_000  # compressed; about 300 MB in memory
ONE_PROCESS = 2_000_000  # so few bytes are read faster than processes start
SETTLED = timedelta(days=14)  # for nights and caps, after the last step is due

Progress = Callable[[str, int, int], None]  # what is done, how much of how much


@dataclass(frozen=True)
class Asked:
    """What a back-test is asked. Runs that start from `since` to just before `before` are followed,
    as far as `now`. `most`: how many moves are listed; None: all."""

    source: Source
    shop: str
    script: Script
    settings: PastSettings
    since: datetime
    before: datetime
    now: datetime
    most: int | None = 20
    processes: int = os.cpu_count() or 1

    @property
    def until(self) -> datetime:
        """How far runs are followed: to the end of those that start last."""
        waits = sum(step.after_seconds for step in self.script.steps({}, {}))
        longest = timedelta(seconds=waits, hours=self.settings.current.stale_after_hours)
        return min(self.now, self.before + 2 * longest + SETTLED)


@dataclass(frozen=True)
class Found:
    tally: Tally
    rows: int
    until: datetime


_task: Any = None  # of a worker process: what it was forked with


def run(asked: Asked, progress: Progress = lambda *_: None) -> Found:
    objects = list(_objects(asked))
    size = sum(one.size for one in objects)
    processes = asked.processes if size > ONE_PROCESS else 1
    shards = 1 if processes == 1 else max(4 * processes, -(-size // BYTES_OF_SHARD))
    with tempfile.TemporaryDirectory(prefix="wracaj-backtest-") as folder:
        shuffle = Shuffle(
            asked.source,
            asked.script.timeline,
            Path(folder),
            shards,
            timestamp(asked.since),
            timestamp(asked.until),
        )
        work = Work(asked, shuffle, processes, progress)
        shuffle.make_folders()
        prepared = work.prepare(slices_of(objects, BYTES_OF_SLICE))
        tally = work.follow(prepared.steps, prepared.joined)
    return Found(tally, prepared.rows, asked.until)


def _objects(asked: Asked) -> Iterator[Stored]:
    """Objects lie by UTC; the period is told in the shop's time zone."""
    day = asked.since.astimezone(UTC).date()
    while day <= asked.until.astimezone(UTC).date():
        yield from asked.source.objects(asked.shop, day)
        day += timedelta(days=1)


@dataclass(frozen=True)
class Prepared:
    """The archive, sorted. `steps`: JSON of those that were decided. `joined`: see Places."""

    rows: int
    steps: Set[bytes]
    joined: Mapping[int, int]


@dataclass(frozen=True)
class Work:
    asked: Asked
    shuffle: Shuffle
    processes: int
    progress: Progress

    def prepare(self, slices: Sequence[Sequence[str]]) -> Prepared:
        """Sort the slices. While some are sorted, the carts of others are joined."""
        carts, rows, steps = JoinedCarts(), 0, set[bytes]()
        for found in self._each("reading", self.shuffle.sort, list(enumerate(slices))):
            carts.join(found.links)
            rows += found.rows
            steps |= found.steps
        places = carts.places(self.shuffle.shards)
        self._share_out(len(slices), places)
        return Prepared(rows, steps, places.joined)

    def _share_out(self, slices: int, places: Places) -> None:
        def slice_of(number: int) -> None:
            self.shuffle.share_out(number, places)

        for _ in self._each("sharing out", slice_of, [(number,) for number in range(slices)]):
            pass

    def follow(self, steps: Iterable[bytes], joined: Mapping[int, int]) -> Tally:
        """`joined`: see Places. A process has it from its beginning, without a copy."""
        follower, tally = self._follower(list(steps)), Tally(Moves(self.asked.most))

        def shard(number: int, is_together: bool) -> Tally:
            kind = "together" if is_together else "shard"
            shuffle = self.shuffle
            carts = shuffle.together(number) if is_together else shuffle.shard(number, joined)
            is_about_carts = self.asked.script.short.about == "cart"
            return follower.follow(
                Gathered(
                    self.asked.script.timeline,
                    is_about_carts,
                    carts,
                    shuffle.of_shoppers(f"{kind}-{number}"),
                )
            )

        numbers = range(self.shuffle.shards)
        for is_together in (False, True) if self.shuffle.shards > 1 else (False,):
            what = "following together" if is_together else "following"
            for found in self._each(what, shard, [(one, is_together) for one in numbers]):
                tally.add(found)
        return tally

    def _follower(self, steps: Sequence[bytes]) -> Follower:
        asked, tried = self.asked, self.asked.settings.tried
        own = timings_to_start_with(tried, asked.since) if tried else None
        numbers = None if own is None else dict(own.get(asked.script.timeline, {}))
        walker = Walker(asked.script, asked.settings, keys_of(steps), asked.until, numbers)
        return Follower(walker, asked.since, asked.before, asked.most)

    def _each(
        self, what: str, task: Callable[..., Any], jobs: Sequence[tuple[Any, ...]]
    ) -> Iterator[Any]:
        """Do the jobs, and say how many are done."""
        self.progress(what, 0, len(jobs))
        with _workers(task, self.processes) as results:
            for done, result in enumerate(results(jobs), 1):
                self.progress(what, done, len(jobs))
                yield result


@contextmanager
def _workers(
    task: Callable[..., Any], processes: int
) -> Iterator[Callable[[Sequence[tuple[Any, ...]]], Iterator[Any]]]:
    """Forked processes have the task as it is, with all that it holds. Where there is no fork, all
    is done in this process."""
    if processes == 1 or "fork" not in get_all_start_methods():
        yield lambda jobs: (task(*job) for job in jobs)
        return
    fork = get_context("fork")
    with ProcessPoolExecutor(processes, fork, initializer=_begin, initargs=(task,)) as pool:

        def results(jobs: Sequence[tuple[Any, ...]]) -> Iterator[Any]:
            for done in as_completed([pool.submit(_do, job) for job in jobs]):
                yield done.result()

        yield results


def _begin(task: Callable[..., Any]) -> None:
    """The process lives for its jobs alone. To look for circles among millions of rows would take
    half of the time."""
    global _task
    _task = task
    gc.disable()


def _do(job: tuple[Any, ...]) -> Any:
    return _task(*job)
