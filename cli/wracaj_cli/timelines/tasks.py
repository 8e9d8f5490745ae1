"""The Tasks of a made state machine, with their time-outs and retries."""

from typing import Any

State = dict[str, Any]
# The provider did not accept the message, another write came first, or a service did not answer.
_FOR_NOW = ["NotTakenError", "ConflictError", "UnavailableError"]
# Errors of Step Functions and Lambda. In addition to Lambda.Unknown, there are names for a process
# that ended or ran out of memory. A step that is repeated never sends twice.
# https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
OF_LAMBDA = (
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
    "Lambda.Unknown",
    "Runtime.ExitError",
    "Runtime.OutOfMemory",
    "Sandbox.Timedout",
    "States.Timeout",
)
# A deploy was rolled back, and the code does not know this newer machine yet or any more.
_OF_A_NEWER_RELEASE = ["ContractError"]
_SECONDS = 90


def lambda_task(
    function: str,
    payload: State,
    answer: str,
    following: str,
    choice: str,
    missed: str | None = None,
) -> State:
    """Return a Task. If its retries fail, it continues with `following`, because a failure must not
    stop the next message.

    `missed`: the messages that the next call records after such a failure, including this one.
    """
    told = {"Assign": {"missed": missed}} if missed else {}
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {"FunctionName": function, "Payload": payload},
        "Assign": {answer: "{% $states.result.Payload %}"},
        "Output": "{% $states.result.Payload %}",  # the history does not get the rest of the answer
        "TimeoutSeconds": _SECONDS,
        "Retry": [_retry(_FOR_NOW, 15, 3600, 14), _retry(OF_LAMBDA, 2, 120, 6), _rolled_back()],
        "Catch": [{"ErrorEquals": ["States.ALL"], **told, "Next": following}],
        "Next": choice,
    }


def closing_task(function: str, payload: State, following: str) -> State:
    return {
        "Comment": (
            "Lets a later cart of this shopper start anew. It has no Catch, so that an execution "
            "that fails here raises the alarm and can be redriven."
        ),
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {"FunctionName": function, "Payload": payload},
        "Output": "{% $states.result.Payload %}",
        "TimeoutSeconds": _SECONDS,
        "Retry": [_retry(_FOR_NOW, 15, 900, 8), _retry(OF_LAMBDA, 2, 900, 10), _rolled_back()],
        "Next": following,
    }


def _retry(errors: list[str] | tuple[str, ...], first: int, longest: int, attempts: int) -> State:
    return {
        "ErrorEquals": list(errors),
        "IntervalSeconds": first,
        "BackoffRate": 2,
        "MaxDelaySeconds": longest,
        "MaxAttempts": attempts,
        "JitterStrategy": "FULL",
    }


def _rolled_back() -> State:
    """Up to six hours apart, about a week in all."""
    return _retry(_OF_A_NEWER_RELEASE, 60, 6 * 3600, 60)
