"""A link of a message is opened: what a person did is counted, what a scanner did is not."""

from typing import Any

from wracaj.aws.observability import count, logger
from wracaj.clock import now
from wracaj.messages.links import Purpose
from wracaj.pages.scanners import is_scanner
from wracaj.store import open_store
from wracaj.store.step_records import LinkTarget


def note_opening(target: LinkTarget, link: Purpose, event: dict[str, Any]) -> None:
    """Of a GET. Never stands in the way: a figure is not worth a shopper's way back."""
    method = event["requestContext"]["http"]["method"]
    if method != "GET" or is_scanner(method, event.get("headers") or {}):
        return
    try:
        if open_store().clicks.opened(target, link, now()):
            count("LinkClicked")
    except Exception as error:
        logger.error("click not recorded", extra={"error": type(error).__name__})
