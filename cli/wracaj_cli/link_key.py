"""`wracaj link-key show | rotate`: the key that signs the links in messages."""

import secrets
import string
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from wracaj.errors import WracajError
from wracaj.messages.link_keys import ALWAYS, NEVER, LinkKey, LinkKeys
from wracaj_cli.answers import AsJson, print_json
from wracaj_cli.shops.errors import errors_as_sentences
from wracaj_cli.shops.options import Stack
from wracaj_cli.shops.target import Target, find_target

LETTERS = string.ascii_letters + string.digits
LENGTH = 64  # as of the first key, which CloudFormation makes

app = typer.Typer(
    name="link-key",
    help="The key that signs the links in messages. The key of identifiers is another one, and is"
    " never changed.",
    no_args_is_help=True,
)
Yes = Annotated[bool, typer.Option("--yes", help="Don't ask")]
Leaked = Annotated[
    bool,
    typer.Option(
        "--leaked",
        help="The key is known to others: links that it signed only unsubscribe from now on",
    ),
]


class WrongKeyError(WracajError):
    """The secret is not the one of links."""


@app.command()
def show(json: AsJson = False, stack: Stack = None) -> None:
    """Which keys there are, since when each signs, and how long it is accepted. Never the keys."""
    with errors_as_sentences():
        target = find_target(stack)
        keys, moment = _read(target), target.now()
    rows = [_told(one, keys, moment) for one in reversed(keys.keys)]
    if json:
        print_json(rows)
        return
    table = Table("key", "signs from", "accepted until", "what it opens")
    for row in rows:
        table.add_row(*(row[name] or "-" for name in row))
    Console().print(table)


@app.command()
def rotate(leaked: Leaked = False, yes: Yes = False, stack: Stack = None) -> None:
    """Sign links with a new key. Links in mails that left go on working."""
    with errors_as_sentences():
        target = find_target(stack)
        keys = _read(target)
        if not yes and not typer.confirm(_question(leaked=leaked)):
            raise typer.Exit(1)
        new = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
        rotated = keys.rotated(new, target.now(), leaked=leaked)
        target.client("secretsmanager").put_secret_value(
            SecretId=target.link_key, SecretString=rotated.as_text
        )
    typer.echo(_done(rotated, leaked=leaked))


def _read(target: Target) -> LinkKeys:
    if target.link_key == target.identifiers_key:
        raise WrongKeyError(
            "LinkKeyArn and IdentifiersKeyArn of this stack are the same secret. The key of"
            " identifiers is never changed: nothing was done. Give the stack a LinkKey of its own."
        )
    vault = target.client("secretsmanager")
    return LinkKeys.parse(vault.get_secret_value(SecretId=target.link_key)["SecretString"])


def _question(*, leaked: bool) -> str:
    if leaked:
        return (
            "Sign links with a new key at once? Every link in mails that left then only"
            " unsubscribes: carts, preferences and confirmations in them open no more"
        )
    return "Sign links with a new key, ten minutes from now? Links in mails that left go on working"


def _done(keys: LinkKeys, *, leaked: bool) -> str:
    newest = keys.keys[-1]
    if leaked:
        return (
            "A new key signs. Functions that run know it within five minutes; until then, a link"
            " in a message that leaves now may be refused, and works a little later."
        )
    return (
        f"A new key signs from {newest.signs_from:%Y-%m-%d %H:%M} UTC. The one before it is"
        f" accepted until {keys.keys[-2].accepted_until:%Y-%m-%d}. No deploy is needed."
    )


def _told(one: LinkKey, keys: LinkKeys, moment: datetime) -> dict[str, str | None]:
    signs = keys.signing(moment) == one.key.encode()
    state = "signs" if signs else ("will sign" if one.signs_from > moment else "accepted")
    if moment > one.accepted_until:
        state = "over"
    return {
        "state": state,
        "signs_from": None
        if one.signs_from == ALWAYS
        else one.signs_from.isoformat("T", "minutes"),
        "accepted_until": (
            None if one.accepted_until == NEVER else one.accepted_until.isoformat("T", "minutes")
        ),
        "opens": "unsubscribes only" if one.stops_only else "all links",
    }
