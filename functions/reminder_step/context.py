"""From what a message tells beyond the cart, and what comes of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wracaj.consent.consent import Channel
from wracaj.customers.shopper import Shopper
from wracaj.events import CartContent
from wracaj.loyalty.ledger import Account
from wracaj.messages.facts import ContentFacts
from wracaj.settings.shop import ShopSettings
from wracaj.store import Store
from wracaj.timelines.occasion import Occasion
from wracaj.timelines.subject import Subject

Actions = tuple[Mapping[str, Any], ...]  # of a transaction


@dataclass(frozen=True)
class MessageContext:
    """What may be told from. The message's id is the same for each try of the same step."""

    store: Store
    shop: ShopSettings
    subject: Subject
    shopper: Shopper
    channel: Channel
    to: str  # the address there that the message goes to
    message_id: str
    moment: datetime

    @property
    def local(self) -> datetime:
        """The moment by the shop's clock, whose days and months the programme goes by."""
        return self.moment.astimezone(self.shop.zone)

    @property
    def kind_and_about(self) -> tuple[str | None, str | None]:
        """Of an occasion; of a cart nothing."""
        subject = self.subject
        return (subject.kind, subject.about) if isinstance(subject, Occasion) else (None, None)

    @property
    def goes_to_recorded_address(self) -> bool:
        """Whether the message goes where what is the shopper's own may be told: points, rewards,
        tiers."""
        return self.shopper.is_recorded(self.channel, self.to)

    def read_account(self) -> Account:
        """What the shopper earned: one request."""
        return self.store.accounts.get(self.shop.shop, self.shopper)

    def read_balance(self) -> ContentFacts:
        """The points there are, by one request; nothing, by none, where `tells_balance` is
        false."""
        return self.balance_in(self.read_account()) if self.tells_balance else {}

    def balance_in(self, account: Account) -> ContentFacts:
        points = max(0, account.points(self.local.date()))
        return ContentFacts(points_balance=points) if self.tells_balance else {}

    @property
    def tells_balance(self) -> bool:
        """Whether the shop has a points programme, and nobody else might read it."""
        programme = self.shop.loyalty
        return (
            programme is not None and programme.points is not None and self.goes_to_recorded_address
        )


@dataclass(frozen=True)
class MessageContent:
    """`actions` of a transaction succeed together with the claim of the message, or it is decided
    anew.

    What they mark as told carries the message's id: a try that died after the claim is followed by
    one that finds its own mark. What was certainly not sent is told by nobody: `freeing` gives the
    actions that take its marks back, as they are by then.
    """

    facts: ContentFacts
    actions: Actions = ()
    freeing: Callable[[], Actions] = tuple
    content: CartContent | None = None  # what the message shows in place of what the cart holds
    conditions: Actions = ()  # hold with the claim, and again when the message is handed over
