"""Grants of one customer, and whether they are still valid."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self

from pydantic import AwareDatetime

from wracaj.discounts.code import DiscountCode
from wracaj.events import Frozen
from wracaj.loyalty.ledger import Account, Posting
from wracaj.loyalty.periods import in_period
from wracaj.loyalty.programme_cost import TWELVE_MONTHS
from wracaj.loyalty.programme_terms import ProgrammeDiscount
from wracaj.loyalty.progress import orders_within, spent_in

LOOKS_BACK = timedelta(days=100)
UNDONE_WITHIN = timedelta(days=300)


class GrantKind(StrEnum):
    REWARD = "reward"
    TIER = "tier"
    ACHIEVEMENT = "achievement"
    ORDER_GIFT = "order_gift"
    FIRST_PURCHASE = "first_purchase"
    CASHBACK = "cashback"
    EXCHANGE = "exchange"
    BIRTHDAY = "birthday"
    ANNIVERSARY = "anniversary"


CELEBRATIONS = frozenset({GrantKind.BIRTHDAY, GrantKind.ANNIVERSARY})


class Needs(Frozen):
    """What must stay true of the account for the grant to stay, by the settings of the day on which
    it was reached."""

    currency: str = ""
    # spend in the period of the key, of the order, or in the months that end with `month`
    spend: Decimal | None = None
    points: int | None = None  # points earned in the same months
    month: str = ""  # "2026-11"
    within_months: int = TWELVE_MONTHS
    orders: int | None = None
    within_days: int = 0


class Reached(Frozen):
    """Something that the programme gives to a customer. `key` is unique among everything that one
    customer can get."""

    key: str
    kind: GrantKind
    name: str = ""  # name in the settings
    discount: ProgrammeDiscount | None = None
    points: int = 0
    takes_points: int = 0  # points that an exchange takes
    needs: Needs = Needs()


class GrantState(StrEnum):
    EARNED = "earned"  # its code was not created in the shop yet
    ISSUED = "issued"
    REVERSED = "reversed"  # its reason no longer holds, for example after a refund


class Grant(Frozen):
    """A reward that a customer got, once for its key."""

    key: str
    kind: GrantKind
    name: str = ""
    at: AwareDatetime
    state: GrantState
    revision: int = 1
    needs: Needs = Needs()
    discount: ProgrammeDiscount | None = None
    voucher: DiscountCode | None = None  # generated before the shop is asked to create it
    posted: Posting = Posting()  # the points that it gave
    taken: Mapping[str, int] = {}  # last day → points that an exchange took
    announced_by: str | None = None  # id of the message that announces it

    def to_tell(self, now: datetime, message_id: str | None = None) -> bool:
        """Whether it is to be announced: its code, if any, still works, and no message but
        `message_id` announced it."""
        works = self.voucher is None or self.voucher.expires_at > now
        return self.state is GrantState.ISSUED and works and self.announced_by in {None, message_id}

    def to_issue(self, now: datetime) -> bool:
        """Whether it needs a code: it has none, or its code expired before it was announced. A
        lapsed grant needs none."""
        expired = self.voucher is not None and self.voucher.expires_at <= now
        waits = self.state is GrantState.EARNED or (self.state is GrantState.ISSUED and expired)
        return waits and self.announced_by is None and not self._lapsed(now)

    def _lapsed(self, now: datetime) -> bool:
        """Whether it is too late to create a code. Without a code so far, a grant lapses after the
        discount's `valid_days`. After a first code it lapses after UNDONE_WITHIN, because a refund
        can reverse it until then. An exchange never lapses, because points were paid for it."""
        if self.discount is None or self.kind is GrantKind.EXCHANGE:
            return False
        return now > self.at + (
            UNDONE_WITHIN if self.voucher else timedelta(days=self.discount.valid_days)
        )

    def changed(self, **changes: Any) -> Self:
        """Return the next revision."""
        return self.model_copy(update=changes | {"revision": self.revision + 1})

    def reversed(self) -> Self:
        return self.changed(state=GrantState.REVERSED, posted=Posting(), taken={})


class About(Frozen):
    """The order that a check is about. `spend`: what it came to after refunds."""

    order_id: str
    spend: Decimal
    currency: str


def told_at(grant: Grant, occasion: str | None, about: str | None) -> bool:
    """Whether a timeline announces the grant. The gift of a birthday or an anniversary is announced
    only on its own day, in its own year. All other grants are announced by the timeline of an
    order."""
    if occasion in CELEBRATIONS:
        return grant.key == f"{occasion}#{(about or '')[:4]}"
    return grant.kind not in CELEBRATIONS


def given_for_good(grants: Iterable[Grant]) -> set[str]:
    """Return the keys that no threshold grants again. A grant that was reversed before it was
    announced may be granted again."""
    return {
        grant.key
        for grant in grants
        if grant.state is not GrantState.REVERSED or grant.announced_by is not None
    }


def no_longer_true(
    grants: Iterable[Grant], account: Account, now: datetime, about: About | None = None
) -> list[Grant]:
    """Return the grants that a refund or a cancellation invalidates. Some always stay: exchanges,
    announced tiers, and gifts and review points that need no spend.

    Each grant is checked against its own `needs`, so new settings take nothing away. Grants older
    than UNDONE_WITHIN stay as well.
    """
    earliest = now - UNDONE_WITHIN
    lately = (
        grant for grant in grants if grant.state is not GrantState.REVERSED and grant.at >= earliest
    )
    return [grant for grant in lately if _is_undone(grant, account, about)]


def goes_along(grants: Iterable[Grant], left: Account, now: datetime, about: About) -> list[Grant]:
    """Return the grants that were earned with an order that now belongs to another customer.
    `left`: the first customer's account without the order."""
    standing = [
        grant
        for grant in grants
        if grant.state is not GrantState.REVERSED and grant.kind not in CELEBRATIONS
    ]
    undone = no_longer_true(standing, left, now, about)
    return undone + [
        grant for grant in standing if grant not in undone and _is_unearned(grant, left)
    ]


def _is_unearned(grant: Grant, left: Account) -> bool:
    """Whether an announced tier, or a code bought with points, is no longer paid for."""
    if grant.kind is GrantKind.EXCHANGE:
        return any(left.expiring.get(day, 0) < 0 for day in grant.taken)
    return grant.kind is GrantKind.TIER and _is_unpaid(grant.needs, left)


def _is_undone(grant: Grant, account: Account, about: About | None) -> bool:
    needs, period = grant.needs, grant.key.rpartition("#")[2]
    match grant.kind:
        case GrantKind.REWARD:
            return (
                needs.spend is not None and spent_in(account, needs.currency, period) < needs.spend
            )
        case (
            GrantKind.FIRST_PURCHASE
            | GrantKind.ACHIEVEMENT
            | GrantKind.BIRTHDAY
            | GrantKind.ANNIVERSARY
        ) if _is_unpaid(needs, account):
            return True
        case GrantKind.TIER:  # an announced tier stays: a fall is never announced
            return grant.announced_by is None and _is_unpaid(needs, account)
        case GrantKind.FIRST_PURCHASE:
            return not has_bought(account)
        case GrantKind.ACHIEVEMENT if needs.orders is not None:
            days = (
                date.fromisoformat(day)
                for day in account.days
                if in_period(date.fromisoformat(day), period)
            )
            return not any(
                orders_within(account, day, needs.within_days) >= needs.orders for day in days
            )
        case GrantKind.ORDER_GIFT | GrantKind.CASHBACK if (
            about is not None and needs.spend is not None
        ):
            is_its_order = grant.key == f"{grant.kind}#{about.order_id}"
            return (
                is_its_order
                and about.spend < needs.spend
                and (grant.announced_by is None or about.spend == 0)
            )
    return False


def _is_unpaid(needs: Needs, account: Account) -> bool:
    """Whether the spend or points of the months that pay for it are no longer enough."""
    if not needs.month:
        return False
    sums = account.sums(
        needs.currency, date.fromisoformat(f"{needs.month}-01"), needs.within_months
    )
    return sums.spend < (needs.spend or 0) or sums.points < (needs.points or 0)


def has_bought(account: Account) -> bool:
    return any(sums.orders > 0 for month in account.months.values() for sums in month.values())
