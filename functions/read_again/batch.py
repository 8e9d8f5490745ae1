"""The messages that the queue handed over together."""

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from wracaj.aws.archive_queue import flush
from wracaj.aws.observability import count, count_unexpected, logger, place_of
from wracaj.aws.read_again_queue import Queued, try_again_later, wait_seconds
from wracaj.aws.shop_config import load_shop
from wracaj.clock import now
from wracaj.errors import (
    NotAllowedError,
    NotThereYetError,
    PayloadError,
    Problem,
    ShopBusyError,
    ShopRefusalError,
    UnknownShopError,
)
from wracaj.events import OrderPlaced, ShopEvent
from wracaj.platforms import Ignored, Parsed, ShopReader, ToRead, reader_of
from wracaj.services.intake.dispatch import Intake
from wracaj.services.start_timeline import start_for
from wracaj.settings.shop import Shop
from wracaj.store import Store
from wracaj.webhooks.problems import WebhookProblem, shortened
from wracaj.webhooks.shop_clock import as_received, clock_problem

SECONDS_FOR_ONE = 25.0  # five requests that are answered just in time
TIMES_UNTIL_STOPPED = 5  # more would only fill the archive
TIMES_UNTIL_ABSENT = 4  # a minute or two: a webhook may be faster than the shop's own copy


@dataclass
class Batch:
    """One shop's entries are asked for once. A shop that gives no answer is not asked again."""

    store: Store
    seconds_left: Callable[[], float]
    readers: dict[str, ShopReader] = field(default_factory=dict)
    # for each shop that gave no answer, how long it wants to be left alone
    resting: dict[str, int | None] = field(default_factory=dict)
    unread: set[Queued] = field(default_factory=set)  # what could not be read, for another reason

    def is_done(self, record: dict[str, Any]) -> bool:
        try:
            queued = Queued(**json.loads(record["body"]))
        except (ValueError, TypeError):
            logger.error("no message of ours", extra={"message_id": record["messageId"]})
            count("QueuedWorkFailed")
            return False  # it ends among the dead letters, where a person reads it
        times = int(record["attributes"]["ApproximateReceiveCount"])
        if self._is_taken(queued, times):
            return True
        is_unread = queued.shop in self.resting or queued in self.unread
        if is_unread and times <= TIMES_UNTIL_STOPPED:
            self._stop_meanwhile(queued)
        with suppress(Exception):  # then the queue's own time-out counts
            seconds = wait_seconds(times, self.resting.get(queued.shop))
            try_again_later(record["receiptHandle"], seconds)
        return False

    def _is_taken(self, queued: Queued, times: int) -> bool:
        if queued.shop in self.resting or self.seconds_left() < SECONDS_FOR_ONE:
            return False
        try:
            self._take(queued)
        except UnknownShopError:
            logger.warning("the shop is gone", extra={"shop": queued.shop})
        except NotThereYetError as error:
            if times < TIMES_UNTIL_ABSENT:
                return False
            count("WebhookNotConfirmed")
            self._tell(queued, [("(API)", f"{error}: nothing came of it")])
        except (ShopBusyError, ShopRefusalError) as error:
            if isinstance(error, NotAllowedError) and queued.kind != "order":
                self._tell(queued, [("(API)", f"{error}: nothing came of it")])
                return True  # orders are read all the same
            self._rest(queued, error)
            return False
        except PayloadError as error:
            self._tell(queued, [(f"(API) {name}", problem) for name, problem in error.problems])
            self.unread.add(queued)
            return False
        except Exception as error:
            told = {"shop": queued.shop, "error": type(error).__name__, "where": place_of(error)}
            logger.error("not read again", extra=told)
            count_unexpected("QueuedWorkFailed", error)
            self.unread.add(queued)
            return False
        return True

    def _take(self, queued: Queued) -> None:
        shop = load_shop(queued.shop)
        reader = self.readers.get(shop.id) or self.readers.setdefault(shop.id, reader_of(shop))
        heard_at = datetime.fromisoformat(queued.at)
        parsed = reader.read(ToRead(queued.kind, queued.id, queued.topic), heard_at)
        problems = [*parsed.warnings, *self._taken(shop, parsed, heard_at)]
        if problems:
            count("WebhookWarning", len(problems))
            self._tell(queued, problems)

    def _taken(self, shop: Shop, parsed: Parsed, heard_at: datetime) -> list[Problem]:
        """Return problems of the shop's clock."""
        if isinstance(parsed.told, Ignored):
            return []
        intake = Intake(self.store, start_for(self.store, shop.settings))
        for event in parsed.told:
            intake.take(shop.settings, _as_heard(event, heard_at))
            count(type(event).__name__)
        flush()
        return [problem for event in parsed.told if (problem := clock_problem(event, now()))]

    def _stop_meanwhile(self, queued: Queued) -> None:
        """While nobody says what the order is, its shopper gets no reminder of a cart before it.
        That is all that a webhook's own words are good for."""
        if not queued.meanwhile:
            return
        parsed = Parsed((OrderPlaced.model_validate_json(queued.meanwhile),))
        try:
            self._taken(load_shop(queued.shop), parsed, datetime.fromisoformat(queued.at))
        except Exception as error:
            told = {"shop": queued.shop, "error": type(error).__name__, "where": place_of(error)}
            logger.error("reminders not stopped", extra=told)
            count_unexpected("QueuedWorkFailed", error)

    def _rest(self, queued: Queued, error: ShopBusyError | ShopRefusalError) -> None:
        self.resting[queued.shop] = getattr(error, "retry_after_seconds", None)
        logger.warning("the shop's API gave nothing", extra={"shop": queued.shop})
        self._tell(queued, [("(API)", f"{error}. It is asked again for a day")])

    def _tell(self, queued: Queued, problems: Sequence[Problem]) -> None:
        """Keep the problems for the shop's people. Best effort."""
        problem = WebhookProblem(
            at=now(), answered=200, topic=queued.topic, problems=tuple(shortened(problems))
        )
        with suppress(Exception):
            self.store.webhook_problems.put(queued.shop, problem)


def _as_heard(event: ShopEvent, heard_at: datetime) -> ShopEvent:
    """The event with no time in the future. An order was heard of when its webhook came."""
    event = as_received(event, now())
    if isinstance(event, OrderPlaced) and event.heard_at:
        return event.model_copy(update={"heard_at": heard_at})
    return event
