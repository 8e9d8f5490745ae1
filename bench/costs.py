"""The cost of 1,000 carts: the measured requests and transitions, multiplied by the public
prices."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench import prices
from bench.figures import Figures
from bench.play import Counted

# These values cannot be measured here. They are estimates, rather too high than too low.
MEMORY_GB, WEBHOOK_SECONDS, STEP_SECONDS, LOGGED_KB = 0.5, 0.15, 0.5, 1.5
# The archive: a message is sent alone, and received and deleted by ten. The objects are
# one a minute and shop at most, which is cents a month whatever the traffic.
REQUESTS_A_MESSAGE, KEYS_A_SHOPPER = 1.2, 2


@dataclass(frozen=True)
class Path:
    """The course of one cart. `played`: name in bench/requests.py → how often it happens."""

    name: str
    played: dict[str, int]
    transitions: str | None = None  # a name in bench/transitions.py
    mails: int = 0
    sms: int = 0


BEGUN = {"first event of a cart, new shopper": 1, "later event": 4, "the same event again": 1}
ORDERED = {"order that names its cart": 1, "the same order again (paid)": 1}
FIRST = {"step: first e-mail sent": 1}
ALL_SENT = {
    **FIRST,
    "step: SMS sent": 1,
    "step: discount e-mail sent": 1,
    "step: close the timeline": 1,
}

PATHS = (
    Path("no contact known", {"cart without a contact": 4}),
    Path(
        "bought before the first message",
        {**BEGUN, **ORDERED, "step: the cart was ordered": 1},
        "ordered before the first message",
    ),
    Path(
        "bought after the first e-mail",
        {**BEGUN, **ORDERED, **FIRST, "click in a message": 1, "step: the cart was ordered": 1},
        "ordered after the first e-mail",
        mails=1,
    ),
    Path("never bought", {**BEGUN, **ALL_SENT}, "nobody orders", mails=2, sms=1),
)
MIX = {
    "no contact known": 500,
    "bought before the first message": 250,
    "bought after the first e-mail": 50,
    "never bought": 200,
}


def bill(path: Path, counted: dict[str, Counted], states: dict[str, list[str]]) -> dict[str, float]:
    """Return the cost of 1,000 such carts in dollars, by service."""
    steps = sum(times for what, times in path.played.items() if what.startswith("step:"))
    calls = sum(path.played.values()) - steps
    gb_seconds = (calls * WEBHOOK_SECONDS + steps * STEP_SECONDS) * MEMORY_GB
    one = {
        "Step Functions": (
            len(states[path.transitions]) * prices.TRANSITION if path.transitions else 0
        ),
        "DynamoDB": sum(times * _stored(counted[what]) for what, times in path.played.items()),
        "Lambda": (calls + steps) * prices.LAMBDA_REQUEST + gb_seconds * prices.LAMBDA_GB_SECOND,
        "archive": _archived(path, calls + steps),
        "HTTP API": calls * prices.HTTP_REQUEST,
        "logs": (calls + steps) * LOGGED_KB / 1024**2 * prices.LOG_GB,
        "e-mails (SES)": path.mails * prices.MAIL,
    }
    return {service: 1000 * dollars for service, dollars in one.items()}


def _stored(counted: Counted) -> float:
    return counted.writes * prices.WRITE_UNIT + counted.reads * prices.READ_UNIT


def _archived(path: Path, messages: int) -> float:
    """A message for each call; the keys of the shopper's e-mail and phone, made once and read for
    each message."""
    if "first event of a cart, new shopper" not in path.played:
        return messages * REQUESTS_A_MESSAGE * prices.QUEUE_REQUEST
    made = KEYS_A_SHOPPER * prices.WRITE_UNIT
    read = messages * KEYS_A_SHOPPER * prices.READ_UNIT
    return messages * REQUESTS_A_MESSAGE * prices.QUEUE_REQUEST + made + read


def figures(counted: dict[str, Counted], states: dict[str, list[str]]) -> Figures:
    bills = [bill(path, counted, states) for path in PATHS]
    columns = [*bills, {service: _mixed([one[service] for one in bills]) for service in bills[0]}]
    rows = [[service, *(f"${one[service]:.3f}" for one in columns)] for service in bills[0]]
    together = ["together, without SMS", *(f"${sum(one.values()):.2f}" for one in columns)]
    sms = [path.sms * 1000 for path in PATHS]
    sent = ["SMS sent", *(f"{number:,g}" for number in [*sms, _mixed(sms)])]
    return Figures(
        "1,000 carts",
        ["service", *(path.name for path in PATHS), "a mix"],
        [*rows, together, sent],
        _note(),
    )


def _mixed(values: Sequence[float]) -> float:
    return sum(MIX[path.name] / 1000 * value for path, value in zip(PATHS, values, strict=True))


def _note() -> str:
    mix = ", ".join(f"{number} {name}" for name, number in MIX.items())
    return (
        f"The mix: {mix}. Assumed, as it cannot be measured here: {MEMORY_GB:g} GB and"
        f" {WEBHOOK_SECONDS:g} s a webhook, {STEP_SECONDS:g} s a step, cold starts included;"
        f" {LOGGED_KB:g} KB of logs a call. A cart with a contact: six webhooks, one of them a"
        " repetition, and two of its order; one without: four."
    )
