"""Logs and metrics. No personal data is logged: only ids, outcomes and reasons.

What belongs to one timeline has the name of its execution in `execution`, from the webhook that
starts it to what becomes of its messages. Lines of Step Functions end in it, too (`execution_arn`).
A part after a long wait that was moved out has a name of its own in `part_execution`.
"""

from typing import Any

from aws_lambda_powertools import Logger

from wracaj.aws.metrics import Metrics
from wracaj.errors import ConflictError

logger = Logger()
metrics = Metrics()


def begin(event: dict[str, Any], context: Any) -> None:
    """Name the request in every log line of this invocation, by the id in the API's own log."""
    request = event.get("requestContext", {}).get("requestId")
    logger.set_correlation_id(request or getattr(context, "aws_request_id", None))
    follow(None)


def follow(execution: str | None, part_execution: str | None = None) -> None:
    """Name the timeline's execution in every further log line of this invocation. None: no longer.
    `part_execution`: the one that goes on after a long wait that was moved out."""
    named = {"execution": execution, "part_execution": part_execution}
    logger.remove_keys(list(named))
    logger.append_keys(**{key: name for key, name in named.items() if name})


def count(name: str, value: int = 1) -> None:
    metrics.add_metric(name=name, unit="Count", value=value)


def count_unexpected(name: str, error: Exception, *expected: type[Exception]) -> None:
    """Count an error that happens on no good day. `expected` ones are not counted, nor a
    ConflictError: somebody else wrote at the same moment, and the next try settles it."""
    if not isinstance(error, (ConflictError, *expected)):
        count(name)


def place_of(error: BaseException) -> str:
    """Return `module:line` where an error was raised. The error's text is left out, because it may
    contain data that a shop sent."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}" if trace else ""
