"""Shopify: carts without shoppers, checkouts with them. `customer` is the record that Shopify found
by the typed address, whatever was typed else."""

from datetime import datetime
from decimal import Decimal

from simulation.judge.truth import Who
from simulation.stories.shops.facts import Basket, Body, Json, Purchase, number_of
from support import webhook_bodies


class Shopify:
    name = "shopify"
    by_page = False
    has_refunds = True
    retries = True
    has_consents = has_erasures = has_merges = True

    def __init__(self) -> None:
        self.records: dict[str, Who] = {}

    def cart_id(self, name: str) -> str:
        return name

    def order_id(self, told: Purchase) -> str:
        return str(number_of(told.order))

    def placed_at(self, told: Purchase) -> datetime:
        return told.placed_at

    def _customer(self, who: Who) -> Json | None:
        if who.account is None:
            return None
        record = self.records.setdefault(who.account, who)
        return {
            "id": int(who.account),
            "email": record.email,
            "phone": record.phone,
            "first_name": record.name,
            "created_at": None,
        }

    def cart(self, basket: Basket) -> Body:
        if not basket.is_checkout:
            line = webhook_bodies.a_cart_line(title=basket.mark or "", price=str(basket.total))
            return "carts/update", webhook_bodies.a_shopify_cart(
                id=basket.cart,
                token=basket.cart,
                line_items=[line] if basket.mark else [],
                created_at=basket.began.isoformat(),
                updated_at=basket.at.isoformat(),
            )
        return "checkouts/update", self._checkout(basket)

    def _checkout(self, basket: Basket) -> Json:
        may_text, phone = "sms" in basket.ticked, basket.who.phone
        line = webhook_bodies.a_checkout_line(
            title=basket.mark,
            presentment_title=basket.mark,
            presentment_variant_title=None,
            price=str(basket.total),
        )
        return webhook_bodies.a_shopify_checkout(
            token=f"checkout-{basket.cart}",
            cart_token=basket.cart,
            email=basket.who.email,
            phone=phone,
            sms_marketing_phone=phone if may_text else None,
            buyer_accepts_marketing="email" in basket.ticked,
            buyer_accepts_sms_marketing=may_text,
            customer=self._customer(basket.who),
            total_price=str(basket.total),
            line_items=[line] if basket.mark else [],
            abandoned_checkout_url=basket.url,
            created_at=basket.began.isoformat(),
            updated_at=basket.at.isoformat(),
        )

    def deletion(self, basket: Basket) -> Body:
        return "checkouts/delete", webhook_bodies.a_shopify_checkout_deletion(
            cart_token=basket.cart
        )

    def order(self, told: Purchase) -> Body:
        topic = "orders/paid" if told.is_paid else "orders/create"
        topic = "orders/cancelled" if told.is_cancelled else topic
        back = sum((amount for _, amount in told.refunds), Decimal(0))
        return topic, webhook_bodies.a_shopify_order(
            id=number_of(told.order),
            cart_token=told.cart,
            checkout_token=None,
            email=told.who.email,
            contact_email=told.who.email,
            phone=told.who.phone,
            customer=self._customer(told.who),
            total_price=str(told.total),
            current_total_price=str(told.total - back),
            refunds=[{"id": number_of(name)} for name, _ in told.refunds],
            financial_status="paid" if told.is_paid else "pending",
            created_at=told.placed_at.isoformat(),
            processed_at=told.placed_at.isoformat(),
            updated_at=told.at.isoformat(),
            cancelled_at=told.at.isoformat() if told.is_cancelled else None,
            discount_codes=[{"code": code, "amount": "1.00"} for code in told.codes],
        )

    def refund(self, told: Purchase, name: str, amount: Decimal) -> Body:
        return "refunds/create", webhook_bodies.a_shopify_refund(
            id=number_of(name),
            order_id=number_of(told.order),
            created_at=told.at.isoformat(),
            processed_at=told.at.isoformat(),
            refund_line_items=[],
            transactions=[webhook_bodies.a_transaction(amount=str(amount))],
        )

    def record(self, who: Who, at: datetime) -> Body:
        assert who.account
        self.records[who.account] = who
        return "customers/update", webhook_bodies.a_shopify_customer(
            id=int(who.account),
            email=who.email,
            phone=who.phone,
            first_name=who.name,
            updated_at=at.isoformat(),
        )

    def consent(self, who: Who, channel: str, state: str, at: datetime, said: datetime) -> Body:
        number = int(who.account) if who.account else None
        word = {"state": state, "opt_in_level": None, "consent_updated_at": said.isoformat()}
        if channel == "email":
            body = webhook_bodies.an_email_consent(
                customer_id=number, email_address=who.email, email_marketing_consent=word
            )
            return "customers_email_marketing_consent/update", body
        body = webhook_bodies.an_sms_consent(id=number, phone=who.phone, sms_marketing_consent=word)
        return "customers_marketing_consent/update", body

    def erasure(self, who: Who, at: datetime, orders: list[str]) -> Body:
        shopper = {
            "id": int(who.account) if who.account else None,
            "email": who.email,
            "phone": who.phone,
        }
        return "customers/redact", webhook_bodies.a_shopify_privacy_request(
            customer=shopper, orders_to_redact=[number_of(order) for order in orders]
        )

    def merge(self, kept: str, gone: str, at: datetime) -> Body:
        return "customers/merge", webhook_bodies.a_shopify_merge(kept, gone)
