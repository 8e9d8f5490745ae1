"""What a person sees while the demo runs: a live picture in a terminal, plain lines anywhere else."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Protocol

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from wracaj_cli.demo.performance import Performance
from wracaj_cli.demo.story import ZONE

RECENT = 12
LASTS_DAYS = 3.4  # from the first cart to the last message, as the scripts go
SPOKEN_EVERY = timedelta(hours=6)


class Display(Protocol):
    def happened(self, at: datetime, who: str, what: str) -> None: ...
    def tick(self, performance: Performance) -> None: ...


class LiveDisplay:
    def __init__(self, live: Live) -> None:
        self.live = live
        self.recent: deque[tuple[str, str, bool]] = deque(maxlen=RECENT)
        self.lock = threading.Lock()

    def happened(self, at: datetime, who: str, what: str) -> None:
        with self.lock:
            self.recent.append((f"{at.astimezone(ZONE):%a %H:%M}  {who}", what, what.startswith("gets ")))

    def tick(self, performance: Performance) -> None:
        with self.lock:
            recent = list(self.recent)
        self.live.update(picture(performance, recent))


def picture(performance: Performance, recent: list[tuple[str, str, bool]]) -> Panel:
    clock = performance.scene.now().astimezone(ZONE)
    happenings = Table.grid(padding=(0, 2), expand=True)
    happenings.add_column(no_wrap=True, width=28)
    happenings.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    for who, what, is_message in [*recent, *[("", "", False)] * (RECENT - len(recent))]:
        style = "green" if is_message else "dim"
        happenings.add_row(Text(who, style="bold" if is_message else ""), Text(what, style=style))
    bar = ProgressBar(total=1, completed=progress_of(performance), width=None)
    return Panel(
        Group(Text(counters(performance)), bar, Text(), happenings),
        title=f"[bold]{clock:%A %H:%M}[/] in Warsaw",
        title_align="left",
    )


def progress_of(performance: Performance) -> float:
    return min(1.0, (performance.scene.now() - performance.monday) / timedelta(days=LASTS_DAYS))


def counters(performance: Performance) -> str:
    emails = sum(1 for message in performance.messages if message.sent.channel == "email")
    ledger = performance.scene.ledger
    done = sum(1 for part in performance.parts if part.over)
    return (
        f"{ledger.webhooks} webhooks · {emails} e-mails · {len(performance.messages) - emails} SMS"
        f" · {done} of {len(performance.parts)} shoppers through"
    )


class PlainDisplay:
    """Every message as a line, and the sums four times a day."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.spoken: datetime | None = None

    def happened(self, at: datetime, who: str, what: str) -> None:
        if what.startswith("gets "):
            line = f"{at.astimezone(ZONE):%a %H:%M}  {who} {what}"
            self.console.print(line, markup=False, highlight=False, soft_wrap=True)

    def tick(self, performance: Performance) -> None:
        now = performance.scene.now().astimezone(ZONE)
        if self.spoken is None or now - self.spoken >= SPOKEN_EVERY:
            self.spoken = now
            line = f"— {now:%A %H:%M} — {counters(performance)}"
            self.console.print(line, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def display_on(console: Console) -> Iterator[Display]:
    if not console.is_terminal:
        yield PlainDisplay(console)
        return
    with Live(console=console, refresh_per_second=8, transient=True) as live:
        yield LiveDisplay(live)
