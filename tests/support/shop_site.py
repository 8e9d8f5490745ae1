"""A shop's site and its API on one loopback port with TLS. Chromium resolves both hosts to this
port.

The Lambdas' own handlers answer requests to the API.
"""

import base64
import hashlib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from wracaj_cli.house import ROOT

SHOP, API = "kubek.example", "wracaj.example"
Answer = tuple[int, dict[str, str], bytes]


class Site:
    """`pages`: path → HTML of the shop. `api`: a function that answers the API's requests, called
    with method, path, headers and body."""

    def __init__(self, port: int, fingerprint: str, api: Callable[..., Answer]) -> None:
        self.port, self.fingerprint, self.api = port, fingerprint, api
        self.pages: dict[str, str] = {}
        self.asked: list[tuple[str, str, str]] = []  # host, method, path
        self.lock = Lock()

    def flags(self) -> tuple[str, ...]:
        rules = ", ".join(f"MAP {host}:443 127.0.0.1:{self.port}" for host in (SHOP, API))
        return (
            f"--host-resolver-rules={rules}",
            f"--ignore-certificate-errors-spki-list={self.fingerprint}",
        )

    def answer(
        self, host: str, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> Answer:
        self.asked.append((host, method, path))
        if host == API:
            with self.lock:  # a Lambda's process handles one request at a time
                return self.api(method, path, headers, body)
        name = path.split("?")[0]
        if name in ("/wracaj.js", "/wracaj-sw.js"):
            return (
                200,
                {"content-type": "text/javascript"},
                (ROOT / "storefront" / name[1:]).read_bytes(),
            )
        if name in self.pages:
            return 200, {"content-type": "text/html; charset=utf-8"}, self.pages[name].encode()
        return 404, {}, b""


def _certificate(folder: Path) -> tuple[Path, str]:
    """Return a file with key and certificate, and the hash by which Chromium knows the
    certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, SHOP)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(SHOP), x509.DNSName(API)]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "site.pem"
    file.write_bytes(private + made.public_bytes(pem))
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return file, base64.b64encode(hashlib.sha256(public).digest()).decode()


@contextmanager
def a_site(folder: Path, api: Callable[..., Answer]) -> Iterator[Site]:
    file, fingerprint = _certificate(folder)
    handler: Any = type("Answering", (_Answering,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
        server.daemon_threads = True
        handler.site = site = Site(server.server_port, fingerprint, api)
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield site
        server.shutdown()


class _Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site: Site

    def _any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        status, told, content = self.site.answer(
            headers.get("host", ""), self.command, self.path, headers, body
        )
        self.send_response(status)
        for name, value in told.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_OPTIONS = _any  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Log nothing, because the requests are in `asked`."""
