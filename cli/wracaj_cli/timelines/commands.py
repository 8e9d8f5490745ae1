"""`wracaj timeline show` and `wracaj timeline check`."""

from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.text import Text

from wracaj_cli import house
from wracaj_cli.timelines.check import check_file, check_job
from wracaj_cli.timelines.durations import in_words
from wracaj_cli.timelines.mermaid import as_mermaid
from wracaj_cli.timelines.model import Timeline, TimelineError, timeline
from wracaj_cli.timelines.picture import as_svg
from wracaj_cli.timelines.problems import Problem
from wracaj_cli.timelines.reading import SUFFIX, UnreadableError, read
from wracaj_cli.timelines.table import as_lines, as_table
from wracaj_cli.typed_files import UnwritableError, write_text

app = typer.Typer(
    name="timeline",
    help="The timelines: look at them, check them before a deploy.",
    no_args_is_help=True,
)

Name = Annotated[str, typer.Argument(help="A file in statemachines/, without .asl.yaml, or a path")]
Mermaid = Annotated[bool, typer.Option("--mermaid", help="Print it as a Mermaid flowchart")]
Svg = Annotated[
    Path | None, typer.Option("--svg", help="Write it as a picture into this file", dir_okay=False)
]
Files = Annotated[
    list[Path] | None,
    typer.Argument(help="Timelines to check; when none is named all of them, and the jobs"),
]


@app.command()
def show(name: Name = "abandoned_cart", mermaid: Mermaid = False, svg: Svg = None) -> None:
    """Show a timeline as a table: what is sent when, by which channel, with which discount."""
    shown = _read(_path(name))
    if svg:
        _write(svg, as_svg(shown))
    if mermaid:
        typer.echo(as_mermaid(shown), nl=False)
    if not (svg or mermaid):
        Console().print(as_table(shown))


@app.command()
def check(files: Files = None) -> None:
    """Check timelines before a deploy; ends with 1 when one must be mended first."""
    paths = [_path(str(file)) for file in files or ()] or sorted(
        house.STATE_MACHINES.glob(f"*{SUFFIX}")
    )
    if not paths:
        _refuse(f"there is no timeline (*{SUFFIX}) in {house.STATE_MACHINES}")
    problems = [problem for path in paths for problem in _check(path)]
    problems += [problem for path in ([] if files else _jobs()) for problem in _check_job(path)]
    if problems:
        _tell(problems)
        raise typer.Exit(1)


def _check(path: Path) -> list[Problem]:
    problems = check_file(_near(path))
    if not problems:
        good = timeline(read(path))
        typer.echo(
            f"{good.name}: all good, {len(good.messages)} messages in {in_words(good.total)}"
        )
    return problems


def _jobs() -> list[Path]:
    return sorted((house.STATE_MACHINES / "jobs").glob(f"*{SUFFIX}"))


def _check_job(path: Path) -> list[Problem]:
    problems = check_job(_near(path))
    if not problems:
        typer.echo(f"jobs/{path.name.removesuffix(SUFFIX)}: all good")
    return problems


def _tell(problems: list[Problem]) -> None:
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    Console(soft_wrap=True, highlight=False).print(
        as_lines(problems),
        Text(f"{count}. Mend, then run the check again.", style="bold red"),
        sep="\n",
    )


def _near(path: Path) -> Path:
    """As short as it can be written from here."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _path(name: str) -> Path:
    if name.endswith((".yaml", ".yml")):
        return Path(name)
    names = [path.name.removesuffix(SUFFIX) for path in house.STATE_MACHINES.glob(f"*{SUFFIX}")]
    if name not in names:
        close = get_close_matches(name, names, 1) or sorted(names)
        _refuse(
            f"there is no timeline {name!r} in {house.STATE_MACHINES}"
            + (f"; did you mean {close[0]!r}?" if close else "")
        )
    return house.STATE_MACHINES / f"{name}{SUFFIX}"


def _read(path: Path) -> Timeline:
    try:
        return timeline(read(path))
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
