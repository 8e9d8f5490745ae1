"""python -m simulation run | merge | replay | variants | table"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulation.tally import Tally

ROOT = Path(__file__).resolve().parents[1]
INTERRUPTED = 130  # as a shell tells of Ctrl-C


def ready() -> None:
    """The same seed gives the same run, so text must hash the same in each process. The product
    and the bodies of its tests are found beside this package."""
    if os.environ.get("PYTHONHASHSEED") != "0":
        os.environ["PYTHONHASHSEED"] = "0"
        os.execv(sys.executable, [sys.executable, "-m", "simulation", *sys.argv[1:]])
    for folder in ("functions", "cli", "tests"):
        if str(ROOT / folder) not in sys.path:
            sys.path.insert(0, str(ROOT / folder))


def main(arguments: Sequence[str]) -> int:
    from simulation.running import RunFileError

    told = parser().parse_args(arguments)
    try:
        return int(told.do(told) or 0)
    except RunFileError as error:
        told.error(str(error))  # exits with 2
        raise
    except KeyboardInterrupt:
        goes_on = "; the same command goes on" if getattr(told, "out", None) else ""
        print(f"Stopped{goes_on}.", file=sys.stderr)
        return INTERRUPTED


def at_least(least: int) -> Callable[[str], int]:
    def number(told: str) -> int:
        if told.strip().removeprefix("-").isdecimal() and int(told) >= least:
            return int(told)
        raise argparse.ArgumentTypeError(f"{told!r} is not a number of {least} or more")

    return number


def parser() -> argparse.ArgumentParser:
    root = argparse.ArgumentParser(prog="python -m simulation", description=__doc__)
    commands = root.add_subparsers(required=True)

    def command(name: str, do: object, what: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=what)
        made.set_defaults(do=do, error=made.error)
        return made

    run = command("run", run_stories, "play stories and judge them")
    run.add_argument("--carts", type=at_least(1), default=20_000)
    run.add_argument("--seed", default="1")
    run.add_argument("--workers", type=at_least(1), default=os.cpu_count() or 2)
    run.add_argument("--out", type=Path, help="finished chunks are kept here, and not played again")
    merge = command("merge", merge_runs, "put files of runs together, and print the sum")
    merge.add_argument("files", type=Path, nargs="+")
    replay = command("replay", replay_story, "play one story again, and print its log")
    replay.add_argument("--seed", default="1")
    replay.add_argument("--story", type=at_least(0), required=True)
    variants = command("variants", find_variants, "find each known-bad variant")
    variants.add_argument("names", nargs="*", help="of these only; else of all")
    variants.add_argument("--carts", type=at_least(1), default=2_000)
    variants.add_argument("--workers", type=at_least(1), default=os.cpu_count() or 2)
    variants.add_argument("--write", action="store_true", help="the table of docs/reliability.md")
    one = command("variant", run_variant, "play stories against one variant until it is found")
    one.add_argument("name")
    one.add_argument("--carts", type=at_least(1), default=2_000)
    table = command("table", write_table, "write the tables of docs/reliability.md")
    table.add_argument("files", type=Path, nargs="+")
    table.add_argument("--write", action="store_true")
    return root


def run_stories(told: argparse.Namespace) -> int:
    from rich.console import Console
    from rich.progress import Progress

    from simulation.running import run

    began, screen = time.monotonic(), Console(stderr=True)
    with Progress(console=screen, transient=True, disable=not screen.is_terminal) as bar:
        task = bar.add_task("carts", total=told.carts)
        tally = run(
            told.seed,
            told.carts,
            told.workers,
            told.out,
            lambda done: bar.update(task, completed=done),
        )
    from simulation.table import rows

    print("\n".join(rows(tally, told.seed)))
    print(f"\n{time.monotonic() - began:.0f} s with {told.workers} workers")
    print_examples(tally)
    return 1 if tally.broken else 0


def merge_runs(told: argparse.Namespace) -> int:
    from simulation.table import rows

    tally, seeds = read_all(told.files)
    print("\n".join(rows(tally, seeds)))
    print_examples(tally)
    return 1 if tally.broken else 0


def print_examples(tally: "Tally") -> None:
    from simulation.tally import replay_command

    for example in tally.examples:
        print(replay_command(example))


def read_all(files: Sequence[Path]) -> "tuple[Tally, str]":
    """The same chunk in two files counts once. Raises RunFileError."""
    from simulation.running import WRITTEN, Chunks, RunFileError, read_chunks
    from simulation.tally import summed

    chunks: Chunks = {}
    for file in files:
        found = read_chunks(file)
        if not any(tally.carts for tally in found.values()):
            raise RunFileError(f"{file}: has no cart of a run; name a file of a run ({WRITTEN})")
        chunks |= found
    return summed(chunks.values()), ", ".join(sorted({seed for seed, _ in chunks}))


def replay_story(told: argparse.Namespace) -> int:
    from simulation.stories.playing import play

    played = play(told.seed, told.story)
    print("\n".join(played.log))
    print(f"\n{played.carts} carts, {played.webhooks} webhooks, {played.steps} steps")
    for violation in played.violations:
        print(violation)
    return 1 if played.violations else 0


def find_variants(told: argparse.Namespace) -> int:
    from simulation.variants.finding import find_all

    if told.write and told.names:
        told.error("all variants are needed for the page; leave out the names, or --write")
    check_names(told, told.names)
    return find_all(told.names, told.carts, told.workers, write=told.write)


def run_variant(told: argparse.Namespace) -> int:
    from simulation.variants.finding import find_here

    check_names(told, [told.name])
    return find_here(told.name, told.carts)


def check_names(told: argparse.Namespace, names: Sequence[str]) -> None:
    from simulation.variants.finding import VARIANTS

    if unknown := [name for name in names if name not in VARIANTS]:
        told.error(f"there is no variant {unknown[0]!r}; there are: {', '.join(VARIANTS)}")


def write_table(told: argparse.Namespace) -> int:
    from simulation import table

    tally, seeds = read_all(told.files)
    print("\n".join(table.rows(tally, seeds)))
    if told.write:
        table.write(ROOT / "docs/reliability.md", tally, seeds)
    return 0


if __name__ == "__main__":
    ready()
    sys.exit(main(sys.argv[1:]))
