"""What there is to tell of one shopper. Holds no opinion on where it is stored, or on who is taken
for whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from wracaj.carts.cart import Cart
from wracaj.consent.channel import Channel
from wracaj.customers.data_export import KnownConsent, KnownOrder
from wracaj.discounts.code import DiscountCode
from wracaj.events import Contact
from wracaj.store.delivery_events import Mark
from wracaj.timelines.occasion import Occasion


@dataclass(frozen=True)
class CartStory:
    """A cart, or an occasion, with what came of each of its messages."""

    cart: Cart | Occasion
    # of each step, what providers told of its message, and when
    became: Mapping[str, Mapping[Mark, str]]


@dataclass(frozen=True)
class AddressStory:
    """Whether an address is written to."""

    channel: Channel
    address: str
    suppressed: str | None  # why, or None where it is in use


@dataclass(frozen=True)
class CodeStory:
    voucher: DiscountCode
    given_for: str  # the step of a cart's timeline, or what the programme gave it for
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
    pace: str | None = None  # one message in so long at most, as the shopper asked for
    declined: tuple[str, ...] = ()  # topics that the shopper declined
    addresses: tuple[AddressStory, ...] = ()
    consents: tuple[KnownConsent, ...] = ()  # the newest first
    carts: tuple[CartStory, ...] = ()  # the newest first
    codes: tuple[CodeStory, ...] = ()  # the newest first
    orders: tuple[KnownOrder, ...] = ()  # the newest first
    points: PointsStory | None = None  # None: the shop has no programme
    left_out: int = 0  # older carts that are not told of

    @property
    def is_of_somebody(self) -> bool:
        """More than what was said at an address: somebody filled a cart here, ordered,
        or earned."""
        return bool(self.carts or self.codes or self.orders or (self.points and self.points.points))
