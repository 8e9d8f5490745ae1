"""The AWS clients. Each is created on first use and kept for the life of the process.

botocore makes them, without boto3 above it, whose import takes as long as two clients.
"""

import os
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.session import Session

# What is imported before Lambda takes its snapshot is not imported after each restore. No client is
# made before: it would share credentials and, once used, a connection that is long closed.
if os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start":
    import botocore.session  # noqa: F401

SECONDS_TO_SEND, SECONDS_TO_ANSWER = 15, 2


@cache
def client(service: str, *, sends: bool = False, once: bool = False) -> Any:
    """Return the client of a service. `sends`: it delivers messages. Such a client never repeats a
    request, since a repeat could be a second message, and it waits longer, since providers may be
    slow. Every other request is safe to repeat and has a short time-out: a shop waits 5 seconds for
    our answer to a webhook. `once`: its caller has a better way to try again than to wait."""
    from botocore.config import Config

    config = Config(
        connect_timeout=1,
        read_timeout=SECONDS_TO_SEND if sends else SECONDS_TO_ANSWER,
        retries={"total_max_attempts": 1 if sends or once else 2, "mode": "standard"},
        tcp_keepalive=True,
        user_agent="wracaj",  # put together anew for each request otherwise
    )
    made: Any = session().create_client(service, config=config)
    if sends:
        # A kept connection may die while Lambda is frozen. If that shows only during a send, it is
        # unknown whether the provider took the message.
        made.meta.events.register("before-send", lambda **_: made.close())
    return made


@cache
def session() -> "Session":
    """All clients share what it has read: endpoints, retry rules, credentials."""
    from botocore.session import get_session

    return get_session()
