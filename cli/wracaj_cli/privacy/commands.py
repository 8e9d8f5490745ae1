"""`wracaj privacy export | erase | erase-shop | requests`."""

from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console

from wracaj.customers.customer import Customer
from wracaj.errors import NothingKnownError, UnknownShopError, WracajError
from wracaj_cli.answers import AsJson, as_json, print_json
from wracaj_cli.counted import counted
from wracaj_cli.privacy import shop_erasure
from wracaj_cli.privacy.documents import documents_of
from wracaj_cli.privacy.requests import as_table, record_erasure, requests_of
from wracaj_cli.shopper.known import asked_for, customers_known_by
from wracaj_cli.shops.errors import errors_as_sentences
from wracaj_cli.shops.options import Name, Stack
from wracaj_cli.shops.registry import get_shop, meant
from wracaj_cli.shops.stored import UnreadableSettingsError
from wracaj_cli.shops.target import find_target
from wracaj_cli.typed_files import write_text

app = typer.Typer(
    name="privacy",
    help="What is known of a shopper; forgetting them, or a whole shop.",
    no_args_is_help=True,
)

Who = Annotated[
    str, typer.Argument(help="The shopper's e-mail address, phone number, or id in the shop")
]
Yes = Annotated[bool, typer.Option("--yes", help="Don't ask")]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="Write it into this file; without it, to the terminal"),
]

WithArchive = Annotated[
    bool,
    typer.Option("--archive/--no-archive", help="With the rows of the archive; that takes longer"),
]


class NotOneError(WracajError):
    """The given text may mean several shoppers."""


class StillConnectedError(WracajError):
    """The shop still has settings."""


@app.command()
def export(
    name: Name, who: Who, output: Output = None, archive: WithArchive = True, stack: Stack = None
) -> None:
    """All that is known of a shopper, as JSON: one document for each of those whom the address may
    mean. It reads all of the shop's archive."""
    with errors_as_sentences():
        target = find_target(stack)
        shop = get_shop(target, name).settings
        found = documents_of(
            target, shop, customers_known_by(target, shop, who), with_archive=archive
        )
    if len(found) > 1:
        typer.echo(
            f"{who} may mean {len(found)} shoppers. Hand over only what is the asker's: look at"
            " `contact`.",
            err=True,
        )
    if output is None:
        print_json(found)
        return
    with errors_as_sentences():
        write_text(output, as_json(found) + "\n", "--output")
    typer.echo(f"Written to {output}.")


@app.command()
def erase(name: Name, who: Who, yes: Yes = False, stack: Stack = None) -> None:
    """Forget a shopper: carts, history, points, consents. Keyed hashes and opt-outs stay for
    a while."""
    with errors_as_sentences():
        target = find_target(stack)
        shop = get_shop(target, name).settings
        known = customers_known_by(target, shop, who)
        accounts = [one for one in known if one.is_account]
        if len(accounts) > 1:
            raise NotOneError(_which_of(who, accounts))
        if not yes and not typer.confirm(f"Forget {_named(known)} in {shop.shop}, for good?"):
            raise typer.Exit(1)
        contact = asked_for(shop, who)
        if accounts:
            contact = contact.model_copy(update={"platform_id": accounts[0].contact.platform_id})
        record_erasure(target, shop, contact)
        target.store().erasure.erase(shop.shop, contact, target.now())
    typer.echo("Forgotten. Backups of the table still have it for 35 days.")


@app.command("erase-shop")
def erase_shop(name: Name, yes: Yes = False, stack: Stack = None) -> None:
    """Delete all that the table and the archive hold of a shop. It reads the whole table once."""
    with errors_as_sentences():
        target = find_target(stack)
        try:
            get_shop(target, name)
        except UnknownShopError:
            pass
        else:
            raise StillConnectedError(
                f"{name} is still connected: its webhooks would bring back what is deleted. First"
                f" `wracaj shop remove {name}`, then wait five minutes, as functions keep settings"
                " for that long."
            )
        if not yes and not typer.confirm(
            f"Delete all that is known of {name} and its shoppers, for good?"
        ):
            raise typer.Exit(1)
        deleted = shop_erasure.erase(target, name)
        if not deleted:
            raise NothingKnownError(
                "nothing was found under"
                f" {name!r}{meant(target, name) or '; look at how it is written'}"
            )
    typer.echo(
        f"{counted(deleted, 'item')} deleted. Backups of the table keep what was there for 35 days."
    )


@app.command()
def requests(name: Name, json: AsJson = False, stack: Stack = None) -> None:
    """What was asked for, the newest last: data, an erasure, the erasure of the shop; and what was
    erased from here."""
    with errors_as_sentences():
        target = find_target(stack)
        found, zone = requests_of(target, name), ZoneInfo("UTC")
        try:
            zone = get_shop(target, name).settings.zone
        except (UnknownShopError, UnreadableSettingsError):
            if not found:
                raise
    if json:
        print_json(found)
        return
    Console().print(as_table(found, zone) if found else f"Nothing was asked for in {name}.")


def _named(known: list[Customer]) -> str:
    contacts = [one.contact for one in known]
    told = [
        contact.email or contact.phone or contact.platform_id or "a shopper without an address"
        for contact in contacts
    ]
    return " and ".join(dict.fromkeys(told))


def _which_of(who: str, accounts: list[Customer]) -> str:
    ids = ", ".join(sorted(one.contact.platform_id or one.id for one in accounts))
    return (
        f"{who} may mean {len(accounts)} customers of the shop: {ids}. Which one is to be"
        " forgotten? Give the id."
    )
