"""Carts and occasions: one item each, `SHOP#{shop}#CART#{cart_id}` / `CART`. The records of its
steps are in the same partition."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from wracaj.carts.cart import (
    CONTACT_FACTS,
    Cart,
    facts,
    is_quiet,
    late_facts,
    reported_created_at,
)
from wracaj.carts.same_person import reported_with
from wracaj.clock import now, timestamp
from wracaj.events import CartDeleted, CartUpdated
from wracaj.settings.shop import ShopSettings
from wracaj.settings.timeline_rules import Choice
from wracaj.store.forgotten_carts import (
    ABOUT_THE_SHOPPER,
    beginning_anew,
    erasing,
    forgotten_until,
    sparing,
)
from wracaj.store.subject_items import cart_from, occasion_from, subject_from
from wracaj.store.table import Change, ConditionFailedError, Table, dump, expiry
from wracaj.timelines.steps import StepRecord
from wracaj.timelines.subject import Subject

if TYPE_CHECKING:
    from wracaj.customers.shopper import Shopper
    from wracaj.timelines.occasion import Occasion

ATTEMPTS = 8
MOST_POINTERS = 20  # followed from one identifier, the newest first
OCCASION_DAYS = 270  # longer than the longest timeline about an occasion


def cart_key(shop: str, cart_id: str) -> dict[str, str]:
    return {"PK": f"SHOP#{shop}#CART#{cart_id}", "SK": "CART"}


class Carts:
    def __init__(self, table: Table) -> None:
        self.table = table

    def get(self, shop: str, cart_id: str) -> Cart | None:
        found = self.subject(shop, cart_id)
        return found if isinstance(found, Cart) else None

    def occasion(self, shop: str, occasion_id: str) -> "Occasion | None":
        from wracaj.timelines.occasion import Occasion

        found = self.subject(shop, occasion_id)
        return found if isinstance(found, Occasion) else None

    def subject(self, shop: str, cart_id: str) -> "Cart | Occasion | None":
        item = self.table.get(cart_key(shop, cart_id))
        return subject_from(item) if item else None

    def get_with_records(self, shop: str, cart_id: str) -> "Cart | Occasion | None":
        """Return the cart or the occasion with the records of its steps. One request."""
        items = self.table.query({"PK": cart_key(shop, cart_id)["PK"]})
        records = {
            item["SK"].removeprefix("MESSAGE#"): StepRecord.model_validate_json(item["record"])
            for item in items
            if item["SK"].startswith("MESSAGE#")
        }
        found = (subject_from(item, records) for item in items if item["SK"] == "CART")
        subject = next(found, None)
        return subject.without_erased_records() if isinstance(subject, Cart) else subject

    def cart_with_records(self, shop: str, cart_id: str) -> Cart | None:
        found = self.get_with_records(shop, cart_id)
        return found if isinstance(found, Cart) else None

    def apply(self, shop: ShopSettings, event: CartUpdated | CartDeleted) -> Cart:
        """Apply an event and return the cart. One write and no read, unless the event is quiet or
        older than one that was applied before."""
        if is_quiet(event):
            known = self.get(shop.shop, event.cart_id) or Cart(
                shop=shop.shop, cart_id=event.cart_id
            )
            return self._apply_late(shop, event, known)
        try:
            item = self.table.update(cart_key(shop.shop, event.cart_id), _newest(shop, event))
        except ConditionFailedError as refused:
            return self._apply_late(shop, event, cart_from(refused.item))
        cart = cart_from(item)
        return (
            cart
            if cart.created_at and cart.created_at <= _told_created_at(cart, event)
            else self._apply_late(shop, event, cart)
        )

    def _apply_late(self, shop: ShopSettings, event: CartUpdated | CartDeleted, cart: Cart) -> Cart:
        for _ in range(ATTEMPTS):
            if event.version <= cart.forgotten:
                return cart
            change = beginning_anew(cart) if cart.erased else _late(shop, cart, event)
            if change is None:
                return cart
            try:
                changed = self._update_as_read(shop.shop, cart, change)
            except ConditionFailedError as refused:
                cart = cart_from(refused.item)
                continue
            if not cart.erased:
                return changed
            return self.apply(shop, event)
        raise refused_too_often(event.cart_id)

    def _update_as_read(self, shop: str, cart: Subject, change: Change) -> Cart:
        """Raises ConditionFailedError if the cart was written since it was read."""
        change = (
            change.only_if(revision=cart.revision)
            if cart.revision
            else change.only_if_absent("revision")
        )
        return cart_from(self.table.update(cart_key(shop, cart.cart_id), change))

    def choose(self, cart: Cart, choice: Choice) -> Cart:
        """Store the timeline of the cart, once for each episode. Raises ConflictError if the cart
        changed meanwhile."""
        change = Change().set(choice=dump(choice)).add(revision=1).only_if(revision=cart.revision)
        return cart_from(self.table.update(cart_key(cart.shop, cart.cart_id), change))

    def settle(
        self, cart: Cart, shopper: "Shopper", *, orders: Iterable[str], episode: int | None
    ) -> Cart:
        """Store the cart's owner and the timeline that runs. Raises ConflictError if the cart
        changed meanwhile."""
        orders = cart.orders | set(orders)
        change = Change().add(revision=1)
        change.set(customer_id=shopper.id, names=shopper.names_kept, identified_as=cart.identity)
        if orders:
            change.add(orders=orders)
        if episode:
            ended = timestamp(cart.choice.at) if cart.choice and cart.unreminded else None
            change.set(
                episode=episode,
                episode_ended_at=ended,
                last_step_at=None,
                unreminded=cart.unreminded or None,
            )
        return cart_from(
            self.table.update(
                cart_key(cart.shop, cart.cart_id), change.only_if(revision=cart.revision)
            )
        )

    def open_occasion(self, shop: ShopSettings, occasion: "Occasion") -> "Occasion":
        """Create the occasion if it does not exist, and return it as stored. It is started once
        `episode` is set."""
        change = Change().set_once(
            shop=shop.shop,
            cart_id=occasion.cart_id,
            occasion=occasion.kind,
            about=occasion.about,
            version=occasion.version,
            created_at=timestamp(occasion.created_at or now()),
            content=dump(occasion.content),
            item_count=len(occasion.content.items),
            customer_id=occasion.customer_id,
            revision=1,
            expires_at=expiry(now(), max(shop.keep_days, OCCASION_DAYS)),
        )
        told = {name: value for name in CONTACT_FACTS if (value := getattr(occasion.contact, name))}
        try:
            change = change.set_once(**told).only_if_absent("erased")
            return occasion_from(self.table.update(cart_key(shop.shop, occasion.cart_id), change))
        # an erased occasion is not written again
        except ConditionFailedError as refused:
            return occasion_from(refused.item)

    def any_started(self, shop: str, cart_ids: Iterable[str]) -> bool:
        return any(
            item.get("episode")
            for item in self.table.get_many([cart_key(shop, id_) for id_ in cart_ids])
        )

    def started(self, shop: str, cart_id: str, episode: int) -> None:
        self.table.update(cart_key(shop, cart_id), Change().add(revision=1).set(episode=episode))

    def started_before(self, shop: ShopSettings, cart_id: str, episode: int) -> None:
        """Note an episode that once began, of which a backup of the table knows nothing, so that it
        does not begin again. Does nothing if it is known."""
        change = Change().add(revision=1).set(shop=shop.shop, cart_id=cart_id, episode=episode)
        change.set_once(expires_at=expiry(now(), shop.keep_days))
        change.only_if_below(episode=episode).only_if_absent("erased")
        with suppress(ConditionFailedError):
            self.table.update(cart_key(shop.shop, cart_id), change)

    def call_off(self, shop: str, cart_id: str, *, is_off: bool) -> None:
        """End the occasion's timeline at its next step. `is_off=False` undoes this. Does nothing if
        there is no such occasion, or nothing to change."""
        change = Change().add(revision=1).set(called_off=is_off or None)
        try:
            self.table.update(
                cart_key(shop, cart_id),
                change.only_if_present("cart_id" if is_off else "called_off"),
            )
        except ConditionFailedError:
            return

    def mark_ordered(self, shop: ShopSettings, cart_id: str, order_reference: str) -> Cart:
        """Add an order to a cart. An order is final, and may arrive before its cart. If the cart
        was erased after the order, its id may now stand for a new cart: the order does not count
        for that one."""
        change = (
            Change().add(revision=1, orders={order_reference}).set(shop=shop.shop, cart_id=cart_id)
        )
        change.set_once(expires_at=expiry(now(), shop.keep_days))
        change.only_if_below(forgotten=order_reference)
        try:
            return cart_from(self.table.update(cart_key(shop.shop, cart_id), change))
        except ConditionFailedError as refused:
            return cart_from(refused.item)

    def set_aside(self, shop: str, cart_id: str, at: datetime) -> None:
        """Set the cart aside until its next activity: it may be the cart of an order that was first
        reported at `at`. Does nothing if the cart is gone."""
        change = (
            Change()
            .add(revision=1)
            .set(set_aside_at=timestamp(at))
            .only_if_below(set_aside_at=timestamp(at))
        )
        with suppress(ConditionFailedError):
            self.table.update(cart_key(shop, cart_id), change.only_if_present("cart_id"))

    def stop(self, shop: str, cart_id: str, at: datetime) -> None:
        """Stop all messages about the cart, on every channel. Does nothing if the cart is gone."""
        change = (
            Change()
            .add(revision=1)
            .set(stopped_at=timestamp(at))
            .only_if_below(stopped_at=timestamp(at))
        )
        with suppress(ConditionFailedError):
            self.table.update(cart_key(shop, cart_id), change.only_if_present("cart_id"))

    def end_episode(self, shop: str, cart_id: str, episode: int, at: datetime) -> None:
        """End the episode. The cart may start another one once it fills again."""
        change = (
            Change().set(episode_ended_at=timestamp(at)).add(revision=1).only_if(episode=episode)
        )
        try:
            self.table.update(cart_key(shop, cart_id), change.only_if_absent("episode_ended_at"))
        except ConditionFailedError:
            return  # already ended, superseded or erased

    def step_failed(self, shop: str, cart_id: str, episode: int, at: datetime) -> None:
        change = Change().set(last_step_at=timestamp(at)).add(revision=1).only_if(episode=episode)
        with suppress(ConditionFailedError):  # gone, or a newer episode runs
            self.table.update(cart_key(shop, cart_id), change)

    def drop_address(self, shop: str, cart_id: str, field: str, address: str) -> None:
        """Remove an address that is gone. Its version stays, so that no older event restores it. A
        newer event may set another."""
        change = Change().add(revision=1).set(**{field: None}).only_if(**{field: address})
        with suppress(ConditionFailedError):  # another was reported meanwhile
            self.table.update(cart_key(shop, cart_id), change)

    def open_carts(
        self, shop: str, shopper: "Shopper", *, most: int = MOST_POINTERS, but: str = ""
    ) -> list[Cart]:
        """Return the newest open carts of this same shopper, as far as identifiers show. `but`: the
        id of a cart to leave out."""
        from wracaj.customers.identity import IdentifierKind
        from wracaj.store.pointers import Pointers

        names = [*shopper.deciding_names, *sorted(shopper.absorbed)]
        ids = [id_ for id_ in Pointers(self.table).cart_ids(shop, names, most) if id_ != but]
        found = (
            cart_from(item)
            for item in self.table.get_many([cart_key(shop, id_) for id_ in ids])
            if "cart_id" in item
        )
        return [
            cart
            for cart in found
            if cart.is_open
            and shopper.is_same({IdentifierKind(kind): n for kind, n in cart.names.items()})
        ]

    def get_many(self, shop: str, cart_ids: Iterable[str]) -> list[Cart]:
        keys = [cart_key(shop, id_) for id_ in dict.fromkeys(cart_ids)]
        return [cart_from(item) for item in self.table.get_many(keys) if "cart_id" in item]

    def erase(self, shop: str, cart_id: str, at: datetime, by_shops_clock: bool = False) -> bool:
        """Erase the cart, and return whether all of it is erased. A repeated erasure takes nothing
        from a new cart under the same id. `by_shops_clock`: `at` is a time of the shop's clock, so
        what was reported later stays.

        The entry of its long wait is removed after that. If the process dies in between, the sweep
        finds the cart erased."""
        for _ in range(ATTEMPTS):
            cart = self.subject(shop, cart_id) or Cart(shop=shop, cart_id=cart_id)
            until = forgotten_until(at)
            if cart.forgotten >= until:
                return cart.erased
            if isinstance(cart, Cart) and by_shops_clock and cart.version > until:
                change = sparing(cart, at)
            else:
                change = erasing(cart, at)
            with suppress(ConditionFailedError):
                is_erased = self._update_as_read(shop, cart, change).erased
                if is_erased and cart.long_wait:
                    from wracaj.store.long_wait_entries import forget_entry  # most stacks have none

                    forget_entry(self.table, cart)
                return is_erased
        raise refused_too_often(cart_id)


def refused_too_often(cart_id: str) -> ConditionFailedError:
    return ConditionFailedError({"cart_id": cart_id})


def _newest(shop: ShopSettings, event: CartUpdated | CartDeleted) -> Change:
    change = (
        Change().add(revision=1).set(shop=shop.shop, cart_id=event.cart_id, version=event.version)
    )
    change.set(expires_at=expiry(event.at, shop.keep_days)).set_once(
        created_at=timestamp(reported_created_at(event))
    )
    _set_facts(change, facts(event), event)
    change.only_if_below(version=event.version, forgotten=event.version)
    return change.only_if_absent("erased")


def _told_created_at(cart: Cart, event: CartUpdated | CartDeleted) -> datetime:
    """Return when the cart was created. A cart that was erased was created no earlier than its
    erasure."""
    told = reported_created_at(event)
    return max(told, cart.forgotten_at) if cart.forgotten_at else told


def _late(shop: ShopSettings, cart: Cart, event: CartUpdated | CartDeleted) -> Change | None:
    """Return what a quiet or late event still adds. None: nothing."""
    news = late_facts(cart, event)
    told = _told_created_at(cart, event)
    is_earlier = cart.created_at is None or (told < cart.created_at and not is_quiet(event))
    new_checkout = isinstance(event, CartUpdated) and event.checkout_ids - cart.checkout_ids
    if not (news or is_earlier or new_checkout):
        return None
    change = Change().add(revision=1)
    # a quiet event is the first one about this cart: it creates the cart
    if not cart.version:
        change.set(shop=cart.shop, cart_id=cart.cart_id, version=event.version)
        change.set_once(expires_at=expiry(event.at, shop.keep_days))
    if is_earlier:
        change.set(created_at=timestamp(told))
    _set_facts(change, news, event)
    return change


def _set_facts(change: Change, news: dict[str, Any], event: CartUpdated | CartDeleted) -> None:
    company = reported_with(event.contact) if isinstance(event, CartUpdated) else ""
    version, told = event.version, dict[str, Any]()
    for name, value in news.items():
        told[name] = value if isinstance(value, str) else dump(value)
        told[f"v_{name}"] = version
        if name in ABOUT_THE_SHOPPER:
            told[f"w_{name}"] = company or None
    if "content" in news:
        told["item_count"] = len(news["content"].items)
    change.set(**told)
    if isinstance(event, CartUpdated) and event.checkout_ids:
        change.add(checkout_ids=set(event.checkout_ids))
