"""Step Functions on the virtual clock. Its waits can be jumped over, and each of its threads is
counted while it works.

In MiniStack, a waiting thread sleeps for a part of the wait's real time. From outside, nobody can
see for how long, or whether anything is under way.
"""

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any

from wracaj_cli.emulator.footing import module, replace, wrap
from wracaj_cli.emulator.timekeeper import TIMELINES, Timekeeper

SERVICE = "services.stepfunctions"
BEFORE_THE_FIRST_STATE = 0.15


def waits_of_timelines(keeper: Timekeeper) -> None:
    """Move Wait states and the pauses of Retry to the virtual clock. Before the clock has started,
    they are MiniStack's own."""
    states = module(SERVICE)

    def for_seconds(sleep: Callable[[float], None]) -> Callable[[float], None]:
        def sleeping(seconds: float) -> None:
            if keeper.clock() is None:
                return sleep(seconds)
            return keeper.sleep_until(keeper.now() + timedelta(seconds=seconds))

        return sleeping

    def until(sleep: Callable[[str], None]) -> Callable[[str], None]:
        def sleeping(moment: str) -> None:
            if keeper.clock() is None:
                return sleep(moment)
            return keeper.sleep_until(datetime.fromisoformat(moment.replace("Z", "+00:00")))

        return sleeping

    wrap(states, "_scaled_sleep", for_seconds)
    wrap(states, "_sleep_until", until)


class PromptTime:
    """The module `time` without one pause."""

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)

    def sleep(self, seconds: float) -> None:
        if seconds != BEFORE_THE_FIRST_STATE:
            time.sleep(seconds)


def starts_at_once() -> None:
    """Start executions at once. In MiniStack an execution waits before its first state, which is
    nine minutes at speed 3600, and a second of real time for seven starts."""
    replace(module(SERVICE), "time", PromptTime())


def threads_of_timelines(keeper: Timekeeper) -> None:
    """Count an execution from its start to its end, except while it waits for a moment or for its
    branches."""
    states = module(SERVICE)

    def counted_start(start: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def starting(request: Any) -> Any:
            keeper.change(TIMELINES, 1)
            begun = False
            try:
                answer = start(request)
                begun = answer[0] == 200
                return answer
            finally:
                if not begun:
                    keeper.change(TIMELINES, -1)

        return starting

    def counted_run(run: Callable[[str], None]) -> Callable[[str], None]:
        def running(execution: str) -> None:
            try:
                run(execution)
            finally:
                keeper.change(TIMELINES, -1)

        return running

    for name in ("_start_execution", "_start_sync_execution"):
        wrap(states, name, counted_start)
    wrap(states, "_run_execution", counted_run)


class Branches:
    """The branches of a Parallel. The state that started them waits for them, and continues when
    the last one has ended."""

    def __init__(self, keeper: Timekeeper, count: int) -> None:
        self._keeper, self._left, self._lock = keeper, count, threading.Lock()
        keeper.change(TIMELINES, max(count, 1) - 1)

    def one_ended(self) -> None:
        with self._lock:
            self._left -= 1
            if self._left:
                self._keeper.change(TIMELINES, -1)

    def all_ended(self) -> None:
        """End the count, even if the state failed before it started its branches."""
        with self._lock:
            self._keeper.change(TIMELINES, 1 - max(self._left, 1))


def branches_of_timelines(keeper: Timekeeper) -> None:
    states = module(SERVICE)
    # the threads of the branches inherit this value
    mine: ContextVar[Branches | None] = ContextVar("branches", default=None)

    def counted_parallel(run: Callable[..., Any]) -> Callable[..., Any]:
        def running(state: dict[str, Any], *arguments: Any) -> Any:
            branches = Branches(keeper, len(state.get("Branches", [])))
            token = mine.set(branches)
            try:
                return run(state, *arguments)
            finally:
                mine.reset(token)
                branches.all_ended()

        return running

    def counted_branch(run: Callable[..., Any]) -> Callable[..., Any]:
        def running(*arguments: Any) -> Any:
            branches = mine.get()
            mine.set(None)  # a Parallel inside this branch has its own Branches
            try:
                return run(*arguments)
            finally:
                if branches:
                    branches.one_ended()

        return running

    wrap(states, "_run_parallel_branches", counted_parallel)
    wrap(states, "_run_sub_machine", counted_branch)


class CountedPool(ThreadPoolExecutor):
    """Runs the items of a Map, and the calls that have a time-out. They are counted from when they
    are submitted, if there is a free worker for them."""

    keeper: Timekeeper

    def __init__(self, max_workers: int) -> None:
        super().__init__(max_workers)
        self._most, self._queued, self._running, self._is_awaited, self._counted_as = (
            max_workers,
            0,
            0,
            False,
            0,
        )
        self._counts = threading.Lock()

    def submit(self, fn: Callable[..., Any], /, *arguments: Any, **named: Any) -> "Future[Any]":
        self._count(queued=1)
        future = super().submit(self._work, fn, *arguments, **named)
        vars(future)["pool"] = self
        return future

    def _work(self, fn: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        self._count(queued=-1, running=1)
        try:
            return fn(*arguments, **named)
        finally:
            self._count(running=-1)

    def awaited(self, awaited: bool) -> None:
        """Set whether the calling thread waits for the pool. While it waits, it does not count as
        working; it continues when the last item has ended."""
        self._count(awaited=awaited)

    def _count(self, queued: int = 0, running: int = 0, awaited: bool | None = None) -> None:
        with self._counts:
            self._queued, self._running = self._queued + queued, self._running + running
            self._is_awaited = self._is_awaited if awaited is None else awaited
            working = self._running + min(self._queued, self._most - self._running)
            counts_as = max(working, 1) - 1 if self._is_awaited else working
            self.keeper.change(TIMELINES, counts_as - self._counted_as)
            self._counted_as = counts_as


def pools_of_timelines(keeper: Timekeeper) -> None:
    states = module(SERVICE)
    CountedPool.keeper = keeper

    def counted_wait(wait: Callable[..., Any]) -> Callable[..., Any]:
        def waiting(futures: Iterable[Any]) -> Any:
            futures = list(futures)
            pools = {vars(future)["pool"] for future in futures}
            for pool in pools:
                pool.awaited(True)
            try:
                return wait(futures)
            finally:
                for pool in pools:
                    pool.awaited(False)

        return waiting

    replace(states, "ThreadPoolExecutor", CountedPool)
    wrap(states, "futures_wait", counted_wait)
