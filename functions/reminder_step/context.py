"""From what a message tells beyond the cart, and what comes of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wracaj.consent.consent import Channel
from wracaj.customers.shopper import Shopper
from wracaj.events import CartContent
from wracaj.messages.facts import ToldFacts
from wracaj.settings.shop import ShopSettings
from wracaj.store import Store
from wracaj.timelines.occasion import Occasion
from wracaj.timelines.subject import Subject

Actions = tuple[Mapping[str, Any], ...]  # of a transaction


@dataclass(frozen=True)
class Circumstances:
    """What may be told from. The message's id is the same for each try of the same step."""

    store: Store
    shop: ShopSettings
    subject: Subject
    shopper: Shopper
    channel: Channel
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
    def is_told_to_owner(self) -> bool:
        """Whether the message goes where what is the shopper's own may be told: points, rewards,
        tiers."""
        address = self.shopper.address(self.subject, self.channel)
        return address is not None and self.shopper.is_recorded(self.channel, address)

    @property
    def balance(self) -> ToldFacts:
        """The points there are; nothing where the shop has no points programme, or somebody else
        might read it."""
        if (
            self.shop.loyalty is None
            or self.shop.loyalty.points is None
            or not self.is_told_to_owner
        ):
            return {}
        account = self.store.accounts.get(self.shop.shop, self.shopper)
        return ToldFacts(points_balance=max(0, account.points(self.local.date())))


@dataclass(frozen=True)
class Telling:
    """`actions` of a transaction succeed together with the claim of the message, or it is decided
    anew.

    What they mark as told carries the message's id: a try that died after the claim is followed by
    one that finds its own mark. What was certainly not sent is told by nobody: `freeing` gives the
    actions that take its marks back, as they are by then.
    """

    facts: ToldFacts
    actions: Actions = ()
    freeing: Callable[[], Actions] = tuple
    content: CartContent | None = None  # what the message shows in place of what the cart holds
    conditions: Actions = ()  # hold with the claim, and again when the message is handed over
