"""What the messages of a day (UTC) did: `SHOP#{shop}#STATS#{date}` / `{timeline}#{step}`.

An item also counts what was sent to each arm of an experiment, by channel, and parts of SMS:
`sent@{experiment}@{arm}@{channel}`; the complaints about that: `complained@…`; and what is credited
to the message of orders by people of the arm: `attributed@{experiment}@{arm}@orders`, `@cents`,
`@contribution_cents`. So an experiment costs no further write for a message.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from wracaj.aws.observability import logger
from wracaj.experiments.arms import Entry
from wracaj.settings.timeline_rules import Choice
from wracaj.store.table import Change, Item, Table
from wracaj.timelines.steps import StepRecord

IN_ARM = "@"
SENT, COMPLAINED, ATTRIBUTED = "sent", "complained", "attributed"


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
            sums.update(_outcomes(item))
        return sums

    def of_day(self, shop: str, day: str) -> dict[str, dict[str, int]]:
        """Return the counters of one day, UTC: `{"abandoned_cart#first_email": {"sent": 12,
        "skipped_no_consent": 3}}`."""
        return {item["SK"]: _outcomes(item) for item in self._items_of(shop, day)}

    def of_arms(
        self, shop: str, experiment: str, days: Iterable[str]
    ) -> dict[str, dict[str, Counter[str]]]:
        """Return what was sent to each arm, by step, with complaints and what is credited to it:
        `{"treated": {"abandoned_cart#sms": {"sms": 3, "parts": 4, "complained": 1, "orders": 1,
        "cents": 9900, "contribution_cents": 2500}}}`. `parts`: of SMS."""
        sums: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
        for day in days:
            for item in self._items_of(shop, day):
                for name, value in item.items():
                    which, *of = name.split(IN_ARM)
                    if of and of[0] == experiment:
                        what = COMPLAINED if which == COMPLAINED else of[2]
                        sums[of[1]][item["SK"]][what] += int(value)
        return sums

    def _items_of(self, shop: str, day: str) -> list[Item]:
        return self.table.query({"PK": f"SHOP#{shop}#STATS#{day}"})


def sent_in_arms(record: StepRecord) -> dict[str, int]:
    """Return the counters of a sent message for the arms that its shopper is in."""
    sent = {str(record.channel): 1, "parts": record.segments or 0}
    return {
        name: number
        for what, number in sent.items()
        if number
        for name in _in_arms(SENT, record.arms, what)
    }


def complained_in_arms(record: StepRecord) -> dict[str, int]:
    """Return the counters of a complaint for the arms of its message."""
    return dict.fromkeys(_in_arms(COMPLAINED, record.arms, str(record.channel)), 1)


def attributed_in_arms(entries: Mapping[str, Entry], attributed: Mapping[str, int]) -> Counter[str]:
    """Return the counters of an order for the arms that its shopper entered. `attributed`: orders,
    cents, contribution_cents."""
    arms = {experiment: entry.arm for experiment, entry in entries.items()}
    return Counter(
        {
            name: number
            for what, number in attributed.items()
            if number
            for name in _in_arms(ATTRIBUTED, arms, what)
        }
    )


def _in_arms(counter: str, arms: Mapping[str, str], what: str) -> list[str]:
    return [IN_ARM.join((counter, experiment, arm, what)) for experiment, arm in arms.items()]


def _outcomes(item: Item) -> dict[str, int]:
    return {
        name: int(value)
        for name, value in item.items()
        if name not in {"PK", "SK"} and IN_ARM not in name
    }


def counters_key(shop: str, at: datetime, what: str) -> dict[str, str]:
    return {"PK": f"SHOP#{shop}#STATS#{at:%Y-%m-%d}", "SK": what}
