"""Consent per channel. Unknown is not an opt-in. The newest consent counts; at the same moment, the
opt-out counts."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict

from wracaj.clock import timestamp
from wracaj.consent.channel import Channel
from wracaj.keyed_hashes import keyed_hash

UNDATED = ", undated"  # end of a source whose time is only that of the shop's message


class ConsentState(StrEnum):
    SUBSCRIBED = "subscribed"
    PENDING = "pending"  # asked for, not confirmed (double opt-in)
    UNSUBSCRIBED = "unsubscribed"
    UNKNOWN = "unknown"


class Consent(BaseModel):
    """A shopper's consent for one channel: its time, its source (`checkout`, `link`, `shopify`, …)
    and the address that it is about.

    An opt-in is valid for that address only. An opt-out without an address is valid for every
    address of the shopper.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    state: ConsentState
    at: AwareDatetime
    source: str = ""
    address_hash: str = ""  # see address_hash_of()
    confirmed: bool = False  # double opt-in was done by the shop itself
    # given by a click or a message at exactly this time; not a box that stays ticked, nor a time
    # that the shop renews
    by_click: bool = False
    # an opt-in that is PENDING because the shop wants double opt-in; it does not end an earlier
    # opt-in
    to_confirm: bool = False

    @property
    def imported(self) -> bool:
        """Whether it may come from an imported list: its source contains "import", or its time is
        unknown."""
        return "import" in self.source.lower() or self.source.endswith(UNDATED)

    def is_forgotten(self, erased_at: datetime | None) -> bool:
        """Whether this is an opt-in from before the shopper's erasure. It does not count, even if
        it is reported again."""
        return (
            self.state is ConsentState.SUBSCRIBED and erased_at is not None and self.at <= erased_at
        )

    @property
    def version(self) -> str:
        """Sorts by time; at the same moment, an opt-out sorts after an opt-in."""
        return f"{timestamp(self.at)}#{int(self.state is ConsentState.UNSUBSCRIBED)}"


def address_hash_of(address: str | None) -> str:
    """Return a keyed hash of an address, or of a platform's customer id, that does not reveal
    it."""
    return keyed_hash("whose", address)[:16] if address else ""


def to_be_confirmed(word: Consent, channel: Channel, channels: Collection[str]) -> Consent:
    """Return the consent, as PENDING if it needs double opt-in. `channels`: those for which the
    shop wants it."""
    if word.state is not ConsentState.SUBSCRIBED or word.confirmed or channel not in channels:
        return word
    return word.model_copy(update={"state": ConsentState.PENDING, "to_confirm": True})


def latest(*words: Consent | None) -> ConsentState:
    """Return the state of the newest consent. UNKNOWN ones are ignored."""
    said = [word for word in words if word is not None and word.state is not ConsentState.UNKNOWN]
    return max(said, key=lambda word: word.version).state if said else ConsentState.UNKNOWN
