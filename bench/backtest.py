"""A back-test of a made-up archive: the command's own code, from objects in a folder to what it
shows.

There are two processes, so that only the back-test's memory is measured: one makes the archive, and
`python -m bench.backtest FOLDER HOURS` runs the timeline with so many hours to the first e-mail.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from pathlib import Path

from rich.console import Console

from bench.figures import Figures
from bench.past import DAYS
from bench.past_rows import BEGINS, SETTINGS, SHOP, TIMELINE
from wracaj_cli.archive.backtest.command import versions_in
from wracaj_cli.archive.backtest.past_settings import PastSettings
from wracaj_cli.archive.backtest.running import Asked, run
from wracaj_cli.archive.backtest.script import read_script
from wracaj_cli.archive.backtest.showing import Shown, as_tables
from wracaj_cli.archive.source import Folder
from wracaj_cli.house import ROOT
from wracaj_cli.timelines.naming import file_of

CARTS = 1_000_000
FEWER = 50_000  # where nothing is written
PROCESSES = 2
FIRST_HOURS = {3: "as it was", 2: "2 hours instead of 3"}
MB = 1024 if sys.platform != "darwin" else 1024 * 1024


@dataclass(frozen=True)
class Measured:
    """`processor_seconds`: of all processes; on a busy machine more seconds pass. `memory`: MB of
    the largest process."""

    rows: int
    decisions: int
    same: int
    moved: int
    seconds: float
    processor_seconds: float
    memory: int


def measure(carts: int = CARTS) -> Figures:
    with tempfile.TemporaryDirectory() as folder:
        _python("bench.past", str(carts), folder)
        told = {
            hours: Measured(**json.loads(_python("bench.backtest", folder, str(hours))))
            for hours in FIRST_HOURS
        }
    rows: list[list[str | int | float]] = [
        ["rows", *(f"{one.rows:,}" for one in told.values())],
        ["decisions made again", *(f"{one.decisions:,}" for one in told.values())],
        ["of them the same", *(f"{one.same:,}" for one in told.values())],
        ["messages that move", *(f"{one.moved:,}" for one in told.values())],
        ["seconds", *(round(one.seconds) for one in told.values())],
        ["seconds of processors", *(round(one.processor_seconds) for one in told.values())],
        ["largest process, MB", *(one.memory for one in told.values())],
    ]
    note = (
        f"From the objects of {DAYS} days in a folder to the tables, in {PROCESSES} processes. The"
        " rows are those that the functions write, and their decisions are the product's own."
    )
    return Figures(f"A back-test of {carts:,} carts", ["", *FIRST_HOURS.values()], rows, note)


def _python(*arguments: str) -> str:
    return subprocess.run(
        [sys.executable, "-m", *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    ).stdout


def backtest(folder: Path, hours: int) -> Measured:
    """Run as the command does, and measure."""
    began, source = time.perf_counter(), Folder(folder)
    settings = PastSettings(versions_in(source, SHOP), SETTINGS)
    end = BEGINS + timedelta(days=DAYS)
    with tempfile.TemporaryDirectory() as files:
        script = read_script(_with_hours(Path(files), hours))
    asked = Asked(
        source, SHOP, script, settings, BEGINS, end, end + timedelta(days=30), processes=PROCESSES
    )
    found = run(asked)
    shown = Shown(SETTINGS, TIMELINE, (BEGINS.date(), end.date()), found.rows, found.tally)
    Console(file=StringIO()).print(as_tables(shown, "pl"))
    check = found.tally.check
    return Measured(
        rows=found.rows,
        decisions=check.checked,
        same=check.checked - len(check.different),
        moved=sum(found.tally.moves.counts.values()),
        seconds=time.perf_counter() - began,
        processor_seconds=sum(_used(who).ru_utime + _used(who).ru_stime for who in ALL),
        memory=round(max(_used(who).ru_maxrss for who in ALL) / MB),
    )


ALL = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def _used(who: int) -> resource.struct_rusage:
    return resource.getrusage(who)


def _with_hours(folder: Path, hours: int) -> Path:
    text = file_of(TIMELINE).read_text(encoding="utf-8")
    file = folder / f"{TIMELINE}.yaml"
    file.write_text(
        text.replace("first_email_after_hours: 3 ", f"first_email_after_hours: {hours} "), "utf-8"
    )
    return file


if __name__ == "__main__":
    print(json.dumps(vars(backtest(Path(sys.argv[1]), int(sys.argv[2])))))
