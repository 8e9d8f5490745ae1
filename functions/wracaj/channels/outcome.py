"""What an AWS error says about the message: taken, refused, or nobody knows."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
)

from wracaj.errors import NotTakenError, OutcomeUnknownError, RefusedError

# Raised before a byte of the request was written. SSLError is not among them: it may come while the answer is read.
BEFORE_SENDING = (ConnectTimeoutError, EndpointConnectionError, NoCredentialsError)


@contextmanager
def told_apart(refusals: frozenset[str]) -> Iterator[None]:
    """`refusals`: the service's error codes that stand for this one message, whenever it is sent again."""
    try:
        yield
    except ClientError as error:
        raise _from_answer(error, refusals) from None
    except ParamValidationError as error:  # its text shows the address
        raise RefusedError(type(error).__name__) from None
    except BEFORE_SENDING as error:
        raise NotTakenError(type(error).__name__) from None
    except Exception as error:  # no answer, or one that is none
        raise OutcomeUnknownError(type(error).__name__) from None


def _from_answer(error: ClientError, refusals: frozenset[str]) -> Exception:
    code, status = error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
    if code in refusals:
        return RefusedError(code)
    if status >= 500:  # a gateway may give up on a request that the service goes on with
        return OutcomeUnknownError(code)
    return NotTakenError(code)
