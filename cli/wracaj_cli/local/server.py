"""The emulator's process. It is started detached, holds a lock as long as it lives, and is ended by
its process id."""

import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from wracaj.errors import WracajError

HOST = "127.0.0.1"
REGION = "eu-west-1"
ACCOUNT = "000000000000"
# The folder is added to sys.path and not to PYTHONPATH, because the functions' own processes would
# inherit PYTHONPATH.
_PROGRAM = (
    f"import sys; sys.path.insert(0, {str(Path(__file__).parents[2])!r}); from wracaj_cli.emulator"
    " import main; main()"
)
_SECONDS_TO_START, _SECONDS_TO_STOP = 60, 10
_SECONDS_TO_WARM_UP = 600  # one process for each function, on a busy machine
_OURS_TO_SET = (
    "AWS_",
    "WRACAJ_",
    "POWERTOOLS_",
    "SAM_",
    "MINISTACK_",
    "LAMBDA_",
    "SFN_",
    "PERSIST_",
    "LOCALSTACK_",
    "SERVICES",
    "USE_SSL",
    "AUTH",
    "EDGE_PORT",
    "PYTHONPATH",
)

direct = build_opener(ProxyHandler({}))


CREDENTIALS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}
_PERMISSIONS = {**CREDENTIALS, "AUTH": "true"}


class LocalStackError(WracajError):
    """The local stack could not do what was requested."""


@dataclass(frozen=True)
class Server:
    pid: int
    port: int
    speed: float

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"


def log_file(home: Path) -> Path:
    return home / "ministack.log"


def clock_file(home: Path) -> Path:
    return home / "clock.json"


def running(home: Path) -> Server | None:
    """Return the emulator of this directory. The record of a dead emulator is ignored, because
    nothing holds its lock."""
    record = home / "ministack.pid"
    if not record.exists() or _nobody_holds_the_lock(home):
        return None
    with suppress(ValueError, TypeError):
        return Server(**json.loads(record.read_text()))
    return None


def start(home: Path, port: int, speed: float, *, enforce_permissions: bool = False) -> Server:
    """Start the emulator and return at once; `wait_until_ready` waits. No other emulator may run in
    this directory."""
    _require_free(port)
    for leftover in ("tmp", "s3", "state"):
        shutil.rmtree(home / leftover, ignore_errors=True)
    (home / "tmp").mkdir(parents=True)
    environment = _environment(home, port, speed) | (_PERMISSIONS if enforce_permissions else {})
    with _lock_file(home).open("a") as lock, log_file(home).open("w") as log:
        _take(lock.fileno(), home)
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", _PROGRAM],
            env=environment,
            cwd=home,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            pass_fds=[lock.fileno()],
        )
    server = Server(process.pid, port, speed)
    (home / "ministack.pid").write_text(json.dumps(vars(server)))
    return server


def wait_until_ready(home: Path, server: Server, *, patience: float = _SECONDS_TO_START) -> None:
    deadline = time.monotonic() + patience
    while not answers(server):
        if running(home) is None:
            raise LocalStackError(
                "MiniStack ended right after its start. Its last"
                f" words:\n{last_lines(log_file(home))}"
            )
        if time.monotonic() > deadline:
            raise LocalStackError(
                f"MiniStack does not answer after {patience:.0f} s. Its log: {log_file(home)}"
            )
        time.sleep(0.1)


def answers(server: Server) -> bool:
    try:
        with direct.open(f"{server.url}/_ministack/health", timeout=5) as response:
            return bool(response.status == 200)
    except (URLError, OSError):
        return False


def warm_up(server: Server, **how: Any) -> None:
    """Start the functions' processes, so that their first calls are as fast as the later ones.

    `fresh`: replace the running processes, so that the new ones read everything again, such as a
    shop's settings. `each`: processes per function.
    """
    asked(
        f"{server.url}/_ministack/wracaj/warm", {"fresh": False, **how}, seconds=_SECONDS_TO_WARM_UP
    )


def asked(url: str, told: dict[str, Any], seconds: float = 30) -> Any:
    """Send a request to the emulator itself and return its answer."""
    with direct.open(url, data=json.dumps(told).encode(), timeout=seconds) as response:
        return json.load(response)


def stop(home: Path) -> bool:
    """End the emulator and its workers. Return whether one was running."""
    server = running(home)
    if server:
        _end(server.pid, lambda: _nobody_holds_the_lock(home))
    (home / "ministack.pid").unlink(missing_ok=True)
    return server is not None


def last_lines(log: Path, count: int = 15) -> str:
    return (
        "\n".join(log.read_text(errors="replace").splitlines()[-count:])
        if log.exists()
        else "(no log)"
    )


def base_environment() -> dict[str, str]:
    """Return the caller's environment without variables that would lead a tool to the caller's own
    AWS account. Requests to this machine use no proxy."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS_TO_SET)}
    without_proxy = ",".join(
        filter(None, [kept.get("NO_PROXY") or kept.get("no_proxy"), HOST, "localhost"])
    )
    return {**kept, "NO_PROXY": without_proxy, "no_proxy": without_proxy}


def _environment(home: Path, port: int, speed: float) -> dict[str, str]:
    return {
        **base_environment(),
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "MINISTACK_REGION": REGION,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "AWS_DEFAULT_REGION": REGION,
        "SFN_WAIT_SCALE": repr(1 / speed),
        "LAMBDA_ACCOUNT_CONCURRENCY": "0",
        "PERSIST_STATE": "0",
        "TMPDIR": str(home / "tmp"),
        "STATE_DIR": str(home / "state"),
        "S3_DATA_DIR": str(home / "s3"),
        "WRACAJ_EMULATOR_CLOCK": str(clock_file(home)),
    }


def _require_free(port: int) -> None:
    if not 1024 <= port <= 65535:
        raise LocalStackError(
            f"Port {port} cannot be used. Choose one from 1024 to 65535 with --port"
        )
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            free = "End that, or choose another with --port"
            raise LocalStackError(f"Port {port} is taken by another program. {free}") from None


def _lock_file(home: Path) -> Path:
    return home / "ministack.lock"


def _nobody_holds_the_lock(home: Path) -> bool:
    if not _lock_file(home).exists():
        return True
    with _lock_file(home).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def _take(lock: int, home: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise LocalStackError(
            f"A local stack is starting in {home} already; `wracaj local status` says more"
        ) from None


def _end(pid: int, ended: Callable[[], bool]) -> None:
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, sign)
        deadline = time.monotonic() + _SECONDS_TO_STOP
        while not ended() and time.monotonic() < deadline:
            with suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
            time.sleep(0.05)
        if ended():
            return
    raise LocalStackError(
        f"Process {pid} does not end; end it by hand and say `wracaj local down` again"
    )
