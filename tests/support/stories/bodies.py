"""The webhooks of the two platforms about the same events in a shop, in their real formats."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zlib import crc32

from support import webhook_bodies, woocommerce_bodies
from support.webhook_bodies import Json

Body = tuple[str, Json]  # (topic, content)


@dataclass(frozen=True)
class Who:
    """What a shop says of a shopper. Facts that it does not say are None."""

    id: str | None = None
    email: str | None = None
    phone: str | None = None
    name: str | None = None


@dataclass(frozen=True)
class Cart:
    id: str
    who: Who
    ticked: tuple[str, ...]  # the channels whose boxes are ticked
    total: str
    began: datetime

    @property
    def title(self) -> str:
        return f"Kubek nr {self.id}"

    @property
    def url(self) -> str:
        return f"https://kubek.example/koszyk/{self.id}"


@dataclass(frozen=True)
class Order:
    id: str
    who: Who
    total: str
    placed: datetime
    cart: str | None = None


@dataclass
class Generic:
    """The generic platform. It describes a customer by all that the shop knows, whether the
    customer logged in or typed it."""

    name = "generic"

    def id_of(self, name: str) -> str:
        return name

    def _told(self, topic: str, at: datetime, who: Who, **data: Any) -> Body:
        customer = {
            "id": who.id,
            "email": who.email,
            "phone": who.phone,
            "first_name": who.name,
            "locale": "pl",
        }
        moment = at.isoformat()
        said = {"customer": customer, "updated_at": moment, **data}
        return topic, webhook_bodies.an_envelope(topic, said, timestamp=moment)

    def checkout(self, cart: Cart, at: datetime) -> Body:
        item = webhook_bodies.an_item(title=cart.title, unit_price=cart.total)
        words = {
            channel: webhook_bodies.a_word(updated_at=cart.began.isoformat())
            for channel in cart.ticked
        }
        return self._told(
            "checkout.updated",
            at,
            cart.who,
            cart_id=cart.id,
            checkout_id=None,
            consent=words,
            currency="PLN",
            total=cart.total,
            recovery_url=cart.url,
            items=[item],
            created_at=cart.began.isoformat(),
        )

    def order(self, order: Order, at: datetime) -> Body:
        return self._told(
            "order.paid",
            at,
            order.who,
            order_id=order.id,
            cart_id=order.cart,
            checkout_id=None,
            currency="PLN",
            total=order.total,
            items=[webhook_bodies.a_bought_item()],
            created_at=order.placed.isoformat(),
        )

    def cancelled(self, order: Order, at: datetime) -> Body:
        moment = at.isoformat()
        return self._told("order.cancelled", at, order.who, order_id=order.id, cancelled_at=moment)

    def record(self, who: Who, at: datetime, **more: Any) -> Body:
        return self._told("customer.updated", at, who, **more)

    def consent(self, who: Who, channel: str, state: str, at: datetime) -> Body:
        word = webhook_bodies.a_word(state, updated_at=at.isoformat())
        return self._told("consent.updated", at, who, consent={channel: word})

    def redact(self, who: Who, at: datetime, orders: Iterable[str]) -> Body:
        return self._told("privacy.customer_redact", at, who, order_ids=list(orders))

    def merge(self, kept: str, gone: str, at: datetime) -> Body:
        return self._told("customer.merged", at, Who(id=kept), merged_customer_ids=[gone])


@dataclass
class Shopify:
    """Shopify. A checkout or an order has two descriptions of the shopper: what was typed, and
    `customer`, the record that Shopify found by the typed address or created from it. So the
    address of `customer` is the record's, whatever was typed."""

    name = "shopify"
    records: dict[str, Who] = field(default_factory=dict)

    def _id(self, name: str) -> int:
        """Return an id. Shopify's ids are numbers, but stories use names."""
        return 7_000_000_000_000 + crc32(name.encode())

    def id_of(self, name: str) -> str:
        return str(self._id(name))

    def _customer(self, who: Who) -> Json | None:
        if who.id is None:
            return None
        record = self.records.setdefault(who.id, Who(who.id, who.email))
        return {
            "id": self._id(who.id),
            "email": record.email,
            "phone": record.phone,
            "first_name": who.name or record.name,
            "created_at": None,
        }

    def checkout(self, cart: Cart, at: datetime) -> Body:
        may_text, phone = "sms" in cart.ticked, cart.who.phone
        body = webhook_bodies.a_shopify_checkout(
            token=f"checkout-{cart.id}",
            cart_token=cart.id,
            email=cart.who.email,
            phone=phone,
            sms_marketing_phone=phone if may_text else None,
            buyer_accepts_marketing="email" in cart.ticked,
            buyer_accepts_sms_marketing=may_text,
            customer=self._customer(cart.who),
            total_price=cart.total,
            line_items=[
                webhook_bodies.a_checkout_line(
                    title=cart.title, presentment_title=cart.title, price=cart.total
                )
            ],
            abandoned_checkout_url=cart.url,
            created_at=cart.began.isoformat(),
            updated_at=at.isoformat(),
        )
        return "checkouts/update", body

    def order(self, order: Order, at: datetime) -> Body:
        body = webhook_bodies.a_shopify_order(
            id=self._id(order.id),
            cart_token=order.cart,
            checkout_token=None,
            email=order.who.email,
            contact_email=order.who.email,
            phone=order.who.phone,
            customer=self._customer(order.who),
            total_price=order.total,
            current_total_price=order.total,
            financial_status="paid",
            created_at=order.placed.isoformat(),
            processed_at=order.placed.isoformat(),
            updated_at=at.isoformat(),
            discount_codes=[],
        )
        return "orders/paid", body

    def cancelled(self, order: Order, at: datetime) -> Body:
        _, body = self.order(order, at)
        return "orders/cancelled", body | {"cancelled_at": at.isoformat()}

    def record(self, who: Who, at: datetime, **_: Any) -> Body:
        assert who.id
        self.records[who.id] = who
        body = webhook_bodies.a_shopify_customer(
            id=self._id(who.id),
            email=who.email,
            phone=who.phone,
            first_name=who.name,
            updated_at=at.isoformat(),
        )
        return "customers/update", body

    def consent(self, who: Who, channel: str, state: str, at: datetime) -> Body:
        number = self._id(who.id) if who.id else None
        said = {"state": state, "opt_in_level": None, "consent_updated_at": at.isoformat()}
        if channel == "email":
            body = webhook_bodies.an_email_consent(
                customer_id=number, email_address=who.email, email_marketing_consent=said
            )
            return "customers_email_marketing_consent/update", body
        body = webhook_bodies.an_sms_consent(id=number, phone=who.phone, sms_marketing_consent=said)
        return "customers_marketing_consent/update", body

    def redact(self, who: Who, at: datetime, orders: Iterable[str]) -> Body:
        customer = {
            "id": self._id(who.id) if who.id else None,
            "email": who.email,
            "phone": who.phone,
        }
        numbers = [self._id(order) for order in orders]
        return "customers/redact", webhook_bodies.a_shopify_privacy_request(
            customer=customer, orders_to_redact=numbers
        )

    def merge(self, kept: str, gone: str, at: datetime) -> Body:
        def named(who: str) -> str:
            return f"gid://shopify/Customer/{self._id(who)}"

        body: Json = {
            "admin_graphql_api_customer_kept_id": named(kept),
            "admin_graphql_api_customer_deleted_id": named(gone),
        }
        return "customers/merge", body | {
            "admin_graphql_api_job_id": None,
            "status": "completed",
            "errors": [],
        }


@dataclass
class WooCommerce:
    """WooCommerce without a plugin. Its webhooks tell of drafts, orders and customers. There is
    none of a consent, an erasure or a merge."""

    name = "woocommerce"

    def _id(self, name: str) -> int:
        """WordPress counts its users and orders from 1."""
        return 70_000 + crc32(name.encode()) % 900_000

    def id_of(self, name: str) -> str:
        return str(self._id(name))

    def _told(self, who: Who, began: datetime, at: datetime) -> Json:
        billing = {"email": who.email or "", "phone": who.phone or "", "first_name": who.name or ""}
        return {
            "customer_id": self._id(who.id) if who.id else 0,
            "billing": billing,
            "date_created": None,
            "date_created_gmt": began.replace(tzinfo=None).isoformat(),
            "date_modified": None,
            "date_modified_gmt": at.replace(tzinfo=None).isoformat(),
        }

    def checkout(self, cart: Cart, at: datetime) -> Body:
        boxes = {"email": woocommerce_bodies.BOX, "sms": "_wc_other/wracaj/sms-consent"}
        line = woocommerce_bodies.a_woo_line(
            name=cart.title, quantity=1, total=cart.total, total_tax="0.00"
        )
        return "order.updated", woocommerce_bodies.a_woo_draft(
            id=self._id(cart.id),
            order_key=cart.id,
            total=cart.total,
            line_items=[line],
            meta_data=[woocommerce_bodies.a_box(key=boxes[channel]) for channel in cart.ticked],
            **self._told(cart.who, cart.began, at),
        )

    def order(self, order: Order, at: datetime) -> Body:
        return "order.updated", woocommerce_bodies.a_woo_order(
            id=self._id(order.cart or order.id),
            order_key=order.cart or f"zamowienie-{order.id}",
            total=order.total,
            **self._told(order.who, order.placed, at),
        )

    def cancelled(self, order: Order, at: datetime) -> Body:
        topic, body = self.order(order, at)
        return topic, body | {"status": "cancelled"}

    def record(self, who: Who, at: datetime, **_: Any) -> Body:
        assert who.id
        return "customer.updated", woocommerce_bodies.a_woo_customer(
            id=self._id(who.id),
            email=who.email or "",
            first_name=who.name or "",
            billing={"email": "", "phone": who.phone or "", "first_name": ""},
            date_modified_gmt=at.replace(tzinfo=None).isoformat(),
        )

    def consent(self, who: Who, channel: str, state: str, at: datetime) -> Body:
        raise NotImplementedError("WooCommerce tells of no consent outside a checkout")

    def redact(self, who: Who, at: datetime, orders: Iterable[str]) -> Body:
        raise NotImplementedError("WooCommerce tells of no erasure")

    def merge(self, kept: str, gone: str, at: datetime) -> Body:
        raise NotImplementedError("WooCommerce merges no customers")


PLATFORMS = {"generic": Generic, "shopify": Shopify, "woocommerce": WooCommerce}
