"""What the link in a message stands for."""

from wracaj.aws.shop_config import link_key, load_settings
from wracaj.clock import now
from wracaj.messages.links import ExpiredLinkError, Purpose, read_token
from wracaj.settings.shop import ShopSettings
from wracaj.store import open_store
from wracaj.store.step_records import LinkTarget


def target_of(purpose: Purpose, token: str) -> LinkTarget:
    """Raises LinkError for a link that is not ours, ExpiredLinkError for an old one."""
    target = open_store().step_records.link_target(read_token(link_key(), purpose, token, now()))
    if target is None:
        raise ExpiredLinkError("the message that this link stood in is long gone")
    return target


def shop_of(expired: ExpiredLinkError) -> ShopSettings | None:
    """Whose link it was: the page that says so carries its name. None where that is forgotten, or
    cannot be read now."""
    try:
        target = (
            open_store().step_records.link_target(expired.message_id)
            if expired.message_id
            else None
        )
        return load_settings(target.shop) if target else None
    except Exception:  # a name on a page is not worth a fault
        return None
