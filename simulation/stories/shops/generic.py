"""The generic platform: any shop that signs our format."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from simulation.judge.truth import Who
from simulation.stories.shops.facts import Basket, Body, Json, Purchase
from support import webhook_bodies


class Generic:
    name = "generic"
    by_page = False
    has_refunds = True
    retries = True
    has_consents = has_erasures = has_merges = True

    def cart_id(self, name: str) -> str:
        return name

    def order_id(self, told: Purchase) -> str:
        return told.order

    def placed_at(self, told: Purchase) -> datetime:
        return told.placed_at

    def _told(self, topic: str, at: datetime, who: Who, **data: Any) -> Body:
        moment = at.isoformat()
        told = {"customer": customer(who), "updated_at": moment, **data}
        return topic, webhook_bodies.an_envelope(topic, told, timestamp=moment)

    def cart(self, basket: Basket) -> Body:
        words = {
            channel: webhook_bodies.a_word(updated_at=at.isoformat())
            for channel, at in basket.ticked.items()
        }
        words |= {
            channel: webhook_bodies.a_word("unknown", updated_at=basket.at.isoformat())
            for channel in basket.unticked
        }
        item = webhook_bodies.an_item(title=basket.mark, unit_price=str(basket.total))
        items = None if basket.mark is None else [item] if basket.mark else []
        topic = "checkout.updated" if basket.is_checkout else "cart.updated"
        return self._told(
            topic,
            basket.at,
            basket.who,
            cart_id=basket.cart,
            checkout_id=None,
            consent=words,
            currency="PLN",
            total=str(basket.total),
            recovery_url=basket.url,
            items=items,
            created_at=basket.began.isoformat(),
        )

    def deletion(self, basket: Basket) -> Body:
        return self._told("cart.deleted", basket.at, basket.who, cart_id=basket.cart)

    def order(self, told: Purchase) -> Body:
        topic = "order.cancelled" if told.is_cancelled else "order.paid"
        topic = topic if told.is_paid or told.is_cancelled else "order.created"
        return self._told(
            topic,
            told.at,
            told.who,
            order_id=told.order,
            cart_id=told.cart,
            checkout_id=None,
            currency="PLN",
            total=str(told.total),
            discount_codes=list(told.codes),
            items=[webhook_bodies.a_bought_item()],
            created_at=told.placed_at.isoformat(),
        )

    def refund(self, told: Purchase, name: str, amount: Decimal) -> Body:
        return self._told(
            "refund.created",
            told.at,
            Who(),
            order_id=told.order,
            refund_id=name,
            currency="PLN",
            amount=str(amount),
        )

    def record(self, who: Who, at: datetime) -> Body:
        return self._told("customer.updated", at, who)

    def consent(self, who: Who, channel: str, state: str, at: datetime, said: datetime) -> Body:
        word = webhook_bodies.a_word(state, updated_at=said.isoformat())
        return self._told("consent.updated", at, who, consent={channel: word})

    def erasure(self, who: Who, at: datetime, orders: list[str]) -> Body:
        return self._told("privacy.customer_redact", at, who, order_ids=orders)

    def merge(self, kept: str, gone: str, at: datetime) -> Body:
        return self._told("customer.merged", at, Who(kept), merged_customer_ids=[gone])


def customer(who: Who) -> Json | None:
    if who.is_nobody:
        return None
    return {
        "id": who.account,
        "email": who.email,
        "phone": who.phone,
        "first_name": who.name,
        "locale": "pl",
    }
