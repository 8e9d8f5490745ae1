"""What a shop reports of carts, and what is true of them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from simulation.judge.truth import CartTold, Truth, Who
from simulation.stories.drawing import Draw
from simulation.stories.people import Shopper
from simulation.stories.shop import DrawnShop
from simulation.stories.shops.facts import Basket
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
class CartsTold:
    """A shop, its clock, and what it reports of carts."""

    world: "World"
    shop: DrawnShop
    teller: Teller
    draw: Draw
    shoppers: list[Shopper]
    truth: Truth = field(default_factory=Truth)
    carts: dict[str, CartNow] = field(default_factory=dict)
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
            cart=cart.cart,
            version=(at, self.stamps),
            created_at=cart.began,
            who=Who(),
            mark="",
            is_undated=self.shop.platform.name == "shopify",
        )
        self.truth.carts.append(told)
        self.teller.tell(self.shop.platform.deletion(basket), [told])
