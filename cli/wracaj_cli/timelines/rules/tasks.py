"""Does every Task give up in time, try again after a passing fault, and let the timeline go on?"""

from collections.abc import Iterator

from wracaj_cli.timelines.expressions import ExpressionError
from wracaj_cli.timelines.problems import Problem, Rule
from wracaj_cli.timelines.reading import Definition
from wracaj_cli.timelines.routes import goes_on, timings
from wracaj_cli.timelines.states import State

LONGEST_TIMEOUT = 900  # Lambda's own limit
PASSING = frozenset(
    {
        "NotTakenError",
        "ConflictError",
        "UnavailableError",
        "Lambda.ServiceException",
        "Lambda.AWSLambdaException",
        "Lambda.SdkClientException",
        "Lambda.TooManyRequestsException",
        "States.Timeout",
    }
)


def tasks(definition: Definition) -> list[State]:
    return [state for state in definition.states.values() if state.type == "Task"]


def timeouts(definition: Definition) -> Iterator[Problem]:
    for task in tasks(definition):
        seconds = task.body.get("TimeoutSeconds")
        if not isinstance(seconds, int) or isinstance(seconds, bool) or not 1 <= seconds <= LONGEST_TIMEOUT:
            what = (
                f"`TimeoutSeconds` is {seconds!r}"
                if "TimeoutSeconds" in task.body
                else "has no `TimeoutSeconds`: a call that hangs would hang for a year"
            )
            yield definition.problem(
                Rule.NO_TIMEOUT,
                task.name,
                what,
                f"write whole seconds from 1 to {LONGEST_TIMEOUT}, such as `TimeoutSeconds: 90`",
                "TimeoutSeconds",
            )


def retries(definition: Definition) -> Iterator[Problem]:
    for task in tasks(definition):
        named = {name for retrier in task.retriers for name in _errors(retrier)}
        missing = PASSING - named if "States.ALL" not in named else set()
        if missing:
            yield definition.problem(
                Rule.RETRY,
                task.name,
                f"does not try again after {', '.join(sorted(missing))}",
                "copy `Retry` from another Task",
                "Retry",
            )
        for index, retrier in enumerate(task.retriers):
            yield from _retrier(definition, task, index, retrier)


def _retrier(definition: Definition, task: State, index: int, retrier: dict[str, object]) -> Iterator[Problem]:
    attempts = retrier.get("MaxAttempts")
    if (
        not isinstance(attempts, int)
        or attempts < 1
        or retrier.get("JitterStrategy") != "FULL"
        or not retrier.get("MaxDelaySeconds")
        or not retrier.get("BackoffRate")
    ):
        yield definition.problem(
            Rule.RETRY,
            task.name,
            "a `Retry` lacks one of MaxAttempts (at least 1), BackoffRate, MaxDelaySeconds and `JitterStrategy: FULL`",
            "copy `Retry` from another Task",
            "Retry",
            index,
        )


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
            what = f"when it fails the timeline goes to {target.name!r} instead of {following.name!r}"
            fix = f"let `Catch` lead to {following.name!r}: a failed message never costs the next one"
            yield definition.problem(Rule.CATCH_LEAVES, task.name, what, fix, "Catch", index, "Next")
