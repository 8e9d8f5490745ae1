"""Personal data of one shopper, for the page that shows it and for the file."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from wracaj.carts.cart import Cart
from wracaj.consent.channel import Channel
from wracaj.consent.consent import ConsentState
from wracaj.consent.preferences import Pace, Topic
from wracaj.events import Contact, Frozen, Item
from wracaj.timelines.occasion import Occasion


class KnownMessage(Frozen):
    step: str
    channel: Channel
    template: str | None
    state: str
    at: datetime


class KnownConsent(Frozen):
    channel: Channel
    state: str
    at: datetime
    source: str
    address_hash: str = ""  # see address_hash_of()
    wording: str | None = None
    wording_version: str | None = None
    address: str | None = None  # the address that the consent is about, masked; None: not shown


class KnownCart(Frozen):
    cart_id: str
    occasion: str | None  # None: a cart
    since: datetime | None
    last_activity_at: datetime | None
    contact: Contact
    items: tuple[Item, ...]
    currency: str | None
    total: Decimal | None
    ordered: bool
    messages: tuple[KnownMessage, ...]
    consents: tuple[KnownConsent, ...] = ()  # given in this cart, for any address


class KnownOrder(Frozen):
    order_id: str
    placed_at: datetime
    currency: str | None = None
    total: Decimal | None = None


class KnownPoints(Frozen):
    at: datetime
    rule: str
    points: int


class KnownArm(Frozen):
    experiment: str
    arm: str
    since: datetime


class PersonalData(Frozen):
    shop: str
    told_at: datetime
    contact: Contact
    birthday: str | None = None
    pace: Pace | None = None
    declined: tuple[Topic, ...] = ()
    points: int = 0
    carts: tuple[KnownCart, ...] = ()
    left_out: int = 0  # number of older carts that do not fit
    consents: tuple[KnownConsent, ...] = ()
    orders: tuple[KnownOrder, ...] = ()
    postings: tuple[KnownPoints, ...] = ()
    experiments: tuple[KnownArm, ...] = ()

    @property
    def messages(self) -> list[KnownMessage]:
        """The newest first."""
        return sorted(
            (message for cart in self.carts for message in cart.messages),
            key=lambda one: one.at,
            reverse=True,
        )


def known_cart(subject: Cart | Occasion) -> KnownCart:
    messages = tuple(
        KnownMessage(
            step=name.partition("#")[2],
            channel=one.channel,
            template=one.template,
            state=one.state,
            at=one.at,
        )
        for name, one in sorted(subject.records.items())
    )
    return KnownCart(
        cart_id=subject.cart_id,
        occasion=subject.kind if isinstance(subject, Occasion) else None,
        since=subject.created_at,
        last_activity_at=subject.last_activity_at,
        contact=subject.contact,
        items=subject.content.items,
        currency=subject.content.currency,
        total=subject.content.total,
        ordered=isinstance(subject, Cart) and subject.ordered,
        messages=messages,
        consents=tuple(_said_in(subject)),
    )


def _said_in(subject: Cart | Occasion) -> Iterator[KnownConsent]:
    for channel, word in sorted(subject.words.items()):
        if word.state is not ConsentState.UNKNOWN:
            yield KnownConsent(
                channel=channel,
                state=word.state,
                at=word.at,
                source=word.source,
                address_hash=word.address_hash,
            )
