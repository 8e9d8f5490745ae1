"""Shoper: carts come from the script in the shop's pages, orders from webhooks that only say where
to look. What the shop's API has to tell is kept for the world's shop."""

import base64
import hashlib
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from simulation.judge.truth import Who
from simulation.stories.shops.facts import Basket, Body, Json, Purchase, number_of
from support import shoper_bodies
from support.shop_pages import WORDS
from wracaj.carts.page_carts import page_cart_id

NEW, DONE, CANCELLED = "1", "7", "8"  # statuses, as in the tests' shop


class Shoper:
    name = "shoper"
    retries = True
    by_page = True
    has_consents = has_erasures = has_merges = has_refunds = False

    def __init__(self, zone: str = "Europe/Warsaw") -> None:
        self.zone = ZoneInfo(zone)

    def cart_id(self, name: str) -> str:
        return page_cart_id("kubek", key_of(name))

    def order_id(self, told: Purchase) -> str:
        return str(number_of(told.order))

    def placed_at(self, told: Purchase) -> datetime:
        return told.placed_at

    def page_report(self, basket: Basket, name: str, agrees_still: bool) -> Json:
        """What the script posts. It tells an address only while its box is ticked."""
        typed: Json = {}
        if "email" in basket.ticked:
            typed = {"email": basket.who.email, "wording": WORDS}
        elif not agrees_still:
            typed = {"agreed": False}
        line = {"id": "34", "title": basket.mark, "quantity": "1", "price": str(basket.total)}
        return {
            "key": key_of(name),
            "items": [line] if basket.mark else [],
            "currency": "PLN",
            "total": str(basket.total),
            "lang": "pl",
            "at": round(basket.at.timestamp() * 1000),
            **typed,
        }

    def cart(self, basket: Basket) -> Body:
        raise NotImplementedError("pages report the carts of Shoper")

    def deletion(self, basket: Basket) -> Body:
        raise NotImplementedError("pages report the carts of Shoper")

    def order(self, told: Purchase) -> Body:
        status = CANCELLED if told.is_cancelled else DONE if told.is_paid else NEW
        topic = "order.create" if told.at == told.placed_at else "order.status"
        return topic, shoper_bodies.an_order(
            order_id=self.order_id(told),
            user_id=told.who.account or "0",
            registered="1" if told.who.account else "0",
            date=self._local(told.placed_at),
            status_date=self._local(told.at),
            status_id=status,
            sum=str(told.total),
            email=told.who.email or "",
            billing_address=shoper_bodies.an_address(
                phone=told.who.phone or "", firstname=told.who.name or ""
            ),
            delivery_address=None,
            promo_code=told.codes[0] if told.codes else "",
        )

    def client(self, who: Who) -> Json:
        return shoper_bodies.a_client(
            user_id=who.account, email=who.email or "", firstname=who.name or ""
        )

    def _local(self, at: datetime) -> str:
        return at.astimezone(self.zone).strftime("%Y-%m-%d %H:%M:%S")

    def refund(self, told: Purchase, name: str, amount: Decimal) -> Body:
        raise NotImplementedError("Shoper tells of no refund")

    def record(self, who: Who, at: datetime) -> Body:
        raise NotImplementedError("records are read from Shoper's API")

    def consent(self, who: Who, channel: str, state: str, at: datetime, said: datetime) -> Body:
        raise NotImplementedError("not played")

    def erasure(self, who: Who, at: datetime, orders: list[str]) -> Body:
        raise NotImplementedError("not played")

    def merge(self, kept: str, gone: str, at: datetime) -> Body:
        raise NotImplementedError("Shoper merges no customers")


def key_of(name: str) -> str:
    """24 bytes in base64url, as a page draws them."""
    return base64.urlsafe_b64encode(hashlib.sha256(name.encode()).digest()[:24]).decode()
