"""What a timeline runs on, and what its steps ask of it.

A shop's cart (carts/cart.py), or an occasion (occasion.py): an order that was placed, a date, a
subscription, products that were looked at, a campaign. The same claim, consent, caps and windows
apply to the messages about any of them.
"""

from abc import abstractmethod
from collections.abc import Set
from datetime import datetime, timedelta
from typing import Self

from pydantic import AwareDatetime

from wracaj.consent.consent import Channel, Consent, ConsentState
from wracaj.consent.preferences import Topic
from wracaj.events import CartContent, Contact, Frozen
from wracaj.timelines.steps import StepRecord

A_FEW_MINUTES = timedelta(minutes=10)  # by which two clocks that tell of one purchase may differ


class Subject(Frozen):
    """`cart_id`: a cart's own id, or an occasion's in its place."""

    shop: str
    cart_id: str
    revision: int = 0  # counts every change; conditions of later writes name it
    version: str = ""  # of the newest event; its beginning is the time of the last activity
    created_at: AwareDatetime | None = None  # None: only an order has told of this cart so far
    content: CartContent = CartContent()
    contact: Contact = Contact()
    consent: dict[Channel, Consent] = {}
    customer_id: str | None = None  # its strongest identifier: whom it belongs to
    # kind of name → name, of its shopper, see identity.py; as of the last time that it was settled
    names: dict[str, str] = {}
    erased: bool = False
    # sorts after the version of whatever was told before the last erasure; "": never erased
    forgotten: str = ""
    # an order of its shopper was heard of then, and may have been for it
    set_aside_at: AwareDatetime | None = None
    # whoever reads an address that it names pressed "stop": see unsubscribe.py
    stopped_at: AwareDatetime | None = None
    episode: int = 0  # the newest timeline's; 0: none was started yet
    episode_ended_at: AwareDatetime | None = None
    last_step_at: AwareDatetime | None = None
    last_message_at: AwareDatetime | None = None
    records: dict[str, StepRecord] = {}  # "{episode}#{step}" → what came of it

    # What each kind answers for itself

    @property
    @abstractmethod
    def topic(self) -> Topic | None:
        """What a shopper may decline to hear of; None: what they asked for just now."""

    @property
    @abstractmethod
    def asked_for(self) -> bool:
        """By the shopper, just now: no advertisement, so no consent, hour or cap matters."""

    @property
    @abstractmethod
    def is_personal(self) -> bool:
        """About what a shopper earned, chose or is: sent to nobody but that very person."""

    @property
    @abstractmethod
    def minds_other_carts(self) -> bool:
        """Whether a message about it depends on what else its shopper has open."""

    @abstractmethod
    def ended_by_order(self, last_order_at: datetime | None) -> bool:
        """Whether an order ends its timeline. `last_order_at`: the shopper's newest."""

    # What is the same for all

    @property
    def last_activity_at(self) -> datetime | None:
        return datetime.fromisoformat(self.version.partition("#")[0]) if self.version else None

    @property
    def words(self) -> dict[Channel, Consent]:
        """What was said in this cart. A yes counts from the cart's beginning: a shop that dates it
        anew with every event, or a box that stays ticked, must not outlive an unsubscription in
        between. A gesture has its own time."""
        return {channel: self._dated(consent) for channel, consent in self.consent.items()}

    def _dated(self, consent: Consent) -> Consent:
        is_yes = consent.state is ConsentState.SUBSCRIBED or consent.to_confirm
        if (
            not is_yes
            or consent.by_click
            or self.created_at is None
            or consent.at <= self.created_at
        ):
            return consent
        return consent.model_copy(update={"at": self.created_at})

    @property
    def stop(self) -> Consent | None:
        """On every channel. Unlike a no at an address it stays when the cart changes hands, or
        names others."""
        return (
            Consent(state=ConsentState.UNSUBSCRIBED, at=self.stopped_at, source="link")
            if self.stopped_at
            else None
        )

    def record(self, episode: int, step: str) -> StepRecord | None:
        return self.records.get(f"{episode}#{step}")

    def records_of(self, episode: int) -> list[StepRecord]:
        return [record for key, record in self.records.items() if key.startswith(f"{episode}#")]

    def without(self, products: Set[str]) -> Self:
        items = tuple(item for item in self.content.items if item.product_id not in products)
        return self.model_copy(update={"content": self.content.model_copy(update={"items": items})})

    def existed_at(self, moment: datetime | None) -> bool:
        """Whether an order placed at `moment` may have been for this cart."""
        return moment is not None and self.created_at is not None and self.created_at <= moment

    def rests_since(self, moment: datetime | None) -> bool:
        """Whether it was last touched some minutes after that moment at the most: as far as clocks
        can tell, an order of that moment may have been for it. Until it is touched again: a new
        cart may begin right after an order."""
        touched = self.last_activity_at
        return moment is not None and touched is not None and touched <= moment + A_FEW_MINUTES

    def may_be_bought_with(self, last_order_at: datetime | None) -> bool:
        """Whether the shopper's order may have been for what lies in it."""
        return (
            self.existed_at(last_order_at)
            or self.rests_since(last_order_at)
            or self.rests_since(self.set_aside_at)
        )
