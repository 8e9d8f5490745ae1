"""A shop's event → our state, and a timeline where one is due.

Everything here may be done twice or die in the middle: the shop sends the event again, and the second time ends the same.
"""

from collections.abc import Callable
from dataclasses import dataclass

from wracaj import cart as carts
from wracaj.beginning import StartTimeline
from wracaj.cart import Cart
from wracaj.clock import now
from wracaj.consent import Channel, Consent, ConsentState, to_be_confirmed
from wracaj.customer import Customer
from wracaj.errors import ConflictError
from wracaj.events import (
    CartContent,
    CartDeleted,
    CartUpdated,
    ConsentChanged,
    CustomersMerged,
    CustomerUpdated,
    Event,
    OrderCancelled,
    OrderEdited,
    OrderPlaced,
    OrderRefunded,
    PrivacyKind,
    PrivacyRequested,
    ProductViewed,
    ReviewWritten,
    ShopEvent,
)
from wracaj.grants import About
from wracaj.intake.choosing import Chooser
from wracaj.intake.occasions import Occasions
from wracaj.intake.viewing import Viewing
from wracaj.order_state import OrderState
from wracaj.settings import ShopSettings
from wracaj.store import Store
from wracaj.store.accounts import OrderEntry

ATTEMPTS = 8


@dataclass(frozen=True)
class Intake:
    store: Store
    start_timeline: StartTimeline

    @property
    def occasions(self) -> Occasions:
        return Occasions(self.store, self.start_timeline)

    def take(self, shop: ShopSettings, event: ShopEvent) -> None:
        """Returns once the event is durable."""
        event = unconfirmed(event, shop)
        match event:
            case CartUpdated() | CartDeleted():
                self._settle(shop, self.store.carts.apply(shop, event))
            case OrderPlaced():
                self._order(shop, event)
            case OrderCancelled():
                self._give_back(shop, event.order_id, lambda order: order.cancelled_by(event))
            case OrderEdited():
                self._account(shop, event.order_id, lambda order: order.edited(event))
            case OrderRefunded():
                self._give_back(shop, event.order_id, lambda order: order.refunded(event))
            case ProductViewed():
                Viewing(self.store, self.start_timeline).viewed(shop, event)
            case CustomerUpdated():
                self._learn(shop, event)
            case CustomersMerged():
                pass  # nothing joins two customers yet: who is who does not tell the shop's word from a typed address
            case ConsentChanged():
                self._consent(shop, event)
            case ReviewWritten():
                self._review(shop, event)
            case PrivacyRequested():
                self._privacy(shop, event)

    def _settle(self, shop: ShopSettings, cart: Cart) -> None:
        """Who the shopper is, whether they ordered already, and whether a timeline is due. Nothing, for most events."""
        for _ in range(ATTEMPTS):
            episode = carts.episode_to_start(cart, shop, now())
            if cart.erased or not (cart.needs_identifying or episode):
                return None
            try:
                return self._settle_once(shop, cart)
            except ConflictError:
                cart = self.store.carts.get(shop.shop, cart.cart_id) or cart
        raise ConflictError("this cart is being changed by others all the time; the event must come again")

    def _settle_once(self, shop: ShopSettings, cart: Cart) -> None:
        known = {order for id_ in cart.checkout_ids for order in self.store.orders.of_checkout(shop, id_, cart.cart_id)}
        with_orders = cart.model_copy(update={"orders": cart.orders | known})
        customer = self._identify(shop, with_orders)
        if customer is None:
            return self.store.carts.erase(shop.shop, cart.cart_id)
        if customer.last_order_at and cart.existed_at(customer.last_order_at) and not with_orders.ordered:
            with_orders = cart.model_copy(update={"orders": {carts.order_reference("same shopper", customer.last_order_at)}})
        stopped = with_orders.stopped_by(customer.last_order_at)
        episode = None if stopped else carts.episode_to_start(with_orders, shop, now())
        if episode:
            cart, episode = Chooser(self.store).choose(shop, cart, customer, episode)
        if episode and cart.choice and not cart.unreminded:
            self.start_timeline(shop.shop, cart.cart_id, episode, cart.choice.timeline)
        self.store.carts.settle(cart, customer, orders=with_orders.orders, episode=episode)
        return None

    def _identify(self, shop: ShopSettings, cart: Cart) -> Customer | None:
        """None: the shopper asked to be forgotten after this cart was touched."""
        if not cart.needs_identifying and cart.customer_id:
            return self.store.customers.get(shop.shop, cart.customer_id)

        def with_what_the_cart_knows(customer: Customer) -> Customer:
            for channel, word in cart.words.items():
                if word.state is ConsentState.UNSUBSCRIBED:  # a yes is the cart's own; the shopper's, once the order says it
                    customer = customer.with_consent(channel, word)
                elif word.by_gesture and is_said_by(customer, cart, channel, word):
                    customer = customer.with_click(channel, word.at)
                if word.to_confirm:
                    customer = self.occasions.asking(shop, customer, channel, cart.contact.address(channel), word)
            return customer.with_order(cart.last_order_at) if cart.last_order_at else customer

        customer = self.store.customers.identify(shop.shop, cart.contact, cart.versions, with_what_the_cart_knows)
        if customer is not None:
            self.store.customers.remember_cart(shop.shop, customer.id, cart.cart_id)
            for channel, word in cart.words.items():
                if word.state is not ConsentState.UNKNOWN and is_said_by(customer, cart, channel, word):
                    self.store.customers.log_consent(shop.shop, customer.id, channel, word)
                self.occasions.ask_to_confirm(shop, customer, channel, cart.contact.address(channel), word)
        return customer

    def _order(self, shop: ShopSettings, order: OrderPlaced) -> None:
        """Marks the order's cart, and every cart that its shopper had open by then."""
        order = self._first_told(shop, order)
        name = carts.order_reference(order.order_id or "checkout", order.placed_at)
        known = [self.store.orders.cart_of_checkout(shop, id_, name) for id_ in order.checkout_ids]
        ids = dict.fromkeys([*order.cart_ids, *(id_ for id_ in known if id_)])
        marked = [self.store.carts.mark_ordered(shop, id_, name) for id_ in ids]
        content = next((cart.content for cart in marked if cart.content.items), CartContent())
        buyers = self._buyers(shop, order, marked)
        if order.order_id:
            entry = self._account(shop, order.order_id, lambda state: state.placed(order), buyers[0].id if buyers else None)
            if buyers:
                self.store.orders.put(shop.shop, buyers[0].id, order)
            if entry.state.was_lowered:
                self._take_back(shop, entry)
            if buyers and not entry.state.perhaps_undone:
                self.occasions.order_placed(shop, order, buyers[0], content)
        for cart in (cart for buyer in buyers for cart in self.store.carts.open_carts(shop.shop, buyer)):
            if cart.created_at <= order.placed_at and cart.cart_id not in ids:
                self.store.carts.mark_ordered(shop, cart.cart_id, name)
            elif order.heard_at and cart.last_activity_at <= order.heard_at + carts.A_FEW_MINUTES:
                self.store.carts.set_aside(shop.shop, cart.cart_id, order.heard_at)
        self.occasions.bought_together(shop, order, content)

    def _first_told(self, shop: ShopSettings, order: OrderPlaced) -> OrderPlaced:
        """An order is placed once, and heard of once: a shop that dates `order.paid` by the payment does not place it again."""
        known = self.store.accounts.order(shop.shop, order.order_id) if order.order_id else None
        if known is None or known.state.placed_at is None:
            return order
        placed_at = min(known.state.placed_at, order.placed_at)
        return order.model_copy(update={"placed_at": placed_at, "heard_at": known.state.heard_at})

    def _account(
        self, shop: ShopSettings, order_id: str, change: Callable[[OrderState], OrderState], customer_id: str | None = None
    ) -> OrderEntry:
        record = self.store.accounts.record
        return record(shop.shop, order_id, change, customer_id=customer_id, programme=shop.loyalty, zone=shop.zone)

    def _give_back(self, shop: ShopSettings, order_id: str, change: Callable[[OrderState], OrderState]) -> None:
        self._take_back(shop, self._account(shop, order_id, change))

    def _take_back(self, shop: ShopSettings, entry: OrderEntry) -> None:
        """What the order earned has gone, and so do grants that are no longer true without it."""
        order_id = entry.state.order_id
        self.occasions.given_back(shop, order_id, is_undone=entry.state.perhaps_undone)
        customer = self.store.customers.get(shop.shop, entry.customer_id) if entry.customer_id and shop.loyalty else None
        if customer is not None:
            about = About(order_id=order_id, spend=entry.posted.spend, currency=entry.posted.currency)
            self.store.grants.undo(shop.shop, customer, now(), about)

    def _review(self, shop: ShopSettings, event: ReviewWritten) -> None:
        customer = self.store.customers.identify(shop.shop, event.contact, versions_of(event))
        if customer is not None:
            self.store.grants.put_review(shop.shop, customer.id, event.review_id, event.at)
            self.occasions.review_written(shop, customer, event.review_id, event.at)

    def _buyers(self, shop: ShopSettings, order: OrderPlaced, marked: list[Cart]) -> list[Customer]:
        """Whom the order names, first; and whom its cart belongs to, who may have typed another address there."""

        def with_order(customer: Customer) -> Customer:
            return customer.with_order(order.placed_at)

        named = (
            self.store.customers.identify(shop.shop, order.contact, versions_of(order), with_order)
            if order.contact.reachable
            else None
        )
        owners = sorted(
            {cart.customer_id for cart in marked if cart.customer_id and (named is None or cart.customer_id != named.id)}
        )
        others = [self.store.customers.amend(shop.shop, owner, with_order) for owner in owners]
        return list({buyer.id: buyer for buyer in (named, *others) if buyer}.values())

    def _learn(self, shop: ShopSettings, event: CustomerUpdated) -> None:
        def with_birthday(customer: Customer) -> Customer:
            return customer.born(event.birthday, event.version) if event.birthday else customer

        if event.contact.reachable:
            self.store.customers.identify(shop.shop, event.contact, versions_of(event), with_birthday)

    def _consent(self, shop: ShopSettings, event: ConsentChanged) -> None:
        if not event.contact.reachable:
            return
        word = carts.bound(event.consent, event.channel, event.contact)

        def change(customer: Customer) -> Customer:
            if not word.to_confirm:
                return customer.with_consent(event.channel, word)
            address = event.contact.address(event.channel) or customer.contact.address(event.channel)
            return self.occasions.asking(shop, customer, event.channel, address, word)

        customer = self.store.customers.identify(shop.shop, event.contact, versions_of(event), change)
        if customer is not None:
            self.store.customers.log_consent(shop.shop, customer.id, event.channel, word)
            self.occasions.said(shop, customer, word)
            address = event.contact.address(event.channel) or customer.contact.address(event.channel)
            self.occasions.ask_to_confirm(shop, customer, event.channel, address, word)

    def _privacy(self, shop: ShopSettings, event: PrivacyRequested) -> None:
        self.store.orders.put_privacy_request(shop.shop, event)
        if event.kind is PrivacyKind.CUSTOMER_REDACT:
            self.store.erasure.erase(shop.shop, event.contact, event.at)


def unconfirmed(event: ShopEvent, shop: ShopSettings) -> ShopEvent:
    """A yes that the shop wants confirmed is none yet, wherever it is told."""
    match event:
        case ConsentChanged(channel=channel, consent=word):
            return event.model_copy(update={"consent": to_be_confirmed(word, channel, shop.double_opt_in)})
        case CartUpdated(consent=words) if words:
            told = {channel: to_be_confirmed(word, channel, shop.double_opt_in) for channel, word in words.items()}
            return event.model_copy(update={"consent": told})
    return event


def is_said_by(customer: Customer, cart: Cart, channel: Channel, word: Consent) -> bool:
    """A yes on Messenger may be another shopper's, who came to this cart by a link: see decision 0150."""
    is_yes = channel is Channel.MESSENGER and word.state is ConsentState.SUBSCRIBED
    return not is_yes or cart.contact.messenger in {None, customer.contact.messenger}


def versions_of(event: Event) -> dict[str, str]:
    """All that one event tells of the shopper is of its own version."""
    return dict.fromkeys(carts.CONTACT_FACTS, event.version)
