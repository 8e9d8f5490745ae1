"""Errors as a state machine sees them. Step Functions keeps their text in the history for 90
days."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from wracaj.aws.observability import place_of
from wracaj.errors import StepFailedError, UnavailableError, WracajError


@contextmanager
def named_for_step_functions() -> Iterator[None]:
    """Raise only errors that are safe to keep and that a Retry can match. A WracajError passes
    unchanged. An AWS error becomes UnavailableError. Any other error becomes StepFailedError
    without its text, because the text, such as a validator's, may contain personal data."""
    try:
        yield
    except WracajError:
        raise
    except ClientError as error:
        raise UnavailableError(
            f"{error.operation_name}: {error.response['Error']['Code']}"
        ) from None
    except BotoCoreError as error:
        raise UnavailableError(type(error).__name__) from None
    except Exception as error:
        raise StepFailedError(f"{type(error).__name__} at {place_of(error)}") from None
