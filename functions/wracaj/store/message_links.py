"""What a link in a message leads to: `LINK#{message}` / `LINK`. Written with the claim."""

import hashlib
from datetime import datetime
from typing import Any

from wracaj.events import Frozen
from wracaj.store.table import Item, Table, expiry

LINKS_WORK_DAYS = 180


OF_A_MESSAGE = ("cart_id", "episode", "timeline", "step")


class LinkTarget(Frozen):
    """The message that a link belongs to."""

    shop: str
    cart_id: str
    episode: int
    step: str
    channel: str
    customer_id: str  # the identifier of the cart's owner
    address: str  # the identifier of the address that the message went to
    timeline: str = "abandoned_cart"

    @property
    def message(self) -> dict[str, Any]:
        """What tells one message of a shop from the others."""
        return {name: getattr(self, name) for name in OF_A_MESSAGE}


class MessageLinks:
    def __init__(self, table: Table) -> None:
        self.table = table

    def target(self, message: str) -> LinkTarget | None:
        item = self.table.get(link_key(message))
        return (
            LinkTarget.model_validate(
                {name: item[name] for name in LinkTarget.model_fields if name in item}
            )
            if item
            else None
        )


def message_id(shop: str, cart_id: str, episode: int, step: str) -> str:
    """Return 20 hex digits, the same for each try of the same step."""
    return hashlib.sha256("\0".join((shop, cart_id, str(episode), step)).encode()).hexdigest()[:20]


def link_item(target: LinkTarget, message: str, sent_at: datetime) -> Item:
    expires_at = expiry(sent_at, LINKS_WORK_DAYS)
    return link_key(message) | target.model_dump() | {"expires_at": expires_at}


def link_key(message: str) -> dict[str, str]:
    return {"PK": f"LINK#{message}", "SK": "LINK"}
