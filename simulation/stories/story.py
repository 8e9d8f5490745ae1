"""One story: a shop, its shoppers, and what happens to their carts. It keeps the truth."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from simulation.judge.truth import (
    CartTold,
    ErasureTold,
    ForgedTold,
    MergeTold,
    OrderTold,
    RecordTold,
    Told,
    Truth,
    Who,
    WordTold,
)
from simulation.stories.drawing import Draw
from simulation.stories.people import Shopper
from simulation.stories.shop import DrawnShop
from simulation.stories.shops.facts import Basket, Purchase
from simulation.stories.telling import Teller

if TYPE_CHECKING:
    from simulation.world.world import World

NOTHING = Decimal(0)


@dataclass
class CartNow:
    """A cart as its shopper sees it now. Times by the shop's clock."""

    cart: str
    shopper: Shopper
    who: Who
    began: datetime
    mark: str | None = ""
    total: Decimal = NOTHING
    ticked: dict[str, datetime] = field(default_factory=dict)
    reports: int = 0
    is_over: bool = False
    key: str = ""  # of a page cart
    was_ticked: bool = False


@dataclass
class OrderNow:
    purchase: Purchase
    shopper: Shopper


@dataclass
class Story:
    world: "World"
    shop: DrawnShop
    teller: Teller
    draw: Draw
    shoppers: list[Shopper]
    truth: Truth = field(default_factory=Truth)
    carts: dict[str, CartNow] = field(default_factory=dict)
    orders: list[OrderNow] = field(default_factory=list)
    stamps: int = 0
    last_stamp: datetime | None = None

    # --- the shop's clock -------------------------------------------------------------------------

    def stamp(self) -> datetime:
        """The shop's time in whole seconds, each only once: a tie is decided by a hash, and proves
        nothing."""
        at = (self.world.now + self.shop.clock).replace(microsecond=0)
        if self.last_stamp and at <= self.last_stamp:
            at = self.last_stamp + timedelta(seconds=1)
        self.last_stamp = at
        self.stamps += 1
        return at

    # --- carts ------------------------------------------------------------------------------------

    def begin(self, shopper: Shopper, who: Who) -> CartNow:
        key = f"koszyk{len(self.carts)}x{self.draw.getrandbits(32):08x}"
        name = self.shop.platform.cart_id(key)
        cart = CartNow(name, shopper, who, self.stamp(), key=key)
        self.carts[name] = cart
        return cart

    def fill(self, cart: CartNow) -> None:
        """The shopper puts something into the cart, or changes it."""
        cart.reports += 1
        cart.mark = f"Kubek {cart.cart} v{cart.reports}x"
        cart.total = Decimal(self.draw.randrange(20, 400)) + Decimal("0.99")

    def empty(self, cart: CartNow) -> None:
        cart.reports += 1
        cart.mark, cart.total = "", NOTHING

    def tick(self, cart: CartNow, channel: str) -> None:
        if cart.who.address(channel):
            cart.ticked.setdefault(channel, self.stamp())

    def report(
        self, cart: CartNow, *, who: Who | None = None, half: bool = False, checkout: bool = True
    ) -> None:
        """The shop reports the cart as it is. `half`: without its content."""
        if self.shop.platform.by_page:
            self._report_by_page(cart)
            return
        at = self.stamp()
        said = cart.who if who is None else who
        mark = None if half and self.shop.platform.name == "generic" else cart.mark
        if self.shop.platform.name == "shopify" and not checkout:
            said = Who()
        ticked = {c: on for c, on in cart.ticked.items() if said.address(c)}
        untold = self.shop.platform.name == "shopify" and not checkout
        if untold or half or said.is_nobody:
            ticked = {}
        basket = self._basket(cart, at, said, mark, ticked, checkout)
        told = CartTold(
            cart=cart.cart,
            version=(at, self.stamps),
            created_at=cart.began,
            who=said,
            mark=mark,
            ticked=ticked,
            unticked=frozenset() if untold else basket.unticked,
        )
        self.truth.carts.append(told)
        self.teller.tell(self.shop.platform.cart(basket), [told], may_be_lost=True)

    def _report_by_page(self, cart: CartNow) -> None:
        """The script in the page reports the cart. An address comes only with its ticked box."""
        at = self.stamp()
        ticked = {c: on for c, on in cart.ticked.items() if c == "email" and cart.who.email}
        basket = self._basket(cart, at, cart.who, cart.mark, ticked, checkout=True)
        content = self.shop.platform.page_report(basket, cart.key, not cart.was_ticked)  # type: ignore[union-attr]
        cart.was_ticked = bool(ticked)
        told = CartTold(
            cart=cart.cart,
            version=(at, self.stamps),
            created_at=cart.began,
            who=Who(email=cart.who.email) if ticked else Who(),
            mark=cart.mark,
            ticked=ticked,
            unticked=frozenset() if ticked else frozenset({"email"}),
            is_page=True,
        )
        self.truth.carts.append(told)
        self.teller.report_page(content, [told])

    def _basket(
        self,
        cart: CartNow,
        at: datetime,
        said: Who,
        mark: str | None,
        ticked: dict[str, datetime],
        checkout: bool,
    ) -> Basket:
        """The empty boxes of Shopify's and WooCommerce's checkouts are told; our own format tells
        only what was decided."""
        boxes = {"email", "sms"} if self.shop.platform.name != "generic" else set()
        unticked = frozenset(boxes - ticked.keys())
        return Basket(cart.cart, cart.began, at, said, mark, cart.total, ticked, unticked, checkout)

    def delete(self, cart: CartNow) -> None:
        self.empty(cart)
        if self.shop.platform.by_page:
            self._report_by_page(cart)
            return
        at = self.stamp()
        basket = self._basket(cart, at, Who(), "", {}, checkout=True)
        told = CartTold(
            cart=cart.cart, version=(at, self.stamps), created_at=cart.began, who=Who(), mark=""
        )
        self.truth.carts.append(told)
        self.teller.tell(self.shop.platform.deletion(basket), [told])

    # --- orders -----------------------------------------------------------------------------------

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

    # --- what the shop says of people -------------------------------------------------------------

    def record(self, who: Who) -> None:
        at = self.stamp()
        assert who.account
        told = RecordTold(account=who.account, version=(at, self.stamps), who=who)
        self.truth.records.append(told)
        self.teller.tell(self.shop.platform.record(who, at), [told])

    def consent(
        self, who: Who, channel: str, *, is_yes: bool, said: datetime | None = None
    ) -> None:
        """The shop reports an opt-in or opt-out that was given `said`: now, or earlier."""
        at = self.stamp()
        word = WordTold(
            channel=channel,
            is_yes=is_yes,
            at=said or at,
            by="account" if who.account else "guest",
            account=who.account,
            address=who.address(channel),
        )
        self.truth.words.append(word)
        tolds: list[Told] = [word]
        if who.account and self.shop.platform.name == "generic":
            record = RecordTold(account=who.account, version=(at, self.stamps), who=who)
            self.truth.records.append(record)
            tolds.append(record)
        state = "subscribed" if is_yes else "unsubscribed"
        body = self.shop.platform.consent(who, channel, state, at, said or at)
        self.teller.tell(body, tolds)

    def erase(self, who: Who, *, is_sole: bool) -> None:
        at = self.stamp()
        orders = [
            now.purchase.order for now in self.orders if now.purchase.who.account == who.account
        ]
        told = ErasureTold(who=who, at=at, is_sole=is_sole)
        self.truth.erasures.append(told)
        self.teller.tell(self.shop.platform.erasure(who, at, orders if who.account else []), [told])

    def merge(self, kept: str, gone: str) -> None:
        at = self.stamp()
        told = MergeTold(kept=kept, gone=gone)
        self.truth.merges.append(told)
        self.teller.tell(self.shop.platform.merge(kept, gone, at), [told])

    def forge(self, what: str, who: Who) -> None:
        """Somebody without the secret reports that the shopper agrees, or has ordered."""
        told = ForgedTold(what=what)
        self.truth.forged.append(told)
        at = self.stamp()
        if self.shop.platform.has_consents:
            body = self.shop.platform.consent(who, "email", "subscribed", at, at)
        else:
            body = self.shop.platform.record(replace(who, account=who.account or "99"), at)
        self.teller.forge(body, told)
