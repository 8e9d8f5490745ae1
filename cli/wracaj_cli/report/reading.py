"""What the report is made of, read from one shop's table."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from wracaj.figures import Lifetime, MonthFigures, by_month, last_months, lifetime
from wracaj.ledger import Account
from wracaj.rfm import Scorer, Segment, Values, count, segment_of, values_of
from wracaj_cli.shops.target import Target


class SegmentFigures(NamedTuple):
    segment: Segment
    customers: int
    orders: int
    spend: Decimal


class Sent(NamedTuple):
    step: str  # "abandoned_cart#first_email"
    outcomes: dict[str, int]  # "sent" → 12, "skipped_no_consent" → 3


class Report(NamedTuple):
    shop: str
    currency: str
    until: datetime
    months: list[MonthFigures]
    lifetime: Lifetime
    segments: list[SegmentFigures]
    sent: list[Sent]
    elsewhere: list[str]  # other currencies that there are orders in


def read_report(target: Target, shop: str, currency: str, months: int) -> Report:
    now = target.now()
    accounts = list(read_accounts(target, shop))
    figures = by_month(accounts, currency, last_months(now, months))
    return Report(
        shop=shop,
        currency=currency,
        until=now,
        months=figures,
        lifetime=lifetime(accounts, currency, figures),
        segments=_segments(accounts, currency, now),
        sent=_sent(target, shop, now, months),
        elsewhere=sorted({code for account in accounts for month in account.months.values() for code in month} - {currency}),
    )


def read_accounts(target: Target, shop: str) -> Iterator[Account]:
    """One account a shopper: what two ids of one shopper earned is put together.

    Reads the whole table, so it costs what the table holds: a report is run now and then, by a person.
    """
    accounts: dict[str, Account] = {}
    owner: dict[str, str] = {}
    for item in _scan(target, f"SHOP#{shop}#CUSTOMER#", ("PROFILE", "ACCOUNT")):
        id_ = item["PK"]["S"].rpartition("#")[2]
        if item["SK"]["S"] == "ACCOUNT":
            accounts[id_] = Account.model_validate_json(item["account"]["S"])
        elif merged := _merged_into(item["profile"]["S"]):
            owner[id_] = merged
    together: dict[str, Account] = {}
    for id_, account in accounts.items():
        whose = id_
        while whose in owner:
            whose = owner[whose]
        together[whose] = together[whose].plus(account) if whose in together else account
    yield from together.values()


def _merged_into(profile: str) -> str | None:
    from wracaj.customer import Customer

    return Customer.model_validate_json(profile).merged_into


def _scan(target: Target, prefix: str, kinds: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    pages = (
        target.client("dynamodb")
        .get_paginator("scan")
        .paginate(
            TableName=target.table,
            FilterExpression="begins_with(PK, :prefix) AND SK IN (:a, :b)",
            ExpressionAttributeValues={":prefix": {"S": prefix}, ":a": {"S": kinds[0]}, ":b": {"S": kinds[1]}},
            ProjectionExpression="PK, SK, account, profile",
        )
    )
    for page in pages:
        yield from page["Items"]


def _segments(accounts: list[Account], currency: str, now: datetime) -> list[SegmentFigures]:
    known = [values for account in accounts if (values := values_of(account, currency, now))]
    spends = [account.sums(currency, now).spend for account in accounts if values_of(account, currency, now)]
    scorer = Scorer(count(known))
    rows: dict[Segment, list[tuple[Values, Decimal]]] = {segment: [] for segment in Segment}
    for values, spend in zip(known, spends, strict=True):
        rows[segment_of(scorer.score(values))].append((values, spend))
    return [
        SegmentFigures(
            segment, len(row), sum(values.frequency for values, _ in row), sum((spend for _, spend in row), Decimal(0))
        )
        for segment, row in rows.items()
        if row
    ]


def _sent(target: Target, shop: str, now: datetime, months: int) -> list[Sent]:
    """The counters of each day; a request a day, so of at most a year."""
    store, totals = target.store(), dict[str, dict[str, int]]()
    for back in range(min(366, months * 31)):
        for step, outcomes in store.step_records.counters(shop, f"{now - timedelta(days=back):%Y-%m-%d}").items():
            row = totals.setdefault(step, {})
            for outcome, number in outcomes.items():
                row[outcome] = row.get(outcome, 0) + number
    return [Sent(step, outcomes) for step, outcomes in sorted(totals.items())]
