"""What a state machine is told of a fault. The text of an error stays in its history
for 90 days."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from wracaj.aws.observability import place_of
from wracaj.errors import StepFailedError, UnavailableError, WracajError


@contextmanager
def named_for_step_functions() -> Iterator[None]:
    """Errors of ours as they are; those of AWS, which are many, under the one name that a Retry
    knows, UnavailableError; and whatever nobody thought of as a StepFailedError without its text,
    such as a validator's, which may hold what is personal."""
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
