"""`wracaj replay SHOP --from --to`: runs a part of the archive again."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import orjson
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from wracaj.carts.cart import CART_TIMELINES
from wracaj_cli.answers import AsJson, print_json
from wracaj_cli.archive.period import From, To, period
from wracaj_cli.archive.reading import ArchiveError, Line, lines, place_of, settle
from wracaj_cli.archive.words import WORDS, sentence
from wracaj_cli.shops.errors import errors_as_sentences
from wracaj_cli.shops.options import Name, Stack
from wracaj_cli.shops.registry import get_shop
from wracaj_cli.shops.target import Target, find_target

AT_ONCE = 100  # rows in one call, which takes seconds
MOST_BYTES = 4_000_000  # of one call; Lambda takes 6 MB
COLUMNS = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
Results = dict[str, int]


def replay(
    name: Name, since: From, until: To = None, json: AsJson = False, stack: Stack = None
) -> None:
    """Run a part of the archive again: what a restore of the table lost, or what failed after its
    webhook was answered. What is known already stays as it is. Nothing is sent twice or late."""
    with errors_as_sentences():
        target = find_target(stack)
        shop = get_shop(target, name).settings
        first, last = period(since, until, shop.zone, target.now())
        if left := settle(target):
            raise ArchiveError(
                f"{left} messages are still on their way into the archive. Wait a minute, and look"
                " at the alarm ArchiveDeadLetters if it stays so."
            )
        results = replayed(target, shop.shop, first, last)
    if json:
        print_json(results)
        return
    Console().print(as_table(results))


def replayed(target: Target, shop: str, since: datetime, until: datetime) -> Results:
    """Return how often each result came."""
    rows = list(lines(target, shop, since, until))
    starts = [row for row in rows if row["kind"] == "start"]
    found = Counter(
        {
            f"erasure_{name}": number
            for name, number in _ask(
                target, {"task": "erasures", "shop": shop, "since": since.isoformat()}
            ).items()
        }
    )
    with Progress(*COLUMNS, console=Console(stderr=True)) as progress:
        for task, some, told in (
            ("starts", [row for row in starts if row["timeline"] in CART_TIMELINES], "carts"),
            ("rows", rows, "rows"),
            ("runs", _each_run_once(starts), "timelines"),
        ):
            bar = progress.add_task(told, total=len(some))
            for chunk in chunks(some):
                results = _ask(target, {"task": task, "shop": shop, "lines": chunk})
                prefix = "run_" if task == "runs" else ""
                found += Counter(
                    {f"{prefix}{name}": number for name, number in results.items()}
                    if task != "starts"
                    else {}
                )
                progress.advance(bar, len(chunk))
    found["cart_too_late"] = _too_late(target, shop, rows)
    return {name: number for name, number in sorted(found.items()) if number}


def _too_late(target: Target, shop: str, rows: Sequence[Line]) -> int:
    """How many carts of these events no timeline speaks of, as it is too late."""
    ids = sorted({row["event"]["cart_id"] for row in rows if "cart_id" in row.get("event", {})})
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


def chunks(rows: Sequence[Line]) -> Iterator[list[Line]]:
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
