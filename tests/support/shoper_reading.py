"""Shoper's webhooks and API as one shop reads them."""

from dataclasses import replace
from typing import Any

from support import shoper_bodies as a
from support.shoper_shop import ShoperShop
from support.webhook_bodies import NOW, a_request, raw, settings_of
from wracaj.consent.consent import ConsentState
from wracaj.events import ConsentChanged, Event
from wracaj.platforms import Parsed, ToRead, WebhookRequest
from wracaj.platforms.shoper import webhooks as shoper
from wracaj.platforms.shoper.api import Api
from wracaj.platforms.shoper.api_reader import ApiReader
from wracaj.settings.shop import Shop, ShopSecrets, ShopSettings

SETTINGS = settings_of("shoper")


def signed(topic: str, body: Any, secret: str = a.SECRET) -> WebhookRequest:
    sent = body if isinstance(body, bytes) else raw(body)
    request = a_request(sent, shoper.sign(topic, sent, SETTINGS, secret, NOW))
    return replace(request, address_token=a.TOKEN)


def parsed(topic: str, body: Any) -> Parsed:
    return shoper.parse(signed(topic, body), SETTINGS)


def a_shop(url: str, **section: Any) -> Shop:
    settings: ShopSettings = settings_of("shoper", shoper={"api_url": url, **section})
    secrets = ShopSecrets(
        webhook_secrets=(a.SECRET,), address_tokens=(a.TOKEN,), api_token=a.API_TOKEN
    )
    return Shop(settings=settings, secrets=secrets)


def a_reader(shop: ShoperShop, **section: Any) -> ApiReader:
    ours = a_shop(shop.url, **section)
    return ApiReader(ours, Api.of(ours))


def read_order(shop: ShoperShop, topic: str = "order.create", **section: Any) -> Parsed:
    return a_reader(shop, **section).read(ToRead("order", "112", topic), NOW)


def consents(events: Any) -> list[tuple[ConsentState, str | None, str | None]]:
    """The state, account and e-mail of each."""
    assert isinstance(events, tuple)
    changes = [event for event in events if isinstance(event, ConsentChanged)]
    return [(e.consent.state, e.contact.platform_id, e.contact.email) for e in changes]


def of_kind(events: Any, kind: type[Event]) -> list[Any]:
    assert isinstance(events, tuple), events
    return [event for event in events if isinstance(event, kind)]
