"""`wracaj loyalty SHOP WHO`."""

from collections.abc import Iterator
from typing import Annotated

import typer
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from wracaj.customers.customer import Customer
from wracaj.errors import NothingKnownError
from wracaj.loyalty.ledger import Account
from wracaj.loyalty.progress import Near
from wracaj.loyalty.summary import LoyaltySummary, loyalty_summary
from wracaj.money import format_money
from wracaj.settings.shop import ShopSettings
from wracaj_cli.answers import AsJson, print_json
from wracaj_cli.counted import counted
from wracaj_cli.shopper.known import customers_known_by
from wracaj_cli.shops.errors import errors_as_sentences
from wracaj_cli.shops.options import Name, Stack
from wracaj_cli.shops.registry import get_shop
from wracaj_cli.shops.target import Target, find_target

Who = Annotated[
    str, typer.Argument(help="The customer's e-mail address, phone number, or id in the shop")
]
STATES = {"earned": "its code is not created yet", "issued": "", "reversed": "taken back"}


def loyalty(name: Name, who: Who, as_json: AsJson = False, stack: Stack = None) -> None:
    """Show where a customer stands: points, tier, what was reached, what is close, what expires
    soon."""
    with errors_as_sentences():
        target = find_target(stack)
        shop = get_shop(target, name).settings
        found = [_standing(target, shop, customer) for customer in earners(target, shop, who)]
    if as_json:
        print_json([standing.model_dump(mode="json") for standing in found])
        return
    for standing in found:
        Console().print(as_tables(standing))


def earners(target: Target, shop: ShopSettings, who: str) -> list[Customer]:
    """Return the customers behind this name who earned something, or all of them if nobody did."""
    known, accounts = customers_known_by(target, shop, who), target.store().accounts
    return [one for one in known if accounts.get(shop.shop, one) != Account()] or known


def _standing(target: Target, shop: ShopSettings, customer: Customer) -> LoyaltySummary:
    if shop.loyalty is None:
        raise NothingKnownError(
            f"{shop.shop} has no loyalty programme; its settings need a section `loyalty:`"
        )
    store = target.store()
    grants = [held.grant for held in store.grants.of(shop.shop, customer)]
    return loyalty_summary(
        shop.loyalty,
        store.accounts.get(shop.shop, customer),
        grants,
        target.now().astimezone(shop.zone),
    )


def as_tables(standing: LoyaltySummary) -> Group:
    sums = Table(show_header=False)
    for what, value in _sums(standing):
        sums.add_row(what, Text(value, justify="right"))
    reached = Table(title="Reached", title_justify="left")
    for column in ("when", "what", "points", "announced", ""):
        reached.add_column(column)
    for one in standing.reached:
        what = f"{one.kind.replace('_', ' ')} {one.name}".strip()
        reached.add_row(
            f"{one.at:%Y-%m-%d}",
            what,
            str(one.points or ""),
            "yes" if one.told else "no",
            STATES[one.state],
        )
    return Group(sums, reached) if standing.reached else Group(sums)


def _sums(standing: LoyaltySummary) -> Iterator[tuple[str, str]]:
    yield "orders", str(standing.orders)
    yield "spent", format_money(standing.spend, standing.currency, "en")
    if standing.average_order is not None:
        yield "average order", format_money(standing.average_order, standing.currency, "en")
    for what, at in (("first order", standing.first_bought), ("last order", standing.last_bought)):
        yield what, str(at or "none")
    yield "points", str(standing.points)
    yield "tier", standing.tier or "none"
    for near in standing.close:
        yield "close", _close(near, standing.currency)
    if soon := standing.expiring:
        yield "expires soon", f"{counted(soon.points, 'point')}, good until {soon.last_day}"


def _close(near: Near, currency: str) -> str:
    return f"{format_money(near.missing, currency, 'en')} to the {near.kind} {near.name}"
