"""The nightly scoring of a shop. It runs the job's own code task by task, as its state machine
does.

There are two processes, so that only the job's memory is measured: one draws the customers, and
`python -m bench.rfm FILE` scores them.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bench.customers import NIGHT, SHOP
from bench.figures import Figures
from bench.thin_table import ThinTable
from nightly_rfm.scoring import NightlyScoring
from nightly_rfm.tasks import Count, Cut, Gather, Score, SumUp
from wracaj.store import Store
from wracaj.store.table import Table
from wracaj_cli.house import ROOT

SIZES = (100_000, 1_000_000)
COUNTED, SCORED = 5000, 2000  # customers per task, as in statemachines/jobs/nightly_rfm.asl.yaml
STATUS = Path("/proc/self/status")
TASKS = ("count", "gather", "cut", "score", "sum_up")


@dataclass
class Kind:
    """All tasks of one kind."""

    tasks: int = 0
    seconds: float = 0
    longest: float = 0
    most_requests: int = 0


@dataclass
class Played:
    scored: int = 0
    memory_before: int = 0  # MB of the process
    memory_peak: int = 0
    largest_item: int = 0
    kinds: dict[str, Kind] = field(default_factory=lambda: {name: Kind() for name in TASKS})

    @property
    def seconds(self) -> float:
        return sum(kind.seconds for kind in self.kinds.values())


@dataclass
class Night:
    table: ThinTable
    played: Played = field(default_factory=Played)

    def __post_init__(self) -> None:
        self.job = NightlyScoring(Store(Table("table", self.table)))

    def play(self) -> Played:
        self.played.memory_before = _memory()
        begun = self.job.begin(SHOP, NIGHT, "PLN")
        self.tonight = begun.night
        for page in begun.pages:
            while page.more:
                page = self._do(self.job.count, Count, page=page, limit=COUNTED)
            self._do(self.job.gather, Gather, first=page.first)
        cuts = self._do(self.job.cut, Cut, firsts=[page.first for page in begun.pages])
        for page in begun.pages:
            while page.more:
                page = self._do(self.job.score, Score, page=page, limit=SCORED, cuts=cuts)
        self.played.scored = sum(self._do(self.job.sum_up, SumUp).sizes.values())
        self.played.memory_peak, self.played.largest_item = _memory(), self.table.largest_item
        return self.played

    def _do(self, task: Callable[[Any], Any], asked: Any, **told: Any) -> Any:
        name = asked.model_fields["task"].annotation.__args__[0]
        kind, requests, began = (
            self.played.kinds[name],
            sum(self.table.requests.values()),
            time.perf_counter(),
        )
        result = task(asked(task=name, night=self.tonight, **told))
        seconds = time.perf_counter() - began
        kind.tasks, kind.seconds, kind.longest = (
            kind.tasks + 1,
            kind.seconds + seconds,
            max(kind.longest, seconds),
        )
        kind.most_requests = max(kind.most_requests, sum(self.table.requests.values()) - requests)
        return result


def _memory() -> int:
    """Return the largest memory of this process so far, in MB. getrusage also counts the process
    that started this one."""
    if STATUS.exists():
        (peak,) = [
            line.split()[1] for line in STATUS.read_text().splitlines() if line.startswith("VmHWM:")
        ]
        return round(int(peak) / 1024)
    told = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(told / 1024 / (1024 if sys.platform == "darwin" else 1))


def measure(sizes: tuple[int, ...] = SIZES) -> list[Figures]:
    played = {size: _in_processes(size) for size in sizes}
    return [_whole(played), _tasks(played)]


def _in_processes(size: int) -> Played:
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "table")
        _python("bench.customers", file, str(size))
        told = json.loads(_python("bench.rfm", file))
    return Played(**{**told, "kinds": {name: Kind(**kind) for name, kind in told["kinds"].items()}})


def _python(*arguments: str) -> str:
    return subprocess.run(
        [sys.executable, "-m", *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    ).stdout


def _whole(played: dict[int, Played]) -> Figures:
    rows: list[list[str | int | float]] = [
        ["seconds, one task after another", *(round(one.seconds) for one in played.values())],
        ["tasks", *(sum(kind.tasks for kind in one.kinds.values()) for one in played.values())],
        [
            "longest task, seconds",
            *(round(max(k.longest for k in one.kinds.values()), 1) for one in played.values()),
        ],
        ["memory before the first task, MB", *(one.memory_before for one in played.values())],
        ["peak memory, MB", *(one.memory_peak for one in played.values())],
        ["largest item written, KB", *(round(one.largest_item / 1024) for one in played.values())],
    ]
    note = (
        "The job's own code, down to the DynamoDB client; a SQLite file stands in the table's"
        " place, the one thing that is not real. Every customer is scored for the first time, so"
        " every one is written. Times are of one processor of this machine."
    )
    return Figures(
        "The night", ["", *(f"{one.scored:,} customers" for one in played.values())], rows, note
    )


def _tasks(played: dict[int, Played]) -> Figures:
    one = played[max(played)]
    rows: list[list[str | int | float]] = [
        [name, k.tasks, round(k.longest, 2), k.most_requests] for name, k in one.kinds.items()
    ]
    note = (
        f"A counting task takes at most {COUNTED:,} customers, a scoring task {SCORED:,}, however"
        " many there are."
    )
    return Figures(
        f"Its tasks, of {one.scored:,} customers",
        ["task", "how many", "longest, s", "most requests"],
        rows,
        note,
    )


if __name__ == "__main__":
    print(json.dumps(asdict(Night(ThinTable(Path(sys.argv[1]))).play())))
