"""The data of the report, read from the shop's accounts, its last nightly scoring, and its
counters."""

from datetime import UTC, date, tzinfo
from decimal import Decimal
from typing import NamedTuple

from wracaj.carts.abandonment_reasons import AbandonmentReason
from wracaj.segments.rfm import Night, Segment
from wracaj.settings.shop import ShopSettings
from wracaj_cli.experiments.showing import Shown, look
from wracaj_cli.report.figures import Customers, Lifetime, MonthFigures, bought_in
from wracaj_cli.report.span import Span, span_of
from wracaj_cli.shops.target import Target


class SegmentFigures(NamedTuple):
    segment: Segment | None  # None: first bought after the last night
    lifetime: Lifetime
    came: int  # last night, from other segments or scored for the first time
    went: int


ALWAYS_TOLD = ("delivered", "bounced", "complained", "clicked")
BECAME = (*ALWAYS_TOLD, "opened", "followed")  # the last two only if SES tracks the shop's mails
ATTRIBUTED = ("attributed_orders", "attributed_cents")  # to this message, by the last click
WITHOUT_CODE = "without_discount"  # like BECAME, a counter in addition to "sent"


class Sent(NamedTuple):
    step: str  # "abandoned_cart#first_email"
    outcomes: dict[str, int]  # "sent" → 12, "skipped_no_consent" → 3, "delivered" → 11

    @property
    def without_code(self) -> int:
        """The number of sent messages for which the shop could create no code."""
        return self.outcomes.get(WITHOUT_CODE, 0)

    @property
    def timeline(self) -> str:
        return self.step.partition("#")[0]

    @property
    def orders(self) -> int:
        """Orders within five days after a click on this message, the last one before them."""
        return self.outcomes.get("attributed_orders", 0)

    @property
    def paid(self) -> Decimal:
        """What these orders paid, without tax, shipping and refunds."""
        return Decimal(self.outcomes.get("attributed_cents", 0)) / 100

    @property
    def not_sent(self) -> dict[str, int]:
        """Return reason → number of messages, the most frequent first."""
        others = set(self.outcomes) - {"sent", WITHOUT_CODE, "segments", *BECAME, *ATTRIBUTED}
        return {
            name: self.outcomes[name]
            for name in sorted(others, key=lambda name: -self.outcomes[name])
            if self.outcomes[name]
        }


class Report(NamedTuple):
    shop: str
    currency: str
    until: date  # the last day; orders after its month are not counted
    today: date | None  # None: `until` is today
    months: list[MonthFigures]
    lifetime: Lifetime
    segments: list[SegmentFigures]  # empty if nobody was scored in this currency
    night: Night | None  # the last nightly scoring; None if there was none
    sent: list[Sent]
    # why carts were abandoned, as their shoppers say; the most frequent first
    reasons: dict[AbandonmentReason, int]
    elsewhere: list[str]  # other currencies with orders
    experiments: list[Shown]  # as they are now

    @property
    def became(self) -> list[str]:
        """Return the delivery events that are shown as columns."""
        return [
            name
            for name in BECAME
            if name in ALWAYS_TOLD or any(name in row.outcomes for row in self.sent)
        ]

    @property
    def credited(self) -> list[Sent]:
        """Return the messages that brought orders, the most money first."""
        return sorted((row for row in self.sent if row.orders), key=lambda row: -row.paid)

    @property
    def only_now(self) -> str:
        """Return a sentence about the figures of a past period that are not kept as they were
        then."""
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
    settings: ShopSettings | None = None,
) -> Report:
    """Read each account once and keep none. The time grows with the size of the shop, the memory
    does not.

    `until`: the last month, such as "2026-08"; None: this month, until today. `zone`: the shop's
    time zone. `settings`: the shop's, for its experiments. Raises SpanError.
    """
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
        experiments=_experiments(target, settings) if settings else [],
    )


def _experiments(target: Target, settings: ShopSettings) -> list[Shown]:
    store, now = target.store(), target.now()
    return [look(store, settings, name, now) for name in settings.experiments]


def _segments(by_segment: dict[Segment | None, Customers], night: Night) -> list[SegmentFigures]:
    """Return the figures of each segment, including segments that all customers have left."""
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
    """Return the sums of the daily counters."""
    store, totals = target.store(), dict[str, dict[str, int]]()
    for day in span.days:
        for step, outcomes in store.counters.of_day(shop, day).items():
            row = totals.setdefault(step, {})
            for outcome, number in outcomes.items():
                row[outcome] = row.get(outcome, 0) + number
    return [Sent(step, outcomes) for step, outcomes in sorted(totals.items())]
