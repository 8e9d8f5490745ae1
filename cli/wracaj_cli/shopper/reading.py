"""Reads a shopper's story from the store. The only place of this command that knows how shoppers are found and kept."""

from collections.abc import Iterator

from wracaj.cart import Cart
from wracaj.consent import Channel
from wracaj.customer import Customer
from wracaj.grants import GrantState
from wracaj.ledger import tier_of
from wracaj.settings import ShopSettings
from wracaj.store import Store
from wracaj_cli.loyalty.command import customers_known_by
from wracaj_cli.shopper.story import AddressStory, CartStory, CodeStory, PointsStory, ShopperStory
from wracaj_cli.shops.suppressions import held, keys_of
from wracaj_cli.shops.target import Target


def stories_of(target: Target, shop: ShopSettings, who: str) -> list[ShopperStory]:
    """Of everybody known by this e-mail address, phone number or id. Raises NothingKnownError."""
    return [_story(target, shop, customer) for customer in customers_known_by(target, shop, who)]


def _story(target: Target, shop: ShopSettings, customer: Customer) -> ShopperStory:
    store, now = target.store(), target.now()
    known = store.personal.data(shop.shop, customer, now)
    found = [store.carts.get_with_records(shop.shop, cart.cart_id) for cart in known.carts]
    carts = [cart for cart in found if cart is not None]
    return ShopperStory(
        shop=shop.shop,
        id=customer.id,
        contact=customer.contact,
        erased_at=customer.erased_at,
        pace=customer.pace,
        declined=tuple(sorted(customer.declined)),
        addresses=tuple(_addresses(store, shop.shop, customer)),
        consents=known.consents,
        carts=tuple(CartStory(cart, store.receipts.of_cart(shop.shop, cart.cart_id)) for cart in carts),
        codes=_newest_first([*_codes_of_carts(carts), *_codes_of_programme(store, shop.shop, customer)]),
        orders=known.orders,
        points=_points(target, shop, customer),
        left_out=known.left_out,
    )


def _addresses(store: Store, shop: str, customer: Customer) -> Iterator[AddressStory]:
    given_up = held(store, shop, customer.contact)
    for channel, key in keys_of(customer.contact).items():
        address = customer.contact.address(channel)
        why = customer.suppressed.get(key) or (given_up[key].why if key in given_up else None)
        if address and (why or channel is not Channel.AUDIENCE):
            yield AddressStory(channel, address, why)


def _codes_of_carts(carts: list[Cart]) -> Iterator[CodeStory]:
    for cart in carts:
        for key, record in cart.records.items():
            if record.voucher:
                yield CodeStory(record.voucher, key.partition("#")[2], cart.cart_id, record.at)


def _codes_of_programme(store: Store, shop: str, customer: Customer) -> Iterator[CodeStory]:
    for grant in (one.grant for one in store.grants.of(shop, customer)):
        if grant.voucher and grant.state is GrantState.STANDING:
            yield CodeStory(grant.voucher, f"{grant.kind.replace('_', ' ')} {grant.name}".strip(), None, grant.at)


def _newest_first(codes: list[CodeStory]) -> tuple[CodeStory, ...]:
    """A code that a later message repeats is one code."""
    oldest = {code.voucher.code: code for code in sorted(codes, key=lambda one: one.given_at, reverse=True)}
    return tuple(sorted(oldest.values(), key=lambda one: one.given_at, reverse=True))


def _points(target: Target, shop: ShopSettings, customer: Customer) -> PointsStory | None:
    if shop.loyalty is None:
        return None
    account, today = target.store().accounts.get(shop.shop, customer), target.now().astimezone(shop.zone)
    tier = tier_of(account, shop.loyalty, today)
    return PointsStory(max(0, account.points(today.date())), tier.name if tier else None)
