"""All that is known of one shopper, read for themselves."""

from datetime import datetime

from wracaj.consent import Channel
from wracaj.customer import Customer
from wracaj.personal_data import KnownConsent, KnownOrder, KnownPoints, PersonalData, known_cart
from wracaj.store.accounts import Accounts
from wracaj.store.carts import Carts
from wracaj.store.customers import customer_partition
from wracaj.store.table import Item, Table

MOST_CARTS = 100  # the newest; a page of more would be no use to anybody


class Personal:
    def __init__(self, table: Table) -> None:
        self.table = table
        self.accounts = Accounts(table)
        self.carts = Carts(table)

    def data(self, shop: str, customer: Customer, at: datetime) -> PersonalData:
        """Under whatever id the shopper was known."""
        ids = (customer.id, *sorted(customer.absorbed))
        items = [item for id_ in ids for item in self.table.query({"PK": customer_partition(shop, id_)})]
        cart_ids = dict.fromkeys(item["SK"].removeprefix("CART#") for item in _of(items, "CART#"))
        found = [cart for id_ in cart_ids if (cart := self.carts.get_with_records(shop, id_)) and not cart.erased]
        carts = sorted(map(known_cart, found), key=lambda cart: (cart.since is not None, cart.since), reverse=True)
        return PersonalData(
            shop=shop,
            told_at=at,
            contact=customer.contact,
            birthday=customer.birthday,
            pace=customer.pace,
            declined=tuple(sorted(customer.declined)),
            points=max(0, self.accounts.get(shop, customer).points(at.date())),
            carts=tuple(carts[:MOST_CARTS]),
            left_out=len(carts[MOST_CARTS:]),
            consents=tuple(sorted(map(_consent, _of(items, "CONSENT#")), key=lambda word: word.at, reverse=True)),
            orders=tuple(sorted(map(_order, _of(items, "ORDER#")), key=lambda order: order.placed_at, reverse=True)),
            postings=tuple(sorted(map(_points, _of(items, "POINTS#")), key=lambda line: line.at, reverse=True)),
        )


def _of(items: list[Item], begins: str) -> list[Item]:
    return [item for item in items if item["SK"].startswith(begins)]


def _consent(item: Item) -> KnownConsent:
    _, channel, at, state = item["SK"].split("#")
    told = {name: item[name] for name in ("source", "whose", "wording", "wording_version") if name in item}
    return KnownConsent(channel=Channel(channel), state=state, at=datetime.fromisoformat(at), **told)


def _order(item: Item) -> KnownOrder:
    return KnownOrder.model_validate({name: item[name] for name in KnownOrder.model_fields if name in item})


def _points(item: Item) -> KnownPoints:
    return KnownPoints(at=item["at"], rule=item["rule"], points=int(item["points"]))
