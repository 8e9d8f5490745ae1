"""What the product promises, one line each, and a promise that was broken."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Promise(StrEnum):
    """Each value is a row of the published table."""

    AFTER_ORDER = "no reminder after the order"
    TWICE = "no message twice"
    CONSENT = "no message without consent"
    ADDRESS = "no message to another person's address"
    WINDOW = "no message outside the send window"
    CAP = "no message over a frequency cap"
    STOP = "no message after a stop, a bounce or a complaint"
    ERASURE = "nothing after an erasure, and nothing left of it"
    SWITCH = "no message while the shop is switched off"
    CODE = "one code a message, worth once"
    BALANCE = "every balance adds up"
    STALE = "no message later than the settings allow"
    LOST = "no cart and no order lost that was answered 2xx"
    ENDS = "every timeline ends, and nothing stays in a dead-letter queue"
    REASON = "every message that was not sent has a reason, and it is true"
    FORGED = "no forged webhook is taken"


@dataclass(frozen=True)
class Violation:
    promise: Promise
    what: str
    at: datetime | None = None

    def __str__(self) -> str:
        when = f"{self.at:%Y-%m-%d %H:%M:%S} " if self.at else ""
        return f"{when}{self.promise.name}: {self.what}"
