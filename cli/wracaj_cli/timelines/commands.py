"""`wracaj timeline show | check | write`."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.text import Text

from timeline_digest import OF_A_JOB, short_files
from timeline_digest import SHORT as SUFFIX
from wracaj_cli import house
from wracaj_cli.counted import counted
from wracaj_cli.shops.errors import errors_as_sentences
from wracaj_cli.shops.options import Stack
from wracaj_cli.timelines import made
from wracaj_cli.timelines.check import check_file, check_job
from wracaj_cli.timelines.durations import in_words
from wracaj_cli.timelines.mermaid import as_mermaid
from wracaj_cli.timelines.message_check import from_the_start, unrenderable
from wracaj_cli.timelines.model import Timeline, TimelineError, timeline
from wracaj_cli.timelines.naming import UnknownTimelineError, file_of
from wracaj_cli.timelines.picture import as_svg
from wracaj_cli.timelines.problems import Problem
from wracaj_cli.timelines.reading import JOBS, UnreadableError, read
from wracaj_cli.timelines.rules.shape import read_short
from wracaj_cli.timelines.rules.surroundings import sent
from wracaj_cli.timelines.strays import is_a_job, stray, strays
from wracaj_cli.timelines.table import as_lines, as_table
from wracaj_cli.typed_files import UnwritableError, write_text

app = typer.Typer(
    name="timeline",
    help="The timelines: look at them, check them, make what is deployed.",
    no_args_is_help=True,
)

Name = Annotated[str, typer.Argument(help="A file in statemachines/, without .yaml, or a path")]
Mermaid = Annotated[bool, typer.Option("--mermaid", help="Print it as a Mermaid flowchart")]
Svg = Annotated[
    Path | None, typer.Option("--svg", help="Write it as a picture into this file", dir_okay=False)
]
OfShop = Annotated[str | None, typer.Option("--shop", help="With this shop's own timings")]
Files = Annotated[
    list[Path] | None,
    typer.Argument(help="Timelines to check; when none is named all of them, and the jobs"),
]


@app.command()
def show(
    name: Name = "abandoned_cart",
    mermaid: Mermaid = False,
    svg: Svg = None,
    shop: OfShop = None,
    stack: Stack = None,
) -> None:
    """Show a timeline as a table: what is sent when, by which channel, with which discount."""
    path = _path(name)
    own = _own_timings(shop, stack, path.name.removesuffix(SUFFIX)) if shop else {}
    shown = _read(path, own)
    if svg:
        _write(svg, as_svg(shown))
    if mermaid:
        typer.echo(as_mermaid(shown), nl=False)
    if not (svg or mermaid):
        Console().print(as_table(shown, shop))
        for timing, value in own.items():
            typer.echo(f"{shop} has its own {timing}: {value}")


@app.command()
def check(files: Files = None) -> None:
    """Check timelines before a deploy; ends with 1 when one must be mended first."""
    paths = [_path(str(file)) for file in files or ()] or _all()
    if not paths:
        _refuse(f"there is no timeline (*{SUFFIX}) in {house.STATE_MACHINES}")
    problems = [problem for path in paths for problem in _check(path)]
    if not files:
        problems += strays(house.STATE_MACHINES)
        problems += [problem for path in _jobs() for problem in _check_job(path)]
        problems += _started_with(paths)
        problems = problems or [near(problem) for problem in made.stale(house.ROOT)]
    if problems:
        _tell(problems)
        raise typer.Exit(1)


@app.command()
def write() -> None:
    """Make what is deployed from the short files: their state machines, and what else follows."""
    house.require_a_clone("wracaj timeline write")
    try:
        written = made.write(house.ROOT)
    except made.BrokenTimelinesError as error:
        _tell([near(problem) for problem in error.problems])
        raise typer.Exit(1) from None
    for path in written:
        typer.echo(f"wrote {_near(path)}")
    if not written:
        typer.echo("All is current; nothing was written.")


def near(problem: Problem) -> Problem:
    return replace(problem, file=_near(problem.file))


def _all() -> list[Path]:
    return short_files(house.ROOT)


def _check(path: Path) -> list[Problem]:
    if path.name.endswith(OF_A_JOB):
        return _check_job(path) if is_a_job(path) else [stray(path)]
    problems = check_file(_near(path))
    if not problems:
        good = timeline(read(path))
        messages = counted(len(good.messages), "message")
        typer.echo(f"{good.name}: all good, {messages} in {in_words(good.total)}")
    return problems


def _jobs() -> list[Path]:
    return sorted(JOBS.glob(f"*{OF_A_JOB}"))


def _check_job(path: Path) -> list[Problem]:
    problems = check_job(_near(path))
    if not problems:
        typer.echo(f"jobs/{path.name.removesuffix(OF_A_JOB)}: all good")
    return problems


def _started_with(paths: list[Path]) -> list[Problem]:
    """Return the problems of messages that no timeline names, such as a campaign's. The start of
    the execution names them."""
    try:
        shorts = [read_short(read(path)) for path in paths]
        named = [
            message.template
            for short in shorts
            if not isinstance(short, list)
            for message in sent(short)
        ]
    except UnreadableError:
        return []  # already reported
    return unrenderable(from_the_start(named, house.MESSAGE_TEMPLATES), house.MESSAGE_TEMPLATES)


def _tell(problems: list[Problem]) -> None:
    """Print each problem once. Several timelines may send a template that has a mistake."""
    problems = [replace(problem, file=_near(problem.file)) for problem in dict.fromkeys(problems)]
    count = counted(len(problems), "problem")
    Console(soft_wrap=True, highlight=False).print(
        as_lines(problems),
        Text(f"{count}. Mend, then run the check again.", style="bold red"),
        sep="\n",
    )


def _near(path: Path) -> Path:
    """Return the shortest form of the path from the current directory."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _path(name: str) -> Path:
    try:
        return file_of(name)
    except UnknownTimelineError as error:
        _refuse(str(error))


def _own_timings(shop: str, stack: str | None, name: str) -> dict[str, Any]:
    """Return the shop's own timings that this version of the timeline has. Warn about the
    others."""
    from wracaj_cli.shops.own_timings import known_timings, unknown_timings
    from wracaj_cli.shops.registry import get_shop  # imported here, because only --shop needs it
    from wracaj_cli.shops.target import find_target

    with errors_as_sentences():
        settings = get_shop(find_target(stack), shop).settings
    for key, problem in unknown_timings(settings):
        if key.split(".")[1] == name:
            typer.echo(f"Mind: {key} {problem}. It is ignored.", err=True)
    return known_timings(settings, name)


def _read(path: Path, own: Mapping[str, Any]) -> Timeline:
    try:
        return timeline(read(path), own)
    except UnreadableError as error:
        place = f", line {error.line}" if error.line else ""
        _refuse(f"{_near(path)}{place}: {error.what}; {error.fix}")
    except TimelineError as error:
        _refuse(
            f"{_near(path)} cannot be shown: {error}; `wracaj timeline check` says what to mend"
        )


def _write(file: Path, content: str) -> None:
    try:
        write_text(file, content, "--svg")
    except UnwritableError as error:
        _refuse(str(error))
    typer.echo(f"wrote {file}")


def _refuse(why: str) -> NoReturn:
    typer.echo(why, err=True)
    raise typer.Exit(1)
