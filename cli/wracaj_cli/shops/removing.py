"""`wracaj shop list | remove`: lists the shops, and removes one."""

from collections.abc import Iterator
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from wracaj.settings.shop import KEEP_DAYS, Shop
from wracaj_cli.answers import AsJson, print_json
from wracaj_cli.shops import registry
from wracaj_cli.shops.errors import errors_as_sentences
from wracaj_cli.shops.options import Name, Stack
from wracaj_cli.shops.stored import Listed, UnreadableSettingsError, all_shops, switched_on
from wracaj_cli.shops.target import Target, find_target

Yes = Annotated[bool, typer.Option("--yes", help="Do not ask back")]


def list_shops(as_json: AsJson = False, stack: Stack = None) -> None:
    """List the shops: what each runs on, its timelines, and whether it is switched off."""
    with errors_as_sentences():
        target = find_target(stack)
        listed, on = all_shops(target), switched_on(target)
    if as_json:
        print_json({"switched_on": on, "shops": [_as_json(one) for one in listed]})
        return
    if not listed:
        typer.echo("There is none yet; `wracaj shop example` prints a settings file to start from.")
        return
    table = Table("Shop", "Called", "Platform", "State", "Timelines")
    for one in listed:
        table.add_row(one.name, *map(Text, _cells(one)))
    Console().print(table)
    if not on:
        typer.echo(
            "Sending is switched off for all of them; docs/operations.md says how to switch it on."
        )


def _as_json(one: Listed) -> dict[str, Any]:
    settings = one.settings
    return {
        "shop": one.name,
        "name": settings.name if settings else None,
        "platform": settings.platform if settings else None,
        "enabled": settings.enabled if settings else None,
        "switched_on_at": settings.switched_on_at if settings else None,
        "timelines": list(settings.timelines) if settings else [],
        "problem": one.problem,
    }


def _cells(one: Listed) -> tuple[str, ...]:
    settings = one.settings
    if settings is None:
        return "", "", "broken", one.problem or ""
    return (
        settings.name,
        settings.platform,
        "on" if settings.enabled else "switched off",
        ", ".join(settings.timelines),
    )


def remove(name: Name, yes: Yes = False, stack: Stack = None) -> None:
    """Remove a shop's settings and secrets. Nothing is sent in its name any more; what the table
    holds of it stays."""
    with errors_as_sentences():
        target = find_target(stack)
        known = _known(target, name)
    if not yes:
        typer.confirm(
            f"Remove {_called(known, name)} from {stack or 'the local stack'}, with its secrets,"
            " for good?",
            abort=True,
        )
    with errors_as_sentences():
        registry.remove_shop(target, name)
    typer.echo(
        f"{name} is removed: its settings and its secrets are gone. The functions notice within 5"
        " minutes."
    )
    for line in _what_stays(target, known, name, stack):
        typer.echo(line)


def _known(target: Target, name: str) -> Shop | None:
    """Return the stored shop, or None if this version cannot read its settings. Raises
    UnknownShopError."""
    try:
        return registry.get_shop(target, name)
    except UnreadableSettingsError:
        return None


def _called(known: Shop | None, name: str) -> str:
    return f"{known.settings.name} ({name})" if known else name


def _what_stays(target: Target, known: Shop | None, name: str, stack: str | None) -> Iterator[str]:
    in_stack = f" --stack {stack}" if stack else ""
    days = known.settings.keep_days if known else KEEP_DAYS
    yield (
        "Timelines that run end by themselves, and send nothing. Webhooks are refused now:"
        " unsubscribe them in the shop."
    )
    yield (
        f"What stays in the table {target.table}: shoppers, orders, points, codes, consents, and"
        f" carts for {days} days."
    )
    yield f"To erase all of it: `wracaj privacy erase-shop {name}{in_stack}`"
    if known and known.settings.audiences:
        names = ", ".join(known.settings.audiences)
        yield (
            f"Nobody takes shoppers out of its audiences at Meta ({names}) any more: delete those"
            " audiences there."
        )
