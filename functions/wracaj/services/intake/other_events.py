"""Applies a shop's events about orders, shoppers and products, and all else that is no cart."""

from dataclasses import dataclass

from wracaj.carts import cart as carts
from wracaj.consent.channel import Channel
from wracaj.consent.consent import Consent, ConsentState
from wracaj.customers.consents import Speaker
from wracaj.customers.shopper import Shopper
from wracaj.events import (
    ConsentChanged,
    Contact,
    CustomersMerged,
    CustomerUpdated,
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
from wracaj.services.intake.audiences import names_of_carts, take_out
from wracaj.services.intake.occasions import Occasions
from wracaj.services.intake.orders import Orders
from wracaj.services.intake.product_views import Viewing
from wracaj.services.intake.settling import NOBODY, Settling
from wracaj.services.intake.shop_record import fact_versions, reported
from wracaj.services.start_occasion import StartTimeline
from wracaj.settings.shop import ShopSettings
from wracaj.store import Store
from wracaj.store.customers import Amend, recorded_addresses


@dataclass(frozen=True)
class OtherEvents:
    store: Store
    start_timeline: StartTimeline

    @property
    def occasions(self) -> Occasions:
        return Occasions(self.store, self.start_timeline)

    @property
    def _orders(self) -> Orders:
        return Orders(self.store, self.occasions)

    def apply(self, shop: ShopSettings, event: ShopEvent) -> None:
        match event:
            case OrderPlaced():
                self._orders.placed(shop, event)
            case OrderCancelled():
                self._orders.give_back(
                    shop, event.order_id, lambda order: order.cancelled_by(event)
                )
            case OrderEdited():
                self._orders.record(shop, event.order_id, lambda order: order.edited(event))
            case OrderRefunded():
                self._orders.give_back(shop, event.order_id, lambda order: order.refunded(event))
            case ProductViewed():
                Viewing(self.store, self.start_timeline).viewed(shop, event)
            case CustomerUpdated():
                self._learn(shop, event)
            case CustomersMerged():
                self._merge(shop, event)
            case ConsentChanged():
                self._consent(shop, event)
            case ReviewWritten():
                self._review(shop, event)
            case PrivacyRequested():
                self._privacy(shop, event)

    def _review(self, shop: ShopSettings, event: ReviewWritten) -> None:
        shopper = self.store.customers.shopper(shop.shop, event.contact)
        if shopper is not None and not shopper.owner.forgotten_since(event.version):
            self.store.grants.put_review(shop.shop, shopper.id, event.review_id, event.at)
            self.occasions.review_written(shop, shopper, event.review_id, event.at)

    def _learn(self, shop: ShopSettings, event: CustomerUpdated) -> None:
        """Apply the shop's record of an account. For a guest, only the language and the birthday
        are kept."""

        def told(shopper: Shopper) -> Shopper:
            if shopper.owner.forgotten_since(event.version):
                return shopper
            shopper = reported(shopper, event.contact, fact_versions(event))
            return (
                shopper.changed(shopper.owner.born(event.birthday, event.version))
                if event.birthday
                else shopper
            )

        self._amend(shop, event.contact, told)

    def _amend(self, shop: ShopSettings, contact: Contact, change: Amend) -> Shopper | None:
        """If the account's record has another address after the change, settle its open carts
        again, so that they are found by the new address too."""
        before = NOBODY

        def noted(shopper: Shopper) -> Shopper:
            nonlocal before
            before = recorded_addresses(shopper)
            return change(shopper)

        shopper = self.store.customers.amend(shop.shop, contact, noted, contact.recorded.addresses)
        if shopper and recorded_addresses(shopper) != before:
            for cart in self.store.carts.open_carts(shop.shop, shopper):
                if cart.contact.platform_id:
                    Settling(self.store, self.start_timeline).settle(shop, cart, anew=True)
        return shopper

    def _consent(self, shop: ShopSettings, event: ConsentChanged) -> None:
        channel, address = event.channel, event.contact.address(event.channel)
        word = carts.bound(event.consent, channel, event.contact)

        def told(shopper: Shopper) -> Shopper:
            if shopper.owner.forgotten_since(event.version):
                return shopper
            shopper = reported(shopper, event.contact, fact_versions(event))
            if word.to_confirm:
                to = address or shopper.record.address(channel)
                return self.occasions.asking(shop, shopper, channel, to, word) if to else shopper
            return shopper.with_shops_word(channel, word, address)

        shopper = self._amend(shop, event.contact, told)
        if shopper is None:
            return
        if shopper.owner.forgotten_since(event.version):
            self._keep_opt_out(shop, shopper, channel, address, word)
            return
        if channel is Channel.AUDIENCE and word.state is ConsentState.UNSUBSCRIBED:
            advertised = self.store.carts.open_carts(shop.shop, shopper)
            take_out(self.store, shop, advertised, names_of_carts(advertised))
        to = address or shopper.record.address(channel)
        self.store.consent_log.add(
            shop.shop, shopper.at(channel, to).id if to else shopper.id, channel, word
        )
        self.occasions.said(shop, shopper, channel, to, word)
        if word.to_confirm and to:
            self.occasions.ask_to_confirm(shop, shopper, channel, to)

    def _keep_opt_out(
        self,
        shop: ShopSettings,
        shopper: Shopper,
        channel: Channel,
        address: str | None,
        word: Consent,
    ) -> None:
        """Keep a guest's opt-out that was given before an erasure and reported after it. It counts
        for everybody who uses the address. Nothing else of the report is kept."""
        if address and word.state is ConsentState.UNSUBSCRIBED and not shopper.owner.is_account:
            bare = Consent(state=word.state, at=word.at)
            self.store.customers.amend_one(
                shop.shop,
                shopper.at(channel, address).id,
                lambda known: known.with_consent(channel, Speaker.READER, bare),
            )

    def _merge(self, shop: ShopSettings, event: CustomersMerged) -> None:
        kept, gone = Contact(platform_id=event.kept), Contact(platform_id=event.gone)
        self.store.merging.merge(shop.shop, kept, gone)

    def _privacy(self, shop: ShopSettings, event: PrivacyRequested) -> None:
        self.store.orders.put_privacy_request(shop.shop, event)
        if event.kind is PrivacyKind.CUSTOMER_REDACT:
            for order_id in event.order_ids:  # no after-purchase message about it
                self.occasions.given_back(shop, order_id, is_undone=True)
            self.store.erasure.erase(
                shop.shop, event.contact, event.at, orders=event.order_ids, by_shops_clock=True
            )
