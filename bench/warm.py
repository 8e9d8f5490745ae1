"""The processor time of a later cart event in a warm process: that of our own code, and beside it
that of the AWS client alone. The same of the code before, in the same run."""

import subprocess
import tarfile
from collections import defaultdict
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import clean, first_calls
from bench.figures import Cell, Figures
from wracaj_cli.house import ROOT

BEFORE = "08bb0749"  # the commit to compare with
TURNS, EVENTS = 12, 602
COLUMNS = ("code", "ours, µs", "the client's, µs", "requests", "ours, to before")


def measure(turns: int = TURNS) -> Figures:
    with TemporaryDirectory() as folder, first_calls.aws_here() as aws:
        sources = {"now": clean.FUNCTIONS} | _before(Path(folder))
        return _measured(sources, aws, turns)


def _before(folder: Path) -> dict[str, Path]:
    """The functions of the commit before, or nothing where this clone has no such commit."""
    asked = ["git", "-C", str(ROOT), "archive", BEFORE, "functions"]
    found = subprocess.run(asked, capture_output=True, check=False)
    if found.returncode:
        return {}
    with tarfile.open(fileobj=BytesIO(found.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return {BEFORE: folder / "functions"}


def _measured(sources: dict[str, Path], aws: first_calls.AWSHere, turns: int) -> Figures:
    packages = {"now": clean.layer(), BEFORE: clean.plain()}
    times: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    asked: dict[str, list[str]] = {}
    calls = {
        name: first_calls.record(packages[name], source, aws)["cart_webhook"]
        for name, source in sources.items()
    }
    events = first_calls.later_events(EVENTS)
    for _ in range(turns):
        for name, source in sources.items():
            told = {"do": "warm", **calls[name].told, "events": events}
            said, _ = clean.play(packages[name], source, told, calls[name].environment)
            asked[name] = said["asked"]
            for whose in ("ours", "client"):
                times[name, whose] += said[whose]
    rows = [_row(name, times, asked[name]) for name in sources]
    note = (
        f"The quickest of {len(times['now', 'ours'])} batches of 50 events, by processor time, in"
        " turns: the least disturbed by what else the machine did."
    )
    if BEFORE not in sources:
        note += f" The commit {BEFORE} is not in this clone, so there is nothing to compare with."
    return Figures("Warm: a later cart event", COLUMNS, rows, note)


def _row(
    name: str, times: dict[tuple[str, str], list[float]], asked: list[str]
) -> tuple[Cell, ...]:
    ours, client = min(times[name, "ours"]), min(times[name, "client"])
    before = times.get((BEFORE, "ours"))
    ratio = f"{ours / min(before):.2f}" if before else "–"
    return name, round(ours * 1e6), round(client * 1e6), ", ".join(asked), ratio
