"""What happened, as the shops and the shoppers know it. The promises are checked against this
ledger, not against our records."""

import threading
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from wracaj.consent.channel import Channel


class What(StrEnum):
    TOUCHED = "touched a cart"
    ORDERED = "ordered"
    WENT_TO_PAY = "went to pay"
    NOT_PAID = "had the payment fail"
    AGREED = "agreed"
    OBJECTED = "objected"
    UNSUBSCRIBED = "unsubscribed"
    FORGOTTEN = "asked to be forgotten"
    CLICKED = "clicked the link"
    SENT_BACK = "sent back"
    CANCELLED = "cancelled an order"
    REVIEWED = "wrote a review"
    REFUSED = "had a forged webhook refused"


@dataclass(frozen=True)
class Noted:
    """An entry of the ledger. `at` is virtual time: for an opt-in, when it was given; for
    everything that stops messages, when the webhook was answered with 2xx."""

    shopper: str
    what: What
    at: datetime
    channel: Channel | None = None
    basket: str | None = None
    amount: Decimal | None = None
    tax: Decimal | None = None  # part of the amount, where the order tells it
    currency: str | None = None
    code: str | None = None
    order: str | None = None
    step: str | None = None  # of the message whose link was clicked


@dataclass
class Ledger:
    notes: list[Noted] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)  # (shopper, problem)
    webhooks: int = 0  # number of webhooks that got any answer
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, noted: Noted) -> None:
        with self._lock:
            self.notes.append(noted)

    def trouble(self, shopper: str, what: str) -> None:
        with self._lock:
            self.problems.append((shopper, what))

    def posted(self) -> None:
        with self._lock:
            self.webhooks += 1

    def of(self, shopper: str, *whats: What) -> list[Noted]:
        with self._lock:
            return [
                noted for noted in self.notes if noted.shopper == shopper and noted.what in whats
            ]

    def all(self, *whats: What) -> list[Noted]:
        with self._lock:
            return [noted for noted in self.notes if noted.what in whats]
