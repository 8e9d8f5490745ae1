"""What is known of one shopper. This module does not know how it is stored, or how shoppers are
identified."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from wracaj.carts.cart import Cart
from wracaj.consent.channel import Channel
from wracaj.customers.data_export import KnownConsent, KnownOrder
from wracaj.discounts.code import DiscountCode
from wracaj.events import Contact
from wracaj.experiments.arms import Entry
from wracaj.store.delivery_events import Mark
from wracaj.timelines.occasion import Occasion


@dataclass(frozen=True)
class CartStory:
    """A cart or an occasion, with the outcome of each of its messages."""

    cart: Cart | Occasion
    # step → delivery event of its message → time
    became: Mapping[str, Mapping[Mark, str]]


@dataclass(frozen=True)
class AddressStory:
    """An address, and whether it is suppressed."""

    channel: Channel
    address: str
    suppressed: str | None  # the reason, or None if it is not suppressed


@dataclass(frozen=True)
class CodeStory:
    voucher: DiscountCode
    given_for: str  # the step of a cart's timeline, or the programme's reason for the code
    cart_id: str | None
    given_at: datetime


@dataclass(frozen=True)
class PointsStory:
    points: int
    tier: str | None


@dataclass(frozen=True)
class ShopperStory:
    shop: str
    id: str
    contact: Contact
    erased_at: datetime | None = None
    pace: str | None = None  # the shopper's own limit on how often messages come
    declined: tuple[str, ...] = ()  # topics that the shopper declined
    addresses: tuple[AddressStory, ...] = ()
    consents: tuple[KnownConsent, ...] = ()  # the newest first
    carts: tuple[CartStory, ...] = ()  # the newest first
    codes: tuple[CodeStory, ...] = ()  # the newest first
    orders: tuple[KnownOrder, ...] = ()  # the newest first
    points: PointsStory | None = None  # None: the shop has no loyalty programme
    left_out: int = 0  # number of older carts that are not in `carts`
    arms: Mapping[str, Entry] = field(default_factory=dict)  # experiment → the entry

    @property
    def is_of_somebody(self) -> bool:
        """Whether there is more than consents for an address: a cart, an order, a code or
        points."""
        return bool(self.carts or self.codes or self.orders or (self.points and self.points.points))
