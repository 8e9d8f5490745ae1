"""One POST to a provider that is not of AWS: taken, not taken, or nobody knows.

Connecting stands apart from asking: whatever fails before the request's first byte, a wrong certificate too, leaves nothing
taken. No redirects, no proxy, and no connection is kept: it would be found dead only while the next message is sent.
"""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from functools import cache
from http.client import HTTPConnection, HTTPSConnection
from urllib.parse import urlsplit

from wracaj import aws
from wracaj.clock import real_now
from wracaj.errors import NotTakenError, OutcomeUnknownError

SECONDS_TO_CONNECT = 3
LONGEST_ANSWER = 65_536


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes

    @property
    def retry_after_seconds(self) -> int | None:
        """RFC 9110: seconds, or a date."""
        told = self.headers.get("retry-after", "").strip()
        if told.isdecimal() and len(told) < 10:
            return int(told)
        try:
            at = parsedate_to_datetime(told)
        except ValueError:
            return None
        return max(0, round(((at if at.tzinfo else at.replace(tzinfo=UTC)) - real_now()).total_seconds()))


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Raises NotTakenError or OutcomeUnknownError, neither of which shows the address."""
    connection = _connection(url)
    try:
        try:
            connection.connect()
        except (OSError, ValueError) as error:  # ValueError: a name that no lookup takes
            raise NotTakenError(f"no connection ({type(error).__name__})") from None
        try:
            return _asked(connection, url, body, headers)
        except Exception as error:
            raise OutcomeUnknownError(type(error).__name__) from None
    finally:
        connection.close()


def _connection(url: str) -> HTTPConnection:
    parts = urlsplit(url)
    if parts.scheme == "https":
        return HTTPSConnection(parts.hostname or "", parts.port, timeout=SECONDS_TO_CONNECT, context=_trust())
    return HTTPConnection(parts.hostname or "", parts.port, timeout=SECONDS_TO_CONNECT)


def _asked(connection: HTTPConnection, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    connection.sock.settimeout(aws.SECONDS_TO_SEND)
    parts = urlsplit(url)
    connection.request("POST", parts.path + (f"?{parts.query}" if parts.query else ""), body=body, headers=dict(headers))
    response = connection.getresponse()
    told = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, told, response.read(LONGEST_ANSWER))


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()
