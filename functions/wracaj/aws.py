"""The AWS clients, made when first used and kept for the life of the process."""

from functools import cache
from typing import Any

# No retries of its own where a retry could send a message twice; DynamoDB and the rest are safe to repeat.
SENDS_MESSAGES = {"sesv2", "sns"}


@cache
def client(service: str) -> Any:
    import boto3
    from botocore.config import Config

    attempts = 1 if service in SENDS_MESSAGES else 3
    config = Config(
        connect_timeout=2, read_timeout=10, retries={"total_max_attempts": attempts, "mode": "standard"}, tcp_keepalive=True
    )
    return boto3.client(service, config=config)  # type: ignore[call-overload]
