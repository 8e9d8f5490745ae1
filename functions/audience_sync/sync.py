"""What a shop's audiences should be → Meta. Whatever happens in between, what is not told stays written down."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol

from wracaj.audiences import Place
from wracaj.clock import real_now
from wracaj.errors import NotTakenError, OutcomeUnknownError
from wracaj.meta.custom_audiences import MOST_AT_ONCE
from wracaj.meta.graph import GraphError
from wracaj.observability import count, logger
from wracaj.settings import Shop
from wracaj.store.audiences import Audiences, ToTell

LEASE_SECONDS = 90  # longer than the function may run
SECONDS_FOR_A_CALL = 20.0  # with what is written down after it
WRITERS = 8


class Tell(Protocol):
    def __call__(self, shop: Shop, places: Sequence[Place], *, joins: bool) -> int: ...


@dataclass(frozen=True)
class Sync:
    audiences: Audiences
    tell: Tell
    seconds_left: Callable[[], float]

    def run(self, shop: Shop) -> bool:
        """Whether Meta has been told all there was; else it must be tried again."""
        lease = self.audiences.begin(shop.id, real_now(), LEASE_SECONDS)
        if lease is None:
            return False
        try:
            return self._tell_all(shop)
        finally:
            self.audiences.end(shop.id, lease)

    def _tell_all(self, shop: Shop) -> bool:
        """Who leaves, first; and nobody joins one audience whose leaving of another could not be told."""
        wanted = self.audiences.to_tell(shop.id)
        leaving = [one for one in wanted if not one.joins]
        stuck = list(self._untold(shop, leaving))
        still_in = {one.customer_id for one in stuck}
        joining = [one for one in wanted if one.joins and one.customer_id not in still_in]
        untold = list(self._untold(shop, joining))
        return not (stuck or untold)

    def _untold(self, shop: Shop, wanted: Iterable[ToTell]) -> Iterator[ToTell]:
        """Tells Meta; gives what could not be told."""
        for _, same in groupby(sorted(wanted, key=audience_of), key=audience_of):
            ones = list(same)
            for start in range(0, len(ones), MOST_AT_ONCE):
                some = ones[start : start + MOST_AT_ONCE]
                if not self._is_told(shop, some):
                    yield from some

    def _is_told(self, shop: Shop, some: list[ToTell]) -> bool:
        if self.seconds_left() < SECONDS_FOR_A_CALL:
            return False
        joins, extra = some[0].joins, {"shop": shop.id, "audience": some[0].place.name}
        try:
            invalid = self.tell(shop, [one.place for one in some], joins=joins)
        except (GraphError, NotTakenError, OutcomeUnknownError) as error:
            logger.error("audience not told", extra=extra | {"why": str(error)})
            count("AudienceNotTold")
            return False
        with ThreadPoolExecutor(WRITERS) as pool:
            list(pool.map(lambda one: self.audiences.told(shop.id, one), some))
        count("AudienceJoined" if joins else "AudienceLeft", len(some))
        if invalid:
            logger.error("rows that Meta calls invalid", extra=extra | {"rows": invalid})
            count("AudienceRowsInvalid", invalid)
        return True


def audience_of(one: ToTell) -> str:
    return one.place.audience_id
