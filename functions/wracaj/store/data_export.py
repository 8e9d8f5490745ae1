"""Reads all that is known of one shopper, for that shopper."""

from datetime import datetime

from wracaj.consent.channel import Channel
from wracaj.customers.customer import Customer
from wracaj.customers.data_export import (
    KnownArm,
    KnownCart,
    KnownConsent,
    KnownOrder,
    KnownPoints,
    PersonalData,
    known_cart,
)
from wracaj.experiments.arms import merged
from wracaj.store.accounts import Accounts
from wracaj.store.carts import Carts
from wracaj.store.customer_keys import customer_partition
from wracaj.store.table import Item, Table

MOST_CARTS = 100  # the newest; a longer page would be of no use


class Personal:
    def __init__(self, table: Table) -> None:
        self.table = table
        self.accounts = Accounts(table)
        self.carts = Carts(table)

    def data(
        self, shop: str, here: Customer, account: Customer | None, at: datetime
    ) -> PersonalData:
        """`here`: what is known at the address, as of a guest. `account`: the customer whose record
        contains the address. Nothing else is certain to be theirs."""
        owners = [here, *([account] if account else [])]
        ids = [id_ for owner in owners for id_ in (owner.id, *sorted(owner.absorbed))]
        items = [
            item for id_ in ids for item in self.table.query({"PK": customer_partition(shop, id_)})
        ]
        carts = self._carts(shop, ids, items)
        person = account or here
        return PersonalData(
            shop=shop,
            told_at=at,
            contact=person.contact.model_copy(
                update={"email": person.contact.email or here.contact.email}
            ),
            birthday=person.birthday or here.birthday,
            pace=person.pace or here.pace,
            declined=tuple(sorted(person.declined | here.declined)),
            points=sum(
                max(0, self.accounts.get(shop, owner).points(at.date())) for owner in owners
            ),
            carts=tuple(carts[:MOST_CARTS]),
            left_out=len(carts[MOST_CARTS:]),
            consents=tuple(
                sorted(
                    map(_consent, _of(items, "CONSENT#")), key=lambda word: word.at, reverse=True
                )
            ),
            orders=tuple(
                sorted(
                    map(_order, _of(items, "ORDER#")),
                    key=lambda order: order.placed_at,
                    reverse=True,
                )
            ),
            postings=tuple(
                sorted(map(_points, _of(items, "POINTS#")), key=lambda line: line.at, reverse=True)
            ),
            experiments=tuple(
                KnownArm(experiment=name, arm=entry.arm, since=entry.at)
                for name, entry in sorted(merged(one.arms for one in owners).items())
            ),
        )

    def consents(self, shop: str, name: str) -> tuple[KnownConsent, ...]:
        """Return what the consent log contains under one identifier, whoever gave it."""
        items = self.table.query({"PK": customer_partition(shop, name)}, begins="CONSENT#")
        return tuple(map(_consent, items))

    def _carts(self, shop: str, ids: list[str], items: list[Item]) -> list[KnownCart]:
        """Return the shopper's own carts, the newest first. Other people's carts may contain the
        same address."""
        named = dict.fromkeys(
            str(item["cart_id"]) for kind in ("CART#", "OCCASION#") for item in _of(items, kind)
        )
        found = [
            cart
            for id_ in named
            if (cart := self.carts.get_with_records(shop, id_)) and not cart.erased
        ]
        own = [known_cart(cart) for cart in found if cart.customer_id in ids]
        return sorted(own, key=lambda cart: (cart.since is not None, cart.since), reverse=True)


def _of(items: list[Item], begins: str) -> list[Item]:
    return [item for item in items if item["SK"].startswith(begins)]


def _consent(item: Item) -> KnownConsent:
    _, channel, at, state = item["SK"].split("#")
    told = {
        name: item[name]
        for name in ("source", "address_hash", "wording", "wording_version")
        if name in item
    }
    return KnownConsent(
        channel=Channel(channel), state=state, at=datetime.fromisoformat(at), **told
    )


def _order(item: Item) -> KnownOrder:
    return KnownOrder.model_validate(
        {name: item[name] for name in KnownOrder.model_fields if name in item}
    )


def _points(item: Item) -> KnownPoints:
    return KnownPoints(at=item["at"], rule=item["rule"], points=int(item["points"]))
