"""Reads what a webhook reported again, from the shop's API.

Shoper's signature is not an HMAC, and nothing in it dates a webhook: an old one can be sent again.
So a webhook only says where to look.
"""

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import TypeVar

from wracaj.clock import now, timestamp
from wracaj.errors import NotAllowedError, NotThereYetError, ShopBusyError
from wracaj.events import Contact, OrderCancelled, PrivacyKind, PrivacyRequested
from wracaj.platforms import Parsed, ToRead
from wracaj.platforms.bodies import Body
from wracaj.platforms.delivery import Delivery, parsed
from wracaj.platforms.shoper.api import Api, Resource
from wracaj.platforms.shoper.orders import Around, read_order
from wracaj.platforms.shoper.resources import (
    PLACES,
    Client,
    Order,
    OrderProduct,
    ShopCurrency,
    Status,
    is_allegros,
)
from wracaj.platforms.shoper.shoppers import read_client, read_subscriber
from wracaj.settings.shop import Shop

TRUSTED_SECONDS = 600  # statuses and currencies change only when somebody edits the shop
_lists: dict[tuple[str, str], tuple[float, list[Resource]]] = {}
Entry = TypeVar("Entry", bound=Body)


def reader_of(shop: Shop) -> "ApiReader":
    return ApiReader(shop, Api.of(shop))


@dataclass
class ApiReader:
    """See wracaj.platforms.ShopReader."""

    shop: Shop
    api: Api
    # entries that were asked for, with when
    known: dict[tuple[str, str], tuple[datetime, Resource | None]] = field(default_factory=dict)

    def read(self, what: ToRead, at: datetime) -> Parsed:
        asked_at, entry = self._entry(what.kind, what.id)
        if entry is None:
            return self._gone(what, at)
        return self._parsed(what.kind, self._delivery(what.topic, entry, at, asked_at))

    def order(self, entry: Resource) -> Parsed:
        """Return the events of an order from a list, as it is now."""
        return self._parsed("order", self._delivery("order.status", entry, now(), now()))

    def _entry(self, kind: str, id_: str) -> tuple[datetime, Resource | None]:
        resource, id_field = PLACES[kind]
        if (resource, id_) not in self.known:
            asked_at = now()
            entry = self.api.one(resource, id_)
            if entry is not None and str(entry.get(id_field)) != id_:
                raise ShopBusyError(f"the shop's API answered for {resource} with another entry")
            self.known[resource, id_] = asked_at, entry
        return self.known[resource, id_]

    def _delivery(self, topic: str, entry: Resource, at: datetime, asked_at: datetime) -> Delivery:
        """What is read later counts for more, where the shop's own times are the same."""
        return Delivery(topic, deepcopy(entry), self.shop.settings, at, timestamp(asked_at))

    def _parsed(self, kind: str, delivery: Delivery) -> Parsed:
        if kind == "client":
            return parsed(read_client, delivery)
        if kind == "subscriber":
            return parsed(read_subscriber, delivery)
        return parsed(lambda told: read_order(told, self._around(told)), delivery)

    def _gone(self, what: ToRead, at: datetime) -> Parsed:
        """What an entry's absence means. A deleted client is erased by the account's id alone: the
        address in the webhook may be anybody's."""
        if what.topic == "order.delete":
            return Parsed((OrderCancelled(at=at, order_id=what.id),), topic=what.topic)
        if what.topic == "client.delete":
            erase = PrivacyRequested(
                at=at, kind=PrivacyKind.CUSTOMER_REDACT, contact=Contact(platform_id=what.id)
            )
            return Parsed((erase,), topic=what.topic)
        raise NotThereYetError(f"the shop's API knows no {what.kind} of the webhook's id")

    # What else there is to know of an order

    def _around(self, delivery: Delivery) -> Around:
        order = self._as(Order, delivery.body)
        if is_allegros(order.origin, order.email):
            return Around(None, None)
        return Around(
            status_type=self._status_type(delivery, order.status_id),
            currency=self._currency(delivery, order.currency_id),
            products=self._products(delivery, order.order_id),
            client=self._client(delivery, order),
        )

    def _status_type(self, delivery: Delivery, status_id: str | None) -> str | None:
        found = self._listed(delivery, "statuses", Status, "status_id", status_id)
        return found.type if found else None

    def _currency(self, delivery: Delivery, currency_id: str | None) -> str | None:
        named = self.shop.settings.shoper.currencies
        if currency_id in named:
            return named[currency_id]
        found = self._listed(delivery, "currencies", ShopCurrency, "currency_id", currency_id)
        return found.name if found else None

    def _products(self, delivery: Delivery, order_id: str) -> tuple[OrderProduct, ...]:
        try:
            lines = list(self.api.each("order-products", {"order_id": order_id}))
        except NotAllowedError as error:
            delivery.warn("products", str(error))
            return ()
        return tuple(
            self._as(OrderProduct, line) for line in lines if str(line.get("order_id")) == order_id
        )

    def _client(self, delivery: Delivery, order: Order) -> Client | None:
        if not (order.registered and order.user_id):
            return None
        try:
            _, entry = self._entry("client", order.user_id)
        except NotAllowedError as error:
            delivery.warn("user_id", str(error))
            return None
        return self._as(Client, entry) if entry else None

    def _listed(
        self, delivery: Delivery, resource: str, model: type[Entry], name: str, id_: str | None
    ) -> Entry | None:
        """Return the entry of a short list that is asked for once in a while, and again where it
        lacks this one."""
        try:
            for trusted in (TRUSTED_SECONDS, 0):
                entries = self._list(resource, trusted)
                if found := next((e for e in entries if str(e.get(name)) == id_), None):
                    return self._as(model, found)
        except NotAllowedError as error:
            delivery.warn(name, str(error))
        return None

    def _list(self, resource: str, trusted: float) -> list[Resource]:
        read_at, entries = _lists.get((self.api.base, resource), (0.0, []))
        if not entries or monotonic() - read_at > trusted:
            entries = list(self.api.each(resource))
            _lists[self.api.base, resource] = monotonic(), entries
        return entries

    def _as(self, model: type[Entry], entry: Resource) -> Entry:
        return Delivery("", deepcopy(entry), self.shop.settings, now()).read(model)
