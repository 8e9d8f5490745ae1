"""Step Functions' quota for StartExecution, in front of the emulator, which has none.

AWS fills a bucket of tokens for each account and region at a steady rate, and each StartExecution
takes one. From an empty bucket, AWS answers ThrottlingException:
https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html, read in November 2026
"""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import urlsplit

HOST = "127.0.0.1"
STARTS = "AWSStepFunctions.StartExecution"
REFUSED = json.dumps({"__type": "ThrottlingException", "message": "Rate exceeded"}).encode()
OF_ONE_CONNECTION = {"connection", "keep-alive", "transfer-encoding", "content-length"}


@dataclass(frozen=True)
class Quota:
    bucket: float
    refill: float  # a second

    def scaled(self, by: float) -> "Quota":
        """Return the same quota for a smaller system. A bucket still lasts as many seconds."""
        return Quota(max(self.bucket * by, 1.0), self.refill * by)


UNLIMITED = Quota(bucket=float("inf"), refill=0)
FRANKFURT = Quota(bucket=800, refill=150)  # and all regions but three, which have 1,300 and 300


class Bucket:
    """Counts what it refuses. Until a quota is set, that is nothing."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._lock, self._clock = threading.Lock(), clock
        self.limit(UNLIMITED)

    def limit(self, quota: Quota) -> None:
        """Start with a full bucket, and with nothing counted."""
        with self._lock:
            self._quota = quota
            self._tokens, self._filled_at = quota.bucket, self._clock()
            self.refused = 0

    def take(self) -> bool:
        with self._lock:
            now = self._clock()
            filled = self._tokens + (now - self._filled_at) * self._quota.refill
            self._tokens, self._filled_at = min(filled, self._quota.bucket), now
            if self._tokens < 1:
                self.refused += 1
                return False
            self._tokens -= 1
            return True


class Gate:
    """A server on loopback that hands on every request to Step Functions, and answers those that
    the bucket refuses."""

    def __init__(self, endpoint: str) -> None:
        self.bucket = Bucket()

        class Handler(_Handler):
            bucket, upstream = self.bucket, urlsplit(endpoint).netloc

        self._server = ThreadingHTTPServer((HOST, 0), Handler)
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True, name="quota").start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    bucket: Bucket
    upstream: str
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # one packet for an answer, and not one for its headers

    def setup(self) -> None:
        super().setup()
        self._emulator = HTTPConnection(self.upstream, timeout=30)

    def finish(self) -> None:
        super().finish()
        self._emulator.close()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("X-Amz-Target") == STARTS and not self.bucket.take():
            self._answer(400, {"Content-Type": "application/x-amz-json-1.0"}, REFUSED)
            return
        self._emulator.request("POST", self.path, body, dict(self.headers))
        told = self._emulator.getresponse()
        kept = {n: v for n, v in told.getheaders() if n.lower() not in OF_ONE_CONNECTION}
        self._answer(told.status, kept, told.read())

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Every request would be a line."""
