"""`wracaj demo`: plays the carts, a week of every channel, and a year, in about two minutes."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console

from wracaj.errors import SettingsError, WracajError
from wracaj_cli import local
from wracaj_cli.demo import pages, tables
from wracaj_cli.demo.actor import Actor
from wracaj_cli.demo.cast import CAST
from wracaj_cli.demo.display import WEEK, YEAR, display_on
from wracaj_cli.demo.performance import Performance
from wracaj_cli.demo.replay import replay
from wracaj_cli.demo.rescue.play import Week
from wracaj_cli.demo.rescue.review import WeekReview, review_week
from wracaj_cli.demo.review import Review, review
from wracaj_cli.demo.stage import HOME, Stage, open_stage
from wracaj_cli.demo.year.play import Year
from wracaj_cli.demo.year.review import YearReview, review_year
from wracaj_cli.house import require_a_clone

KEPT_SPEED = 60.0  # speed of a stack that is kept: an hour in a minute
INTERRUPTED = 130  # the exit code that shells expect after Ctrl-C

Keep = Annotated[
    bool, typer.Option("--keep", help="Keep the stack running afterwards, until Ctrl-C")
]
Out = Annotated[
    Path, typer.Option(help="Where the messages and the index page go", file_okay=False)
]


def demo(keep: Keep = False, out: Out = HOME / "pages") -> None:
    """Play shoppers over four days, every channel and a year, on a local stack of its own; check
    every promise."""
    require_a_clone("wracaj demo")
    console = _console()
    with _told_plainly():
        folder = pages.require_ours(out.resolve())
        with open_stage(lambda what: console.print(f"· {what}", highlight=False)) as stage:
            kept = _show(console, stage, folder)
            if keep:
                _wait_for_the_end(console, stage)
    raise typer.Exit(0 if kept else 1)


def _console() -> Console:
    """Return the console for the output. Lines may be long if it is not a terminal."""
    console = Console()
    return console if console.is_terminal else Console(width=tables.WIDEST)


def _show(console: Console, stage: Stage, folder: Path) -> bool:
    """Play and show everything. Return whether every promise was kept."""
    began = time.monotonic()
    carts = _play_carts(console, stage)
    week = _play_week(console, stage)
    console.print("· Opening the shop's loyalty programme on New Year's Day", highlight=False)
    year = _play_year(console, stage, carts.actors)
    console.print("· Posting every webhook once more", highlight=False)
    broken = [*carts.broken, *week.broken, *year.broken, *replay(stage)]
    index = pages.write(
        folder,
        pages.Acts(
            carts.lines,
            carts.totals,
            broken,
            week.lines,
            year.lines,
            year.report_page,
            year.experiment,
        ),
    )
    tables.show_lines(console, carts.lines, broken)
    tables.show_week(console, week.lines, broken)
    tables.show_year(console, year.lines, broken)
    tables.show_experiment(console, year.experiment)
    tables.show_totals(console, carts.totals)
    tables.show_promises(console, broken)
    console.print(
        f"\nPlayed in {time.monotonic() - began:.0f} s. Every message as it was seen, and the"
        " report:",
        highlight=False,
    )
    console.print(index.as_uri(), soft_wrap=True, highlight=False)
    if broken:
        console.print(
            f"\n[bold red]{_count(len(broken))}.[/] What the functions said:"
            f" {stage.home / 'ministack.log'}"
        )
    return not broken


def _play_carts(console: Console, stage: Stage) -> Review:
    with display_on(console, WEEK) as display:
        performance = Performance(
            stage.scene,
            stage.monday,
            CAST,
            outbox=stage.outbox.read,
            skip_to=lambda moment: local.skip_to(moment, stage.home),
            anything_waits=lambda: local.anything_waits(stage.home),
            happened=display.happened,
        )
        performance.play(lambda: display.tick(performance.progress()))
    return review(performance, stage)


def _play_week(console: Console, stage: Stage) -> WeekReview:
    with display_on(console, WEEK) as display:
        week = Week(stage, display.happened)
        week.play(lambda: display.tick(week.progress()))
    return review_week(week)


def _play_year(console: Console, stage: Stage, acquaintances: tuple[Actor, ...]) -> YearReview:
    with display_on(console, YEAR) as display:
        year = Year(stage, display.happened, acquaintances)
        year.open_the_programme()
        year.play(lambda: display.tick(year.progress()))
    return review_year(year)


def _count(findings: int) -> str:
    return "A promise was broken" if findings == 1 else f"Promises were broken, {findings} findings"


def _wait_for_the_end(console: Console, stage: Stage) -> NoReturn:
    local.set_speed(KEPT_SPEED, stage.home)
    console.print(
        f"\nThe stack goes on at {stage.info.aws_endpoint_url}, described in"
        f" {stage.home / 'stack.json'}; Ctrl-C ends it."
    )
    while True:
        time.sleep(1)


@contextmanager
def _told_plainly() -> Iterator[None]:
    """Report errors without a traceback. After SIGTERM, clean up as after Ctrl-C."""
    # slow to import, and most commands do not need it
    from botocore.exceptions import BotoCoreError, ClientError

    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    except KeyboardInterrupt:
        typer.echo("\nStopped; nothing is left running.", err=True)
        raise typer.Exit(INTERRUPTED) from None
    except SettingsError as error:
        for key, problem in error.problems:
            typer.echo(f"  {key}: {problem}", err=True)
        raise typer.Exit(1) from None
    except (WracajError, BotoCoreError, ClientError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupt(*_: Any) -> NoReturn:
    raise KeyboardInterrupt
