"""WooCommerce without a plugin: drafts, orders and customers. An order and its cart are one entry,
whose status says all. It sends each webhook once."""

from datetime import datetime, timedelta
from decimal import Decimal

from simulation.judge.truth import Who
from simulation.stories.shops.facts import Basket, Body, Json, Purchase, number_of
from support import woocommerce_bodies

BOXES = {"email": woocommerce_bodies.BOX, "sms": "_wc_other/wracaj/sms-consent"}


class WooCommerce:
    name = "woocommerce"
    by_page = False
    has_refunds = True
    retries = False
    has_consents = has_erasures = has_merges = False

    def cart_id(self, name: str) -> str:
        return name

    def order_id(self, told: Purchase) -> str:
        """An order keeps the number of its draft."""
        return str(number_of(told.cart or told.order))

    def placed_at(self, told: Purchase) -> datetime:
        """It is dated by its draft, and no draft lives longer than a day."""
        return max(told.began, min(told.began + timedelta(days=1), told.placed_at))

    def _told(self, who: Who, began: datetime, at: datetime) -> Json:
        return {
            "customer_id": int(who.account) if who.account else 0,
            "billing": {
                "email": who.email or "",
                "phone": who.phone or "",
                "first_name": who.name or "",
            },
            "date_created": None,
            "date_created_gmt": _gmt(began),
            "date_modified": None,
            "date_modified_gmt": _gmt(at),
        }

    def cart(self, basket: Basket) -> Body:
        line = woocommerce_bodies.a_woo_line(
            name=basket.mark, quantity=1, total=str(basket.total), total_tax="0.00"
        )
        boxes = [woocommerce_bodies.a_box(key=BOXES[channel]) for channel in basket.ticked]
        return "order.updated", woocommerce_bodies.a_woo_draft(
            id=number_of(basket.cart),
            order_key=basket.cart,
            total=str(basket.total),
            line_items=[line] if basket.mark else [],
            meta_data=boxes,
            **self._told(basket.who, basket.began, basket.at),
        )

    def deletion(self, basket: Basket) -> Body:
        """A draft is emptied before WooCommerce forgets it."""
        return self.cart(basket)

    def order(self, told: Purchase) -> Body:
        status = "completed" if told.is_paid else "processing"
        boxes = [woocommerce_bodies.a_box(key=BOXES[channel]) for channel in told.ticked]
        refunds = [
            woocommerce_bodies.a_refund_stub(id=number_of(name), total=f"-{amount}")
            for name, amount in told.refunds
        ]
        return "order.updated", woocommerce_bodies.a_woo_order(
            id=int(self.order_id(told)),
            order_key=told.cart or f"zamowienie-{told.order}",
            status="cancelled" if told.is_cancelled else status,
            total=str(told.total),
            meta_data=boxes,
            refunds=refunds,
            coupon_lines=[woocommerce_bodies.a_coupon_line(code.lower()) for code in told.codes],
            **self._told(told.who, told.began, told.at),
        )

    def refund(self, told: Purchase, name: str, amount: Decimal) -> Body:
        """There is no webhook of a refund: the order is told again, with all its refunds."""
        return self.order(told)

    def record(self, who: Who, at: datetime) -> Body:
        return "customer.updated", woocommerce_bodies.a_woo_customer(
            id=int(who.account or 0),
            email=who.email or "",
            first_name=who.name or "",
            billing={"email": "", "phone": who.phone or "", "first_name": ""},
            date_modified_gmt=_gmt(at),
        )

    def consent(self, who: Who, channel: str, state: str, at: datetime, said: datetime) -> Body:
        raise NotImplementedError("WooCommerce tells of no consent outside a checkout")

    def erasure(self, who: Who, at: datetime, orders: list[str]) -> Body:
        raise NotImplementedError("WooCommerce tells of no erasure")

    def merge(self, kept: str, gone: str, at: datetime) -> Body:
        raise NotImplementedError("WooCommerce merges no customers")


def _gmt(at: datetime) -> str:
    return at.replace(tzinfo=None, microsecond=0).isoformat()
