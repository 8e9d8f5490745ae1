"""Turns Meta's report of a page's conversations into what each shopper did, and when. A message's
text is checked for an opt-out and is never stored.

https://developers.facebook.com/docs/messenger-platform/webhooks
"""

import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from wracaj.events import Frozen
from wracaj.external_ids import is_external_id

STOPS = frozenset({"stop", "koniec", "rezygnuje", "unsubscribe"})
FIRST_MILLISECONDS = 10**11  # the same number as seconds would be in the year 5138
CLOCKS_DIFFER = timedelta(minutes=5)


class Said(Frozen):
    """One action of a shopper. `shopper` is Meta's id of the shopper for this page."""

    shopper: str
    at: datetime
    cart_id: str | None = None  # the cart id in the link that opened Messenger
    stops: bool = False


def said_in(body: Any, page_id: str, now: datetime) -> list[Said]:
    """The shoppers' messages and clicks, oldest first. Echoes, receipts and other pages are
    skipped."""
    found = [said for event in _events(body, page_id) if (said := _said(event, now))]
    return sorted(found, key=lambda said: said.at)


def _events(body: Any, page_id: str) -> Iterator[dict[str, Any]]:
    if not isinstance(body, dict) or body.get("object") != "page":
        return
    for entry in _list(body, "entry"):
        if str(entry.get("id")) == page_id:
            yield from _list(entry, "messaging")


def _list(held: dict[str, Any], name: str) -> Iterator[dict[str, Any]]:
    value = held.get(name)
    yield from (one for one in value if isinstance(one, dict)) if isinstance(value, list) else ()


def _said(event: dict[str, Any], now: datetime) -> Said | None:
    shopper, at = _text(_dict(event, "sender").get("id")), _moment(event.get("timestamp"), now)
    message, postback, optin = (
        _dict(event, "message"),
        _dict(event, "postback"),
        _dict(event, "optin"),
    )
    referral = _dict(event, "referral") or _dict(message, "referral") or _dict(postback, "referral")
    is_theirs = (message and not message.get("is_echo")) or postback or referral or optin.get("ref")
    if not (shopper and at and is_theirs):
        return None
    return Said(
        shopper=shopper,
        at=at,
        cart_id=_text(referral.get("ref") or optin.get("ref")),
        stops=is_stop(message.get("text")),
    )


def is_stop(text: object) -> bool:
    """Whether the whole message is a stop word, with or without diacritics and punctuation around
    it."""
    if not isinstance(text, str) or len(text) > 40:
        return False
    plain = "".join(
        sign
        for sign in unicodedata.normalize("NFKD", text.casefold())
        if not unicodedata.combining(sign)
    )
    return plain.strip(" \t\r\n.,!?\"'„”“…") in STOPS


def _dict(held: dict[str, Any], name: str) -> dict[str, Any]:
    value = held.get(name)
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and is_external_id(value) else None


def _moment(value: object, now: datetime) -> datetime | None:
    """Read Meta's timestamp: milliseconds, as text in some events. Meta's examples also have
    seconds.

    A time in the future is not accepted, because it would keep the Messenger window open for
    longer.
    """
    try:
        number = int(str(value))
        at = datetime.fromtimestamp(number / (1000 if number >= FIRST_MILLISECONDS else 1), UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return min(at, now) if at <= now + CLOCKS_DIFFER else None
