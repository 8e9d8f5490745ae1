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

from wracaj.errors import AddressGoneError, NotTakenError, OutcomeUnknownError, RefusedError

# Raised before a byte of the request was written. SSLError is not among them: it may come while the answer is read.
BEFORE_SENDING = (ConnectTimeoutError, EndpointConnectionError, NoCredentialsError)


@contextmanager
def told_apart(refusals: frozenset[str], gone: frozenset[str] = frozenset()) -> Iterator[None]:
    """`refusals`: the service's error codes that stand for this one message, whenever it is sent again. `gone`: those that say
    that nothing can ever be sent to the address. Where a service gives a reason: `ConflictException.SOME_REASON`.
    """
    try:
        yield
    except ClientError as error:
        raise _from_answer(error, refusals, gone) from None
    except ParamValidationError as error:  # its text shows the address
        raise RefusedError(type(error).__name__) from None
    except BEFORE_SENDING as error:
        raise NotTakenError(type(error).__name__) from None
    except Exception as error:  # no answer, or one that is none
        raise OutcomeUnknownError(type(error).__name__) from None


def _from_answer(error: ClientError, refusals: frozenset[str], gone: frozenset[str]) -> Exception:
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    code, reason = error.response["Error"]["Code"], error.response.get("Reason")
    known = {code, f"{code}.{reason}"}
    text = f"{code}.{reason}" if reason else code
    if known & gone:
        return AddressGoneError(text)
    if known & refusals:
        return RefusedError(text)
    if status >= 500:  # a gateway may give up on a request that the service goes on with
        return OutcomeUnknownError(text)
    return NotTakenError(text)
