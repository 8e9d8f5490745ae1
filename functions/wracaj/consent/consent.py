"""Consent per channel. Unknown is not yes; the latest word counts, and of two at the same moment
the no."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict

from wracaj.clock import timestamp
from wracaj.consent.channel import Channel as Channel
from wracaj.keyed_hashes import keyed_hash

UNDATED = ", undated"  # at the end of a source: its time is only that of the shop's message


class ConsentState(StrEnum):
    SUBSCRIBED = "subscribed"
    PENDING = "pending"  # asked for, not confirmed (double opt-in)
    UNSUBSCRIBED = "unsubscribed"
    UNKNOWN = "unknown"


class Consent(BaseModel):
    """What a shopper said about one channel, when, where (`checkout`, `link`, `shopify`, …), and
    for which address.

    A yes holds for that address and no other. A no without an address holds for all that the
    shopper has.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    state: ConsentState
    at: AwareDatetime
    source: str = ""
    address_hash: str = ""  # see address_hash_of()
    confirmed: bool = False  # by a click in a mail of the shop's own, before we heard of it
    # a click or a message at that very time: no box that stays ticked, and no shop that dates it
    # anew
    by_click: bool = False
    # a yes, PENDING as the shop wants it confirmed: it gives nothing, and takes no earlier yes away
    to_confirm: bool = False

    @property
    def imported(self) -> bool:
        """Perhaps a line of a list: its source says import, or nobody says when it was said."""
        return "import" in self.source.lower() or self.source.endswith(UNDATED)

    def is_forgotten(self, erased_at: datetime | None) -> bool:
        """A yes, however often it is told again, of somebody who asked to be forgotten since."""
        return (
            self.state is ConsentState.SUBSCRIBED and erased_at is not None and self.at <= erased_at
        )

    @property
    def version(self) -> str:
        """Sorts by time, and a no after a yes of the same moment."""
        return f"{timestamp(self.at)}#{int(self.state is ConsentState.UNSUBSCRIBED)}"


def address_hash_of(address: str | None) -> str:
    """Names an address, or a platform's id of a shopper, without telling it."""
    return keyed_hash("whose", address)[:16] if address else ""


def to_be_confirmed(word: Consent, channel: Channel, channels: Collection[str]) -> Consent:
    """`channels`: those that the shop asks a confirming click for."""
    if word.state is not ConsentState.SUBSCRIBED or word.confirmed or channel not in channels:
        return word
    return word.model_copy(update={"state": ConsentState.PENDING, "to_confirm": True})


def latest(*words: Consent | None) -> ConsentState:
    """The state that counts, of all that was said. Words that carry no information are
    passed over."""
    said = [word for word in words if word is not None and word.state is not ConsentState.UNKNOWN]
    return max(said, key=lambda word: word.version).state if said else ConsentState.UNKNOWN
