"""The AWS clients, made when first used and kept for the life of the process."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from wracaj.errors import UnavailableError

# A repeated send could be a second message; and a provider may take its time. Everything else is safe to repeat, and must
# answer soon: a shop waits 5 seconds for us.
SENDS_MESSAGES = {"sesv2", "sns"}
SECONDS_TO_SEND, SECONDS_TO_ANSWER = 15, 2


@cache
def client(service: str) -> Any:
    import boto3
    from botocore.config import Config

    sends = service in SENDS_MESSAGES
    config = Config(
        connect_timeout=1,
        read_timeout=SECONDS_TO_SEND if sends else SECONDS_TO_ANSWER,
        retries={"total_max_attempts": 1 if sends else 2, "mode": "standard"},
        tcp_keepalive=True,
    )
    made: Any = boto3.client(service, config=config)  # type: ignore[call-overload]
    if sends:
        # A kept connection dies while Lambda sleeps; found out while sending, nobody could tell whether the message was taken.
        made.meta.events.register("before-send", lambda **_: made.close())
    return made


@contextmanager
def told_as_unavailable() -> Iterator[None]:
    """Faults of AWS under a name that a state machine's Retry can know; theirs are many."""
    try:
        yield
    except ClientError as error:
        raise UnavailableError(f"{error.operation_name}: {error.response['Error']['Code']}") from None
    except BotoCoreError as error:
        raise UnavailableError(type(error).__name__) from None
