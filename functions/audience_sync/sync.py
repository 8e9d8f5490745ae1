"""Sends a shop's audience changes to Meta. A change stays stored until Meta has accepted it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Protocol

from wracaj.aws.observability import count, logger
from wracaj.clock import now, real_now, timestamp
from wracaj.customers.audiences import Place
from wracaj.errors import NotTakenError, OutcomeUnknownError
from wracaj.outgoing.meta_audiences import MOST_AT_ONCE
from wracaj.outgoing.meta_graph import GraphError
from wracaj.settings.shop import Shop
from wracaj.store.audience_outbox import Audiences, ToTell
from wracaj.store.customers import Customers

LEASE_SECONDS = 90  # longer than the function may run
SECONDS_FOR_A_CALL = 20.0  # including the writes after the call
WRITERS = 8


class OutOfTimeError(Exception):
    """The function's time is nearly over. The remaining changes stay stored."""


class Tell(Protocol):
    def __call__(self, shop: Shop, places: Sequence[Place], *, joins: bool) -> int: ...


@dataclass(frozen=True)
class Sync:
    audiences: Audiences
    tell: Tell
    seconds_left: Callable[[], float]

    def run(self, shop: Shop) -> bool:
        """Whether Meta accepted every change. False: try again."""
        lease = self.audiences.begin(shop.id, real_now(), LEASE_SECONDS)
        if lease is None:
            return False
        try:
            return self._tell_all(shop)
        except OutOfTimeError:
            logger.warning(
                "audience sync out of time, the rest comes with the next try",
                extra={"shop": shop.id},
            )
            return False
        finally:
            self.audiences.end(shop.id, lease)

    def _tell_all(self, shop: Shop) -> bool:
        """Send all leaves, then the joins.

        A shopper whose leave failed joins no other audience. A shopper whose join was stored after
        the leaves were read may have left at the same time; this run skips that join, and a later
        announcement covers it.
        """
        began = timestamp(now())
        stuck = self._untold(shop, (one for one in self._to_tell(shop) if not one.joins))
        still_in = self._people(shop, stuck)
        joining = (
            one
            for one in self._to_tell(shop)
            if one.joins and one.at <= began and still_in.isdisjoint(names_of(one))
        )
        untold = self._untold(shop, joining)
        return not (stuck or untold)

    def _to_tell(self, shop: Shop) -> Iterator[ToTell]:
        """The stored changes, one audience after another. Raises OutOfTimeError when time runs
        out."""
        for page in self.audiences.pages(shop.id):
            self._hurry()
            yield from page

    def _people(self, shop: Shop, stuck: list[ToTell]) -> set[str]:
        """Every identifier of the shoppers whose leave failed: ids, including those of merged
        accounts, and addresses."""
        if stuck:
            logger.warning(
                "joins wait for leaves that failed",
                extra={"shop": shop.id, "stuck": len(stuck)},
            )
        ids = Customers(self.audiences.table).known_as(shop.id, {one.customer_id for one in stuck})
        return ids.union(*map(names_of, stuck))

    def _hurry(self) -> None:
        if self.seconds_left() < SECONDS_FOR_A_CALL:
            raise OutOfTimeError

    def _untold(self, shop: Shop, wanted: Iterable[ToTell]) -> list[ToTell]:
        """Send changes to Meta, and return those that failed. Raises OutOfTimeError."""
        stuck = []
        for _, same in groupby(wanted, key=audience_of):
            while some := list(islice(same, MOST_AT_ONCE)):
                stuck += [] if self._is_told(shop, some) else some
        return stuck

    def _is_told(self, shop: Shop, some: list[ToTell]) -> bool:
        self._hurry()
        joins, extra = some[0].joins, {"shop": shop.id, "audience": some[0].place.name}
        try:
            invalid = self.tell(shop, [one.place for one in some], joins=joins)
        except (GraphError, NotTakenError, OutcomeUnknownError) as error:
            logger.error("audience sync failed", extra=extra | {"why": str(error)})
            count("AudienceSyncFailed")
            return False
        with ThreadPoolExecutor(WRITERS) as pool:
            list(pool.map(lambda one: self.audiences.told(shop.id, one), some))
        count("AudienceJoined" if joins else "AudienceLeft", len(some))
        if invalid:
            logger.error("rows that Meta calls invalid", extra=extra | {"rows": invalid})
            count("AudienceRowsInvalid", invalid)
        return True


def names_of(one: ToTell) -> set[str]:
    return {one.customer_id, one.place.email, one.place.phone} - {""}


def audience_of(one: ToTell) -> str:
    return one.place.audience_id
