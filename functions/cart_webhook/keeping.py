"""Keeps the problems of a webhook for the shop's people. The HTTP answer has fewer details, and for
an unknown shop none."""

import time
from collections.abc import Sequence

from wracaj.aws.observability import count, logger, place_of
from wracaj.clock import now
from wracaj.errors import Problem
from wracaj.store import open_store
from wracaj.webhooks.problems import WebhookProblem, shortened

QUIET_SECONDS = 60  # one cause is written once in this time, however often it occurs
MOST_REMEMBERED = 10_000
_written: dict[tuple[str, str], float] = {}


def keep(shop: str, answered: int, topic: str, problems: Sequence[Problem]) -> None:
    """Best effort: the answer to the shop never depends on it."""
    problem = WebhookProblem(
        at=now(), answered=answered, topic=topic, problems=tuple(shortened(problems))
    )
    if not _is_due(shop, problem.cause):
        return
    try:
        open_store().webhook_problems.put(shop, problem)
    except Exception as error:
        logger.warning(
            "problem not kept",
            extra={"shop": shop, "error": type(error).__name__, "where": place_of(error)},
        )
        count("WebhookProblemNotKept")


def _is_due(shop: str, cause: str) -> bool:
    """Limits writes: a flood of bad webhooks costs a few writes a minute, not one each."""
    moment = time.monotonic()
    if moment - _written.get((shop, cause), -QUIET_SECONDS) < QUIET_SECONDS:
        return False
    if len(_written) >= MOST_REMEMBERED:
        _written.clear()
    _written[shop, cause] = moment
    return True
