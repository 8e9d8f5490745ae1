"""`python -m bench` measures everything; `python -m bench cold-start messages` measures only these.
`--write` also writes the pages in docs/.

`python -m bench requests` counts requests within seconds, because it deploys nothing. Compare its
output before and after a change.
"""

import argparse
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from socket import socket

from rich.console import Console

from bench import (
    backtest,
    cold_start,
    costs,
    evidence,
    load,
    messages,
    requests,
    rfm,
    scale,
    transitions,
    warm,
)
from bench.figures import Figures
from bench.play import Counted
from support.frozen_timelines import a_repository
from support.local_stack import running_emulator
from support.sam_template import create_table
from wracaj_cli import local
from wracaj_cli.costs.bill import Measured
from wracaj_cli.costs.counted import FILE as COUNTED
from wracaj_cli.costs.counted import as_text
from wracaj_cli.costs.counted import read as counted_before
from wracaj_cli.house import ROOT
from wracaj_cli.local.clients import client_at
from wracaj_cli.shops.target import local_target

COSTS, BENCHMARKS = ROOT / "docs" / "costs.md", ROOT / "docs" / "benchmarks.md"
SCALE = ROOT / "docs" / "scale.md"
EVIDENCE = ROOT / "docs" / "evidence.md"
PARTS = (
    "cold-start",
    "warm",
    "messages",
    "rfm",
    "evidence",
    "backtest",
    "scale",
    "costs",
    "requests",
)  # costs includes the requests
ALONE = "load"  # takes minutes and both processors, so only where it is named
SPEED = 60.0  # the waits are skipped
ABOUT_COSTS = """\
# What it costs

Written by `python -m bench costs --write`: what the code really asks of AWS, counted on the local
stack, times the [public prices](../cli/wracaj_cli/costs/prices.py). No bill of a real account
stands behind it. `wracaj cost --carts 1000000` prices a month from the same counts.
`python -m bench requests` counts the requests alone, in seconds; `--write` then writes that table
alone. The timeline is the shipped `abandoned_cart`: e-mail, SMS, e-mail with a discount.

Where long waits are moved out (`LongWaitDays`, off as it comes), each adds three state transitions
and, computed, 6 to 8 write units: about $80 a million ([scale](scale.md)).

"""
console = Console()


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description="Measurements. Times are this machine's."
    )
    parser.add_argument(
        "what",
        nargs="*",
        help=f"{', '.join(PARTS)}; these when none is named. And {ALONE}, the local stack under"
        " load",
    )
    parser.add_argument(
        "--write",
        action="store_true",
        help="put the tables into docs/: benchmarks.md, costs.md, evidence.md and scale.md; that of"
        " messages is only shown",
    )
    parser.add_argument(
        "--carts",
        type=_at_least_1,
        help="how many carts are back-tested; for the page a million, which takes ten minutes",
    )
    asked = parser.parse_args()
    what = asked.what or PARTS
    if unknown := [part for part in what if part not in (*PARTS, ALONE)]:
        parser.error(f"there is no {unknown[0]!r}; there are {', '.join((*PARTS, ALONE))}")
    if asked.write and "backtest" in what and asked.carts not in (None, backtest.CARTS):
        parser.error(f"the page is of {backtest.CARTS:,} carts; leave out --carts, or --write")
    for part in (*PARTS, ALONE):
        if part in what and not (part == "requests" and "costs" in what):
            MEASURED[part](asked)


def _at_least_1(told: str) -> int:
    if not told.isdecimal() or int(told) < 1:
        raise argparse.ArgumentTypeError(f"{told!r} is not a number of 1 or more")
    return int(told)


def _cold_start(asked: argparse.Namespace) -> None:
    with console.status("Starting each function in fresh interpreters"):
        measured = cold_start.measure()
    _show_and_put(asked, BENCHMARKS, *measured)


def _warm(asked: argparse.Namespace) -> None:
    with console.status("Answering cart events, by this code and the code before"):
        answered = warm.measure()
    _show_and_put(asked, BENCHMARKS, answered)


def _messages(_: argparse.Namespace) -> None:
    _show(messages.measure())


def _rfm(asked: argparse.Namespace) -> None:
    with console.status("Drawing and scoring a million customers"):
        night = rfm.measure()
    _show_and_put(asked, BENCHMARKS, *night)


def _evidence(asked: argparse.Namespace) -> None:
    with console.status("Playing thousands of experiments"):
        played = evidence.measure()
    _show_and_put(asked, EVIDENCE, played)


def _backtest(asked: argparse.Namespace) -> None:
    carts = asked.carts or (backtest.CARTS if asked.write else backtest.FEWER)
    with console.status(f"Making and back-testing {carts:,} carts"):
        walked = backtest.measure(carts)
    _show_and_put(asked, BENCHMARKS, walked)


def _scale(asked: argparse.Namespace) -> None:
    _show_and_put(asked, SCALE, *scale.figures())


def _costs(asked: argparse.Namespace) -> None:
    """What `requests` counts is part of it."""
    counted, kept = _counted()
    _show(*counted)
    if asked.write:
        _write(COSTS, ABOUT_COSTS, reversed(counted))
        _keep(kept)


def _requests_alone(asked: argparse.Namespace) -> None:
    alone = _requests()
    _show_and_put(asked, COSTS, requests.figures(alone))
    if asked.write:
        _keep(costs.measured(alone, {})._replace(transitions=counted_before().transitions))


def _under_load(asked: argparse.Namespace) -> None:
    """Exits with 1 if a cart was lost or started twice."""
    try:
        outcome = load.measure(console)
    except KeyboardInterrupt:
        console.print("Stopped, and so is the stack.")
        raise SystemExit(130) from None
    except TimeoutError as error:
        console.print("[bold red]FAILED[/]", error)
        raise SystemExit(1) from None
    tables = load.figures(outcome)
    if outcome.problems:
        _show(*tables)
        console.print("[bold red]FAILED[/]", *outcome.problems, sep="\n  ")
        raise SystemExit(1)
    _show_and_put(asked, BENCHMARKS, *tables)
    console.print("Every cart was started exactly once, and nothing that was answered 2xx is lost.")


def _show_and_put(asked: argparse.Namespace, page: Path, *tables: Figures) -> None:
    """Show the tables, and with --write put them into the page, too."""
    _show(*tables)
    if asked.write:
        for table in tables:
            _put(table, page)


def _put(figures: Figures, page: Path) -> None:
    """Write one table in place of the one with its title, or at the end of a page without."""
    text = page.read_text(encoding="utf-8")
    if f"\n## {figures.title}\n" in text:
        wrote, text = "Wrote", figures.put_into(text)
    else:
        wrote, text = "Added", f"{text.rstrip()}\n\n{figures.as_markdown()}"
    page.write_text(text, encoding="utf-8")
    console.print(f"{wrote} {figures.title} in {page.relative_to(ROOT)}")


def _show(*all_figures: Figures) -> None:
    for figures in all_figures:
        console.print(figures.as_table(), "")


def _write(page: Path, about: str, all_figures: Iterable[Figures]) -> None:
    page.write_text(
        about + "\n".join(figures.as_markdown() for figures in all_figures), encoding="utf-8"
    )
    console.print(f"Wrote {page.relative_to(ROOT)}")


def _counted() -> tuple[list[Figures], Measured]:
    with console.status("Starting the local stack") as status, _stack() as (home, running):
        client, observer = (client_at(running.aws_endpoint_url, "dynamodb") for _ in range(2))
        status.update("Counting requests")
        counted = requests.play(running.table, client, observer)
        status.update("Playing four carts through the timeline")
        states = transitions.measure(
            local_target(home), running.state_machines["abandoned_cart"], _skipping(home)
        )
    tables = [
        requests.figures(counted),
        transitions.figures(states),
        costs.figures(counted, states),
    ]
    return tables, costs.measured(counted, states)


def _keep(measured: Measured) -> None:
    COUNTED.write_text(as_text(measured), encoding="utf-8")
    console.print(f"Wrote {COUNTED.relative_to(ROOT)}")


def _skipping(home: Path) -> Callable[[timedelta], object]:
    return lambda time: local.skip_to(local.info(home).now() + time, home)


def _requests() -> dict[str, Counted]:
    with tempfile.TemporaryDirectory() as folder, running_emulator(Path(folder)) as found:
        client, observer = (client_at(found.url, "dynamodb") for _ in range(2))
        create_table(client, "wracaj")
        return requests.play("wracaj", client, observer)


@contextmanager
def _stack() -> Iterator[tuple[Path, local.StackInfo]]:
    with tempfile.TemporaryDirectory() as folder, socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        home = Path(folder)
        (home / "repository").mkdir()
        try:
            root = a_repository(home / "repository")
            yield home, local.up(SPEED, port, home=home, root=root, begins_at=requests.NOON)
        finally:
            local.down(home)


MEASURED: dict[str, Callable[[argparse.Namespace], None]] = {
    "cold-start": _cold_start,
    "warm": _warm,
    "messages": _messages,
    "rfm": _rfm,
    "evidence": _evidence,
    "backtest": _backtest,
    "scale": _scale,
    "costs": _costs,
    "requests": _requests_alone,
    ALONE: _under_load,
}

if __name__ == "__main__":
    main()
