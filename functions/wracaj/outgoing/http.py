"""One HTTP call to any service but AWS, with one deadline for the whole call and a limit for the
answer's size.

A time-out per read does not limit a call: a server that sends one byte a second is never late. Here
every wait ends at the deadline: name look-up, each address that is tried, TLS, the request, each
read of the answer.

Connecting is separate from asking. Whatever fails before the request's first byte, a wrong
certificate too, means that nothing was taken.

There are no redirects, because a signed or authorised call must not go to another address, and
there is no proxy. Connections are not reused: they break while Lambda is frozen, and the next call
would find out only on use.
"""

import io
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from functools import cache
from http.client import HTTPConnection
from threading import Thread
from time import monotonic
from typing import Any
from urllib.parse import SplitResult, urlsplit

from wracaj.clock import real_now
from wracaj.errors import NotTakenError, OutcomeUnknownError

LONGEST_ANSWER = 65_536
SECONDS_TO_CONNECT = 3.0


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes  # at most the first bytes, LONGEST_ANSWER where nothing else is said

    @property
    def retry_after_seconds(self) -> int | None:
        """From seconds or a date (RFC 9110)."""
        told = self.headers.get("retry-after", "").strip()
        if told.isdecimal() and len(told) < 10:
            return int(told)
        try:
            at = parsedate_to_datetime(told)
        except ValueError:
            return None
        return max(
            0, round(((at if at.tzinfo else at.replace(tzinfo=UTC)) - real_now()).total_seconds())
        )


@dataclass(frozen=True)
class Deadline:
    at: float  # of the monotonic clock, which nobody sets

    @classmethod
    def after(cls, seconds: float) -> "Deadline":
        return cls(monotonic() + seconds)

    @property
    def left(self) -> float:
        """Seconds left. Raises TimeoutError after the deadline."""
        seconds = self.at - monotonic()
        if seconds <= 0:
            raise TimeoutError
        return seconds


def exchange(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    seconds: float,
    longest: int = LONGEST_ANSWER,
) -> Answer:
    """Return the answer within `seconds`, at most its first `longest` bytes. Raises NotTakenError
    where nothing was sent, and OutcomeUnknownError where the result is unknown. Neither error's
    text contains the address or the request."""
    deadline = Deadline.after(seconds)
    try:
        parts = urlsplit(url)
        connection = _connected(
            parts, Deadline(min(deadline.at, Deadline.after(SECONDS_TO_CONNECT).at))
        )
    # ValueError: not a valid address, or a name that cannot be looked up
    except (OSError, ValueError) as error:
        raise NotTakenError(type(error).__name__) from None
    try:
        return _asked(connection, deadline, method, parts, headers, body, longest)
    finally:
        connection.close()


def _asked(
    connection: socket.socket,
    deadline: Deadline,
    method: str,
    parts: SplitResult,
    headers: Mapping[str, str],
    body: bytes,
    longest: int,
) -> Answer:
    timed = _Timed(connection, deadline)
    asking: Any = HTTPConnection(
        parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    )
    # the default port is left out of the header Host
    asking.default_port = 443 if parts.scheme == "https" else 80
    asking.sock = timed
    try:
        asking.request(
            method,
            parts.path + (f"?{parts.query}" if parts.query else ""),
            body=body,
            headers=dict(headers),
        )
        response = asking.getresponse()
        told = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, told, response.read(longest))
    # an invalid header raises here too, and the error's text contains it
    except Exception as error:
        if not timed.has_sent:
            raise NotTakenError(type(error).__name__) from None
        raise OutcomeUnknownError(type(error).__name__) from None


def _connected(parts: SplitResult, deadline: Deadline) -> socket.socket:
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    failed: OSError = OSError("no address")
    for family, kind, protocol, _, address in _addresses(host, port, deadline):
        plain = socket.socket(family, kind, protocol)
        try:
            plain.settimeout(deadline.left)
            plain.connect(address)
            plain.settimeout(deadline.left)
            return (
                _trust().wrap_socket(plain, server_hostname=host)
                if parts.scheme == "https"
                else plain
            )
        except OSError as error:
            plain.close()
            failed = error
        except BaseException:
            plain.close()
            raise
    raise failed


def _addresses(host: str, port: int, deadline: Deadline) -> list[Any]:
    """Look up the host's addresses. A look-up has no time-out, so it runs in a thread, which is
    abandoned at the deadline."""
    found: list[Any] = []

    def look_up() -> None:
        try:
            found.append(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, ValueError) as error:
            found.append(error)

    looking = Thread(target=look_up, daemon=True)
    looking.start()
    looking.join(deadline.left)
    if not found:
        raise TimeoutError
    if isinstance(found[0], Exception):
        raise found[0]
    addresses: list[Any] = found[0]
    return addresses


class _Timed:
    """A socket for http.client. Every wait ends at the deadline. The caller closes the
    connection."""

    def __init__(self, connection: socket.socket, deadline: Deadline) -> None:
        self.connection, self.deadline, self.has_sent = connection, deadline, False

    def sendall(self, data: bytes) -> None:
        self.connection.settimeout(self.deadline.left)
        self.has_sent = True
        self.connection.sendall(data)  # the time-out is for all of it, not for each part

    def makefile(self, *_: Any, **__: Any) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self.connection, self.deadline))

    def close(self) -> None:
        """Does nothing: http.client closes the socket before it has read the whole answer."""


class _Reader(io.RawIOBase):
    def __init__(self, connection: socket.socket, deadline: Deadline) -> None:
        super().__init__()
        self.connection, self.deadline = connection, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.connection.settimeout(self.deadline.left)
        return self.connection.recv_into(buffer)


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()
