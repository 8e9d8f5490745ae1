"""What a load test found, as tables."""

from bench.figures import Figures
from bench.load.quota import FRANKFURT
from bench.load.run import TIMES, TOLERABLE_MS, Outcome
from bench.load.sending import Step

COLUMNS = ("webhooks", "sent a second", "answered a second", "p50, ms", "p95, ms", "p99, ms")


def figures(outcome: Outcome) -> list[Figures]:
    return [_latency(outcome), _burst(outcome)]


def _latency(outcome: Outcome) -> Figures:
    note = (
        "Signed webhooks of two shops over HTTP to the local stack, at a rate that waits for no"
        " answer; latency counts from when each was due. About every second webhook of a rising"
        " rate begins a cart, every one of the burst does, and a tenth of the burst is sent twice."
        f" The rate rises until the 95th percentile is over {TOLERABLE_MS:,} ms: this is the"
        " emulator's limit, with two processes a function and the sender on the same machine, and"
        " not that of AWS."
    )
    rows = [_row(step) for step in outcome.steps if step.name != "warming up"]
    return Figures("Under load", COLUMNS, rows, note)


def _row(step: Step) -> tuple[str | int | float, ...]:
    rates = round(step.rate, 1), round(step.held, 1)
    return (step.name, *rates, *(step.milliseconds(percent) for percent in (50, 95, 99)))


def _burst(outcome: Outcome) -> Figures:
    quota, audit = outcome.quota, outcome.audit
    rows = [
        ("carts reported, all answered 2xx", audit.carts),
        ("of them started exactly once", audit.once),
        ("of them stored as last reported", audit.stored),
        ("StartExecution throttled, times", outcome.refused),
        ("seconds until the last queued start", round(outcome.drained_after)),
        ("webhooks sent again for want of a 2xx", sum(step.sent_again for step in outcome.steps)),
        ("dead letters in all queues", audit.dead_letters),
    ]
    note = (
        f"The quota is Frankfurt's, a bucket of {FRANKFURT.bucket:g} and {FRANKFURT.refill:g} a"
        f" second, times {outcome.limit / TIMES / FRANKFURT.refill:.4f}: a bucket of"
        f" {quota.bucket:.1f} and {quota.refill:.1f} a second, so that ten times its refill is what"
        " the emulator can take. Times are not scaled. A gate on loopback answers"
        " ThrottlingException as AWS does. A queued start that is throttled again waits a second"
        " here, and three minutes on AWS."
    )
    return Figures("A burst of ten times the quota", ("", "here"), rows, note)
