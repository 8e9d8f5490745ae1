"""`wracaj shop put | show | webhooks | key | test-event | cart | codes | example`."""

import os
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from wracaj.errors import SettingsError, WracajError
from wracaj.platforms import platform, subscriptions
from wracaj.settings.shop import Shop
from wracaj.text.spelling import did_you_mean
from wracaj_cli.answers import AsJson, print_json
from wracaj_cli.counted import counted
from wracaj_cli.shops import (
    free_delivery,
    meta_setup,
    pool_of_codes,
    recent_webhooks,
    registry,
    settings_file,
    suppressions,
    woocommerce_setup,
)
from wracaj_cli.shops.cart_json import cart_as_json
from wracaj_cli.shops.cart_story import as_tables
from wracaj_cli.shops.codes_file import read_codes
from wracaj_cli.shops.errors import errors_as_sentences
from wracaj_cli.shops.missing import missing_for
from wracaj_cli.shops.options import Language, Name, Stack
from wracaj_cli.shops.own_experiments import refuse_wrong_arms, without_effect
from wracaj_cli.shops.own_timings import refuse_wrong_timings, unknown_timings
from wracaj_cli.shops.plugin_key import print_key
from wracaj_cli.shops.post import webhook_url
from wracaj_cli.shops.reconciling import reconcile
from wracaj_cli.shops.removing import list_shops, remove
from wracaj_cli.shops.storefront import snippet_of
from wracaj_cli.shops.subscribing import subscribe
from wracaj_cli.shops.target import Target, find_target
from wracaj_cli.shops.trying import test_event

app = typer.Typer(
    name="shop",
    help="Shops: settings, webhooks, a test event, discount codes.",
    no_args_is_help=True,
)
app.command("list")(list_shops)
app.command("remove")(remove)
app.command("test-event")(test_event)
app.command("subscribe")(subscribe)
app.command("reconcile")(reconcile)
app.command("key")(print_key)

WEBHOOK_SECRET = "WRACAJ_WEBHOOK_SECRET"  # noqa: S105
# WRACAJ_API_TOKEN, WRACAJ_PAGE_TOKEN, …
OTHER_SECRETS = {name: f"WRACAJ_{name.upper()}" for name in registry.KEPT}


class UnknownCartError(WracajError):
    """There is no such cart."""


@app.command()
def example(
    on: Annotated[
        str, typer.Argument(metavar="PLATFORM", help=" or ".join(settings_file.EXAMPLES))
    ] = "generic",
) -> None:
    """Print a settings file to start from."""
    if on not in settings_file.EXAMPLES:
        meant = did_you_mean(on, settings_file.EXAMPLES)
        typer.echo(
            f"There is no platform {on!r}; there are"
            f" {', '.join(settings_file.EXAMPLES)}{meant or '.'}",
            err=True,
        )
        raise typer.Exit(1)
    typer.echo(settings_file.example(on), nl=False)


@app.command()
def put(
    file: Annotated[Path, typer.Argument(help="The shop's settings, YAML")],
    new_secret: Annotated[
        bool,
        typer.Option("--new-secret", help="Change the webhook secret; the old one goes on working"),
    ] = False,
    forget_old: Annotated[
        bool,
        typer.Option(
            "--forget-old-secret", help="Only the newest webhook secret counts from now on"
        ),
    ] = False,
    stack: Stack = None,
) -> None:
    """Check a shop's settings and store them. Secrets come from WRACAJ_WEBHOOK_SECRET and
    WRACAJ_API_TOKEN; WooCommerce's key from WRACAJ_CONSUMER_KEY and WRACAJ_CONSUMER_SECRET; those
    for Meta from WRACAJ_PAGE_TOKEN, WRACAJ_APP_SECRET, WRACAJ_VERIFY_TOKEN and WRACAJ_ADS_TOKEN."""
    with errors_as_sentences():
        settings = settings_file.read_settings(file)
        refuse_wrong_timings(settings)
        refuse_wrong_arms(settings)
        target = find_target(stack)
        makes_it = settings.platform in registry.MAKES_SECRET
        secret = _given(WEBHOOK_SECRET) or (
            registry.generate_secret(settings.platform) if new_secret and makes_it else None
        )
        if new_secret and secret is None:
            message = "must hold the new secret, as the platform shows it"
            raise SettingsError([(WEBHOOK_SECRET, message)])
        before = _known(target, settings.shop)
        others = {name: _given(variable) for name, variable in OTHER_SECRETS.items()}
        given = registry.Given(secret, new_address=new_secret, forget_old=forget_old, **others)
        shop = registry.put_shop(target, settings, given)
    current = shop.secrets.webhook_secrets[0]
    typer.echo(
        f"{shop.settings.name} is stored as {shop.id!r}; the functions take it over within 5"
        " minutes."
    )
    if makes_it and (before is None or before.secrets.webhook_secrets[0] != current):
        typer.echo(f"Its webhook secret, shown only now: {current}")
    for problem in (
        *missing_for(shop),
        *woocommerce_setup.missing(shop),
        *meta_setup.missing(shop),
        *free_delivery.uncounted(shop.settings),
        *without_effect(shop.settings, target.now()),
    ):
        typer.echo(f"Mind: {problem}")
    if shop.settings.platform == "generic":
        typer.echo(f"With a plugin in the shop: `wracaj shop key {shop.id}`")
    typer.echo(f"Next: `wracaj shop webhooks {shop.id}`")


def _given(name: str) -> str | None:
    """Read a value from the environment. A copied value often ends with a line break, which is
    removed."""
    return os.environ.get(name, "").strip() or None


def _known(target: Target, shop: str) -> Shop | None:
    try:
        return registry.get_shop(target, shop)
    except WracajError:
        return None


@app.command()
def show(name: Name, as_json: AsJson = False, stack: Stack = None) -> None:
    """Show a shop's settings, defaults included, and which secrets are there."""
    with errors_as_sentences():
        shop = registry.get_shop(find_target(stack), name)
    if as_json:
        there = {name: bool(getattr(shop.secrets, name)) for name in registry.KEPT}
        secrets = {"webhook_secrets": len(shop.secrets.webhook_secrets), **there}
        print_json({"settings": shop.settings.model_dump(mode="json"), "secrets": secrets})
        return
    typer.echo(settings_file.as_yaml(shop.settings), nl=False)
    count = len(shop.secrets.webhook_secrets)
    there = {
        name.replace("_", " ").replace("api", "API"): getattr(shop.secrets, name)
        for name in registry.KEPT
    }
    others = "; ".join(f"{name}: {'yes' if value else 'no'}" for name, value in there.items())
    typer.echo(f"# webhook secrets: {count}; {others}")
    for key, problem in unknown_timings(shop.settings):
        typer.echo(f"Mind: {key} {problem}. It is ignored.", err=True)


@app.command()
def webhooks(
    name: Name,
    recent: Annotated[
        bool,
        typer.Option(
            "--recent",
            help="Show instead what was wrong with the last ones: refused, or read in part",
        ),
    ] = False,
    as_json: AsJson = False,
    stack: Stack = None,
) -> None:
    """Print the address and the topics to subscribe, ready to paste; with --recent, what was wrong
    with the last webhooks."""
    with errors_as_sentences():
        target = find_target(stack)
        shop = registry.get_shop(target, name)
        found = target.store().webhook_problems.recent(shop.id) if recent else []
    if as_json:
        return print_json(recent_webhooks.as_json(found) if recent else _to_subscribe(target, shop))
    if recent:
        return Console().print(recent_webhooks.shown(found, shop))
    typer.echo(
        f"Address, for every topic, format JSON:\n{webhook_url(target.api_url, shop)}\n\nTopics:"
    )
    for topic in platform(shop.settings.platform).TOPICS:
        typer.echo(topic)
    if shop.settings.platform == "woocommerce":
        typer.echo(f"\n{woocommerce_setup.HOW_TO_SUBSCRIBE}")
    if shop.secrets.address_tokens:
        typer.echo(
            "\nThe token in the address is a secret: paste the address into the shop's panel, and"
            " show it to nobody."
        )
    if subscriptions(shop.settings.platform):
        typer.echo(f"\nOr let the shop's API make them: `wracaj shop subscribe {shop.id}`")
    if shop.settings.messenger:
        typer.echo(f"\n{meta_setup.webhook(target, shop)}")
    typer.echo(
        f"\nNext: `wracaj shop test-event {shop.id} --send-to me@…`, with an address of yours"
    )
    return None


def _to_subscribe(target: Target, shop: Shop) -> dict[str, Any]:
    messenger = {
        "address": meta_setup.messenger_url(target.api_url, shop),
        "fields": list(meta_setup.FIELDS),
    }
    return {
        "address": webhook_url(target.api_url, shop),
        "topics": list(platform(shop.settings.platform).TOPICS),
        "messenger": messenger if shop.settings.messenger else None,
    }


@app.command()
def storefront(name: Name, stack: Stack = None) -> None:
    """Print the line that a shop's pages include to report carts and offer notifications, ready
    to paste."""
    with errors_as_sentences(stores=False):
        target = find_target(stack)
        snippet = snippet_of(registry.get_shop(target, name), target.api_url)
    typer.echo(
        "Copy storefront/wracaj.js and storefront/wracaj-sw.js to the root of the shop's web site,"
        " and include:\n"
    )
    typer.echo(snippet)
    typer.echo("\nWhich cart a page is about, and what else can be set: storefront/README.md")


@app.command(name="cart")
def show_cart(
    name: Name,
    cart_id: Annotated[str, typer.Argument(help="The cart's id, as the shop's webhooks name it")],
    language: Language = "en",
    as_json: AsJson = False,
    stack: Stack = None,
) -> None:
    """Show what became of a cart: which timeline it took and why, and what came of each message."""
    with errors_as_sentences():
        target = find_target(stack)
        shop = registry.get_shop(target, name)
        cart = target.store().carts.get_with_records(shop.id, cart_id)
        if cart is None:
            raise UnknownCartError(
                f"{name!r} reported no cart {cart_id!r}, or it was kept for its"
                f" {shop.settings.keep_days} days"
            )
        became = target.store().delivery_events.of_cart(shop.id, cart_id)
        shopper = target.store().customers.shopper_of(cart)
    arms = shopper.arms if shopper else {}
    if as_json:
        print_json(cart_as_json(cart, shop.settings, became, arms))
    else:
        Console().print(as_tables(cart, shop.settings, became, language, arms))


@app.command(name="suppressions")
def show_suppressions(
    name: Name,
    address: Annotated[str, typer.Argument(help="An e-mail address or a phone number")],
    lift: Annotated[
        bool, typer.Option("--lift", help="Write to it again: you know that it works and is wanted")
    ] = False,
    as_json: AsJson = False,
    stack: Stack = None,
) -> None:
    """Show whether an address is suppressed, and why; with --lift, write to it again."""
    with errors_as_sentences():
        target = find_target(stack)
        contact = suppressions.contact_of(address, registry.get_shop(target, name).settings)
        if lift:
            suppressions.lift(target.store(), name, contact, target.now())
        if as_json:
            found = suppressions.told(target.store(), name, contact)
            print_json([suppressions.as_json(one, contact) for one in found])
            return
        lines = list(suppressions.shown(target.store(), name, contact))
    for line in lines:
        typer.echo(line)
    if lift and contact.email:
        typer.echo(
            "SES keeps a list of its own: aws sesv2 delete-suppressed-destination --email-address"
            f" {contact.email}"
        )


@app.command()
def codes(
    name: Name,
    file: Annotated[
        Path | None,
        typer.Argument(
            help=(
                "One code a line, or a CSV file with a column `code`; made in the shop: single-use,"
                " all of them giving the same. Without it: how many codes are left"
            )
        ),
    ] = None,
    percent: Annotated[
        int | None, typer.Option(min=1, max=100, help="The codes take this much off the whole cart")
    ] = None,
    amount: Annotated[
        str | None, typer.Option(help="The codes take this amount off the whole cart: 20.00")
    ] = None,
    currency: Annotated[str | None, typer.Option(help="Of --amount, such as PLN")] = None,
    gift: Annotated[
        str | None,
        typer.Option(
            metavar="PRODUCT", help="The codes make one piece of this product free; its id"
        ),
    ] = None,
    free_shipping: Annotated[
        bool, typer.Option("--free-shipping", help="The codes make the delivery free")
    ] = False,
    stack: Stack = None,
) -> None:
    """Upload discount codes for `discount: { source: pool }`: of a percent, of an amount, of a
    gift, or of free delivery."""
    with errors_as_sentences():
        if file is None:
            return _tell_pools(name, stack)
        discount = pool_of_codes.discount_given(
            percent, amount, currency, gift, free_shipping=free_shipping
        )
        wanted = read_codes(file)
        target = find_target(stack)
        shop = registry.get_shop(target, name)
        added = target.store().codes.upload(shop.id, discount, wanted.codes)
    told = f"{counted(added, 'code')} for {discount} added."
    typer.echo(f"{told} Known before: {len(wanted.codes) - added}.{wanted.told}")
    if shop.settings.discount.source != "pool":
        typer.echo(f"Mind: {pool_of_codes.NOT_TAKEN}")
    return None


def _tell_pools(name: str, stack: str | None) -> None:
    target = find_target(stack)
    shop = registry.get_shop(target, name)
    for line in pool_of_codes.left(target.store().codes.pools(shop.id), shop.settings):
        typer.echo(line)
