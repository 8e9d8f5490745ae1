"""The data of the report, read from the shop's accounts, its last nightly scoring, and its
counters."""

from collections.abc import Mapping
from datetime import UTC, date, tzinfo
from typing import NamedTuple

from wracaj.carts.abandonment_reasons import AbandonmentReason
from wracaj.segments.rfm import Night, Segment
from wracaj.settings.sections import EconomicsSettings
from wracaj.settings.shop import ShopSettings
from wracaj.store import Store
from wracaj.store.scoring import Scored
from wracaj_cli.experiments.showing import Shown, look
from wracaj_cli.report.changed_messages import Changed, changed_messages
from wracaj_cli.report.figures import Customers, Lifetime, MonthFigures, bought_in
from wracaj_cli.report.messages import (
    ALWAYS_TOLD,
    BECAME,
    UNREMINDED,
    MessageCosts,
    Outcomes,
    Sent,
    costs_of,
    in_order,
)
from wracaj_cli.report.over_time import Look, looks
from wracaj_cli.report.span import Span, span_of
from wracaj_cli.report.weeks import Days, Week, by_week
from wracaj_cli.shops.target import Target

Looks = Mapping[str, Mapping[str, list[Look]]]  # experiment → arm → looks


class SegmentFigures(NamedTuple):
    segment: Segment | None  # None: first bought after the last night
    lifetime: Lifetime
    came: int  # last night, from other segments or scored for the first time
    went: int


class Report(NamedTuple):
    shop: str
    name: str  # as shoppers know it
    currency: str
    main_currency: str  # of what is credited to messages and of what they cost
    begins: date
    until: date  # the last day; orders after its month are not counted
    today: date | None  # None: `until` is today
    months: list[MonthFigures]
    lifetime: Lifetime
    segments: list[SegmentFigures]  # empty if nobody was scored in this currency
    night: Night | None  # the last nightly scoring; None if there was none
    sent: list[Sent]
    weeks: list[Week]
    unreminded: dict[str, int]  # "rule 2", "no rule" → carts that took no timeline by it
    prices: EconomicsSettings
    # why carts were abandoned, as their shoppers say; the most frequent first
    reasons: dict[AbandonmentReason, int]
    elsewhere: list[str]  # other currencies with orders
    experiments: list[Shown]  # as they are now
    looks: Looks  # what they showed on past days
    changed: Mapping[str, Changed] = {}  # experiment → what its arms change

    @property
    def became(self) -> list[str]:
        """Return the delivery events that are shown as columns."""
        return [
            name
            for name in BECAME
            if name in ALWAYS_TOLD or any(name in row.outcomes for row in self.sent)
        ]

    @property
    def since_the_first(self) -> list[MonthFigures]:
        """Return the months without those before the first order, but at least the last one."""
        first = next(
            (place for place, month in enumerate(self.months) if month.at_end or month.orders),
            len(self.months) - 1,
        )
        return self.months[first:]

    def looks_of(self, shown: Shown) -> Mapping[str, list[Look]]:
        """Return arm → what the experiment showed about it on past days."""
        return self.looks.get(shown.name, {})

    def changed_in(self, shown: Shown, arm: str) -> tuple[str, ...]:
        """Return the messages that differ in this arm of a test. Empty: it is not known which."""
        return self.changed.get(shown.name, {}).get(arm, ())

    @property
    def costs(self) -> MessageCosts:
        return costs_of(self.sent, self.prices)


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
    people = _People(span, currency)
    for one in store.scoring.everybody(shop):
        people.add(one)
    night = next((_in_zone(one, zone) for one in store.scoring.last_nights(shop, 1)), None)
    days = {day: store.counters.of_day(shop, day) for day in span.days}
    counted = _added(days)
    shown = _experiments(target, settings)
    return Report(
        shop=shop,
        name=settings.name if settings else shop,
        currency=currency,
        main_currency=settings.main_currency if settings else currency,
        begins=date.fromisoformat(f"{span.months[0]}-01"),
        until=span.until,
        today=span.now.date() if span.is_past else None,
        months=people.everybody.by_month,
        lifetime=people.everybody.lifetime,
        segments=people.segments(night) if night and night.currency == currency else [],
        night=night,
        sent=in_order(store, shop, counted),
        weeks=by_week(days, date.fromisoformat(span.days[0])),
        unreminded=_unreminded(counted),
        prices=settings.economics if settings else EconomicsSettings(),
        reasons=store.abandonment_reasons.counted(shop, span.days),
        elsewhere=sorted(people.elsewhere - {currency}),
        experiments=shown,
        looks={one.name: _looks(store, shop, one, target) for one in shown},
        changed={one.name: changed_messages(one.experiment) for one in shown},
    )


def _in_zone(night: Night, zone: tzinfo) -> Night:
    """Return the night with its moments by the shop's clock, for people who read them."""
    since = night.since and night.since.astimezone(zone)
    return night.model_copy(update={"at": night.at.astimezone(zone), "since": since})


class _People:
    """The figures of all customers and of each segment, read one customer at a time."""

    def __init__(self, span: Span, currency: str) -> None:
        self._span, self._currency = span, currency
        self.everybody = Customers(span.months)
        self.by_segment: dict[Segment | None, Customers] = {}
        self.elsewhere: set[str] = set()

    def add(self, one: Scored) -> None:
        last = self._span.last
        months = (sums for month, sums in one.account.months.items() if month <= last)
        self.elsewhere |= {code for sums in months for code in sums}
        if bought := bought_in(one.account, self._currency, last):
            self.everybody.add(bought)
            segment = one.rfm.segment if one.rfm else None
            self.by_segment.setdefault(segment, Customers(self._span.months)).add(bought)

    def segments(self, night: Night) -> list[SegmentFigures]:
        """Return the figures of each segment, including segments that all customers have left."""
        nobody = Customers(())
        rows = [
            SegmentFigures(
                segment,
                self.by_segment.get(segment, nobody).lifetime,
                night.came_to(segment),
                night.went_from(segment),
            )
            for segment in Segment
            if segment in self.by_segment or night.sizes[segment] or night.went_from(segment)
        ]
        unscored = self.by_segment.get(None)
        return rows + ([SegmentFigures(None, unscored.lifetime, 0, 0)] if unscored else [])


def _experiments(target: Target, settings: ShopSettings | None) -> list[Shown]:
    if settings is None:
        return []
    store, now = target.store(), target.now()
    return [look(store, settings, name, now) for name in settings.experiments]


def _looks(store: Store, shop: str, shown: Shown, target: Target) -> Mapping[str, list[Look]]:
    """Return nothing if the arms do not have their shares: then nothing can be concluded."""
    if shown.verdict.shares_are_wrong:
        return {}
    days = [one.sums for one in store.experiments.sums(shop, shown.name)]
    return looks(shown.experiment, days, target.now(), shown.costs)


def _added(days: Days) -> dict[str, Outcomes]:
    """Return the sums of the daily counters, by step."""
    totals: dict[str, dict[str, int]] = {}
    for counted in days.values():
        for step, outcomes in counted.items():
            row = totals.setdefault(step, {})
            for outcome, number in outcomes.items():
                row[outcome] = row.get(outcome, 0) + number
    return dict(totals)


def _unreminded(counted: Mapping[str, Outcomes]) -> dict[str, int]:
    begins = f"{UNREMINDED}#"
    return {
        step.removeprefix(begins): outcomes.get("carts", 0)
        for step, outcomes in sorted(counted.items())
        if step.startswith(begins)
    }
