"""Webhooks of a Shoper shop, by its API. One that is not active delivers nothing. Shoper shows no
secret of a webhook that exists."""

import json
from collections.abc import Sequence
from functools import partial

from wracaj.errors import ShopRefusalError
from wracaj.outgoing.http import Answer
from wracaj.platforms import Subscription
from wracaj.platforms.api_calls import Calls
from wracaj.platforms.shoper.api import Api, Resource
from wracaj.platforms.shoper.changes import asking, is_readable
from wracaj.platforms.shoper.webhooks import TOPICS
from wracaj.settings.shop import Shop

__all__ = ["existing", "is_readable", "mend", "subscribe", "wanted"]

JSON_BODY = 0  # `format`
_ON = (1, "1", True)


def wanted(shop: Shop) -> tuple[str, ...]:  # noqa: ARG001
    return TOPICS


def existing(shop: Shop, calls: Calls) -> list[Subscription]:
    """A webhook may have several events."""
    return [
        _subscription(entry, str(event))
        for entry in Api.of(shop, partial(asking, calls)).each("webhooks")
        for event in entry.get("events") or ()
    ]


def _subscription(entry: Resource, event: str) -> Subscription:
    is_on = entry.get("active") in _ON
    state = "on" if is_on else "not active"
    return Subscription(event, str(entry.get("url")), state, is_on, str(entry.get("webhook_id")))


def subscribe(shop: Shop, topics: Sequence[str], address: str, calls: Calls) -> None:
    """One webhook for all topics that are missing."""
    if topics:
        told = {
            "url": address,
            "active": 1,
            "events": list(topics),
            "format": JSON_BODY,
            "secret": shop.secrets.webhook_secrets[0],
        }
        _write(shop, "POST", "webhooks", told, calls)


def mend(shop: Shop, dead: Sequence[Subscription], calls: Calls) -> None:
    for id_ in dict.fromkeys(one.id for one in dead):
        _write(shop, "PUT", f"webhooks/{id_}", {"active": 1}, calls)


def _write(shop: Shop, method: str, path: str, told: Resource, calls: Calls) -> None:
    api = Api.of(shop)
    headers = {
        "Authorization": f"Bearer {api.token}",
        "Accept": "application/json",
        "Content-Type": "application/json",
    }
    body = json.dumps(told).encode()
    _refuse(calls.ask(method, f"{api.base}/{path}", headers, body))


def _refuse(answer: Answer) -> None:
    if answer.status not in (200, 201, 204):
        raise ShopRefusalError(
            f"the shop's API refused to change its webhooks ({answer.status}): give the token that"
            " right in the shop's panel, or make them there"
        )
