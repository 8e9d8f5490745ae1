"""The calls that one run may make to one shop's API: a number of requests, and a time for all of
them."""

from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic, sleep

from wracaj.errors import (
    BudgetSpentError,
    NotTakenError,
    OutcomeUnknownError,
    ShopBusyError,
    ShopRefusalError,
)
from wracaj.outgoing.http import Answer, exchange

LONGEST_ANSWER = 8 * 1024 * 1024  # a page of orders
SECONDS_TO_ANSWER = 20.0
SECONDS_AFTER_429 = 2.0  # where the answer does not say how long


@dataclass
class Calls:
    """`seconds`: for all requests and waits together."""

    requests: int
    seconds: float
    made: int = 0

    def __post_init__(self) -> None:
        self._ends_at = monotonic() + self.seconds

    @property
    def left(self) -> float:
        return self._ends_at - monotonic()

    def ask(self, method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """Return the answer of a request that may be repeated. After 429 it is repeated, as long as
        the budget allows. Raises BudgetSpentError, or ShopBusyError where the shop does not
        answer or answers 5xx."""
        while True:
            answer = self._once(method, url, headers, body)
            if answer.status != 429:
                return answer
            self.wait(answer.retry_after_seconds or SECONDS_AFTER_429)

    def _once(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        if self.made >= self.requests or self.left <= 0:
            raise BudgetSpentError("this run may ask the shop no more")
        self.made += 1
        seconds = min(SECONDS_TO_ANSWER, self.left)
        try:
            answer = exchange(method, url, headers, body, seconds, LONGEST_ANSWER)
        except (NotTakenError, OutcomeUnknownError) as error:
            raise ShopBusyError(f"the shop gave no answer ({error})") from None
        if answer.status >= 500:
            raise ShopBusyError(f"the shop is busy or broken ({answer.status})")
        if len(answer.body) >= LONGEST_ANSWER:
            raise ShopRefusalError("the shop's answer is longer than anything that was asked for")
        return answer

    def wait(self, seconds: float) -> None:
        """Wait as the shop asks. Raises BudgetSpentError where the run would be over then."""
        if seconds >= self.left:
            raise BudgetSpentError("the shop asks to wait longer than this run may")
        sleep(seconds)
