"""Where the link of a message leads back to."""

from wracaj.clock import now
from wracaj.settings.shop import ShopSettings
from wracaj.store import open_store
from wracaj.store.message_links import LinkTarget
from wracaj.timelines.subject import Subject


def way_back_of(target: LinkTarget, shop: ShopSettings) -> str:
    """Return the cart's own page, only on hosts that the settings allow. Where the platform's links
    can hold a code, the message's own is in it. For a cart that no longer exists, return the shop's
    front page."""
    from wracaj.platforms import code_adder  # imported here: other pages need no platform

    add_code, carts = code_adder(shop.platform), open_store().carts
    read = carts.get_with_records if add_code else carts.subject
    cart = read(target.shop, target.cart_id)
    url = cart.content.recovery_url if cart else None
    if cart is None or not url or not shop.allows_recovery_to(url):
        return shop.url
    code = _code_in(cart, target) if add_code else None
    return add_code(url, code) if add_code and code else url


def _code_in(cart: Subject, target: LinkTarget) -> str | None:
    """Return the code that this message gave, while it is valid."""
    record = cart.record(target.episode, target.step)
    told = record.code_told if record else None
    return told.code if told and told.expires_at > now() else None
