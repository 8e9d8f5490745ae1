"""`wracaj shop key`: the one line that a shop's owner pastes into the plugin of their shop."""

import base64
import json
from collections.abc import Mapping
from pathlib import Path

import typer

from wracaj.clock import real_now
from wracaj.errors import SettingsError
from wracaj.settings.shop import Shop
from wracaj_cli.local import stack_file
from wracaj_cli.shops import registry
from wracaj_cli.shops.errors import errors_as_sentences
from wracaj_cli.shops.options import Name, Stack
from wracaj_cli.shops.post import webhook_url
from wracaj_cli.shops.target import Target, find_target

PREFIX = "wracaj1."  # the number grows when what is inside changes


def print_key(name: Name, stack: Stack = None) -> None:
    """Print the key that connects the plugin in the shop: its address, name and secret in one
    line."""
    with errors_as_sentences(stores=False):
        target = find_target(stack)
        line = key_of(registry.get_shop(target, name), target)
    typer.echo(line)
    typer.echo(
        "Paste this line into the plugin's settings in the shop. It holds the webhook secret: do"
        " not mail it.",
        err=True,
    )


def key_of(shop: Shop, target: Target) -> str:
    """Return the key. Raises SettingsError if plugins do not speak for this platform."""
    if shop.settings.platform != "generic":
        mend = (
            f"is {shop.settings.platform!r}; the plugins report to a shop with `platform: generic`."
            f" `wracaj shop webhooks {shop.id}` shows how this one is connected"
        )
        raise SettingsError([("platform", mend)])
    secret = shop.secrets.webhook_secrets[0]
    clock = _clock(target.home, target) if target.home else None
    return key_line(webhook_url(target.api_url, shop), shop.id, secret, clock)


def key_line(webhook: str, shop: str, secret: str, clock: Mapping[str, float] | None = None) -> str:
    """The prefix, and the base64url of a JSON object without padding."""
    held = {"webhook": webhook, "shop": shop, "secret": secret} | (
        {"clock": dict(clock)} if clock else {}
    )
    return PREFIX + base64.urlsafe_b64encode(json.dumps(held).encode()).decode().rstrip("=")


def _clock(home: Path, target: Target) -> Mapping[str, float]:
    """The local stack's clock, whose time the shop's events must have: what it shows, when, and how
    fast it runs."""
    return {
        "real": real_now().timestamp(),
        "shows": target.now().timestamp(),
        "speed": stack_file.info(home).clock.speed,
    }
