"""What a person sees while the demo runs: a live display in a terminal, plain lines anywhere
else."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from wracaj_cli.demo.week import ZONE

RECENT = 12


@dataclass(frozen=True)
class Act:
    """A part of the demo: how its times are shown, and how often the plain display shows its
    sums."""

    clock: str
    moment: str
    spoken_every: timedelta


WEEK = Act(clock="%A %H:%M", moment="%a %H:%M", spoken_every=timedelta(hours=6))
YEAR = Act(clock="%d %B %Y", moment="%d %b", spoken_every=timedelta(days=60))


@dataclass(frozen=True)
class Progress:
    now: datetime
    share: float  # part of the act that is over, 0 to 1
    sums: str


class Display(Protocol):
    def happened(self, at: datetime, who: str, what: str) -> None: ...
    def tick(self, progress: Progress) -> None: ...


class LiveDisplay:
    def __init__(self, live: Live, act: Act) -> None:
        self.live, self.act = live, act
        self.recent: deque[tuple[str, str, bool]] = deque(maxlen=RECENT)
        self.lock = threading.Lock()

    def happened(self, at: datetime, who: str, what: str) -> None:
        with self.lock:
            self.recent.append(
                (f"{at.astimezone(ZONE):{self.act.moment}}  {who}", what, what.startswith("gets "))
            )

    def tick(self, progress: Progress) -> None:
        with self.lock:
            recent = list(self.recent)
        self.live.update(picture(progress, recent, self.act))


def picture(progress: Progress, recent: list[tuple[str, str, bool]], act: Act) -> Panel:
    happenings = Table.grid(padding=(0, 2), expand=True)
    happenings.add_column(no_wrap=True, width=28)
    happenings.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    for who, what, is_message in [*recent, *[("", "", False)] * (RECENT - len(recent))]:
        style = "green" if is_message else "dim"
        happenings.add_row(Text(who, style="bold" if is_message else ""), Text(what, style=style))
    bar = ProgressBar(total=1, completed=min(1.0, progress.share), width=None)
    return Panel(
        Group(Text(progress.sums), bar, Text(), happenings),
        title=f"[bold]{progress.now.astimezone(ZONE):{act.clock}}[/] in Warsaw",
        title_align="left",
    )


class PlainDisplay:
    """Prints every message as a line, and the sums from time to time."""

    def __init__(self, console: Console, act: Act) -> None:
        self.console, self.act = console, act
        self.spoken: datetime | None = None

    def happened(self, at: datetime, who: str, what: str) -> None:
        if what.startswith("gets "):
            line = f"{at.astimezone(ZONE):{self.act.moment}}  {who} {what}"
            self.console.print(line, markup=False, highlight=False, soft_wrap=True)

    def tick(self, progress: Progress) -> None:
        now = progress.now.astimezone(ZONE)
        if self.spoken is None or now - self.spoken >= self.act.spoken_every:
            self.spoken = now
            line = f"— {now:{self.act.clock}} — {progress.sums}"
            self.console.print(line, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def display_on(console: Console, act: Act) -> Iterator[Display]:
    if not console.is_terminal:
        yield PlainDisplay(console, act)
        return
    with Live(console=console, refresh_per_second=8, transient=True) as live:
        yield LiveDisplay(live, act)
