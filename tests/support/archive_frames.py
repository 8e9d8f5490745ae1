"""The archive as tables of pandas, and what follows from them: a way of its own to the figures that
the product adds up as it goes."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import pandas as pd

Line = Mapping[str, Any]
LATE = timedelta(hours=48)
CLICK_COUNTS = timedelta(days=5)
NOTHING = Decimal(0)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


class Frames:
    """`orders`: each order once, whoever told it how often. `taken`: what was sent back, or
    cancelled. `entries`: each person's first entry into each experiment. `clicks`: those that
    count."""

    def __init__(self, rows: Iterable[Line]) -> None:
        lines = list(rows)
        events = [row for row in lines if row["kind"] == "event"]
        self.orders: Any = pd.DataFrame(
            [
                {
                    "order": told["order_id"],
                    "at": moment(told["placed_at"]),
                    "currency": told.get("currency"),
                    "total": Decimal(told["total"]),
                    "names": set(row["names"].values()),
                }
                for row in events
                if row["type"] == "OrderPlaced" and (told := row["event"]).get("total")
            ]
        ).drop_duplicates("order")
        self.taken: Any = pd.DataFrame(
            [
                {
                    "order": row["event"]["order_id"],
                    "what": row["event"].get("refund_id", "cancelled"),
                    "amount": Decimal(row["event"]["amount"]) if "amount" in row["event"] else None,
                    "heard_at": moment(row["at"]),
                }
                for row in events
                if row["type"] in {"OrderRefunded", "OrderCancelled"}
            ],
            columns=["order", "what", "amount", "heard_at"],
        ).drop_duplicates(["order", "what"])
        self.entries: Any = (
            pd.DataFrame(
                [
                    {"experiment": name, "at": moment(entry["at"])}
                    | {part: entry[part] for part in ("arm", "person")}
                    for row in lines
                    if row["kind"] == "decision"
                    for name, entry in row.get("entries", {}).items()
                ],
                columns=["experiment", "at", "arm", "person"],
            )
            .sort_values("at")
            .drop_duplicates(["experiment", "person"])
        )
        self.clicks: Any = pd.DataFrame(
            [
                {"at": moment(row["at"]), "message": f"{row['timeline']}#{row['step']}"}
                | {"address": row["address"]}
                for row in lines
                if row["kind"] == "click"
            ],
            columns=["at", "message", "address"],
        )

    def left(self, order: str, until: datetime | None = None) -> Decimal:
        """What is left of the order's total, by what was heard until then."""
        total: Decimal = self.orders.set_index("order").loc[order, "total"]
        heard = self.taken[self.taken["order"] == order]
        if until is not None:
            heard = heard[heard["heard_at"] < until]
        if (heard["what"] == "cancelled").any():
            return NOTHING
        return max(NOTHING, total - sum(heard["amount"], NOTHING))

    def paid(self, order: str, currency: str, vat: Decimal, until: datetime | None) -> Decimal:
        its_currency = self.orders.set_index("order").loc[order, "currency"]
        left = self.left(order, until) if its_currency == currency else NOTHING
        return (left * 100 / (100 + vat)).quantize(Decimal("0.01"), ROUND_HALF_EVEN)

    def credited(self, currency: str, vat: Decimal) -> Any:
        """Message → orders and paid, by the last click in the five days before each order."""
        rows = []
        for order in self.orders.itertuples():
            clicks = self.clicks[self.clicks["address"].isin(order.names)]
            led = clicks[(clicks["at"] <= order.at) & (order.at <= clicks["at"] + CLICK_COUNTS)]
            if len(led) and self.left(order.order) > 0:
                last = led.sort_values("at").iloc[-1]["message"]
                rows.append((last, 1, self.paid(order.order, currency, vat, None)))
        frame = pd.DataFrame(rows, columns=["message", "orders", "paid"])
        return frame.groupby("message").agg({"orders": "sum", "paid": "sum"})

    def sums(self, experiment: str, days: int, currency: str, vat: Decimal) -> Any:
        """Arm → people, how many of them ordered, paid and its squares: within each person's days,
        as known when their day of entry froze."""
        people = self.entries[self.entries["experiment"] == experiment].copy()
        outcomes = [self._of(entry, days, currency, vat) for entry in people.itertuples()]
        people["ordered"] = [int(ordered) for ordered, _ in outcomes]
        people["paid"] = [paid for _, paid in outcomes]
        people["squared"] = [paid * paid for _, paid in outcomes]
        return people.groupby("arm").agg(
            people=("person", "size"),
            ordered=("ordered", "sum"),
            paid=("paid", "sum"),
            squared=("squared", "sum"),
        )

    def _of(self, entry: Any, days: int, currency: str, vat: Decimal) -> tuple[bool, Decimal]:
        its_day = datetime.combine(entry.at.date(), time(), UTC) + timedelta(days=1)
        frozen_at = its_day + timedelta(days=days) + LATE
        theirs = self.orders[[entry.person in names for names in self.orders["names"]]]
        theirs = theirs[
            (theirs["at"] > entry.at) & (theirs["at"] <= entry.at + timedelta(days=days))
        ]
        kept = [order for order in theirs["order"] if self.left(order, frozen_at) > 0]
        paid = (self.paid(order, currency, vat, frozen_at) for order in theirs["order"])
        return bool(kept), sum(paid, NOTHING)
