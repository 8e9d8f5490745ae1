"""The channels and addresses that reach a shopper, as far as the reader of one address may see and
change them."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from preferences.visit import Visit
from wracaj.carts.cart import Cart
from wracaj.consent.channel import TRAITS, Channel
from wracaj.customers.customer import Customer
from wracaj.customers.identity import (
    IdentifierKind,
    address_identifiers,
    identifier_reached_by,
    strongest,
)
from wracaj.customers.shopper import Shopper
from wracaj.events import Contact
from wracaj.services.intake.occasions import CONFIRMATIONS
from wracaj.services.readers import names_in
from wracaj.timelines.eligibility import may_go_to
from wracaj.timelines.subject import Subject


class Says(Enum):
    """On whose authority an opt-in on this page counts."""

    READER = auto()  # the reader of the address itself
    CUSTOMER = auto()  # the customer, for an address in their record
    # nobody yet: typed in a cart, so a click in a message to it must confirm the opt-in
    NOBODY = auto()


@dataclass(frozen=True)
class Way:
    """A channel and one address on it. `agrees`: messages about at least one open cart may go
    there."""

    channel: Channel
    address: str
    name: str
    says: Says
    agrees: bool
    suppressed: bool

    @property
    def is_shown(self) -> bool:
        """False where the page could only offer an opt-in that nobody can confirm."""
        return self.agrees or self.says is not Says.NOBODY or self.channel in CONFIRMATIONS


def ways(visit: Visit) -> list[Way]:
    """The reader's own address first, then those in the customer's record, then others typed with
    it."""
    return [way for channel in Channel for way in _by(visit, channel) if way.is_shown]


def _by(visit: Visit, channel: Channel) -> list[Way]:
    going = (_goes_to(visit, cart, channel) for cart in visit.carts if _is_persons(visit, cart))
    shown = [*_own(visit, channel), _typed(visit, channel), *going]
    found = [
        address
        for address in dict.fromkeys(shown)
        if address and _is_set_up(visit, channel, address)
    ]
    # such a channel has e-mail and phone: a phone finds people whom no e-mail address finds
    if len(TRAITS[channel].contact_fields) > 1:
        found = [address for address in found if "@" in address][:1] or found[:1]
    return [_way(visit, channel, address) for address in found]


def _own(visit: Visit, channel: Channel) -> Iterator[str | None]:
    yield visit.contact.address(channel)
    if visit.reader.account:
        record = visit.reader.account.contact
        yield Contact(email=record.email, phone=record.phone).address(channel)


def _typed(visit: Visit, channel: Channel) -> str | None:
    """The address typed in this message's cart, otherwise in the newest cart."""
    carts = (cart for cart in (visit.cart, *visit.carts) if cart)
    theirs = (
        cart
        for cart in carts
        if _is_persons(visit, cart) or (cart is visit.cart and _is_guests(visit, cart))
    )
    return next((address for cart in theirs if (address := cart.contact.address(channel))), None)


def _is_persons(visit: Visit, cart: Subject) -> bool:
    return cart.customer_id in visit.reader.ids


def _is_guests(visit: Visit, cart: Subject) -> bool:
    """Whether a guest typed this address in the cart. Its reader may then opt out the other
    addresses that were typed with it."""
    names = names_in(cart)
    return IdentifierKind.ACCOUNT not in names and visit.here.id in names.values()


def _is_set_up(visit: Visit, channel: Channel, address: str) -> bool:
    return visit.shop.has_set_up(channel) and may_go_to(channel, address, visit.shop)


def _way(visit: Visit, channel: Channel, address: str) -> Way:
    name = identifier_reached_by(visit.shop.shop, channel, address)
    account = visit.reader.account
    says = (
        Says.CUSTOMER
        if account and name in address_identifiers(visit.shop.shop, account.contact).values()
        else Says.NOBODY
    )
    known = visit.known.get(name)
    return Way(
        channel=channel,
        address=address,
        name=name,
        says=Says.READER if name == visit.here.id else says,
        agrees=any(
            _goes_to(visit, cart, channel) == address
            for cart in _judged(visit, own=name == visit.here.id)
        ),
        suppressed=known is not None and channel in known.suppressed,
    )


def _judged(visit: Visit, *, own: bool) -> Iterator[Subject]:
    """The open carts, this message's cart, and an empty cart. For an address that is not the
    reader's own, only carts that an opt-out of the reader applies to."""
    for cart in (*visit.carts, *filter(None, [visit.cart])):
        if own or _is_persons(visit, cart) or _is_guests(visit, cart):
            yield cart
    told = visit.reader.account.contact if visit.reader.account else None
    contact = Contact(platform_id=told.platform_id, locale=told.locale) if told else visit.contact
    yield Cart(shop=visit.shop.shop, cart_id="", contact=contact)


def _goes_to(visit: Visit, cart: Subject, channel: Channel) -> str | None:
    """The address to which messages about this cart may go on this channel."""
    shopper = _shopper(visit, cart)
    return shopper.address(cart, channel) if shopper and shopper.agrees(cart, channel) else None


def _shopper(visit: Visit, cart: Subject) -> Shopper | None:
    names = {kind: _known(visit, name).id for kind, name in names_in(cart).items()}
    owner = strongest(names)
    if owner is None:
        return None
    known = {name: _known(visit, name) for name in names.values()}
    recorded = (
        address_identifiers(visit.shop.shop, known[owner].contact).values()
        if known[owner].is_account
        else ()
    )
    return Shopper(
        shop=visit.shop.shop,
        names=names,
        known={name: _known(visit, name) for name in recorded} | known,
    )


def _known(visit: Visit, name: str) -> Customer:
    return visit.known.get(name) or Customer(id=name)
