"""Consent per channel. Unknown is not yes; the latest word counts, and of two at the same moment the no."""

from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict

from wracaj.clock import timestamp


class Channel(StrEnum):
    EMAIL = "email"
    SMS = "sms"


class ConsentState(StrEnum):
    SUBSCRIBED = "subscribed"
    PENDING = "pending"  # asked for, not confirmed (double opt-in)
    UNSUBSCRIBED = "unsubscribed"
    UNKNOWN = "unknown"


class Consent(BaseModel):
    """What a shopper said about one channel, when, and where (`checkout`, `link`, `shopify`, …)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    state: ConsentState
    at: AwareDatetime
    source: str = ""

    @property
    def version(self) -> str:
        """Sorts by time, and a no after a yes of the same moment."""
        return f"{timestamp(self.at)}#{int(self.state is ConsentState.UNSUBSCRIBED)}"


def latest(*words: Consent | None) -> ConsentState:
    """The state that counts, of all that was said. Words that carry no information are passed over."""
    said = [word for word in words if word is not None and word.state is not ConsentState.UNKNOWN]
    return max(said, key=lambda word: word.version).state if said else ConsentState.UNKNOWN
