"""Records clicks on links in messages. Requests by scanners do not count."""

from typing import Any

from wracaj.aws.observability import count, logger
from wracaj.clock import now
from wracaj.messages.links import Purpose
from wracaj.pages.scanners import is_scanner
from wracaj.store import open_store
from wracaj.store.message_links import LinkTarget


def note_opening(target: LinkTarget, link: Purpose, event: dict[str, Any]) -> None:
    """Record a click for a GET request by a person. An error is only logged, because the shopper
    must reach the page in any case."""
    method = event["requestContext"]["http"]["method"]
    if method != "GET" or is_scanner(method, event.get("headers") or {}):
        return
    try:
        if open_store().clicks.opened(target, link, now()):
            count("LinkClicked")
    except Exception as error:
        logger.error("click not recorded", extra={"error": type(error).__name__})
