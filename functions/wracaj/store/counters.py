"""What the messages of a day (UTC) did: `SHOP#{shop}#STATS#{date}` / `{timeline}#{step}`."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from wracaj.aws.observability import logger
from wracaj.settings.timeline_rules import Choice
from wracaj.store.table import Change, Table


class Counters:
    def __init__(self, table: Table) -> None:
        self.table = table

    def add(self, shop: str, at: datetime, what: str, change: Change) -> None:
        """Update a counter outside any transaction: all carts of a day share it, and a failed count
        must not stop a message.

        `at`: when the message was sent. Later events of the message count for that day, too.
        """
        try:
            self.table.update(counters_key(shop, at, what), change)
        except Exception as error:  # what is counted is done and recorded
            logger.warning("not counted", extra={"step": what, "error": type(error).__name__})

    def count_unreminded(self, shop: str, choice: Choice) -> None:
        """Count a cart that takes no timeline, among the counters of messages, so that people see
        it."""
        rule = f"rule {choice.rule}" if choice.rule else "no rule"
        self.add(shop, choice.at, f"no timeline#{rule}", Change().add(carts=1))

    def of_step(self, shop: str, name: str, days: Iterable[str]) -> Counter[str]:
        """Add up the counters of one step over some days. `name`: `abandoned_cart#first_email`."""
        sums: Counter[str] = Counter()
        for item in self.table.get_many(
            [{"PK": f"SHOP#{shop}#STATS#{day}", "SK": name} for day in days]
        ):
            sums.update(
                {what: int(value) for what, value in item.items() if what not in {"PK", "SK"}}
            )
        return sums

    def of_day(self, shop: str, day: str) -> dict[str, dict[str, int]]:
        """Return the counters of one day, UTC: `{"abandoned_cart#first_email": {"sent": 12,
        "skipped_no_consent": 3}}`."""
        return {
            item["SK"]: {
                name: int(value) for name, value in item.items() if name not in {"PK", "SK"}
            }
            for item in self.table.query({"PK": f"SHOP#{shop}#STATS#{day}"})
        }


def counters_key(shop: str, at: datetime, what: str) -> dict[str, str]:
    return {"PK": f"SHOP#{shop}#STATS#{at:%Y-%m-%d}", "SK": what}
