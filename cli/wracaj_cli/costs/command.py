"""`wracaj cost --carts N`: what a month costs, before there is a bill."""

from typing import Annotated, Any

import typer
from rich.console import Console

from wracaj_cli.answers import AsJson, print_json
from wracaj_cli.costs import prices
from wracaj_cli.costs.counted import read
from wracaj_cli.costs.month import Line, Month, bill_of
from wracaj_cli.costs.table import as_table
from wracaj_cli.shops.errors import errors_as_sentences
from wracaj_cli.shops.options import Language

MOST = 10**12
Carts = Annotated[
    int, typer.Option(min=1, max=MOST, help="Carts in a month, with and without a contact")
]
Orders = Annotated[
    int | None,
    typer.Option(min=0, max=MOST, help="How many of them are ordered; without it, 30 %"),
]
Emails = Annotated[
    int | None,
    typer.Option(min=0, max=MOST, help="E-mails sent; without it, as such carts have them"),
]
Sms = Annotated[
    int | None,
    typer.Option(min=0, max=MOST, help="SMS sent; without it, one in five carts"),
]
SmsPart = Annotated[
    float, typer.Option(min=0, max=100, help="Dollars for one segment of an SMS, in your country")
]
Shops = Annotated[int, typer.Option(min=1, max=MOST, help="Shops of the stack: each has a secret")]


def cost(
    carts: Carts,
    orders: Orders = None,
    emails: Emails = None,
    sms: Sms = None,
    sms_part: SmsPart = prices.SMS_PART,
    shops: Shops = 1,
    locale: Language = "en",
    as_json: AsJson = False,
) -> None:
    """Price a month by service, from what the code was measured to ask of AWS. The timeline is the
    shipped abandoned_cart."""
    month = Month(carts, orders, emails, sms, sms_part, shops)
    with errors_as_sentences():
        lines = bill_of(month, read())
    if as_json:
        print_json(as_answer(lines))
        return
    Console().print(as_table(lines, month, locale))


def as_answer(lines: list[Line]) -> dict[str, Any]:
    return {
        "region": prices.REGION,
        "prices_of": prices.AS_OF,
        "services": [
            {
                "service": line.service,
                "units": {name: round(number, 3) for name, number in line.units.items()},
                "dollars": f"{line.dollars:.2f}",
            }
            for line in lines
        ],
        "dollars": f"{sum(line.dollars for line in lines):.2f}",
    }
