"""Records clicks on links in messages. Requests by scanners do not count."""

from typing import Any

from wracaj.aws.observability import count, logger
from wracaj.clock import now
from wracaj.messages.links import Purpose
from wracaj.orders.credits import Click
from wracaj.pages.scanners import is_scanner
from wracaj.store import open_store
from wracaj.store.message_links import LinkTarget

OF_A_MESSAGE = ("cart_id", "episode", "timeline", "step")


def note_opening(target: LinkTarget, link: Purpose, event: dict[str, Any]) -> None:
    """Record a click for a GET request by a person. An error is only logged, because the shopper
    must reach the page in any case."""
    method = event["requestContext"]["http"]["method"]
    if method != "GET" or is_scanner(method, event.get("headers") or {}):
        return
    store, at = open_store(), now()
    try:
        if store.clicks.opened(target, link, at):
            count("LinkClicked")
            click = Click(at=at, **{name: getattr(target, name) for name in OF_A_MESSAGE})
            store.customers.amend_one(
                target.shop, target.address, lambda known: known.clicked(click)
            )
    except Exception as error:
        logger.error("click not recorded", extra={"error": type(error).__name__})
