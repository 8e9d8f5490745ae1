"""`wracaj experiment plan | show | end | example`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from wracaj.errors import SettingsError, WracajError
from wracaj.settings.experiments import Decided, Experiment
from wracaj.settings.reading import parse_settings
from wracaj.settings.shop import ShopSettings
from wracaj.text.spelling import did_you_mean
from wracaj_cli.answers import AsJson, print_json
from wracaj_cli.experiments import planning
from wracaj_cli.experiments.as_json import shown_as_json
from wracaj_cli.experiments.planning_words import Plan
from wracaj_cli.experiments.showing import look
from wracaj_cli.experiments.tables import as_table
from wracaj_cli.shops.errors import errors_as_sentences
from wracaj_cli.shops.options import Name, ShopLanguage, Stack
from wracaj_cli.shops.registry import Given, get_shop, put_shop
from wracaj_cli.shops.settings_file import read_texts
from wracaj_cli.shops.target import find_target

app = typer.Typer(
    name="experiment",
    help="Whether messages pay, and which timings and texts are better.",
    no_args_is_help=True,
)
Which = Annotated[str, typer.Argument(metavar="EXPERIMENT", help="Its name in the settings")]

EXAMPLE = """\
# Experiments of a shop: a section of its settings. `wracaj experiment plan SHOP FILE` says what
# they can show; then they go into the shop's file, and `wracaj shop put` starts them.
experiments:
  does_it_pay:                            # a holdout: some get no messages, to compare with
    hold_out_percent: 20                  # of 100 shoppers
    # timeline: abandoned_cart            # leave it out: all timelines
    metric: orders                        # or paid, or contribution
    smallest_lift: 1                      # worth knowing: 1 more order for 100 shoppers
    begins: 2026-12-01                    # in the shop's time zone
    ends: 2027-03-01
    people: 10000                         # as `plan` says
  two_hours:                              # a test of one timeline
    timeline: abandoned_cart
    smallest_lift: 1
    begins: 2026-12-01                    # in the shop's time zone
    ends: 2027-03-01
    people: 10000
    arms:
      three_hours: { share_percent: 50 }  # the first one changes nothing
      two_hours: { share_percent: 50, timings: { first_email_after_hours: 2 } }
      # other_text: { share_percent: 50, templates: { first_email: cart_reminder_short } }
"""


class UnknownExperimentError(WracajError):
    """The shop has no experiment of this name."""


@app.command()
def example() -> None:
    """Print the section of a shop's settings to start from."""
    typer.echo(EXAMPLE, nl=False)


@app.command()
def plan(
    name: Name,
    file: Annotated[
        Path, typer.Argument(help="Its settings with the new experiments, or only these; YAML")
    ],
    people: Annotated[
        float | None,
        typer.Option(
            "--people-a-week", min=1, help="Who would enter; without it, as in the last four weeks"
        ),
    ] = None,
    orders_percent: Annotated[
        float | None,
        typer.Option(
            "--orders-percent", min=0.1, max=99, help="Of them order; without it, as seen, or 10"
        ),
    ] = None,
    order_value: Annotated[
        float | None,
        typer.Option("--order-value", min=0.01, help="Of one order, without tax, for money"),
    ] = None,
    locale: ShopLanguage = None,
    stack: Stack = None,
) -> None:
    """Say what experiments can show in 4, 12 and 26 weeks, before they start."""
    with errors_as_sentences(stores=False):
        target = find_target(stack)
        shop = get_shop(target, name).settings
        for title, one in _read(file, shop).items():
            if one.metric != "orders" and order_value is None:
                raise SettingsError(
                    [("--order-value", f"is needed for {title}, whose metric is {one.metric}")]
                )
            pace = planning.Pace(
                people or planning.people_a_week(target, shop, one),
                orders_percent or planning.orders_percent(target.store(), shop),
                planning.value_of_an_order(one, order_value or 0, shop),
            )
            to = locale or shop.locale
            Console().print(Plan(title, one, pace, shop.main_currency, to).as_table())


def _read(file: Path, shop: ShopSettings) -> dict[str, Experiment]:
    """Return the experiments in the file. Raises SettingsError."""
    texts = read_texts(file)
    if not isinstance(texts, dict) or "experiments" not in texts:
        raise SettingsError(
            [(str(file), "has no `experiments`; `wracaj experiment example` prints some")]
        )
    own = shop.model_dump(mode="json", exclude_defaults=True)
    return dict(parse_settings(own | {"experiments": texts["experiments"]}).experiments)


@app.command()
def show(
    name: Name,
    which: Annotated[
        str | None, typer.Argument(metavar="[EXPERIMENT]", help="Its name; without it, all")
    ] = None,
    locale: ShopLanguage = None,
    as_json: AsJson = False,
    stack: Stack = None,
) -> None:
    """Say what the experiments of a shop show so far."""
    with errors_as_sentences():
        target = find_target(stack)
        shop, now = get_shop(target, name).settings, target.now()
        names = [_known(shop, which)] if which else list(shop.experiments)
        shown = [look(target.store(), shop, one, now) for one in names]
    if as_json:
        return print_json([shown_as_json(one, now) for one in shown])
    if not shown:
        return typer.echo("There is none yet; `wracaj experiment example` prints some.")
    for one in shown:
        Console().print(as_table(one, shop, now, locale or shop.locale))
    return None


@app.command()
def end(
    name: Name,
    which: Which,
    what: Annotated[str, typer.Option("--what", help="What was decided")],
    why: Annotated[str, typer.Option("--why", help="Why")],
    stack: Stack = None,
) -> None:
    """End an experiment: from now on all shoppers get what the settings say. Arms hold for the rest
    of timelines that run."""
    with errors_as_sentences():
        target = find_target(stack)
        shop = get_shop(target, name).settings
        one = shop.experiments[_known(shop, which)]
        if one.decided:
            raise SettingsError([(which, f"was ended already: {one.decided.what}")])
        told = shop.model_dump(mode="json", exclude_defaults=True)
        decided = Decided.model_validate({"at": target.now(), "what": what, "why": why})
        told["experiments"][which]["decided"] = decided.model_dump(mode="json")
        put_shop(target, parse_settings(told), Given())
    typer.echo(
        f"{which} is ended: {what}. The functions take it over within 5 minutes. To keep an arm,"
        " write its numbers and templates into the settings or the timeline."
    )


def _known(shop: ShopSettings, which: str) -> str:
    if which in shop.experiments:
        return which
    there = ", ".join(shop.experiments) or "none yet"
    meant = did_you_mean(which, shop.experiments) or f"; there are: {there}"
    raise UnknownExperimentError(f"There is no experiment {which!r} in {shop.shop!r}{meant}")
