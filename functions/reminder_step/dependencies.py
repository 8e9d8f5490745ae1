"""What a step needs from outside: store, channels, clock and keys."""

from collections.abc import Callable
from dataclasses import dataclass

from wracaj.channels import ChannelModule
from wracaj.consent.channel import Channel
from wracaj.discounts.code import DiscountCode
from wracaj.settings.shop import Shop
from wracaj.store import Store

# Returns the code as it was created: a shop with a pool of codes answers with one of its own.
CreateDiscount = Callable[[Shop, DiscountCode, str], DiscountCode]


@dataclass(frozen=True)
class Dependencies:
    """`channels` loads the module of a channel. `link_key` signs the links in messages; the links
    start with `public_url`."""

    store: Store
    channels: Callable[[Channel], ChannelModule]
    create_discount: CreateDiscount
    link_key: bytes
    public_url: str
    switched_on: bool
