"""Runs rows of the archive again. Everything may run twice: what is known already stays as it is.
Nothing is sent from here."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError

from archive_replay.restoring import Restoring
from archive_replay.restoring_opt_ins import RestoringOptIns
from archive_replay.restoring_stops import RestoringStops
from wracaj.archive.events import cart_identifier, event_of
from wracaj.archive.opt_ins import opt_in_of
from wracaj.archive.rows import RowKind
from wracaj.archive.sealing import Keys, opened
from wracaj.aws import step_functions
from wracaj.aws.observability import logger, place_of
from wracaj.carts.cart import CART_TIMELINES
from wracaj.clock import now
from wracaj.consent.channel import Channel
from wracaj.events import PrivacyKind, PrivacyRequested
from wracaj.services.intake.dispatch import Intake
from wracaj.services.intake.occasions import CONFIRMATIONS
from wracaj.services.start_timeline import start_for
from wracaj.settings.shop import ShopSettings
from wracaj.store import Store
from wracaj.store.erasure import Erasure
from wracaj.timelines.long_waits import LongWait, is_waiting, wait_of
from wracaj.timelines.occasion import Occasion, OccasionKind
from wracaj.timelines.subject import Subject

Line = dict[str, Any]
Results = dict[str, int]


@dataclass(frozen=True)
class Replay:
    store: Store
    shop: ShopSettings

    def erase_again(self, lines: Iterable[Line]) -> Results:
        return dict(Counter(map(self._erase_again, lines)))

    def _erase_again(self, line: Line) -> str:
        """The keys of the archive stay as they are: a shopper who came back since has new ones."""
        at, name = datetime.fromisoformat(line["at"]), line["name"]
        known = self.store.customers.get(self.shop.shop, name)
        if known and known.erased_at and known.erased_at >= at:
            return "known"
        Erasure(self.store.table, None).erase_name(self.shop.shop, name, at)
        return "erased"

    def note_starts(self, lines: Iterable[Line]) -> Results:
        found, lines = Counter[str](), list(lines)
        keys = self._keys(lines)
        for line in lines:
            if line["timeline"] in CART_TIMELINES and not self._is_erased(line, keys):
                self.store.carts.started_before(self.shop, line["cart_id"], line["episode"])
                found["noted"] += 1
        return dict(found)

    def run_again(self, lines: Iterable[Line]) -> Results:
        lines = list(lines)
        keys = self._keys(lines)
        results = (f"{line['kind']}_{self._result_of(line, keys)}" for line in lines)
        return dict(Counter(results))

    def _keys(self, lines: Iterable[Line]) -> Keys:
        """The keys of all that is sealed, and of all whose erasure matters."""
        assert self.store.archive_keys
        names = {name for line in lines for name in [*line.get("sealed", {}), *self._whose(line)]}
        return self.store.archive_keys.of(self.shop.shop, sorted(names))

    def _whose(self, line: Line) -> list[str]:
        """The owner, the address, the account and the cart of a row."""
        owner = next(iter(line.get("names", {}).values()), None)  # the strongest comes first
        cart_id = line.get("cart_id") or line.get("event", {}).get("cart_id")
        cart = cart_identifier(self.shop.shop, cart_id) if cart_id else None
        told = (owner, line.get("owner"), line.get("address"), line.get("account"), cart)
        return [name for name in told if name]

    def _is_erased(self, line: Line, keys: Keys) -> bool:
        """Whether whoever it is about was erased since. An opt-out outlives that."""
        return line["kind"] != RowKind.STOP and any(
            name in keys and line["at"] <= keys[name].erased_at for name in self._whose(line)
        )

    def _result_of(self, line: Line, keys: Keys) -> str:
        try:
            return "erased" if self._is_erased(line, keys) else self._run(line, keys)
        except Exception as error:
            told = {"row": line["id"], "error": type(error).__name__, "where": place_of(error)}
            logger.error("row not run again", extra=told)
            return "failed"

    def _run(self, line: Line, keys: Keys) -> str:
        restoring = Restoring(self.store, self.shop)
        whole, unread = opened(line, keys)
        match line["kind"]:
            case RowKind.EVENT:
                return self._take(line, whole, unread)
            case RowKind.LONG_WAIT:
                return restoring.long_wait(whole)
            case RowKind.DECISION:
                return restoring.decision(whole)
            case RowKind.CLICK:
                return restoring.click(line)
            case RowKind.STOP:
                return RestoringStops(self.store, self.shop).stop(whole)
            case RowKind.GRANT | RowKind.OPT_IN if unread:
                return "erased"
            case RowKind.GRANT:
                return restoring.grant(whole)
            case RowKind.OPT_IN:
                return RestoringOptIns(self.store, self.shop).opt_in(opt_in_of(whole), line["at"])
            case RowKind.DELIVERY:
                return restoring.delivery(line)
        return "done"  # a start: noted before

    def _take(self, line: Line, whole: Line, unread: frozenset[str]) -> str:
        """Apply the event with what can still be read of it: an erased stranger's phone may have
        stood in it. `whole`: the line with what was sealed. `unread`: whose part stays sealed."""
        if not unread.isdisjoint(self._whose(line)):
            return "erased"  # so long ago that only the missing key tells
        try:
            event = event_of(whole)
        except ValidationError:  # such as a merge of two accounts of which one was erased
            return "erased"
        if isinstance(event, PrivacyRequested) and event.kind is PrivacyKind.CUSTOMER_REDACT:
            return "done"  # erased before all rows
        Intake(self.store, start_for(self.store, self.shop)).apply(self.shop, event)
        return "done"

    def go_on(self, lines: Iterable[Line]) -> Results:
        found = Counter(self._go_on(line) for line in lines)
        return dict(found)

    def _go_on(self, line: Line) -> str:
        shop, cart_id, episode = self.shop.shop, line["cart_id"], line["episode"]
        subject = self.store.carts.subject(shop, cart_id)
        if subject is None or subject.episode != episode or subject.episode_ended_at:
            return "over"
        if is_waiting(subject, now()):
            return "running"
        part = wait.part if (wait := wait_of(subject)) else 1
        state = step_functions.state_of_run(shop, cart_id, episode, line["timeline"], part)
        if state == "RUNNING":
            return "running"
        if state is None and self._started_again(line, subject, wait):
            return "started_again"
        self.store.carts.end_episode(shop, cart_id, episode, now())
        return "over" if state else "too_late"

    def _started_again(self, line: Line, subject: Subject, wait: LongWait | None) -> bool:
        """Start what has no execution, unless it is too late: after a long wait the part that goes
        on, as the name of an earlier one is taken."""
        shop, cart_id = self.shop.shop, line["cart_id"]
        if wait:
            if is_in_time := wait.at >= now() - timedelta(hours=self.shop.stale_after_hours):
                step_functions.resume_later([(shop, cart_id, wait)])
            return is_in_time
        began = datetime.fromisoformat(line["at"])
        if is_in_time := began >= now() - timedelta(hours=self.shop.start_within_hours):
            timeline, own = line["timeline"], {line["timeline"]: line.get("timings", {})}
            message = _message_of(subject)
            step_functions.start(shop, cart_id, line["episode"], timeline, message, own)
        return is_in_time

    def look_at(self, cart_ids: Iterable[str]) -> Results:
        """Count which of these carts get no reminder any more: they are open, with items and a
        contact, no timeline runs for them, and it is too late to start one."""
        carts = self.store.carts.get_many(self.shop.shop, cart_ids)
        late = now() - timedelta(hours=self.shop.start_within_hours)
        forgotten = [
            cart
            for cart in carts
            if cart.is_open
            and cart.content.items
            and cart.contact.reachable
            and not cart.episode
            and cart.last_activity_at
            and cart.last_activity_at < late
        ]
        return {"carts": len(carts), "too_late": len(forgotten)}


def _message_of(subject: Subject) -> step_functions.Message:
    """Return the message with which a timeline starts that has none in its file."""
    if isinstance(subject, Occasion) and subject.kind is OccasionKind.CONFIRM_CONSENT:
        _, channel, _ = subject.about.split("#", 2)
        return CONFIRMATIONS[Channel(channel)]
    return None
