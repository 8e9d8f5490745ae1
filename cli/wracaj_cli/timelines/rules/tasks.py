"""Does every Task give up in time, try again after a passing fault, and let the timeline go on?"""

from collections.abc import Iterator

from wracaj_cli.timelines.expressions import ExpressionError
from wracaj_cli.timelines.problems import Problem, Rule
from wracaj_cli.timelines.reading import Definition
from wracaj_cli.timelines.routes import goes_on, timings
from wracaj_cli.timelines.states import State

LONGEST_TIMEOUT = 900  # Lambda's own limit
# Of Step Functions and Lambda. What a process died of, at its end or for want of memory, has names
# of its own beside Lambda.Unknown.
# https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
OF_LAMBDA = frozenset(
    {
        "Lambda.ServiceException",
        "Lambda.AWSLambdaException",
        "Lambda.SdkClientException",
        "Lambda.TooManyRequestsException",
        "Lambda.Unknown",
        "Runtime.ExitError",
        "Runtime.OutOfMemory",
        "Sandbox.Timedout",
        "States.Timeout",
    }
)
OF_A_JOB = OF_LAMBDA | {"ConflictError", "UnavailableError"}
PASSING = OF_A_JOB | {"NotTakenError"}
COPY = "copy `Retry` from another Task"

Keys = tuple[str | int, ...]
# the rule, what is wrong, how to mend it, where inside the state
Fault = tuple[Rule, str, str, Keys]


def tasks(definition: Definition) -> list[State]:
    return [state for state in definition.states.values() if state.type == "Task"]


def timeouts(definition: Definition) -> Iterator[Problem]:
    for task in tasks(definition):
        for rule, what, fix, keys in timeout_faults(task):
            yield definition.problem(rule, task.name, what, fix, *keys)


def retries(definition: Definition) -> Iterator[Problem]:
    for task in tasks(definition):
        for rule, what, fix, keys in retry_faults(task, PASSING):
            yield definition.problem(rule, task.name, what, fix, *keys)


def timeout_faults(task: State) -> Iterator[Fault]:
    seconds = task.body.get("TimeoutSeconds")
    if (
        isinstance(seconds, int)
        and not isinstance(seconds, bool)
        and 1 <= seconds <= LONGEST_TIMEOUT
    ):
        return
    hangs = "has no `TimeoutSeconds`: a call that hangs would hang for a year"
    what = f"`TimeoutSeconds` is {seconds!r}" if "TimeoutSeconds" in task.body else hangs
    fix = f"write whole seconds from 1 to {LONGEST_TIMEOUT}, such as `TimeoutSeconds: 90`"
    yield Rule.NO_TIMEOUT, what, fix, ("TimeoutSeconds",)


def retry_faults(task: State, passing: frozenset[str]) -> Iterator[Fault]:
    named = {name for retrier in task.retriers for name in _errors(retrier)}
    missing = passing - named if "States.ALL" not in named else set()
    if missing:
        yield Rule.RETRY, f"does not try again after {', '.join(sorted(missing))}", COPY, ("Retry",)
    for index, retrier in enumerate(task.retriers):
        if not _is_whole(retrier):
            what = (
                "a `Retry` lacks one of MaxAttempts (at least 1), BackoffRate, MaxDelaySeconds and"
                " `JitterStrategy: FULL`"
            )
            yield Rule.RETRY, what, COPY, ("Retry", index)


def _is_whole(retrier: dict[str, object]) -> bool:
    attempts = retrier.get("MaxAttempts")
    has_end = isinstance(attempts, int) and attempts >= 1 and bool(retrier.get("MaxDelaySeconds"))
    return has_end and bool(retrier.get("BackoffRate")) and retrier.get("JitterStrategy") == "FULL"


def _errors(entry: dict[str, object]) -> list[str]:
    names = entry.get("ErrorEquals")
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def catches(definition: Definition) -> Iterator[Problem]:
    """The close needs none: an execution that failed there raises an alarm and can be redriven."""
    for task in tasks(definition):
        if task.is_close:
            continue
        if not any("States.ALL" in _errors(catcher) for catcher in task.catchers):
            yield definition.problem(
                Rule.NO_CATCH,
                task.name,
                "if it fails for good, the timeline breaks off",
                "add a `Catch` of States.ALL that leads to the next Wait",
                "Catch",
            )
        yield from _leaving_catches(definition, task)


def _leaving_catches(definition: Definition, task: State) -> Iterator[Problem]:
    try:
        following = goes_on(definition, task, timings(definition))
    except ExpressionError:
        return
    for index, catcher in enumerate(task.catchers):
        target = definition.state(catcher.get("Next"))
        if target and following and target is not following:
            what = (
                f"when it fails the timeline goes to {target.name!r} instead of {following.name!r}"
            )
            fix = (
                f"let `Catch` lead to {following.name!r}: a failed message never costs the next one"
            )
            yield definition.problem(
                Rule.CATCH_LEAVES, task.name, what, fix, "Catch", index, "Next"
            )
