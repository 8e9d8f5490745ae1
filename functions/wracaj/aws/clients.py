"""The AWS clients, made when first used and kept for the life of the process."""

from functools import cache
from typing import Any

SECONDS_TO_SEND, SECONDS_TO_ANSWER = 15, 2


@cache
def client(service: str, *, sends: bool = False) -> Any:
    """`sends`: of a channel. A repeated send could be a second message; and a provider may take its
    time. Everything else is safe to repeat, and must answer soon: a shop waits 5 seconds for us."""
    import boto3
    from botocore.config import Config

    config = Config(
        connect_timeout=1,
        read_timeout=SECONDS_TO_SEND if sends else SECONDS_TO_ANSWER,
        retries={"total_max_attempts": 1 if sends else 2, "mode": "standard"},
        tcp_keepalive=True,
    )
    made: Any = boto3.client(service, config=config)  # type: ignore[call-overload]
    if sends:
        # A kept connection dies while Lambda sleeps; found out while sending, nobody could tell
        # whether the message was taken.
        made.meta.events.register("before-send", lambda **_: made.close())
    return made
