"""Records clicks on links in messages. Requests by scanners do not count."""

from datetime import datetime
from typing import Any

from wracaj.archive.rows import Row, RowKind
from wracaj.aws.archive_queue import note
from wracaj.aws.observability import count, logger
from wracaj.clock import now
from wracaj.messages.links import Purpose
from wracaj.orders.credits import Click
from wracaj.pages.scanners import is_scanner
from wracaj.store import Store, open_store
from wracaj.store.message_links import LinkTarget


def note_opening(target: LinkTarget, link: Purpose, event: dict[str, Any]) -> None:
    """Record a click for a GET request by a person. An error is only logged, because the shopper
    must reach the page in any case."""
    method = event["requestContext"]["http"]["method"]
    if method != "GET" or is_scanner(method, event.get("headers") or {}):
        return
    try:
        if record_opening(open_store(), target, link, now()):
            count("LinkClicked")
    except Exception as error:
        logger.error("click not recorded", extra={"error": type(error).__name__})


def record_opening(store: Store, target: LinkTarget, link: Purpose, at: datetime) -> bool:
    """Record that a link was opened, and return whether it counts as a click by now. An order of
    the next five days is credited to the message of the last click."""
    if not store.clicks.opened(target, link, at):
        return False
    click = Click(at=at, **target.message)
    store.customers.amend_one(target.shop, target.address, lambda known: known.clicked(click))
    note(Row(RowKind.CLICK, target.shop, at, target.message | {"address": target.address}))
    return True
