"""One run for all shops, one after another. A shop that is down or slow costs the others no more
than its own budget."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic
from typing import NamedTuple

from reconcile.outcome import Outcome
from reconcile.shop_run import ShopRun
from wracaj.aws.observability import count, logger, place_of
from wracaj.aws.shop_config import load_settings, load_shop
from wracaj.clock import now
from wracaj.errors import ConflictError, UnknownShopError, WracajError
from wracaj.platforms import ChangedRecords, changed_records
from wracaj.platforms.api_calls import Calls
from wracaj.reconciliation.cursor import Reconciliation
from wracaj.services.intake.dispatch import Intake
from wracaj.services.start_timeline import start_for
from wracaj.settings.shop import Shop
from wracaj.store import open_store

# of one shop in one run
MOST_REQUESTS = 60
MOST_SECONDS = 60.0
FEWEST_SECONDS = 5.0  # with less time left, a shop waits for the next run
POSTPONED = "the run had no time left for this shop; the next one begins with it"
NEVER = datetime.min.replace(tzinfo=UTC)


class ShopsFailedError(WracajError):
    """The run broke for some shops. It is raised when all others are done, so that it is counted as
    an error of the function."""


class Readable(NamedTuple):
    shop: Shop
    api: ChangedRecords


@dataclass
class Run:
    seconds: float

    def __post_init__(self) -> None:
        self._ends_at = monotonic() + self.seconds

    def reconcile(self, names: Iterable[str]) -> dict[str, Outcome]:
        """Return what came of each shop whose API can be asked. Shops that waited longest come
        first. Raises ShopsFailedError."""
        readable = {shop.id: (shop, api) for shop, api in _readable(names)}
        known = open_store().reconciliations.of_all(readable) if readable else {}
        outcomes, failed = dict[str, Outcome](), list[str]()
        for name in sorted(readable, key=lambda shop: known[shop].tried_at or NEVER):
            if self._left < FEWEST_SECONDS:
                count("ReconcilePostponed")
                outcomes[name] = _not_read(known[name], POSTPONED)
                continue
            try:
                outcomes[name] = self._one(*readable[name], known[name])
            except ConflictError:
                logger.info("another run reads this shop", extra={"shop": name})
            except Exception as error:
                failed.append(name)
                outcomes[name] = _not_read(known[name], "the run broke")
                _report(name, error)
        for name, outcome in outcomes.items():
            outcome.counted(name)
        if failed:
            raise ShopsFailedError(f"the run broke for {', '.join(failed)}; the log says where")
        return outcomes

    @property
    def _left(self) -> float:
        return self._ends_at - monotonic()

    def _one(self, shop: Shop, api: ChangedRecords, known: Reconciliation) -> Outcome:
        intake = Intake(open_store(), start_for(open_store(), shop.settings))
        calls = Calls(MOST_REQUESTS, min(MOST_SECONDS, self._left))
        return ShopRun(shop, api, intake, calls, known).reconcile()


def _not_read(known: Reconciliation, problem: str) -> Outcome:
    return Outcome(problem=problem, lag=known.lag(now()))


def _readable(names: Iterable[str]) -> Iterator[Readable]:
    for name in names:
        try:
            api = changed_records(load_settings(name))
            if api and api.is_readable(shop := load_shop(name)):
                yield Readable(shop, api)
        except UnknownShopError:  # removed a moment ago
            continue
        except Exception as error:  # such as settings of another version; the others go on
            _report(name, error)


def _report(shop: str, error: Exception) -> None:
    logger.error(
        "shop not reconciled",
        extra={"shop": shop, "error": type(error).__name__, "where": place_of(error)},
    )
    count("ReconcileFailed")
