"""What the report is made of, read from one shop's accounts, its last night, and its counters."""

from datetime import UTC, date, tzinfo
from typing import NamedTuple

from wracaj.carts.abandonment_reasons import AbandonmentReason
from wracaj.segments.rfm import Night, Segment
from wracaj_cli.report.figures import Customers, Lifetime, MonthFigures, bought_in
from wracaj_cli.report.span import Span, span_of
from wracaj_cli.shops.target import Target


class SegmentFigures(NamedTuple):
    segment: Segment | None  # None: bought for the first time since the last night
    lifetime: Lifetime
    came: int  # from other segments, or scored for the first time, last night
    went: int


ALWAYS_TOLD = ("delivered", "bounced", "complained", "clicked")
BECAME = (*ALWAYS_TOLD, "opened", "followed")  # the last two where SES tracks a shop's mails
WITHOUT_CODE = "without_discount"  # a counter beside "sent", as BECAME are


class Sent(NamedTuple):
    step: str  # "abandoned_cart#first_email"
    outcomes: dict[str, int]  # "sent" → 12, "skipped_no_consent" → 3, "delivered" → 11

    @property
    def without_code(self) -> int:
        """Of those that were sent: for which the shop could create no code."""
        return self.outcomes.get(WITHOUT_CODE, 0)

    @property
    def not_sent(self) -> dict[str, int]:
        """Why → how many, the most frequent first."""
        others = set(self.outcomes) - {"sent", WITHOUT_CODE, "segments", *BECAME}
        return {
            name: self.outcomes[name]
            for name in sorted(others, key=lambda name: -self.outcomes[name])
            if self.outcomes[name]
        }


class Report(NamedTuple):
    shop: str
    currency: str
    until: date  # the last day; nothing that was ordered after its month is counted
    today: date | None  # None: that is the last day
    months: list[MonthFigures]
    lifetime: Lifetime
    segments: list[SegmentFigures]  # none where nobody was scored in this currency
    night: Night | None  # the last; None: there was none
    sent: list[Sent]
    # why carts were abandoned, as their shoppers say; the most frequent first
    reasons: dict[AbandonmentReason, int]
    elsewhere: list[str]  # other currencies that there are orders in

    @property
    def became(self) -> list[str]:
        """What is told of messages that were sent, as columns."""
        return [
            name
            for name in BECAME
            if name in ALWAYS_TOLD or any(name in row.outcomes for row in self.sent)
        ]

    @property
    def only_now(self) -> str:
        """What of a past period is not kept as it was then."""
        if self.today is None:
            return ""
        return (
            f"Orders after {self.until} are left out. All else is as it is known today,"
            f" {self.today}: what was sent back since is taken off the month of its order, and who"
            " was found to be one person is one. The segments, and who moved between them, are"
            " those of the last scoring: in which a shopper was then is not kept."
        )

    @property
    def why_no_segments(self) -> str:
        if self.night is None:
            return f"No night has scored the customers yet. `wracaj score {self.shop}` does it now."
        if self.night.currency != self.currency:
            return (
                f"Customers are scored in {self.night.currency}, and this report is in"
                f" {self.currency}."
            )
        return "" if self.segments else "Nobody has bought yet."


def read_report(
    target: Target,
    shop: str,
    currency: str,
    months: int,
    until: str | None = None,
    zone: tzinfo = UTC,
) -> Report:
    """Reads each account once and keeps none, so it takes time with a shop's size, and no memory.

    `until`: the last month, such as "2026-08"; None: this one, until today. `zone`: the shop's.
    Raises SpanError."""
    store, span = target.store(), span_of(target.now().astimezone(zone), months, until)
    everybody, by_segment, elsewhere = (
        Customers(span.months),
        dict[Segment | None, Customers](),
        set[str](),
    )
    for one in store.scoring.everybody(shop):
        elsewhere |= {
            code
            for month, sums in one.account.months.items()
            if month <= span.last
            for code in sums
        }
        if bought := bought_in(one.account, currency, span.last):
            everybody.add(bought)
            by_segment.setdefault(one.rfm.segment if one.rfm else None, Customers(span.months)).add(
                bought
            )
    night = next(iter(store.scoring.last_nights(shop, 1)), None)
    return Report(
        shop=shop,
        currency=currency,
        until=span.until,
        today=span.now.date() if span.is_past else None,
        months=everybody.by_month,
        lifetime=everybody.lifetime,
        segments=_segments(by_segment, night) if night and night.currency == currency else [],
        night=night,
        sent=_sent(target, shop, span),
        reasons=store.abandonment_reasons.counted(shop, span.days),
        elsewhere=sorted(elsewhere - {currency}),
    )


def _segments(by_segment: dict[Segment | None, Customers], night: Night) -> list[SegmentFigures]:
    """Also those that everybody has left."""
    nobody = Customers(())
    rows = [
        SegmentFigures(
            segment,
            by_segment.get(segment, nobody).lifetime,
            night.came_to(segment),
            night.went_from(segment),
        )
        for segment in Segment
        if segment in by_segment or night.sizes[segment] or night.went_from(segment)
    ]
    return rows + [
        SegmentFigures(None, customers.lifetime, 0, 0)
        for segment, customers in by_segment.items()
        if segment is None
    ]


def _sent(target: Target, shop: str, span: Span) -> list[Sent]:
    """The counters of each day."""
    store, totals = target.store(), dict[str, dict[str, int]]()
    for day in span.days:
        for step, outcomes in store.counters.of_day(shop, day).items():
            row = totals.setdefault(step, {})
            for outcome, number in outcomes.items():
                row[outcome] = row.get(outcome, 0) + number
    return [Sent(step, outcomes) for step, outcomes in sorted(totals.items())]
