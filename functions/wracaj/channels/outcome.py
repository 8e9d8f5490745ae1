"""What an AWS error says about the message: taken, refused, or nobody knows."""

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
# By an error's code; where a service gives a reason, `ConflictException.SOME_REASON` goes before
# `ConflictException`.
Fates = Mapping[str, Fate]

# Raised before a byte of the request was written. SSLError is not among them: it may come while the
# answer is read.
BEFORE_SENDING = (ConnectTimeoutError, EndpointConnectionError, NoCredentialsError)

# Of any service: this request is wrong, and will be whenever it is made again. Of what else they
# have in common (throttles, rights, credentials) nothing was taken, and people may mend it
# meanwhile: that needs no line here. https://docs.aws.amazon.com/sns/latest/api/CommonErrors.html
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
    """`fates`: what each error of the service's own says about this one message. Of
    AddressGoneError nothing can ever be sent to the address; of NotTakenError the message may be
    sent again, as it is ours to mend or will pass.
    """
    try:
        yield
    except ClientError as error:
        raise _from_answer(error, fates) from None
    except ParamValidationError as error:  # its text shows the address
        raise RefusedError(type(error).__name__) from None
    except BEFORE_SENDING as error:
        raise NotTakenError(type(error).__name__) from None
    except Exception as error:  # no answer, or one that is none
        raise OutcomeUnknownError(type(error).__name__) from None


def _from_answer(error: ClientError, fates: Fates) -> Exception:
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    code, reason = error.response["Error"]["Code"], error.response.get("Reason")
    text = f"{code}.{reason}" if reason else code
    # A gateway may give up on a request that the service goes on with.
    otherwise = OutcomeUnknownError if status >= 500 else NotTakenError
    known = fates.get(text) or fates.get(code) or COMMON.get(code)
    return (known or otherwise)(text)
