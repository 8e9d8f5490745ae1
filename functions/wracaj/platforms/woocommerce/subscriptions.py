"""Webhooks of a WooCommerce shop, by the REST API. WooCommerce switches off a webhook that failed
on its last deliveries: its status is then `disabled`."""

import json
from collections.abc import Sequence
from typing import Any

from wracaj.errors import ShopBusyError, ShopRefusalError
from wracaj.platforms import Subscription
from wracaj.platforms.api_calls import Calls
from wracaj.platforms.woocommerce.changes import is_readable
from wracaj.platforms.woocommerce.rest import RestError, read, signed_in
from wracaj.platforms.woocommerce.rest import address as address_of
from wracaj.platforms.woocommerce.webhooks import TOPICS
from wracaj.settings.shop import Shop

__all__ = ["existing", "is_readable", "mend", "subscribe", "wanted"]

MOST_LISTED = 100  # the API allows no more on a page


def wanted(shop: Shop) -> tuple[str, ...]:  # noqa: ARG001
    return TOPICS


def existing(shop: Shop, calls: Calls) -> list[Subscription]:
    found: list[Subscription] = []
    for page in range(1, 50):
        path = f"/webhooks?per_page={MOST_LISTED}&page={page}"
        listed = _asked(shop, "GET", path, None, calls)
        if not isinstance(listed, list):
            raise ShopBusyError("the shop's list of webhooks is none")
        found += [_subscription(one) for one in listed if isinstance(one, dict)]
        if len(listed) < MOST_LISTED:
            break
    return found


def _subscription(told: dict[str, Any]) -> Subscription:
    status = str(told.get("status"))
    delivers = status == "active"
    topic, leads_to = str(told.get("topic")), str(told.get("delivery_url"))
    return Subscription(topic, leads_to, "on" if delivers else status, delivers, str(told["id"]))


def subscribe(shop: Shop, topics: Sequence[str], address: str, calls: Calls) -> None:
    for topic in topics:
        webhook = {
            "name": f"Wracaj {topic}",
            "topic": topic,
            "delivery_url": address,
            "secret": shop.secrets.webhook_secrets[0],
            "status": "active",
        }
        _asked(shop, "POST", "/webhooks", webhook, calls)


def mend(shop: Shop, dead: Sequence[Subscription], calls: Calls) -> None:
    for one in dead:
        again = {"status": "active", "secret": shop.secrets.webhook_secrets[0]}
        _asked(shop, "PUT", f"/webhooks/{one.id}", again, calls)


def _asked(shop: Shop, method: str, path: str, told: dict[str, Any] | None, calls: Calls) -> Any:
    body = json.dumps(told).encode() if told else b""
    try:
        return read(calls.ask(method, address_of(shop.settings, path), signed_in(shop), body))
    except RestError as error:
        raise (ShopBusyError if error.may_pass else ShopRefusalError)(str(error)) from None
