"""The input from which a message's content is made, and its result."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wracaj.archive.decisions import Mark
from wracaj.consent.channel import Channel
from wracaj.customers.shopper import Shopper
from wracaj.events import CartContent
from wracaj.loyalty.ledger import Account
from wracaj.messages.facts import ContentFacts
from wracaj.settings.shop import ShopSettings
from wracaj.store import Store
from wracaj.timelines.occasion import Occasion
from wracaj.timelines.subject import Subject

Actions = tuple[Mapping[str, Any], ...]  # of a DynamoDB transaction


@dataclass(frozen=True)
class MessageContext:
    """Input of a message's content. The message id is the same for each try of the same step."""

    store: Store
    shop: ShopSettings
    subject: Subject
    shopper: Shopper
    channel: Channel
    to: str  # the address on this channel that the message goes to
    message_id: str
    moment: datetime

    @property
    def local(self) -> datetime:
        """The moment in the shop's time zone, whose days and months the programme uses."""
        return self.moment.astimezone(self.shop.zone)

    @property
    def kind_and_about(self) -> tuple[str | None, str | None]:
        """Of an occasion. Both are None for a cart."""
        subject = self.subject
        return (subject.kind, subject.about) if isinstance(subject, Occasion) else (None, None)

    @property
    def goes_to_recorded_address(self) -> bool:
        """Whether the message goes to an address in the shop's record. Only such a message may
        contain points, rewards and tiers."""
        return self.shopper.is_recorded(self.channel, self.to)

    def read_account(self) -> Account:
        """Read the shopper's loyalty account: one request."""
        return self.store.accounts.get(self.shop.shop, self.shopper)

    def read_balance(self) -> ContentFacts:
        """The balance of points: one request. Empty, without a request, where `tells_balance` is
        false."""
        return self.balance_in(self.read_account()) if self.tells_balance else {}

    def balance_in(self, account: Account) -> ContentFacts:
        points = max(0, account.points(self.local.date()))
        return ContentFacts(points_balance=points) if self.tells_balance else {}

    @property
    def tells_balance(self) -> bool:
        """Whether the shop has a points programme and the address is the customer's own."""
        programme = self.shop.loyalty
        return (
            programme is not None and programme.points is not None and self.goes_to_recorded_address
        )


@dataclass(frozen=True)
class MessageContent:
    """`actions` are put into the transaction that claims the message. Where they fail, the claim
    fails too, and the step is decided again.

    An action that marks something as announced stores the message id in its mark. When a try dies
    after the claim, the next try finds its own mark and goes on. When a message was certainly not
    sent, `freeing` returns the actions that remove its marks, as they stand at that time.
    """

    facts: ContentFacts
    actions: Actions = ()
    freeing: Callable[[], Actions] = tuple
    content: CartContent | None = None  # shown in place of the cart's content
    marks: tuple[Mark, ...] = ()  # what `actions` mark, for the archive
    conditions: Actions = ()  # checked with the claim, and again before the message is handed over
