"""What shoppers do with their carts."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from simulation.judge.truth import Who
from simulation.stories.moments import critical
from simulation.stories.people import Shopper, without
from simulation.stories.story import CartNow, OrderNow, Story

PLOTS = {
    "abandons": 36,
    "orders": 26,
    "comes back": 10,
    "empties": 6,
    "two checkouts": 12,
    "buys by another way": 10,
}


class Shopping:
    """The plots of one shopper. Each step schedules the next one on the world's clock."""

    def __init__(self, story: Story, shopper: Shopper) -> None:
        self.story, self.shopper, self.draw = story, shopper, story.draw

    def after(self, delay: timedelta, action: object) -> None:
        self.story.world.after(delay, action)  # type: ignore[arg-type]

    # --- filling ----------------------------------------------------------------------------------

    def begin(self, typed: Who | None = None) -> None:
        """A cart is begun, and filled in several reports. `typed`: somebody else's address."""
        draw, full = self.draw, typed or self.shopper.who
        cart = self.story.begin(self.shopper, Who(full.account, name=full.name))
        changes = draw.one_of({2: 15, 3: 30, 4: 30, 5: 15, 7: 10})
        typed_at = draw.randrange(1, changes + 1)
        delay = timedelta(0)
        for number in range(1, changes + 1):
            knows = number >= typed_at or number == changes
            self.after(delay, lambda n=number, k=knows: self._change(cart, full, n, k))
            delay += draw.one_of({draw.seconds(2, 60): 30, draw.minutes(1, 20): 70})
        self.after(delay, lambda: self.go_on(cart))

    def _change(self, cart: CartNow, full: Who, number: int, knows: bool) -> None:
        draw, story = self.draw, self.story
        if cart.is_over:
            return
        story.fill(cart)
        if knows and not (cart.who.email or cart.who.phone):
            cart.who = full.over(cart.who)
            if draw.chance(0.06) and full.email:
                cart.who = replace(cart.who, email=f"literowka.{full.email}")
            for channel, agrees in self.shopper.agrees.items():
                if agrees:
                    story.tick(cart, channel)
        elif knows and full.email and cart.who.email != full.email:
            cart.who = replace(cart.who, email=full.email)  # the slip is mended
            cart.ticked = {c: at for c, at in cart.ticked.items() if c != "email"}
            if self.shopper.agrees.get("email"):
                story.tick(cart, "email")
        if draw.chance(0.03) and cart.ticked:
            cart.ticked.pop(draw.any_of(sorted(cart.ticked)))
        self._report(cart, number)

    def _report(self, cart: CartNow, number: int) -> None:
        draw, story = self.draw, self.story
        checkout = bool(cart.who.email or cart.who.phone) or story.shop.platform.name != "shopify"
        if draw.chance(0.04) and number > 1 and story.shop.platform.name == "generic":
            story.report(cart, who=without(cart.who, draw), half=True)
        else:
            story.report(cart, checkout=checkout and not draw.chance(0.1))

    # --- what comes of it -------------------------------------------------------------------------

    def go_on(self, cart: CartNow) -> None:
        draw = self.draw
        match draw.one_of(PLOTS):
            case "orders":
                self.after(critical(draw), lambda: self.buy(cart))
            case "comes back":
                away = draw.one_of({critical(draw): 60, timedelta(days=draw.uniform(3, 12)): 40})
                self.after(away, lambda: self._again(cart))
            case "empties":
                gone = self.story.delete if draw.chance(0.4) else self._emptied
                self.after(critical(draw), lambda: cart.is_over or gone(cart))
            case "two checkouts":
                self.after(draw.hours(0.1, 30), lambda: self._second(cart))
            case "buys by another way":
                self.after(critical(draw), lambda: self._elsewhere(cart))
        if draw.chance(0.06) and cart.who.email and not self.story.shop.platform.by_page:
            self.after(critical(draw), lambda: self.story.forge("a consent", cart.who))

    def _emptied(self, cart: CartNow) -> None:
        self.story.empty(cart)
        self.story.report(cart)

    def _again(self, cart: CartNow) -> None:
        if cart.is_over:
            return
        self.story.fill(cart)
        self.story.report(cart)
        if self.draw.chance(0.5):
            self.after(critical(self.draw), lambda: self.buy(cart))

    def _second(self, cart: CartNow) -> None:
        """Another device: the same shopper fills a second cart, and orders one of them."""
        story, draw = self.story, self.draw
        other = story.begin(self.shopper, cart.who)
        for _ in range(draw.randrange(1, 4)):
            story.fill(other)
            for channel in cart.ticked:
                story.tick(other, channel)
            story.report(other)
        if draw.chance(0.6):
            bought = draw.any_of((cart, other))
            self.after(critical(draw), lambda: self.buy(bought))

    def _elsewhere(self, cart: CartNow) -> None:
        """An order that names no cart: by phone, or in the shop's other sales channel."""
        who = cart.who if not cart.who.is_nobody else self.shopper.who
        if who.is_nobody or cart.is_over:
            return
        told = self.story.order(None, self.shopper, replace(who, phone=None) if who.email else who)
        self._after_order(told)

    def buy(self, cart: CartNow) -> None:
        if cart.is_over or not cart.mark:
            return
        who = cart.who
        if self.draw.chance(0.05) and self.story.shop.platform.name == "generic":
            who = Who()  # an order that says nothing of its shopper
        told = self.story.order(cart, self.shopper, who)
        self._after_order(told)
        if self.draw.chance(0.25):
            self.after(self.draw.minutes(20, 3000), self.begin)

    def _after_order(self, told: OrderNow) -> None:
        story, draw = self.story, self.draw
        if draw.chance(0.6):
            paid = draw.one_of({draw.seconds(0, 3): 40, draw.minutes(1, 3000): 60})
            self.after(paid, lambda: story.tell_order(told, is_paid=True))
            if draw.chance(0.35) and story.shop.platform.has_refunds:
                self.after(paid + draw.hours(1, 90), lambda: self._refund(told))
        elif draw.chance(0.3):
            self.after(draw.hours(0.1, 60), lambda: story.tell_order(told, is_cancelled=True))

    def _refund(self, told: OrderNow) -> None:
        left = told.purchase.total - sum((a for _, a in told.purchase.refunds), Decimal(0))
        part = self.draw.one_of({left: 40, (left / 3).quantize(Decimal("0.01")): 60})
        if part > 0:
            self.story.refund(told, part)
        if self.draw.chance(0.2):
            self.after(self.draw.hours(0.1, 20), lambda: self._refund(told))
