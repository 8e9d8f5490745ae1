"""Product views: one item for each shopper. It has the form of a cart, so that its messages are
claimed like a cart's.

A shop reports views far more often than anything else. A view by an unknown shopper costs one read,
one by a shopper without consent two reads, and one that is stored two reads and a write.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from wracaj.carts.cart import CONTACT_FACTS
from wracaj.clock import now, timestamp
from wracaj.customers.shopper import Shopper
from wracaj.events import Contact
from wracaj.settings.shop import ShopSettings
from wracaj.store.carts import Carts, cart_key
from wracaj.store.customers import Customers
from wracaj.store.pointers import Pointers
from wracaj.store.table import Change, Item, Table, expiry
from wracaj.store.views import browsing_from, views_text
from wracaj.timelines.occasion import OccasionKind, occasion_id
from wracaj.timelines.product_views import Browsing


@dataclass(frozen=True)
class Browser:
    """A known shopper, the contact that identifies them, and what they viewed so far."""

    contact: Contact
    shopper: Shopper
    kept: Item  # empty: nothing so far

    @property
    def browsing(self) -> Browsing:
        return browsing_from(self.kept)

    @property
    def is_new(self) -> bool:
        """Return whether the item must be pointed to from its shopper: there is none yet, or it was
        erased."""
        return not self.kept or bool(self.kept.get("erased"))

    def forgot(self, version: str) -> bool:
        return version <= str(self.kept.get("forgotten", ""))

    @property
    def cart_id(self) -> str:
        return browsing_id(self.shopper.id)


def browsing_id(customer_id: str) -> str:
    return occasion_id(OccasionKind.BROWSE, customer_id)


class Browsers:
    def __init__(self, table: Table) -> None:
        self.table = table
        self.carts = Carts(table)
        self.customers = Customers(table)
        self.pointers = Pointers(table)

    def find(self, shop: str, contact: Contact) -> Browser | None:
        """Return the shopper of a contact. None: nothing is known under its identifiers, or they
        were erased."""
        shopper = self.customers.shopper(shop, contact)
        if shopper is None or not any(
            one.exists and not one.is_buried for one in shopper.known.values()
        ):
            return None
        kept = self.table.get(_key(shop, shopper.id)) or {}
        return None if shopper.owner.is_buried else Browser(contact, shopper, kept)

    def of_others(self, shop: str, ids: Iterable[str]) -> list[Browsing]:
        """Return what is stored under a shopper's earlier ids."""
        return [
            browsing_from(item)
            for item in self.table.get_many([_key(shop, id_) for id_ in sorted(ids)])
        ]

    def keep(self, shop: ShopSettings, browser: Browser, browsing: Browsing) -> None:
        """Store what a shopper viewed. Raises ConflictError if it changed since it was read. If the
        shopper was erased meanwhile, nothing is kept."""
        if browser.is_new:
            self.pointers.remember_occasion(shop.shop, [browser.shopper.id], browser.cart_id)
        self.table.update(_key(shop.shop, browser.shopper.id), _change(shop, browser, browsing))
        if browser.is_new:
            known = self.customers.get(shop.shop, browser.shopper.id)
            # an erasure that began later finds the pointer written above
            if known and known.is_buried:
                self.carts.erase(shop.shop, browser.cart_id, known.erased_at or now())

    def started(self, shop: str, cart_id: str, episode: int) -> None:
        self.table.update(
            cart_key(shop, cart_id), Change().set(starting=None).only_if(episode=episode)
        )


def _key(shop: str, customer_id: str) -> dict[str, str]:
    return cart_key(shop, browsing_id(customer_id))


def _change(shop: ShopSettings, browser: Browser, browsing: Browsing) -> Change:
    newest = browsing.views[0]
    contact = {name: getattr(browser.contact, name) for name in CONTACT_FACTS}
    change = (
        Change()
        .add(revision=1)
        .set(
            shop=shop.shop,
            cart_id=browser.cart_id,
            occasion=OccasionKind.BROWSE,
            customer_id=browser.shopper.id,
            version=newest.version,
            created_at=timestamp(browsing.began_at),
            views=views_text(browsing),
            recovery_url=browsing.content.recovery_url,
            expires_at=expiry(newest.at, shop.keep_days),
            **contact,
        )
    )
    if browsing.episode != browser.browsing.episode:
        change.set(**_beginning(browsing))
    if not browser.kept:
        return change.only_if_absent("cart_id")
    return change.only_if(revision=browser.kept["revision"]).set(erased=None)


def _beginning(browsing: Browsing) -> dict[str, Any]:
    """Return the attributes of a new episode. Nothing of the episode before counts in it."""
    return {
        "episode": browsing.episode,
        "started_at": timestamp(browsing.started_at or now()),
        "starting": True,
        "since": timestamp(browsing.since) if browsing.since else None,
        "episode_ended_at": None,
        "last_step_at": None,
    }
