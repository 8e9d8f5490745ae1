"""What an order is credited to: the message whose link was clicked last, the messages that gave the
codes used in it, and the experiments that its shopper is in."""

from datetime import datetime, timedelta
from decimal import Decimal

from pydantic import AwareDatetime

from wracaj.events import Frozen
from wracaj.experiments.arms import Entry

CLICK_COUNTS = timedelta(days=5)  # the last click before an order; opens and deliveries never count


class Click(Frozen):
    """The newest click by a person on a link back to the cart, and the message that had it."""

    at: AwareDatetime
    cart_id: str
    episode: int
    timeline: str
    step: str

    def may_have_led_to(self, placed_at: datetime) -> bool:
        return self.at <= placed_at <= self.at + CLICK_COUNTS


class CodeGiver(Frozen):
    """The message that gave a discount code, and when it was sent."""

    timeline: str
    step: str
    sent_at: AwareDatetime
    free_shipping: bool = False  # the code gave free delivery


class Credits(Frozen):
    """`sent_at`: when the message was sent; its counters are those of that day. `orders`: 0 or 1.
    `paid`: without tax, shipping and refunds, in the shop's main currency. `contribution`: of the
    order, after its discount; 0 where the shop tells no margin. `facts`: of the order, from which
    these were worked out. `codes`: our codes used in the order, which count as long as the order
    stands (`stands`: 0 or 1)."""

    entries: dict[str, Entry] = {}
    click: Click | None = None
    sent_at: AwareDatetime | None = None
    orders: int = 0
    paid: Decimal = Decimal(0)
    contribution: Decimal = Decimal(0)
    facts: str = ""
    codes: dict[str, CodeGiver] = {}
    stands: int = 0
    revision: int = 0

    @property
    def free_shipping(self) -> bool:
        """Whether a code of ours gave this order free delivery."""
        return any(giver.free_shipping for giver in self.codes.values())
