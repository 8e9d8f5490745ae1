"""What an order is credited to: the message whose link was clicked last, and the experiments that
its shopper is in."""

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


class Credits(Frozen):
    """`sent_at`: when the message was sent; its counters are those of that day. `orders`: 0 or 1.
    `paid`: without tax, shipping and refunds, in the shop's main currency."""

    entries: dict[str, Entry] = {}
    click: Click | None = None
    sent_at: AwareDatetime | None = None
    orders: int = 0
    paid: Decimal = Decimal(0)
    revision: int = 0
