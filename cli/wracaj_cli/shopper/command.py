"""`wracaj shopper SHOP WHO`."""

from typing import Annotated

import typer
from rich.console import Console

from wracaj_cli.answers import AsJson, print_json
from wracaj_cli.shopper.as_json import story_as_json
from wracaj_cli.shopper.reading import stories_of
from wracaj_cli.shopper.tables import as_tables
from wracaj_cli.shops.errors import errors_as_sentences
from wracaj_cli.shops.options import Language, Name, Stack
from wracaj_cli.shops.registry import get_shop
from wracaj_cli.shops.target import find_target

Who = Annotated[
    str, typer.Argument(help="The shopper's e-mail address, phone number, or id in the shop")
]


def shopper(
    name: Name, who: Who, language: Language = "en", as_json: AsJson = False, stack: Stack = None
) -> None:
    """Show a shopper's carts, timelines, messages with their reasons, consents, suppressed
    addresses, codes, points. What it prints is personal data."""
    with errors_as_sentences():
        target = find_target(stack)
        shop = get_shop(target, name).settings
        stories = stories_of(target, shop, who)
    if as_json:
        print_json([story_as_json(story, shop) for story in stories])
        return
    for story in stories:
        Console().print(as_tables(story, shop, language))
