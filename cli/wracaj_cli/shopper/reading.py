"""Reads a shopper's story from the store. Only this module and `known` know how shoppers are stored
and found."""

from collections.abc import Iterator, Mapping, Sequence

from wracaj.carts.cart import Cart
from wracaj.consent.channel import TRAITS, Channel
from wracaj.consent.consent import address_hash_of
from wracaj.customers.customer import Customer
from wracaj.customers.data_export import KnownConsent
from wracaj.customers.identity import (
    FACTS,
    IdentifierKind,
    address_identifiers,
    identifiers_of,
    is_account,
    kind_reached_by,
)
from wracaj.customers.masking import masked
from wracaj.experiments.arms import Entry, merged
from wracaj.loyalty.grants import GrantState
from wracaj.loyalty.ledger import tier_of
from wracaj.settings.shop import ShopSettings
from wracaj.store import Store
from wracaj.timelines.occasion import Occasion
from wracaj_cli.shopper.known import customers_known_by
from wracaj_cli.shopper.story import AddressStory, CartStory, CodeStory, PointsStory, ShopperStory
from wracaj_cli.shops.target import Target


def stories_of(target: Target, shop: ShopSettings, who: str) -> list[ShopperStory]:
    """Return the stories of everybody who is known by this e-mail address, phone number or id.
    Raises NothingKnownError."""
    known = customers_known_by(target, shop, who)
    told = [_story(target, shop, one) for one in known]
    of_accounts = {
        each
        for one in told
        if is_account(one.id)
        for each in address_identifiers(shop.shop, one.contact).values()
    }
    # the story of the account includes such an address
    return [one for one in told if one.is_of_somebody or one.id not in of_accounts]


def _story(target: Target, shop: ShopSettings, customer: Customer) -> ShopperStory:
    store = target.store()
    known = store.personal.data(shop.shop, customer, None, target.now())
    found = [store.carts.get_with_records(shop.shop, cart.cart_id) for cart in known.carts]
    carts = [cart for cart in found if cart is not None]
    customer = with_typed(customer, carts)
    return ShopperStory(
        shop=shop.shop,
        id=customer.id,
        contact=customer.contact,
        erased_at=customer.erased_at,
        pace=customer.pace,
        declined=tuple(sorted(customer.declined)),
        addresses=tuple(_addresses(store, shop.shop, customer)),
        consents=consents_for_support(store, shop.shop, customer, carts, known.consents),
        carts=tuple(
            CartStory(cart, store.delivery_events.of_cart(shop.shop, cart.cart_id))
            for cart in carts
        ),
        codes=_newest_first(
            [*_codes_of_carts(carts), *_codes_of_programme(store, shop.shop, customer)]
        ),
        orders=known.orders,
        points=_points(target, shop, customer),
        left_out=known.left_out,
        arms=_arms(store, shop.shop, customer),
    )


def _arms(store: Store, shop: str, customer: Customer) -> Mapping[str, Entry]:
    """Return the shopper's entries under any identifier, as a step finds them."""
    names = address_identifiers(shop, customer.contact).values()
    known = store.customers.read(shop, names)
    return merged([customer.arms, *(one.arms for one in known.values())])


def with_typed(customer: Customer, carts: Sequence[Cart | Occasion]) -> Customer:
    """Complete the shop's record with what was typed in the customer's carts; the newest counts.
    The result is only for the shop's own staff."""
    typed = {
        fact: next(filter(None, (getattr(cart.contact, fact) for cart in carts)), None)
        for fact in ("email", "phone", "first_name", "locale")
        if not getattr(customer.contact, fact)
    }
    return customer.model_copy(update={"contact": customer.contact.model_copy(update=typed)})


def consents_of(
    store: Store, shop: str, customer: Customer, own: tuple[KnownConsent, ...]
) -> tuple[KnownConsent, ...]:
    """Return the shopper's consents and those of the addresses in their record, whoever gave them;
    the newest first. Consents of addresses that were only typed are left out, because a typed
    address proves nothing."""
    addresses = [
        one for one in address_identifiers(shop, customer.contact).values() if one != customer.id
    ]
    said = [
        word
        for one in (addresses if customer.is_account else ())
        for word in store.personal.consents(shop, one)
    ]
    return tuple(sorted((*own, *said), key=lambda word: word.at, reverse=True))


def consents_for_support(
    store: Store,
    shop: str,
    customer: Customer,
    carts: Sequence[Cart | Occasion],
    own: tuple[KnownConsent, ...],
) -> tuple[KnownConsent, ...]:
    """Return the shopper's consents and those of all addresses in their carts, whoever gave them,
    because messages depend on them. Each has its address; the newest is first."""
    contacts = [customer.contact, *(cart.contact for cart in carts)]
    addresses = {
        name: getattr(contact, FACTS[kind])
        for contact in contacts
        for kind, name in identifiers_of(shop, contact).items()
        if kind is not IdentifierKind.ACCOUNT
    }
    by_mark = {address_hash_of(address): address for address in addresses.values()}
    found = [_with_address(word, by_mark.get(word.address_hash)) for word in own]
    for name, address in addresses.items():
        found += [_with_address(word, address) for word in store.personal.consents(shop, name)]
    each = {(word.channel, word.at, word.state, word.address_hash): word for word in found}
    return tuple(sorted(each.values(), key=lambda word: word.at, reverse=True))


def _with_address(word: KnownConsent, address: str | None) -> KnownConsent:
    shown = masked(word.channel, address) if address else ""
    return word.model_copy(update={"address": shown or None})


def _addresses(store: Store, shop: str, customer: Customer) -> Iterator[AddressStory]:
    names = address_identifiers(shop, customer.contact)
    known = store.customers.read(shop, names.values())
    for channel in Channel:
        address = customer.contact.address(channel)
        if address and TRAITS[channel].typed_field:
            name = names[kind_reached_by(channel, address)]
            yield AddressStory(channel, address, known[name].suppressed.get(channel))


def _codes_of_carts(carts: Sequence[Cart | Occasion]) -> Iterator[CodeStory]:
    for cart in carts:
        for key, record in cart.records.items():
            if record.code_told:
                yield CodeStory(record.code_told, key.partition("#")[2], cart.cart_id, record.at)


def _codes_of_programme(store: Store, shop: str, customer: Customer) -> Iterator[CodeStory]:
    for grant in (one.grant for one in store.grants.of(shop, customer)):
        if grant.voucher and grant.state is GrantState.ISSUED:
            yield CodeStory(
                grant.voucher,
                f"{grant.kind.replace('_', ' ')} {grant.name}".strip(),
                None,
                grant.at,
            )


def _newest_first(codes: list[CodeStory]) -> tuple[CodeStory, ...]:
    """Return the codes, the newest first. A code that a later message repeats is listed once."""
    oldest = {
        code.voucher.code: code
        for code in sorted(codes, key=lambda one: one.given_at, reverse=True)
    }
    return tuple(sorted(oldest.values(), key=lambda one: one.given_at, reverse=True))


def _points(target: Target, shop: ShopSettings, customer: Customer) -> PointsStory | None:
    if shop.loyalty is None:
        return None
    account, today = (
        target.store().accounts.get(shop.shop, customer),
        target.now().astimezone(shop.zone),
    )
    tier = tier_of(account, shop.loyalty, today)
    return PointsStory(max(0, account.points(today.date())), tier.name if tier else None)
