"""One call over HTTP to anybody but AWS, with one deadline for all of it and a bound on the answer.

A time-out of each read bounds nothing: who sends a byte a second is never late. Here whatever waits
for the other side waits for what is left until the deadline: the look-up of the name, each address
that is tried, TLS, the request, each read of the answer. Connecting stands apart from asking:
whatever fails before the request's first byte, a wrong certificate too, has taken nothing. No
redirects: a signed or authorised call goes where it was sent, or nowhere. No proxy. No connection
is kept: it dies while Lambda sleeps, and would be found dead only while the next call is made.
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
    body: bytes  # its beginning: LONGEST_ANSWER at most

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
        return max(
            0, round(((at if at.tzinfo else at.replace(tzinfo=UTC)) - real_now()).total_seconds())
        )


@dataclass(frozen=True)
class Deadline:
    at: float  # of the machine's own clock, which nobody sets

    @classmethod
    def after(cls, seconds: float) -> "Deadline":
        return cls(monotonic() + seconds)

    @property
    def left(self) -> float:
        """In seconds. Raises TimeoutError once it is over."""
        seconds = self.at - monotonic()
        if seconds <= 0:
            raise TimeoutError
        return seconds


def exchange(
    method: str, url: str, headers: Mapping[str, str], body: bytes, seconds: float
) -> Answer:
    """Answers within `seconds`, or raises: NotTakenError where nothing was sent,
    OutcomeUnknownError where nobody can tell what came of it. Neither shows the address, or what
    was sent."""
    deadline = Deadline.after(seconds)
    try:
        parts = urlsplit(url)
        connection = _connected(
            parts, Deadline(min(deadline.at, Deadline.after(SECONDS_TO_CONNECT).at))
        )
    # ValueError: an address that is none, a name that no look-up takes
    except (OSError, ValueError) as error:
        raise NotTakenError(type(error).__name__) from None
    try:
        return _asked(connection, deadline, method, parts, headers, body)
    finally:
        connection.close()


def _asked(
    connection: socket.socket,
    deadline: Deadline,
    method: str,
    parts: SplitResult,
    headers: Mapping[str, str],
    body: bytes,
) -> Answer:
    timed = _Timed(connection, deadline)
    asking: Any = HTTPConnection(
        parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    )
    asking.default_port = 443 if parts.scheme == "https" else 80  # is left out of the header Host
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
        return Answer(response.status, told, response.read(LONGEST_ANSWER))
    except Exception as error:  # a header that none can be is one, too; its text shows it
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
    """A look-up cannot be told to hurry, so it is left behind where it takes too long."""
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
    """A socket as http.client uses it, whose every wait ends with the deadline. Closed by whoever
    made it."""

    def __init__(self, connection: socket.socket, deadline: Deadline) -> None:
        self.connection, self.deadline, self.has_sent = connection, deadline, False

    def sendall(self, data: bytes) -> None:
        self.connection.settimeout(self.deadline.left)
        self.has_sent = True
        self.connection.sendall(data)  # for all of it, not for each part

    def makefile(self, *_: Any, **__: Any) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self.connection, self.deadline))

    def close(self) -> None:
        """http.client closes before it has read to the end."""


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
