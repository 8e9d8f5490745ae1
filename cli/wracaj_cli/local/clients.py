"""boto3 clients of the running local stack, and the verification of senders for its SES."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wracaj_cli.house import LOCAL
from wracaj_cli.local.server import CREDENTIALS, REGION
from wracaj_cli.local.stack_file import info

if TYPE_CHECKING:
    from boto3 import Session


def client(service: str, home: Path = LOCAL) -> Any:
    """Return the boto3 client of the running local stack. It is created once, because that takes
    longer than all that a command does with it. Raises LocalStackError if no stack runs."""
    return _kept_client_at(info(home).aws_endpoint_url, service)


def client_at(url: str, service: str) -> Any:
    """Return a new client."""
    from botocore.config import Config

    around_proxies = Config(
        proxies={},
        retries={"max_attempts": 2},
        max_pool_connections=50,
        user_agent="wracaj",  # put together anew for each request otherwise
    )
    make: Any = session().client
    return make(service, endpoint_url=url, config=around_proxies)


_kept_client_at = cache(client_at)


def session() -> "Session":
    """Return a session with the credentials that the emulator accepts. Its clients still need their
    `endpoint_url`."""
    from boto3 import Session  # boto3 is slow to import, and most commands do not need it

    key, secret = CREDENTIALS.values()
    return Session(aws_access_key_id=key, aws_secret_access_key=secret, region_name=REGION)


def verify_sender(sender: str, home: Path = LOCAL) -> None:
    """Verify an address, because SES sends only from verified addresses. `sender`:
    `sklep@kubek.example` or `Kubek <sklep@kubek.example>`."""
    address = sender.rpartition("<")[2].rstrip("> ")
    client("sesv2", home).create_email_identity(EmailIdentity=address)
