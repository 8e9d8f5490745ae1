"""`wracaj restore COPY`: brings back what the stack's table lost."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table as Shown

from wracaj.store.restoring.comeback import Verdict
from wracaj.store.restoring.kinds import Kind
from wracaj.store.restoring.restorer import WRITES, Restorer
from wracaj.store.table import Table
from wracaj_cli.answers import AsJson, print_json
from wracaj_cli.restore.checks import RestoreError, described, moment_of, require_switched_off
from wracaj_cli.shops.errors import errors_as_sentences
from wracaj_cli.shops.options import Stack
from wracaj_cli.shops.registry import get_shop
from wracaj_cli.shops.stored import shop_names
from wracaj_cli.shops.target import Target, find_target

COLUMNS = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
A_MINUTE = timedelta(minutes=1)
WORDS = {
    Verdict.BROUGHT_BACK: "brought back",
    Verdict.JOINED: "joined: both tables knew something",
    Verdict.SAME: "here already",
    Verdict.SETTLED: "balance made to add up",
    Verdict.UNDONE: "taken off: its order or reward is lost, and posted again by `wracaj replay`",
    Verdict.ERASED: "left out: the shopper was erased since",
    Verdict.ERASED_AGAIN: "erased again: the mark of the erasure was lost",
    Verdict.EXPIRED: "left out: expired",
    Verdict.PASSING: "left out: true for a moment only",
    Verdict.MOVED: "left out: moved to somebody else, or given",
    Verdict.SHOP_GONE: "left out: of a shop that was removed",
    Verdict.CHANGED: "written by somebody else at that moment: say the same again",
}
Copy = Annotated[str, typer.Argument(help="The table that AWS restored")]
Said = Annotated[
    str | None,
    typer.Option("--moment", help="Of which moment the copy is, where AWS does not say"),
]
Shops = Annotated[
    list[str] | None, typer.Option("--shop", help="Of this shop only; may be said several times")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would come back")]
Yes = Annotated[bool, typer.Option("--yes", help="Don't ask, and don't count first")]


def restore(
    copy: Copy,
    moment: Said = None,
    shop: Shops = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    json: AsJson = False,
    stack: Stack = None,
) -> None:
    """Bring back what the stack's table lost, from a copy that AWS restored: what both have is
    joined, nobody erased comes back, and balances add up. What happened after the copy's moment
    comes back by `wracaj replay`."""
    with errors_as_sentences():
        target = find_target(stack)
        at = moment_of(described(target, copy), _moment(moment), target)
        if not dry_run:
            require_switched_off(target)
        if dry_run or not yes:
            _tell(_run(target, copy, at, shop, dry_run=True), as_json=json and dry_run)
        if dry_run:
            return
        if not yes and not typer.confirm("Bring this back?"):
            raise typer.Exit(1)
        counted = _run(target, copy, at, shop, dry_run=False)
    _tell(counted, as_json=json)
    if not json:
        typer.echo(_next(shop or shop_names(target), at, counted, stack))


def _moment(told: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(told) if told else None
    except ValueError:
        raise RestoreError(
            f"--moment {told!r} is no moment: write it as 2026-11-21T14:30+01:00"
        ) from None


def _run(
    target: Target, copy: str, at: datetime, shops: list[str] | None, *, dry_run: bool
) -> Counter[tuple[Kind, Verdict]]:
    store = target.store()
    old = Table(copy, target.client("dynamodb"))
    zones = _zones(target, shops or shop_names(target))
    restorer = Restorer(
        store.table, old, store.archive_keys, at, zones, target.now, dry_run, only=bool(shops)
    )
    with Progress(*COLUMNS, console=Console(stderr=True)) as progress:
        said = "looking at the copy" if dry_run else "bringing back"
        bar = progress.add_task(said, total=_size(target, copy))
        for page in restorer.pages():
            restorer.take(page)
            progress.advance(bar, len(page))
        if not dry_run:
            restorer.sweep_again()
            bar = progress.add_task("adding up balances", total=None)
            for looked in restorer.settle_balances():
                progress.advance(bar, looked)
    if not restorer.counted:
        raise RestoreError(
            f"the copy holds nothing{_of(shops)}: {copy} is another table, or of a moment at which"
            " there was nothing yet"
        )
    return restorer.counted


def _of(shops: Sequence[str] | None) -> str:
    return f" of {', '.join(shops)}" if shops else ""


def _zones(target: Target, shops: Sequence[str]) -> dict[str, tzinfo]:
    return {name: get_shop(target, name).settings.zone for name in shops}


def _size(target: Target, table: str) -> int | None:
    """About how many items it has. None: AWS has not counted them yet."""
    told = target.client("dynamodb").describe_table(TableName=table)["Table"].get("ItemCount")
    return told or None


def _tell(counted: Counter[tuple[Kind, Verdict]], *, as_json: bool) -> None:
    if as_json:
        print_json(as_rows(counted))
        return
    shown = Shown("what", "how many", "what comes of it")
    for row in as_rows(counted):
        shown.add_row(row["what"], f"{row['items']:,}", WORDS[Verdict(row["comes_of_it"])])
    Console().print(shown)


def as_rows(counted: Counter[tuple[Kind, Verdict]]) -> list[dict[str, Any]]:
    """What is written comes first."""
    order = sorted(counted, key=lambda one: (one[1] not in WRITES, one[1], one[0]))
    return [
        {"what": kind.value, "comes_of_it": verdict.value, "items": counted[kind, verdict]}
        for kind, verdict in order
    ]


def _next(
    shops: Sequence[str],
    at: datetime,
    counted: Counter[tuple[Kind, Verdict]],
    stack: str | None,
) -> str:
    in_stack = f" --stack {stack}" if stack else ""
    since = f"{at - A_MINUTE:%Y-%m-%dT%H:%MZ}"
    replays = "\n".join(f"  wracaj replay {shop} --from {since}{in_stack}" for shop in shops)
    campaigns = counted[Kind.CAMPAIGN, Verdict.BROUGHT_BACK]
    stopped = f"{campaigns} campaigns came back as stopped.\n" if campaigns else ""
    return (
        f"{stopped}What happened after {at:%Y-%m-%d %H:%M} UTC and was lost, the archive has:\n"
        f"{replays}\nThen switch on again. Delete the copy when all is well: it has whoever was"
        " erased since."
    )
