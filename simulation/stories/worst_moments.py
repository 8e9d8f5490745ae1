"""What comes between two calls of a step: between its decision and its claim, between the claim
and the code, between the code and the provider."""

from typing import TYPE_CHECKING

from simulation.stories.story import CartNow, Story

if TYPE_CHECKING:
    from simulation.stories.choosing import Reader

PLACES = {
    ("dynamodb", "transact_write_items"): 80,
    ("sesv2", "send_email"): 12,
    ("dynamodb", "query"): 8,
}


class WorstMoment:
    """Waits for a call of a step about a cart, and lets something happen just before it."""

    def __init__(self, story: Story, reader: "Reader") -> None:
        self.story, self.reader, self.draw = story, reader, story.draw
        self.place = self.draw.one_of(PLACES)
        self.left = self.draw.one_of({0: 40, 1: 25, 2: 20, 3: 15})

    def arm(self) -> None:
        self.story.world.before_call(*self.place, 1, self.strike)

    def strike(self) -> None:
        current = self.story.world.lambdas.current
        event = current.event if current else {}
        cart = self.story.carts.get(str(event.get("cart_id")))
        if not event.get("step") or cart is None or self.left:
            self.left -= bool(event.get("step")) and cart is not None
            self.arm()
            return
        self.story.teller.at_once = True
        try:
            self.happen(cart)
        finally:
            self.story.teller.at_once = False

    def happen(self, cart: CartNow) -> None:
        story, platform = self.story, self.story.shop.platform
        kinds = {"order": 45, "order elsewhere": 12, "stop": 15, "change": 8}
        kinds |= {"no": 25} if platform.has_consents else {}
        kinds |= {"erasure": 8} if platform.has_erasures else {}
        who = cart.who
        match self.draw.one_of(kinds):
            case "order" if not cart.is_over:
                story.order(cart, cart.shopper, who)
            case "order elsewhere" if not who.is_nobody:
                story.order(None, cart.shopper, who)
            case "no" if who.email or who.phone:
                channel = "email" if who.email else "sms"
                story.consent(who, channel, is_yes=False)
            case "stop":
                self.stop(who.email)
            case "change" if not cart.is_over:
                story.fill(cart)
                story.report(cart)
            case "erasure" if not who.is_nobody:
                story.erase(who, is_sole=False)

    def stop(self, address: str | None) -> None:
        """Somebody presses stop in a mail that came before."""
        left = [one for one in self.story.world.outbox if one.to == address]
        if left:
            self.reader.stop(left[-1])
