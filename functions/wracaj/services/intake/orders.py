"""Applies orders: which carts they end, who owns them, and what they earn. Also cancellations and
refunds."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from wracaj.carts import cart as carts
from wracaj.carts.cart import Cart
from wracaj.carts.page_carts import is_page_cart
from wracaj.clock import now
from wracaj.customers.shopper import Shopper
from wracaj.events import CartContent, Contact, OrderPlaced
from wracaj.loyalty.grants import About
from wracaj.loyalty.order_entry import Buyer, OrderEntry
from wracaj.orders.credits import Credits
from wracaj.orders.order import OrderState
from wracaj.services.intake.audiences import names_of_carts, take_out
from wracaj.services.intake.credits import Crediting
from wracaj.services.intake.occasions import Occasions
from wracaj.services.intake.shop_record import fact_versions, reported
from wracaj.settings.shop import ShopSettings
from wracaj.store import Store
from wracaj.store.accounts import entry_from
from wracaj.store.table import Item
from wracaj.timelines.subject import A_FEW_MINUTES

# carts that one order marks for each of its identifiers; others find it at their next step
MOST_MARKED = 50


@dataclass(frozen=True)
class Orders:
    store: Store
    occasions: Occasions

    def placed(self, shop: ShopSettings, order: OrderPlaced) -> None:
        """Mark the order's cart, and every cart that its shopper had open when the order was
        placed."""
        known_order, credited = (
            self.store.accounts.order_with_credits(shop.shop, order.order_id)
            if order.order_id
            else ({}, Credits())
        )
        order = owner_reported_first(order, entry_from(known_order))
        name = carts.order_reference(
            order.order_id or "checkout",
            order.placed_at,
            names_nobody=not owner_is_named(order.contact),
        )
        marked = self._mark_its_carts(shop, order, name)
        content = next(
            (one.content for one in marked if one.content.items and not is_page_cart(one.cart_id)),
            CartContent(),
        )
        shoppers = [
            self._ordered(shop, order, contact) for contact in self._who_ordered(order, marked)
        ]
        entry = self._post(shop, order, shoppers, content, known_order) if order.order_id else None
        self._end_other_carts(shop, order, name, marked, shoppers)
        self.occasions.bought_together(shop, order, content)
        if entry:  # after all that stops messages; an erased order gets no new credit
            who, codes = ([], ()) if entry.forgotten else (shoppers, order.discount_codes)
            Crediting(self.store).credit(shop, entry.state, who, credited, codes)

    def _mark_its_carts(self, shop: ShopSettings, order: OrderPlaced, name: str) -> list[Cart]:
        """Mark every cart that the order names, by its id or by a checkout."""
        known = [self.store.orders.cart_of_checkout(shop, id_, name) for id_ in order.checkout_ids]
        ids = dict.fromkeys([*order.cart_ids, *(id_ for id_ in known if id_)])
        marked = [self.store.carts.mark_ordered(shop, id_, name) for id_ in ids]
        # A cart without a contact: its checkout may have been reported as a cart of its own.
        unnamed = {
            id_ for cart in marked if not cart.contact.reachable for id_ in cart.checkout_ids
        } - ids.keys()
        return marked + [self.store.carts.mark_ordered(shop, id_, name) for id_ in sorted(unnamed)]

    def _post(
        self,
        shop: ShopSettings,
        order: OrderPlaced,
        shoppers: list[Shopper],
        content: CartContent,
        known: Item,
    ) -> OrderEntry:
        """Write the order, post what it earned, and start what follows it. `known`: its item."""
        buyer = shoppers[0] if owner_is_named(order.contact) and shoppers else None
        if buyer and buyer.owner.forgotten_since(order.version):
            buyer = None
        told = Buyer(buyer.ids, order.version) if buyer else None
        assert order.order_id is not None
        entry = self.record(shop, order.order_id, lambda state: state.placed(order), told, known)
        if entry.customer_id:
            self.store.orders.put(shop.shop, entry.customer_id, order)
        if entry.moved_from:
            self._hand_over(shop, entry, entry.moved_from)
        if entry.state.was_lowered:
            self._take_back(shop, entry)
        if buyer and not (entry.forgotten or entry.state.perhaps_undone):
            self.occasions.order_placed(shop, order, buyer, content)
        return entry

    def _end_other_carts(
        self,
        shop: ShopSettings,
        order: OrderPlaced,
        name: str,
        marked: list[Cart],
        shoppers: list[Shopper],
    ) -> None:
        """Mark every other cart that the shoppers had open when the order was placed."""
        its_own = {cart.cart_id for cart in marked}
        found = [
            cart
            for shopper in shoppers
            for cart in self.store.carts.open_carts(shop.shop, shopper, most=MOST_MARKED)
            if cart.cart_id not in its_own
        ]
        others = [cart for cart in found if cart.existed_at(order.placed_at)]
        ended = [*marked, *others]
        take_out(self.store, shop, ended, names_of_carts(ended), read=shoppers)
        for cart in others:
            self.store.carts.mark_ordered(shop, cart.cart_id, name)
        self._set_aside(shop, order, [cart for cart in found if cart not in others])

    def _set_aside(self, shop: ShopSettings, order: OrderPlaced, carts_after: list[Cart]) -> None:
        """Set aside carts that, by the shop's clock, were created after the order, if their last
        activity was no later than a few minutes after the order was first reported."""
        for cart in carts_after:
            touched = cart.last_activity_at
            if order.heard_at and touched and touched <= order.heard_at + A_FEW_MINUTES:
                self.store.carts.set_aside(shop.shop, cart.cart_id, order.heard_at)

    def _who_ordered(self, order: OrderPlaced, marked: list[Cart]) -> list[Contact]:
        """Return the order's contact. If it identifies nobody, return the contacts of its carts:
        for them the order only stops messages."""
        return (
            [order.contact]
            if owner_is_named(order.contact)
            else [cart.contact for cart in marked if cart.contact.reachable]
        )

    def _ordered(self, shop: ShopSettings, order: OrderPlaced, contact: Contact) -> Shopper:
        def told(shopper: Shopper) -> Shopper:
            if shopper.owner.forgotten_since(order.version):
                return shopper
            return reported(shopper, contact, fact_versions(order)).with_order(order.placed_at)

        shopper = self.store.customers.amend(
            shop.shop, contact, told, order.contact.recorded.addresses
        )
        assert shopper is not None  # the contact has an identifier
        if contact is order.contact and not shopper.owner.forgotten_since(order.version):
            self.store.customers.address_use.remember(shop.shop, shopper)
        return shopper

    def record(
        self,
        shop: ShopSettings,
        order_id: str,
        change: Callable[[OrderState], OrderState],
        buyer: Buyer | None = None,
        read: Item | None = None,
    ) -> OrderEntry:
        record = self.store.accounts.record
        return record(
            shop.shop,
            order_id,
            change,
            buyer=buyer,
            programme=shop.loyalty,
            zone=shop.zone,
            read=read,
        )

    def _hand_over(self, shop: ShopSettings, entry: OrderEntry, before: str) -> None:
        """Move the grants for an order to its new owner, so that nobody gets the same grant for one
        order again."""
        if entry.customer_id and shop.loyalty:
            about = About(
                order_id=entry.state.order_id, spend=Decimal(0), currency=entry.posted.currency
            )
            self.store.grants.hand_over(shop.shop, before, entry.customer_id, now(), about)

    def give_back(
        self, shop: ShopSettings, order_id: str, change: Callable[[OrderState], OrderState]
    ) -> None:
        known, credited = self.store.accounts.order_with_credits(shop.shop, order_id)
        entry = self.record(shop, order_id, change, read=known)
        self._take_back(shop, entry)
        Crediting(self.store).credit(shop, entry.state, known=credited)

    def _take_back(self, shop: ShopSettings, entry: OrderEntry) -> None:
        """Reverse grants that are no longer earned after an order was cancelled or refunded."""
        order_id = entry.state.order_id
        self.occasions.given_back(shop, order_id, is_undone=entry.state.perhaps_undone)
        customer = (
            self.store.customers.get(shop.shop, entry.customer_id)
            if entry.customer_id and shop.loyalty
            else None
        )
        if customer is not None:
            about = About(
                order_id=order_id, spend=entry.posted.spend, currency=entry.posted.currency
            )
            self.store.grants.undo(shop.shop, customer, now(), about)


def owner_reported_first(order: OrderPlaced, known: OrderEntry | None) -> OrderPlaced:
    """Return the order with the earliest `placed_at` and the first `heard_at` known of it. A shop
    that dates `order.paid` by the payment does not place the order again."""
    if known is None or known.state.placed_at is None:
        return order
    placed_at = min(known.state.placed_at, order.placed_at)
    return order.model_copy(update={"placed_at": placed_at, "heard_at": known.state.heard_at})


def owner_is_named(contact: Contact) -> bool:
    """Return whether the contact identifies an owner by account, e-mail or phone."""
    return bool(contact.platform_id or contact.email or contact.phone)
