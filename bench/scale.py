"""What gives way first as carts grow: the demand of each mix of timelines on each quota of AWS.

A model, and no measurement. Durations, messages and channels are those of the timelines' files.
Requests are those of docs/costs.md, which are counted. The rest is assumed below.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from bench.figures import Figures
from bench.quotas import QUOTAS
from support.frozen_timelines import frozen
from wracaj.aws.shop_config import CACHED_SECONDS
from wracaj.timelines.decision import SPREAD
from wracaj_cli.costs.bill import MIX as CARTS
from wracaj_cli.costs.bill import STEP_SECONDS, WEBHOOK_SECONDS
from wracaj_cli.timelines.durations import seconds_of_one
from wracaj_cli.timelines.going_on import course_of
from wracaj_cli.timelines.reading import read
from wracaj_cli.timelines.rules.shape import read_short
from wracaj_cli.timelines.short_file import ShortFile

DAY = 86_400
SIZES = (10_000, 100_000, 1_000_000)
LONG_WAIT_DAYS = 1
# Assumed, as it differs from shop to shop.
PEAK = 3  # of a day's busiest hour, to its mean
BURST, BURST_SECONDS = 10, 10  # times the mean; processes begin within so many seconds
NIGHT = 13 / 24  # of the messages fall due while the send window is shut, and leave at its opening
SHOPS = 20  # that share the stack
WEBHOOKS_A_CART = 8  # six of the cart and two of its order; half of the carts have no order
WRITE_UNITS_A_WEBHOOK, WRITE_UNITS_A_STEP = 4, 14
HOURS_OPEN_BEFORE_A_DATE = 2.5  # a sweep each hour looks two hours ahead
WITH_CONTACT = 1 - CARTS["no contact known"] / 1000
ORDERS = (CARTS["bought before the first message"] + CARTS["bought after the first e-mail"]) / (
    1000 * WITH_CONTACT
)  # for each cart whose timeline starts

# mix → timeline → starts for each cart whose timeline starts
MIXES: Mapping[str, Mapping[str, float]] = {
    "abandoned_cart": {"abandoned_cart": 1},
    "multichannel_rescue": {"multichannel_rescue": 1},
    "abandoned_cart, after orders": {
        "abandoned_cart": 1,
        "after_purchase": ORDERS,
        "loyalty": ORDERS,
    },
    "multichannel_rescue, after orders, win_back": {
        "multichannel_rescue": 1,
        "after_purchase": ORDERS,
        "loyalty": ORDERS,
        "win_back": ORDERS,
    },
}


@dataclass(frozen=True)
class Course:
    """What one run of a timeline takes, if nobody orders."""

    waits: tuple[float, ...]  # seconds of each
    messages: int
    mails: int
    states: int

    def seconds_open(self, days: float) -> float:
        """`days`: longer waits are moved out; 0: none is."""
        ahead = HOURS_OPEN_BEFORE_A_DATE * 3600
        return sum(ahead if self._is_moved(wait, days) else wait for wait in self.waits)

    def starts(self, days: float) -> int:
        """An execution whose first wait is moved out starts when that is over."""
        return 1 + sum(self._is_moved(wait, days) for wait in self.waits[1:])

    def states_entered(self, days: float) -> int:
        """A part more ends with one state and begins with three, instead of the Wait."""
        first = self._is_moved(self.waits[0], days)  # which ends no execution
        return self.states + 3 * (self.starts(days) - 1) + first

    def _is_moved(self, wait: float, days: float) -> bool:
        return bool(days) and wait > days * DAY


@cache
def course(timeline: str) -> Course:
    short = read_short(read(frozen(timeline)))
    assert isinstance(short, ShortFile)
    waits = course_of(short)
    seconds = tuple(
        float(short.timings[timing]) * seconds_of_one(timing) for timing in waits.values()
    )
    lines = [message for _, message in short.named_messages]
    sent = 1 if short.check else len(lines)  # a check sends one message at most
    mails = sum(line.channel == "email" for line in lines[:sent])
    states = 3 + 3 * sent + (2 if short.check else 0) + (1 if short.close_after else 0)
    return Course(seconds, sent, mails, states)


def demands(mix: Mapping[str, float], carts: float, days: float) -> dict[str, float]:
    """Return the demand on each quota. `carts`: a day, whose timelines start."""
    runs = {timeline: carts * share for timeline, share in mix.items()}

    def a_day(of_one: str) -> float:
        return float(sum(getattr(course(one), of_one) * many for one, many in runs.items()))

    webhooks = carts * WEBHOOKS_A_CART / DAY * PEAK
    steps = a_day("messages") / DAY * PEAK
    processes = webhooks * WEBHOOK_SECONDS + steps * STEP_SECONDS
    # a process reads a shop's settings again after minutes, if it serves the shop again by then
    shops_seen = min(SHOPS, CACHED_SECONDS / WEBHOOK_SECONDS)
    at_opening = NIGHT / SPREAD.total_seconds()
    mails = a_day("mails")
    return {
        "open executions": sum(
            course(one).seconds_open(days) / DAY * number for one, number in runs.items()
        ),
        "starts a second": sum(course(one).starts(days) * number for one, number in runs.items())
        / DAY
        * PEAK,
        "state transitions a second": sum(
            course(one).states_entered(days) * number for one, number in runs.items()
        )
        / DAY
        * PEAK,
        "settings read a second": processes * (shops_seen + 1) / CACHED_SECONDS
        + BURST * carts * WEBHOOKS_A_CART / DAY * WEBHOOK_SECONDS / BURST_SECONDS,
        "secrets read a second": processes * shops_seen / CACHED_SECONDS,
        "e-mails a day": mails,
        "e-mails a second": mails * at_opening,
        "write units a second": webhooks * WRITE_UNITS_A_WEBHOOK
        + a_day("messages") * at_opening * WRITE_UNITS_A_STEP,
        "API requests a second": webhooks,
        "functions at once": webhooks * WEBHOOK_SECONDS
        + a_day("messages") * at_opening * STEP_SECONDS,
    }


def shares(mix: Mapping[str, float], carts: float, days: float) -> dict[str, float]:
    """Return which share of each quota is used, the largest first."""
    asked = demands(mix, carts, days)
    used = {quota.name: asked[quota.name] / quota.limit for quota in QUOTAS}
    return dict(sorted(used.items(), key=lambda one: -one[1]))


def fills_at(mix: Mapping[str, float], quota: str, days: float) -> float:
    """Return the carts a day at which the quota is full. Every demand grows with the carts."""
    return 1 / shares(mix, 1, days)[quota]


def first_to_give_way() -> Figures:
    rows = []
    for name, mix in MIXES.items():
        for carts in SIZES:
            told = [_over(shares(mix, carts, days)) for days in (0, LONG_WAIT_DAYS)]
            rows.append([name, f"{carts:,}", *told])
    return Figures(
        "What gives way first",
        ["timelines", "carts a day", "every wait a Wait state", f"`LongWaitDays={LONG_WAIT_DAYS}`"],
        rows,
        "Every quota that is full, the fullest first; where none is, the one that comes next. 100 %"
        " is the whole quota.",
    )


def _over(used: Mapping[str, float]) -> str:
    """Return the quotas that are full, or the fullest one."""
    full = [name for name, share in used.items() if share >= 1] or list(used)[:1]
    return ", ".join(f"{name} ({used[name]:.0%})" for name in full)


def where_each_is_full() -> Figures:
    columns = [
        f"{name}{', moved out' if days else ''}" for name in MIXES for days in (0, LONG_WAIT_DAYS)
    ]
    rows = [
        [quota.name, *(_round(fills_at(mix, quota.name, days)) for mix, days in _all())]
        for quota in QUOTAS
    ]
    return Figures("Carts a day that fill each quota", ["quota", *columns], rows, _assumed())


def _all() -> list[tuple[Mapping[str, float], float]]:
    return [(mix, days) for mix in MIXES.values() for days in (0, LONG_WAIT_DAYS)]


def _round(number: float) -> str:
    size = 10 ** max(0, len(str(int(number))) - 3)
    return f"{round(number / size) * size:,}"


def the_quotas() -> Figures:
    rows = [
        [one.name, f"{one.limit:,}", one.source, one.seen, one.raised, one.alarm] for one in QUOTAS
    ]
    columns = ["quota", "limit", "source", "read", "how and when to raise it", "alarm"]
    return Figures("The quotas", columns, rows)


def _assumed() -> str:
    return (
        f"A cart here is one whose timeline starts. Assumed: nobody orders before the end, so all"
        f" waits are waited; {ORDERS:.0%} as many orders as carts; the busiest hour has {PEAK}"
        f" times the mean; {NIGHT:.0%} of the messages leave in the {SPREAD.seconds // 60} minutes"
        f" after the send window opens; {SHOPS} shops; {WEBHOOKS_A_CART} webhooks a cart of"
        f" {WEBHOOK_SECONDS:g} s and {WRITE_UNITS_A_WEBHOOK} write units; steps of {STEP_SECONDS:g}"
        f" s and {WRITE_UNITS_A_STEP} write units. Settings are read again after"
        f" {CACHED_SECONDS // 60} minutes, by each process and shop; a burst of {BURST} times the"
        f" mean begins its processes within {BURST_SECONDS} seconds."
    )


def figures() -> list[Figures]:
    return [first_to_give_way(), where_each_is_full(), the_quotas()]
