"""Step Functions on the virtual clock: its waits can be jumped over, and each of its threads is
counted while it works.

MiniStack lets a waiting thread sleep for a part of the wait's real time. Nobody could tell from
outside how long, or whether anything is going on.
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
    """Wait states, and the pauses of Retry. Before the stack's clock has started they are as
    MiniStack makes them."""
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
    """The module `time`, but for one pause."""

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)

    def sleep(self, seconds: float) -> None:
        if seconds != BEFORE_THE_FIRST_STATE:
            time.sleep(seconds)


def starts_at_once() -> None:
    """MiniStack lets an execution wait before its first state: nine minutes at speed 3600, and a
    second for seven starts."""
    replace(module(SERVICE), "time", PromptTime())


def threads_of_timelines(keeper: Timekeeper) -> None:
    """An execution is counted from its start to its end, but for the times that it waits for a
    moment or for its branches."""
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
    """Those of a Parallel. The state that has begun them waits for them, and goes on when the last
    has ended."""

    def __init__(self, keeper: Timekeeper, count: int) -> None:
        self._keeper, self._left, self._lock = keeper, count, threading.Lock()
        keeper.change(TIMELINES, max(count, 1) - 1)

    def one_ended(self) -> None:
        with self._lock:
            self._left -= 1
            if self._left:
                self._keeper.change(TIMELINES, -1)

    def all_ended(self) -> None:
        """Also where the state failed before it began them."""
        with self._lock:
            self._keeper.change(TIMELINES, 1 - max(self._left, 1))


def branches_of_timelines(keeper: Timekeeper) -> None:
    states = module(SERVICE)
    # the threads of branches inherit it
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
            mine.set(None)  # what begins inside this branch belongs to others
            try:
                return run(*arguments)
            finally:
                if branches:
                    branches.one_ended()

        return running

    wrap(states, "_run_parallel_branches", counted_parallel)
    wrap(states, "_run_sub_machine", counted_branch)


class CountedPool(ThreadPoolExecutor):
    """The items of a Map, and the calls that have a time-out: counted from when they are handed in,
    as far as they can begin."""

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
        """Whoever waits for all of it stands still for as long as there is any, and goes on with
        the end of the last."""
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
