"""What a step needs from outside."""

from collections.abc import Callable
from dataclasses import dataclass

from wracaj.channels import ChannelModule
from wracaj.consent.consent import Channel
from wracaj.discounts.code import DiscountCode
from wracaj.settings.shop import Shop
from wracaj.store import Store

# gives the voucher as it was created: a pool has its own codes
CreateDiscount = Callable[[Shop, DiscountCode, str], DiscountCode]


@dataclass(frozen=True)
class Dependencies:
    """`channels`: the module of a channel. `link_key`: signs the links in messages, below
    `public_url`."""

    store: Store
    channels: Callable[[Channel], ChannelModule]
    create_discount: CreateDiscount
    link_key: bytes
    public_url: str
    switched_on: bool
