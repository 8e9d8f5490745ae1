"""`wracaj replay SHOP --from --to`: runs a part of the archive again."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from wracaj.archive.events import is_of_cart
from wracaj_cli.answers import AsJson, print_json
from wracaj_cli.archive.period import Period, To, period_of
from wracaj_cli.archive.reading import Line, lines, settle
from wracaj_cli.archive.source import ArchiveError, Bucket, place_of
from wracaj_cli.archive.words import WORDS, sentence
from wracaj_cli.shops.errors import errors_as_sentences
from wracaj_cli.shops.options import Name, Stack
from wracaj_cli.shops.registry import get_shop
from wracaj_cli.shops.target import Target, find_target

AT_ONCE = 100  # rows in one call, which takes seconds
MOST_BYTES = 4_000_000  # of one call; Lambda takes 6 MB
COLUMNS = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
# the results of these tasks are told with a word before them; noted starts are told by their rows
PREFIXES = {"erasures": "erasure_", "rows": "", "runs": "run_"}
Results = dict[str, int]
From = Annotated[
    str,
    typer.Option("--from", help="The first day, such as 2026-11-21, or a moment: 2026-11-21T14:30"),
]


def replay(
    name: Name, first: From, last: To = None, json: AsJson = False, stack: Stack = None
) -> None:
    """Run a part of the archive again: what a restore of the table lost, or what failed after its
    webhook was answered. What is known already stays as it is. Nothing is sent twice or late."""
    with errors_as_sentences():
        target = find_target(stack)
        shop = get_shop(target, name).settings
        period = period_of(first, last, target.now(), shop.zone)
        if left := settle(target):
            raise ArchiveError(
                f"{left} messages are still on their way into the archive. Wait a minute, and look"
                " at ArchiveDeadLettersAlarm if it stays so."
            )
        results = replayed(target, shop.shop, period)
    if json:
        print_json(results)
        return
    Console().print(as_table(results))


def replayed(target: Target, shop: str, period: Period) -> Results:
    """Return how often each result came. The rows are read twice: what began is noted before the
    events come, so that none begins again under another number."""
    found, starts, cart_ids, rows = Counter[str](), list[Line](), set[str](), 0
    for line in lines(Bucket(target), shop, *period):
        rows += 1
        if line["kind"] == "start":
            starts.append(line)
        elif "cart_id" in (event := line.get("event", {})):
            cart_ids.add(event["cart_id"])
    erasures, runs = _erasures(target, shop, period), _each_run_once(starts)
    with Progress(*COLUMNS, console=Console(stderr=True)) as progress:
        for task, some, total in (
            ("erasures", erasures, len(erasures)),
            ("starts", starts, len(starts)),
            ("rows", lines(Bucket(target), shop, *period), rows),
            ("runs", runs, len(runs)),
        ):
            bar = progress.add_task(task, total=total)
            for chunk in chunks(some):
                results = _ask(target, {"task": task, "shop": shop, "lines": chunk})
                if task in PREFIXES:
                    found.update({PREFIXES[task] + name: n for name, n in results.items()})
                progress.advance(bar, len(chunk))
    found["cart_too_late"] = _too_late(target, shop, sorted(cart_ids))
    return {name: number for name, number in sorted(found.items()) if number}


def _erasures(target: Target, shop: str, period: Period) -> list[Line]:
    """Who was erased since. The keys of the archive have no backup, so they know."""
    keys = target.store().archive_keys
    assert keys  # there is an archive
    return [
        {"at": at.isoformat(), "name": name}
        for at, name in keys.erased_since(shop, period.since)
        if not is_of_cart(name)
    ]


def _too_late(target: Target, shop: str, ids: Sequence[str]) -> int:
    """Return how many of these carts get no reminder any more, because it is too late."""
    return sum(
        _ask(target, {"task": "carts", "shop": shop, "cart_ids": ids[place : place + AT_ONCE]}).get(
            "too_late", 0
        )
        for place in range(0, len(ids), AT_ONCE)
    )


def _each_run_once(starts: Sequence[Line]) -> list[Line]:
    """A start repeated after a crash has two rows. The first one counts."""
    first: dict[tuple[str, int], Line] = {}
    for row in starts:
        first.setdefault((row["cart_id"], row["episode"]), row)
    return list(first.values())


def chunks(rows: Iterable[Line]) -> Iterator[list[Line]]:
    """Yield the rows in their order, as many at once as one call takes."""
    chunk: list[Line] = []
    size = 0
    for row in rows:
        bytes_ = len(orjson.dumps(row))
        if chunk and (len(chunk) == AT_ONCE or size + bytes_ > MOST_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(row)
        size += bytes_
    if chunk:
        yield chunk


def _ask(target: Target, task: dict[str, Any]) -> Results:
    """Raises ArchiveError."""
    answer = target.client("lambda").invoke(
        FunctionName=place_of(target).replay, Payload=json.dumps(task).encode()
    )
    told = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise ArchiveError(
            f"The replay stopped: {told.get('errorType')}: {told.get('errorMessage')}. Nothing is"
            " lost: mend that, and say the same again."
        )
    results: Results = told
    return results


def as_table(results: Results) -> Table:
    table = Table(show_header=False, box=None)
    for name, number in results.items():
        table.add_row(str(number), sentence(name))
    if not results:
        table.add_row("0", WORDS["nothing"])
    return table
