"""The cost of 1,000 carts: the measured requests and transitions, multiplied by the public
prices."""

from collections.abc import Mapping, Sequence

from bench.figures import Figures
from bench.play import Counted
from wracaj_cli.costs.bill import (
    LOGGED_KB,
    MEMORY_GB,
    MIX,
    PATHS,
    STEP_SECONDS,
    WEBHOOK_SECONDS,
    Measured,
    Path,
    Units,
    priced,
    used_by,
)


def measured(counted: Mapping[str, Counted], states: Mapping[str, list[str]]) -> Measured:
    """What the command `wracaj cost` needs of it."""
    return Measured(
        {what: Units(one.writes, one.reads) for what, one in counted.items()},
        {what: len(passed) for what, passed in states.items()},
    )


def bill(path: Path, counted: dict[str, Counted], states: dict[str, list[str]]) -> dict[str, float]:
    """Return the cost of 1,000 such carts in dollars, by service."""
    return priced(used_by(path, measured(counted, states)).times(1000))


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
        f" {LOGGED_KB:g} KB of logs a call, and one delivery event for each e-mail. A cart with a"
        " contact: six webhooks, one of them a repetition, and two of its order; one without: four."
    )
