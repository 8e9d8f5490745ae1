"""`wracaj shop key`: the one line that a shop's owner pastes into the plugin of their shop."""

import base64
import json

import typer

from wracaj.errors import SettingsError
from wracaj.settings.shop import Shop
from wracaj_cli.shops import registry
from wracaj_cli.shops.errors import errors_as_sentences
from wracaj_cli.shops.options import Name, Stack
from wracaj_cli.shops.post import webhook_url
from wracaj_cli.shops.target import find_target

PREFIX = "wracaj1."  # the number grows when what is inside changes


def print_key(name: Name, stack: Stack = None) -> None:
    """Print the key that connects the plugin in the shop: its address, name and secret in one
    line."""
    with errors_as_sentences():
        target = find_target(stack)
        line = key_of(registry.get_shop(target, name), target.api_url)
    typer.echo(line)
    typer.echo(
        "Paste this line into the plugin's settings in the shop. It holds the webhook secret: do"
        " not mail it.",
        err=True,
    )


def key_of(shop: Shop, api_url: str) -> str:
    """Return the key. Raises SettingsError if plugins do not speak for this platform."""
    if shop.settings.platform != "generic":
        mend = (
            f"is {shop.settings.platform!r}; the plugins report to a shop with `platform: generic`."
            f" `wracaj shop webhooks {shop.id}` shows how this one is connected"
        )
        raise SettingsError([("platform", mend)])
    return key_line(webhook_url(api_url, shop), shop.id, shop.secrets.webhook_secrets[0])


def key_line(webhook: str, shop: str, secret: str) -> str:
    """The prefix, and the base64url of a JSON object without padding."""
    body = json.dumps({"webhook": webhook, "shop": shop, "secret": secret}).encode()
    return PREFIX + base64.urlsafe_b64encode(body).decode().rstrip("=")
