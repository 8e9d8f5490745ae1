"""One run for one shop: page after page, each applied before the cursor moves past it.

A run may end anywhere: at its budget, at an error of the shop, or in the middle. The next run goes
on from what was written last, and what it then reads again changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from reconcile.outcome import Outcome
from reconcile.taking import Taking
from wracaj.aws.archive_queue import flush
from wracaj.aws.observability import count_unexpected, logger, place_of
from wracaj.clock import now
from wracaj.errors import BudgetSpentError, ShopBusyError, ShopRefusalError
from wracaj.platforms import Changed, ChangedRecords, From, Page
from wracaj.platforms.api_calls import Calls
from wracaj.reconciliation.cursor import Cursor, Reconciliation
from wracaj.services.announce_audiences import announce
from wracaj.services.intake.dispatch import Intake
from wracaj.settings.shop import Shop

FIRST_LOOK = timedelta(days=1)  # back from the first run, but not before the shop was switched on
NOT_APPLIED = "some changes could not be applied; the next run tries them again"


@dataclass
class ShopRun:
    shop: Shop
    api: ChangedRecords
    intake: Intake
    calls: Calls
    known: Reconciliation  # as it is stored
    outcome: Outcome = field(default_factory=Outcome)
    walks: dict[str, Cursor] = field(default_factory=dict)  # how far this run has come
    has_failed: bool = False  # from here on, what is stored stays behind

    def reconcile(self) -> Outcome:
        """Raises ConflictError where another run reads the same shop."""
        moment, problem = now(), ""
        self.known = self.known.begun(self.api.KINDS, self._first(moment), moment)
        self.walks = self.known.open_walks
        begun = min(cursor.begun_at for cursor in self.walks.values() if cursor.begun_at)
        try:
            self._read_all()
        except (BudgetSpentError, ShopBusyError, ShopRefusalError) as error:
            problem = str(error)
        problem = problem or (NOT_APPLIED if self.has_failed else "")
        self._end(problem, begun)
        return self.outcome

    def _first(self, moment: datetime) -> datetime:
        earliest = moment - FIRST_LOOK
        return max(earliest, self.shop.settings.switched_on_at or earliest)

    def _read_all(self) -> None:
        while self.walks:
            pages = self._pages()
            self._apply(pages)
            for kind, page in pages.items():
                self._pass(kind, page)
            if self.walks and not self.has_failed:
                self._store()

    def _pages(self) -> Mapping[str, Page]:
        asked = {kind: From(cursor.since, cursor.place) for kind, cursor in self.walks.items()}
        try:
            return self.api.pages(self.shop, asked, self.calls)
        except ShopRefusalError:
            if not any(beginning.place for beginning in asked.values()):
                raise
        # a place in a list is good for a while only
        self.walks = {kind: cursor.again() for kind, cursor in self.walks.items()}
        self.known = self.known.with_cursors(self.walks)
        again = {kind: From(cursor.since) for kind, cursor in self.walks.items()}
        return self.api.pages(self.shop, again, self.calls)

    def _apply(self, pages: Mapping[str, Page]) -> None:
        """What is applied is remembered at once, so that a run that ends in the middle of a page
        was not for nothing."""
        new = [
            changed
            for kind, page in pages.items()
            for changed in page.changed
            if not self.walks[kind].knows(changed.mark)
        ]
        taking = Taking(self.shop, self.intake, self.outcome)
        for batch in self.api.filled(self.shop, new, self.calls):
            applied = [changed for changed in batch if self._is_applied(taking, changed)]
            self._hand_on()
            for changed in applied:
                self._remember(changed)

    def _is_applied(self, taking: Taking, changed: Changed) -> bool:
        """One record that fails does not keep the others from stopping their messages."""
        try:
            taking.take(changed)
        except Exception as error:
            logger.error(
                "change not applied",
                extra={
                    "shop": self.shop.id,
                    "record": changed.record_id,
                    "error": type(error).__name__,
                    "where": place_of(error),
                },
            )
            count_unexpected("ReconcileFailed", error)
            self.has_failed = True
            return False
        return True

    def _hand_on(self) -> None:
        try:
            flush()
        finally:
            announce(self.intake.store)

    def _remember(self, changed: Changed) -> None:
        kind, read = changed.kind, [(changed.mark, changed.at)]
        self.walks[kind] = self.walks[kind].remembering(read)
        stored = self.known.cursors[kind].remembering(read)
        self.known = self.known.with_cursors({kind: stored})

    def _pass(self, kind: str, page: Page) -> None:
        moved = self.walks.pop(kind).passed((changed.at for changed in page.changed), page.place)
        if not self.has_failed:
            self.known = self.known.with_cursors({kind: moved})
        if moved.begun_at:
            self.walks[kind] = moved

    def _end(self, problem: str, begun: datetime) -> None:
        outcome, is_complete = self.outcome, not problem
        told: dict[str, object] = {"problem": problem}
        told |= {"complete_at": begun} if is_complete else {}
        told |= {"told_at": outcome.told_at} if outcome.told_at else {}
        told |= {"untold_at": outcome.untold_at} if outcome.untold_at else {}
        self.known = self.known.model_copy(update=told)
        self._store()
        outcome.requests, outcome.problem = self.calls.made, problem
        outcome.lag = self.known.lag(now())

    def _store(self) -> None:
        self.known = self.intake.store.reconciliations.put(self.shop.id, self.known)
