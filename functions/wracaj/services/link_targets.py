"""Finds the message that a link belongs to."""

from wracaj.aws.link_secret import link_keys
from wracaj.aws.shop_config import load_settings
from wracaj.clock import now
from wracaj.messages.links import ExpiredLinkError, Purpose
from wracaj.settings.shop import ShopSettings
from wracaj.store import open_store
from wracaj.store.message_links import LinkTarget


def target_of(purpose: Purpose, token: str) -> LinkTarget:
    """Raises LinkError if the link is not ours, and ExpiredLinkError if it has expired or its
    record is gone."""
    target = open_store().message_links.target(link_keys().read(purpose, token, now()))
    if target is None:
        raise ExpiredLinkError("the message that this link stood in is long gone")
    return target


def shop_of(expired: ExpiredLinkError) -> ShopSettings | None:
    """Return the settings of the shop that an expired link belongs to, for its name on the page.
    None if the link's record is gone or cannot be read."""
    try:
        target = (
            open_store().message_links.target(expired.message_id) if expired.message_id else None
        )
        return load_settings(target.shop) if target else None
    except Exception:  # the page works without the shop's name
        return None
