"""A job's Task must have a time-out, and must be retried after a temporary error."""

from collections.abc import Iterator

from wracaj_cli.timelines.problems import Rule
from wracaj_cli.timelines.reading import Keys
from wracaj_cli.timelines.states import State
from wracaj_cli.timelines.tasks import OF_LAMBDA

LONGEST_TIMEOUT = 900  # Lambda's own limit
OF_A_JOB = frozenset({*OF_LAMBDA, "ConflictError", "UnavailableError"})
COPY = "copy `Retry` from another Task"

# (rule, problem, correction, place in the state)
Fault = tuple[Rule, str, str, Keys]


def timeout_faults(task: State) -> Iterator[Fault]:
    seconds = task.body.get("TimeoutSeconds")
    if type(seconds) is int and 1 <= seconds <= LONGEST_TIMEOUT:
        return
    hangs = "has no `TimeoutSeconds`: a call that hangs would hang for a year"
    what = f"`TimeoutSeconds` is {seconds!r}" if "TimeoutSeconds" in task.body else hangs
    fix = f"write whole seconds from 1 to {LONGEST_TIMEOUT}, such as `TimeoutSeconds: 90`"
    yield Rule.NO_TIMEOUT, what, fix, ("TimeoutSeconds",)


def retry_faults(task: State) -> Iterator[Fault]:
    named = {name for retrier in task.retriers for name in _errors(retrier)}
    missing = OF_A_JOB - named if "States.ALL" not in named else set()
    if missing:
        what = f"does not try again after {', '.join(sorted(missing))}"
        yield Rule.RETRY, what, COPY, ("Retry",)
    for index, retrier in enumerate(task.retriers):
        if not _is_whole(retrier):
            what = (
                "a `Retry` lacks one of MaxAttempts (at least 1), BackoffRate, MaxDelaySeconds "
                "and `JitterStrategy: FULL`"
            )
            yield Rule.RETRY, what, COPY, ("Retry", index)


def _is_whole(retrier: dict[str, object]) -> bool:
    attempts = retrier.get("MaxAttempts")
    ends = isinstance(attempts, int) and attempts >= 1 and bool(retrier.get("MaxDelaySeconds"))
    return ends and bool(retrier.get("BackoffRate")) and retrier.get("JitterStrategy") == "FULL"


def _errors(entry: dict[str, object]) -> list[str]:
    names = entry.get("ErrorEquals")
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []
