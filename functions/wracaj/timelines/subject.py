"""The subject of a timeline, and what its steps need to know of it.

A subject is a shop's cart (carts/cart.py) or an occasion (occasion.py): a placed order, a date, a
subscription, product views, a campaign. The same claims, consents, caps and windows apply to the
messages about each of them.
"""

from abc import abstractmethod
from collections.abc import Set
from datetime import datetime, timedelta
from typing import Self

from pydantic import AwareDatetime

from wracaj.consent.channel import Channel
from wracaj.consent.consent import Consent, ConsentState
from wracaj.consent.preferences import Topic
from wracaj.events import CartContent, Contact, Frozen
from wracaj.timelines.steps import StepRecord

A_FEW_MINUTES = timedelta(minutes=10)  # the most that two clocks may differ about one purchase


class Subject(Frozen):
    """`cart_id`: the cart's own id, or an occasion's id in its place."""

    shop: str
    cart_id: str
    revision: int = 0  # counts every change; conditional writes compare it
    version: str = ""  # of the newest event; begins with the time of the last activity
    created_at: AwareDatetime | None = None  # None: so far only an order mentioned this cart
    content: CartContent = CartContent()
    contact: Contact = Contact()
    consent: dict[Channel, Consent] = {}
    customer_id: str | None = None  # its owner: the strongest identifier
    # kind → identifier, when the shopper was last looked up; see identity.py
    names: dict[str, str] = {}
    erased: bool = False
    # sorts after every version reported before the last erasure; "": never erased
    forgotten: str = ""
    # when an order of its shopper was reported that may have been for it
    set_aside_at: AwareDatetime | None = None
    # when a reader of one of its addresses opted out of everything: see unsubscribe.py
    stopped_at: AwareDatetime | None = None
    episode: int = 0  # the newest episode; 0: none was started yet
    episode_ended_at: AwareDatetime | None = None
    last_step_at: AwareDatetime | None = None
    last_message_at: AwareDatetime | None = None
    long_wait: str = ""  # the newest that was moved out; see long_waits.py
    records: dict[str, StepRecord] = {}  # "{episode}#{step}" → record

    # Each kind of subject defines these

    @property
    @abstractmethod
    def topic(self) -> Topic | None:
        """The topic that a shopper may decline. None: a message that the shopper has just asked
        for."""

    @property
    @abstractmethod
    def asked_for(self) -> bool:
        """Whether the shopper has just asked for it. It is then no advertisement, and consent, send
        window and caps do not apply."""

    @property
    @abstractmethod
    def is_personal(self) -> bool:
        """Whether it is about the shopper's points, choices or person. It is then sent only with
        proof of that very person."""

    @property
    @abstractmethod
    def minds_other_carts(self) -> bool:
        """Whether its messages depend on the shopper's other open carts."""

    @abstractmethod
    def ended_by_order(self, last_order_at: datetime | None) -> bool:
        """Whether the order ends its timeline. `last_order_at`: the time of the shopper's newest
        order."""

    # The same for all subjects

    @property
    def last_activity_at(self) -> datetime | None:
        return datetime.fromisoformat(self.version.partition("#")[0]) if self.version else None

    @property
    def words(self) -> dict[Channel, Consent]:
        """The consents given in this cart. An opt-in counts from the cart's creation, unless it was
        given by a click, which has its own time. Otherwise a shop that renews the time with every
        event, or a box that stays ticked, would undo a later opt-out."""
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
        """The opt-out from all channels. Unlike an opt-out for an address, it stays when the cart's
        shopper or addresses change."""
        return (
            Consent(state=ConsentState.UNSUBSCRIBED, at=self.stopped_at, source="link")
            if self.stopped_at
            else None
        )

    def record(self, episode: int, step: str) -> StepRecord | None:
        return self.records.get(f"{episode}#{step}")

    def records_of(self, episode: int) -> list[StepRecord]:
        return [record for key, record in self.records.items() if key.startswith(f"{episode}#")]

    def last_message_but(self, episode: int, step: str) -> datetime | None:
        """When the newest of its other messages left, or may have left."""
        own = f"{episode}#{step}"
        left = [
            one.at for key, one in self.records.items() if one.state.may_have_left and key != own
        ]
        return max(left, default=None)

    def without(self, products: Set[str]) -> Self:
        items = tuple(item for item in self.content.items if item.product_id not in products)
        return self.model_copy(update={"content": self.content.model_copy(update={"items": items})})

    def existed_at(self, moment: datetime | None) -> bool:
        """Whether an order placed at `moment` may have been for this cart."""
        return moment is not None and self.created_at is not None and self.created_at <= moment

    def rests_since(self, moment: datetime | None) -> bool:
        """Whether its last activity was at most A_FEW_MINUTES after that moment. An order of that
        moment may then have been for it, because clocks differ. New activity ends this: a new cart
        may begin right after an order."""
        touched = self.last_activity_at
        return moment is not None and touched is not None and touched <= moment + A_FEW_MINUTES

    def may_be_bought_with(self, last_order_at: datetime | None) -> bool:
        """Whether the shopper's order may have been for this cart."""
        return (
            self.existed_at(last_order_at)
            or self.rests_since(last_order_at)
            or self.rests_since(self.set_aside_at)
        )
