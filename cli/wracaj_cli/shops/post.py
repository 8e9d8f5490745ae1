"""Sends a webhook as the shop would."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

from wracaj.platforms import platform
from wracaj.settings.shop import Shop
from wracaj.webhooks.address_tokens import PARAMETER


@dataclass(frozen=True)
class Answer:
    status: int
    body: dict[str, Any]


def webhook_url(api_url: str, shop: Shop) -> str:
    """Return the address, with its token where the platform needs one."""
    tokens = shop.secrets.address_tokens[:1]
    query = "".join(f"?{PARAMETER}={quote(token)}" for token in tokens)
    return f"{api_url.rstrip('/')}/webhooks/{shop.settings.platform}/{shop.id}{query}"


def post_webhook(
    api_url: str, shop: Shop, topic: str, body: dict[str, Any], *, secret: str | None = None
) -> Answer:
    """Send a webhook with a signature by the shop's current secret. The signature uses real time,
    because it protects the transport only."""
    raw = json.dumps(body, ensure_ascii=False).encode()
    key = secret or shop.secrets.webhook_secrets[0]
    headers = platform(shop.settings.platform).sign(
        topic, raw, shop.settings, key, datetime.now(UTC)
    )
    return post_raw(webhook_url(api_url, shop), raw, headers)


def opener_for(url: str) -> urllib.request.OpenerDirector:
    """Return an opener. For the local stack, it uses no proxy."""
    is_local = urlsplit(url).hostname in {"127.0.0.1", "localhost"}
    return urllib.request.build_opener(*([urllib.request.ProxyHandler({})] if is_local else []))


def post_raw(url: str, raw: bytes, headers: dict[str, str]) -> Answer:
    request = urllib.request.Request(
        url, raw, {"content-type": "application/json", **headers}, method="POST"
    )
    try:
        with opener_for(url).open(request, timeout=30) as response:
            return Answer(response.status, _parsed(response.read()))
    except urllib.error.HTTPError as error:
        return Answer(error.code, _parsed(error.read()))


def _parsed(raw: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(raw)
    except ValueError:
        return {"detail": raw.decode(errors="replace")[:500]}
    return parsed if isinstance(parsed, dict) else {"detail": parsed}
