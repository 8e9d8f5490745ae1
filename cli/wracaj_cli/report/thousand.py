"""What came because of 1,000 messages, in words."""

from wracaj_cli.experiments.words import amount_in_words
from wracaj_cli.report.incremental import Incremental, Unknown
from wracaj_cli.report.writing import NOTHING, Writer

OF_THOUSAND = (
    "For 1,000 messages sent: {low} to {high} because of them; credited after a click: {credited}."
    " A shopper got {each} of them on average."
)


def cell(found: Incremental | Unknown, w: Writer) -> str:
    """Return the ends of the interval, for a narrow column: orders without their noun."""
    if isinstance(found, Unknown):
        return NOTHING
    is_orders = found.shown.experiment.metric == "orders"
    low, high = (
        w.decimal(end) if is_orders else _amount(found, end, w)
        for end in (found.because.low, found.because.high)
    )
    return f"{low} … {high}"


def of_thousand(found: Incremental | Unknown | None, w: Writer) -> str:
    """Return what came because of the messages, beside what is credited to them."""
    if not isinstance(found, Incremental):
        return ""
    credited = _amount(found, found.credited or 0, w)
    return w.say(OF_THOUSAND, **ends(found, w), credited=credited, each=w.decimal(found.each))


def ends(found: Incremental, w: Writer) -> dict[str, str]:
    """Return both ends of the interval; of orders, only the higher one has its noun."""
    low, high = found.because.low, found.because.high
    is_orders = found.shown.experiment.metric == "orders"
    return {"low": w.decimal(low) if is_orders else _amount(found, low, w)} | {
        "high": _amount(found, high, w)
    }


def _amount(found: Incremental, value: float, w: Writer) -> str:
    return amount_in_words(value, found.shown.experiment, found.shown.currency, w.language)
