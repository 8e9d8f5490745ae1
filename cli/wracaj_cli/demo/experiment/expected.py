"""What the experiment must have counted, worked out from the mails that came and from what the
shop's till says. This module is pure and does not use our own records."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

from wracaj.settings.experiments import HELD_OUT, TREATED
from wracaj_cli.demo.credited import NOTHING, kept_orders
from wracaj_cli.demo.delivered import Delivered
from wracaj_cli.demo.experiment.story import DAYS, Participant
from wracaj_cli.demo.ledger import Ledger, What
from wracaj_cli.demo.year.story import Kind

ABOUT_THE_CART = frozenset({Kind.CART, Kind.CART_CODE})
FIRST_MAIL_AFTER = timedelta(hours=3)  # and then the shopper enters, in either arm
LATE_WORD = timedelta(hours=48)


class ArmSums(NamedTuple):
    """`paid`: without tax, by those who entered, within their days. `late`: what changed after
    their day was frozen."""

    people: int
    ordered: int
    paid: Decimal
    paid_squared: Decimal
    late: Decimal
    unsubscribed: int


@dataclass(frozen=True)
class Played:
    """`messages`: shopper → the mails that came."""

    participants: Sequence[Participant]
    messages: Mapping[str, Sequence[Delivered]]
    ledger: Ledger

    def arm_of(self, one: Participant) -> str | None:
        """Return the arm, by the mails. None: the shopper does not enter."""
        if not one.enters:
            return None
        came = {message.step for message in self.messages.get(one.name, ())}
        return TREATED if came & ABOUT_THE_CART else HELD_OUT

    def sums(self, currency: str) -> dict[str, ArmSums]:
        arms = (HELD_OUT, TREATED)
        return {
            arm: _added(
                _of_person(self.ledger, one.name, currency)
                for one in self.participants
                if self.arm_of(one) == arm
            )
            for arm in arms
        }

    def entered_at(self, one: Participant) -> datetime:
        return _entered_at(self.ledger, one.name)


def _entered_at(ledger: Ledger, shopper: str) -> datetime:
    return ledger.of(shopper, What.TOUCHED)[-1].at + FIRST_MAIL_AFTER


def _of_person(ledger: Ledger, shopper: str, currency: str) -> ArmSums:
    entered_at = _entered_at(ledger, shopper)
    frozen_at = _frozen_at(entered_at)
    ends = entered_at + timedelta(days=DAYS)

    def paid(until: datetime | None) -> tuple[bool, Decimal]:
        counted = [
            kept
            for kept in kept_orders(ledger, shopper, currency, until)
            if entered_at < kept.order.at <= ends
        ]
        return any(kept.stands for kept in counted), sum((one.paid for one in counted), NOTHING)

    (ordered, then), (_, in_the_end) = paid(frozen_at), paid(None)
    stopped = bool(ledger.of(shopper, What.UNSUBSCRIBED))
    return ArmSums(1, int(ordered), then, then * then, in_the_end - then, int(stopped))


def _frozen_at(entered_at: datetime) -> datetime:
    """The days of the last one who entered on this day (UTC) are over, and late webhooks had their
    time."""
    next_day = datetime.combine(entered_at.astimezone(UTC).date(), time(), UTC) + timedelta(days=1)
    return next_day + timedelta(days=DAYS) + LATE_WORD


def _added(people: Iterable[ArmSums]) -> ArmSums:
    everybody = list(people)
    return ArmSums(
        people=sum(one.people for one in everybody),
        ordered=sum(one.ordered for one in everybody),
        paid=sum((one.paid for one in everybody), NOTHING),
        paid_squared=sum((one.paid_squared for one in everybody), NOTHING),
        late=sum((one.late for one in everybody), NOTHING),
        unsubscribed=sum(one.unsubscribed for one in everybody),
    )
