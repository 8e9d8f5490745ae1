"""Sends webhooks at a rate that does not wait for answers, as shops do."""

import math
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPException

from bench.load.carts import Webhook
from wracaj_cli.shops.post import post_webhook

MOST_AT_ONCE = 64
TRIES, PAUSE_SECONDS = 6, 1.0  # a shop sends again what was not answered 2xx


@dataclass(frozen=True)
class Sent:
    """`seconds`: from when the webhook was due to its last answer. Whoever waits behind a slow
    answer waits too."""

    webhook: Webhook
    seconds: float
    tries: int
    taken: bool  # answered 2xx in the end


@dataclass
class Step:
    """What came of the webhooks of one rate."""

    name: str
    rate: float
    sent: list[Sent] = field(default_factory=list)
    lasted: float = 0.0

    @property
    def held(self) -> float:
        """Answered webhooks a second."""
        return len(self.sent) / self.lasted

    @property
    def sent_again(self) -> int:
        return sum(one.tries - 1 for one in self.sent)

    def milliseconds(self, percent: float) -> int:
        """Return the latency that this share of the webhooks did not exceed."""
        ordered = sorted(one.seconds for one in self.sent)
        return round(1000 * ordered[math.ceil(percent / 100 * len(ordered)) - 1])


def send(
    api_url: str, step: Step, webhooks: Sequence[Webhook], answered: Callable[[], object]
) -> Step:
    """Send them and wait for every answer. `answered` is called for each."""

    def one(webhook: Webhook, due: float) -> None:
        step.sent.append(_until_taken(api_url, webhook, due))
        answered()

    begun = time.monotonic()
    with ThreadPoolExecutor(MOST_AT_ONCE) as threads:
        futures: list[Future[None]] = []
        try:
            for number, webhook in enumerate(webhooks):
                due = begun + number / step.rate
                time.sleep(max(due - time.monotonic(), 0.0))
                futures.append(threads.submit(one, webhook, due))
            for future in futures:
                future.result()
        except BaseException:
            threads.shutdown(wait=False, cancel_futures=True)
            raise
    step.lasted = time.monotonic() - begun
    return step


def _until_taken(api_url: str, webhook: Webhook, due: float) -> Sent:
    tries = 1
    while not (taken := _is_taken(api_url, webhook)) and tries < TRIES:
        tries += 1
        time.sleep(PAUSE_SECONDS)
    return Sent(webhook, time.monotonic() - due, tries, taken)


def _is_taken(api_url: str, webhook: Webhook) -> bool:
    try:
        answer = post_webhook(api_url, webhook.cart.shop, webhook.topic, webhook.body)
    except (OSError, HTTPException):
        return False
    return 200 <= answer.status < 300
