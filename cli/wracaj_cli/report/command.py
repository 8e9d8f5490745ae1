"""`wracaj report SHOP`."""

import re
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from wracaj.errors import WracajError
from wracaj.text.mistakes import CURRENCY, PATTERNS
from wracaj_cli.answers import AsJson, print_json
from wracaj_cli.report.as_json import report_as_json
from wracaj_cli.report.reading import Report, read_report
from wracaj_cli.report.terminal import as_tables
from wracaj_cli.report.writing import Writer
from wracaj_cli.shops.errors import errors_as_sentences
from wracaj_cli.shops.options import Name, ShopLanguage, Stack
from wracaj_cli.shops.registry import get_shop
from wracaj_cli.shops.target import find_target
from wracaj_cli.typed_files import write_text

Html = Annotated[
    Path | None, typer.Option("--html", help="Write it as a page into this file", dir_okay=False)
]
Months = Annotated[
    int, typer.Option(min=1, max=36, help="How many months, up to this one or that of --until")
]
Until = Annotated[
    str | None,
    typer.Option(help="The last month, such as 2026-08; without it, this one until today"),
]
Currency = Annotated[
    str | None, typer.Option(help="Which currency; without it, that of the shop's settings")
]


class CurrencyError(WracajError):
    """The given text is not a currency code."""


def report(
    name: Name,
    html: Html = None,
    months: Months = 12,
    until: Until = None,
    currency: Currency = None,
    locale: ShopLanguage = None,
    as_json: AsJson = False,
    stack: Stack = None,
) -> None:
    """Say what messages bring, week by week and message by message; customers and segments."""
    with errors_as_sentences():
        asked = None if currency is None else _code(currency)
        target = find_target(stack)
        shop = get_shop(target, name).settings
        with Console().status("Reading the accounts"):
            read = read_report(
                target, name, asked or shop.main_currency, months, until, shop.zone, shop
            )
    if as_json:
        print_json(report_as_json(read))
        return
    w = Writer(locale or shop.locale, read.currency)
    if html:
        _write_page(html, read, w)
    else:
        Console().print(as_tables(read, w))
    if read.elsewhere:
        typer.echo(w.say(LEFT_OUT, currencies=", ".join(read.elsewhere)))


def _write_page(html: Path, read: Report, w: Writer) -> None:
    from wracaj_cli.report.page import as_page  # with it comes the library that draws charts

    with errors_as_sentences():
        write_text(html, as_page(read, w), "--html")
    typer.echo(w.say("Wrote {file}", file=html))


LEFT_OUT = (
    "Left out, as currencies are never added: orders in {currencies}; see them with --currency."
)


def _code(currency: str) -> str:
    """Return the currency code in upper case. Raises CurrencyError."""
    code = currency.strip().upper()
    if not re.fullmatch(CURRENCY, code):
        raise CurrencyError(f"--currency: {PATTERNS[CURRENCY]} (given: {currency!r})")
    return code
