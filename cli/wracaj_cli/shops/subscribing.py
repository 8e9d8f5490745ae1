"""`wracaj shop subscribe SHOP [--check]`: makes the webhooks of a shop by its API, and shows which
are missing or dead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from wracaj.errors import BudgetSpentError, ShopBusyError, ShopRefusalError, WracajError
from wracaj.platforms import Subscription, Subscriptions, platform, subscriptions
from wracaj.platforms.api_calls import Calls
from wracaj.reconciliation.cursor import Reconciliation
from wracaj.settings.shop import Shop
from wracaj_cli.answers import AsJson, print_json
from wracaj_cli.outcome_words import moment
from wracaj_cli.shops import registry
from wracaj_cli.shops.errors import errors_as_sentences
from wracaj_cli.shops.options import Name, Stack
from wracaj_cli.shops.post import webhook_url
from wracaj_cli.shops.target import find_target

REQUESTS, SECONDS = 200, 120.0
BY_HAND = {
    "shopify": "set in the app itself",
}


class NoAccessError(WracajError):
    """The shop's API cannot be asked."""


@dataclass(frozen=True)
class Row:
    topic: str
    address: str
    state: str
    is_well: bool = True


def subscribe(
    name: Name,
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="Change nothing; end with exit code 1 if one is missing or dead"
        ),
    ] = False,
    as_json: AsJson = False,
    stack: Stack = None,
) -> None:
    """Make the shop's webhooks by its API, and show them; with --check, only show which are missing
    or dead."""
    with errors_as_sentences():
        target = find_target(stack)
        shop = registry.get_shop(target, name)
        api = subscriptions(shop.settings.platform)
        address = webhook_url(target.api_url, shop)
        if api is None:
            return _posts_by_itself(shop, address, as_json=as_json)
        rows = _rows(shop, api, address, check=check)
        run = target.store().reconciliations.get(shop.id)
    if as_json:
        print_json(_as_json(rows, run))
    else:
        _show(shop, rows, run, target.now())
    if check and not all(row.is_well for row in rows):
        raise typer.Exit(1)
    return None


def _posts_by_itself(shop: Shop, address: str, *, as_json: bool) -> None:
    if as_json:
        return print_json({"by_api": False, "address": address})
    typer.echo(
        f"A shop on {shop.settings.platform} posts its webhooks by itself: there is no API to"
        f" subscribe them with. Their address: {address}\nWhat to send: `wracaj shop webhooks"
        f" {shop.id}`. Whether any came, and what was wrong: `… --recent`"
    )
    return None


def _rows(shop: Shop, api: Subscriptions, address: str, *, check: bool) -> list[Row]:
    if not api.is_readable(shop):
        raise NoAccessError(
            f"{shop.id} has no token for its API: `wracaj shop put` takes it from the environment,"
            f" see docs/shops/{shop.settings.platform}.md"
        )
    calls = Calls(REQUESTS, SECONDS)
    try:
        found = api.existing(shop, calls)
        if not check and _make_and_mend(shop, api, address, found, calls):
            found = api.existing(shop, calls)
    except (BudgetSpentError, ShopBusyError, ShopRefusalError) as error:
        raise NoAccessError(f"{shop.id}: {error}") from None
    return [*_wanted(shop, api, address, found), *_elsewhere(shop, address, found)]


def _make_and_mend(
    shop: Shop, api: Subscriptions, address: str, found: Sequence[Subscription], calls: Calls
) -> bool:
    """Return whether anything was changed."""
    ours = [one for one in found if one.address == address]
    missing = [topic for topic in api.wanted(shop) if topic not in {one.topic for one in ours}]
    well = {one.topic for one in ours if one.delivers}
    dead = [one for one in ours if not one.delivers and one.topic not in well]
    api.mend(shop, dead, calls)
    api.subscribe(shop, missing, address, calls)
    return bool(missing or dead)


def _wanted(
    shop: Shop, api: Subscriptions, address: str, found: Sequence[Subscription]
) -> list[Row]:
    by_api = api.wanted(shop)
    ours = [one for one in found if one.address == address]
    return [
        _row(topic, address, [one for one in ours if one.topic == topic])
        if topic in by_api
        else Row(topic, address, BY_HAND.get(shop.settings.platform, "by hand"))
        for topic in platform(shop.settings.platform).TOPICS
    ]


def _row(topic: str, address: str, ours: Sequence[Subscription]) -> Row:
    """One that delivers suffices."""
    for one in sorted(ours, key=lambda one: not one.delivers):
        return Row(topic, address, one.state, one.delivers)
    return Row(topic, address, "missing", is_well=False)


def _elsewhere(shop: Shop, address: str, found: Sequence[Subscription]) -> list[Row]:
    """Webhooks for this shop at another deployment, such as one that was removed."""
    path = f"/webhooks/{shop.settings.platform}/{shop.id}"
    return [
        Row(one.topic, one.address, f"{one.state}, elsewhere")
        for one in found
        if one.address.partition("?")[0].endswith(path) and one.address != address
    ]


def _show(shop: Shop, rows: Sequence[Row], run: Reconciliation, now: datetime) -> None:
    table = Table()
    for heading in ("topic", "address", "state"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(row.topic, row.address, row.state if row.is_well else f"{row.state} (!)")
    Console().print(table)
    bad = sum(not row.is_well for row in rows)
    typer.echo(f"{bad} missing or dead." if bad else "All are there.")
    typer.echo(_of_the_runs(shop, run, now))


def _of_the_runs(shop: Shop, run: Reconciliation, now: datetime) -> str:
    if run.tried_at is None:
        return "Its API was not asked yet for what no webhook told."
    minutes = round(run.lag(now).total_seconds() / 60)
    told = [f"What no webhook told: its API was last read to the end {minutes} minutes ago."]
    if run.untold_at:
        told.append(f"Last found alone: {moment(run.untold_at, shop.settings.zone)}.")
    if run.problem:
        told.append(f"The last run: {run.problem}.")
    return " ".join(told)


def _as_json(rows: Sequence[Row], run: Reconciliation) -> dict[str, Any]:
    kept = {
        "tried_at": run.tried_at,
        "complete_at": run.complete_at,
        "problem": run.problem or None,
        "last_found_alone_at": run.untold_at,
    }
    webhooks = [
        {"topic": row.topic, "address": row.address, "state": row.state, "is_well": row.is_well}
        for row in rows
    ]
    return {"by_api": True, "webhooks": webhooks, "reconciliation": kept}
