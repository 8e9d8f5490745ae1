"""What a shop reports of orders, and what is true of them."""

from dataclasses import dataclass, field, replace
from decimal import Decimal

from simulation.judge.truth import OrderTold, RecordTold, Who, WordTold
from simulation.stories.carts_told import CartNow, CartsTold
from simulation.stories.people import Shopper
from simulation.stories.shops.facts import Purchase


@dataclass
class OrderNow:
    purchase: Purchase
    shopper: Shopper


@dataclass
class OrdersTold(CartsTold):
    orders: list[OrderNow] = field(default_factory=list)

    def order(self, cart: CartNow | None, shopper: Shopper, who: Who) -> OrderNow:
        placed, name = self.stamp(), f"zam{len(self.orders)}x{self.draw.getrandbits(32):08x}"
        total = cart.total if cart else Decimal(self.draw.randrange(20, 400))
        purchase = Purchase(
            order=name,
            placed_at=placed,
            at=placed,
            who=who,
            cart=cart.cart if cart else None,
            total=total,
            ticked=dict(cart.ticked) if cart else {},
            began=cart.began if cart else placed,
        )
        now = OrderNow(purchase, shopper)
        self.orders.append(now)
        if cart:
            cart.is_over = True
        self.tell_order(now)
        return now

    def tell_order(self, now: OrderNow, **changes: object) -> None:
        if changes:
            now.purchase = replace(now.purchase, at=self.stamp(), **changes)  # type: ignore[arg-type]
        told = now.purchase
        is_woo = self.shop.platform.name == "woocommerce"
        order = OrderTold(
            order=self.shop.platform.order_id(told),
            version=(told.at, self.stamps),
            placed_at=self.shop.platform.placed_at(told),
            who=told.who,
            carts=(told.cart,) if told.cart and not self.shop.platform.by_page else (),
            total=told.total,
            refunds=dict(told.refunds) if is_woo else {},
            cancelled=told.is_cancelled,
        )
        self.truth.orders.append(order)
        words = self._words_of_order(told) if is_woo else []
        self.truth.words += words
        records = self._kept_in_the_api(told) if self.shop.platform.by_page else []
        self.teller.tell(self.shop.platform.order(told), [order, *words, *records])

    def _kept_in_the_api(self, told: Purchase) -> list[RecordTold]:
        """Shoper's API knows the order as it is now, and the account that placed it."""
        api, platform = self.world.neighbours.shops[self.shop.name].shop, self.shop.platform
        api.keep("orders", platform.order(told)[1])
        if told.who.account is None:
            return []
        api.keep("users", platform.client(told.who))  # type: ignore[union-attr]
        known = Who(told.who.account, told.who.email, None, told.who.name)
        record = RecordTold(account=told.who.account, version=(told.at, self.stamps), who=known)
        self.truth.records.append(record)
        return [record]

    def _words_of_order(self, told: Purchase) -> list[WordTold]:
        """WooCommerce repeats the ticked boxes of the checkout in its order."""
        by = "account" if told.who.account else "guest"
        return [
            WordTold(
                channel=channel,
                is_yes=True,
                at=told.began,
                by=by,
                account=told.who.account,
                address=told.who.address(channel),
            )
            for channel in told.ticked
            if told.who.address(channel)
        ]

    def refund(self, now: OrderNow, amount: Decimal) -> None:
        name = f"kor{len(now.purchase.refunds)}{now.purchase.order}"
        refunds = (*now.purchase.refunds, (name, amount))
        if self.shop.platform.name == "woocommerce":
            return self.tell_order(now, refunds=refunds)
        now.purchase = replace(now.purchase, at=self.stamp(), refunds=refunds)
        told = OrderTold(
            order=self.shop.platform.order_id(now.purchase),
            version=(now.purchase.at, self.stamps),
            placed_at=now.purchase.placed_at,
            who=Who(),
            carts=(),
            refunds={name: amount},
        )
        self.truth.orders.append(told)
        self.teller.tell(self.shop.platform.refund(now.purchase, name, amount), [told])
        return None
