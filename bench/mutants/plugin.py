"""A plugin of pytest that collects the tests once, and then runs them for each mutant in a process
of its own. trying.py starts it, with the path of its job in `JOB`."""

import json
import os
import select
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from _pytest.main import pytest_runtestloop as run_all
from hypothesis import Phase, settings

from bench.mutants.making import mutants_of
from bench.mutants.swapping import swapped
from support import local_stack
from wracaj_cli.local.server import Server

JOB = "WRACAJ_MUTANTS_JOB"
CANNOT_BE_SWAPPED = "cannot be swapped"
TOO_SLOW = "it takes too long"
SLOWER, AT_LEAST = 5, 20.0  # how long a mutant may take: times the tests' own time; seconds


@dataclass(frozen=True)
class Job:
    """`known`: what came of mutants that are not tried again."""

    module: str
    file: str
    known: list[dict[str, Any]]
    results: str


def pytest_collection() -> None:
    """Let hypothesis look at some examples only, and at no smaller one once it has found one. Start
    no emulator: the table is in the tests' own process."""
    phases = (Phase.explicit, Phase.generate)
    settings.register_profile("mutants", settings.default, max_examples=25, phases=phases)
    settings.load_profile("mutants")
    local_stack.running_emulator = no_emulator


@contextmanager
def no_emulator(home: Path, speed: float = 1) -> Iterator[Server]:  # noqa: ARG001
    yield Server(pid=0, port=9, speed=speed)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    if JOB not in os.environ:
        return None
    job = Job(**json.loads(Path(os.environ.pop(JOB)).read_text(encoding="utf-8")))
    session.config.option.maxfail = 1
    session.items.sort(key=lambda item: hasattr(getattr(item, "obj", None), "hypothesis"))
    _try_all(session, job)
    return True


def _try_all(session: pytest.Session, job: Job) -> None:
    killers: Counter[str] = Counter()
    begun = time.monotonic()
    run_all(session)  # here, so that clients and templates are ready in each mutant's process
    if session.testsfailed:
        raise pytest.UsageError("the tests fail without any mutant")
    patience = max(SLOWER * (time.monotonic() - begun), AT_LEAST)
    text = Path(job.file).read_text(encoding="utf-8")
    known = {(one["name"], one["scope"]): one for one in job.known}
    for mutant in mutants_of(job.module, text):
        found: dict[str, Any] = {"name": mutant.name, "scope": mutant.scope, "line": mutant.line}
        if told := known.get((mutant.name, mutant.scope)):
            found = {**told, "line": mutant.line}
        elif put := swapped(mutant, text):
            _forget_results(sys.modules[job.module])
            found["killed_by"] = _failing_test(session, put, killers, patience)
        else:
            found |= {"killed_by": CANNOT_BE_SWAPPED, "text": mutant.text}
        killers[found["killed_by"] or ""] += 1
        with Path(job.results).open("a", encoding="utf-8") as results:
            results.write(json.dumps(found, ensure_ascii=False) + "\n")


def _forget_results(module: ModuleType) -> None:
    """Clear the caches of a module, which may hold results of the code without the mutant."""
    for value in vars(module).values():
        if callable(clear := getattr(value, "cache_clear", None)):
            clear()


def _failing_test(
    session: pytest.Session, put: Callable[[], None], killers: Counter[str], patience: float
) -> str | None:
    """Return the first test that fails. Those that killed most mutants run first."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        session.items.sort(key=lambda item: -killers[item.nodeid])
        _run_and_tell(session, put, writing)
    os.close(writing)
    try:
        in_time, _, _ = select.select([reading], [], [], patience)
        if not in_time:
            os.kill(child, signal.SIGKILL)
        told = os.read(reading, 4096).decode() if in_time else TOO_SLOW
        os.waitpid(child, 0)
    finally:
        os.close(reading)
    return told if told != "-" else None


def _run_and_tell(session: pytest.Session, put: Callable[[], None], writing: int) -> None:
    """Run the tests in this child process, which ends here."""
    failed = "it ended without an answer"
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(1, 2)
        first = _FirstFailure()
        session.config.pluginmanager.register(first)
        put()
        with suppress(session.Failed, session.Interrupted):
            run_all(session)
        failed = first.name or "-"
    except BaseException as error:
        failed = type(error).__name__
    finally:
        os.write(writing, failed.encode()[:4096])
        os._exit(0)


class _FirstFailure:
    name = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.name = self.name or report.nodeid
