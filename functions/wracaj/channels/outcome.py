"""What an AWS error means for the message: not taken, refused, or outcome unknown."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
)

from wracaj.errors import AddressGoneError, NotTakenError, OutcomeUnknownError, RefusedError

Fate = type[NotTakenError] | type[RefusedError] | type[AddressGoneError] | type[OutcomeUnknownError]
# By error code. Where a service gives a reason, `ConflictException.SOME_REASON` is looked up before
# `ConflictException`.
Fates = Mapping[str, Fate]

# Raised before any byte of the request was sent. SSLError is not one of them: it may be raised
# while the answer is read.
BEFORE_SENDING = (ConnectTimeoutError, EndpointConnectionError, NoCredentialsError)

# Errors of any service that say the request itself is wrong, and would be wrong again. After other
# common errors (throttling, permissions, credentials) nothing was taken, and a person may fix the
# cause: such a code needs no entry. https://docs.aws.amazon.com/sns/latest/api/CommonErrors.html
COMMON: Fates = dict.fromkeys(
    (
        *(
            "InvalidParameterCombination",
            "InvalidParameterValue",
            "InvalidQueryParameter",
            "MalformedQueryString",
        ),
        *(
            "MissingParameter",
            "RequestEntityTooLargeException",
            "SerializationException",
            "ValidationError",
        ),
        "ValidationException",
    ),
    RefusedError,
)


@contextmanager
def as_send_error(fates: Fates) -> Iterator[None]:
    """Turn AWS errors into ours. `fates` has the service's own error codes, and what each means for
    this message.

    AddressGoneError: no message can ever be sent to this address. NotTakenError: the message may be
    sent again, because the cause is ours to fix or is temporary.
    """
    try:
        yield
    except ClientError as error:
        raise _from_answer(error, fates) from None
    except ParamValidationError as error:  # its text contains the address
        raise RefusedError(type(error).__name__) from None
    except BEFORE_SENDING as error:
        raise NotTakenError(type(error).__name__) from None
    except Exception as error:  # no answer, or an unreadable one
        raise OutcomeUnknownError(type(error).__name__) from None


def _from_answer(error: ClientError, fates: Fates) -> Exception:
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    code, reason = error.response["Error"]["Code"], error.response.get("Reason")
    text = f"{code}.{reason}" if reason else code
    # After a 5xx the service may still be processing the request.
    otherwise = OutcomeUnknownError if status >= 500 else NotTakenError
    known = fates.get(text) or fates.get(code) or COMMON.get(code)
    return (known or otherwise)(text)
