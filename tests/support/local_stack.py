"""Fixtures: `emulator`, a MiniStack with only our table, and `stack`, the whole local stack. Each
worker of xdist has one of each. The table is a new one for each module of tests, so that a look at
all that is stored stays quick. MiniStack's DynamoDB runs in the tests' own process.

from support.local_stack import emulator, emulator_process, stack  # noqa: F401
"""

import itertools
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from support.frozen_timelines import a_repository
from support.sam_template import create_table
from support.table_here import table_here
from support.table_in_memory import table_in_memory
from wracaj_cli import local
from wracaj_cli.house import ROOT
from wracaj_cli.local import SentMessage, StackInfo, server
from wracaj_cli.local.clients import client_at

BEGINS_AT = datetime(2026, 11, 23, 9, tzinfo=UTC)  # a Monday, 10 in the morning in Warsaw
# Tests skip time. The clock itself runs slowly, so that a busy machine is not late.
STACK_SPEED = 20.0
SECONDS_TO_START = 60


@cache
def _client(url: str, service: str) -> Any:
    """One for all tests, because a client takes long to create."""
    return client_at(url, service)


@dataclass(frozen=True)
class Emulator:
    url: str
    table: str
    dynamodb_url: str  # where the table is: in this process, or on moto, see --dynamodb

    def client(self, service: str) -> Any:
        return _client(self.dynamodb_url if service == "dynamodb" else self.url, service)

    @property
    def environment(self) -> dict[str, str]:
        """Return what code under test needs in os.environ, so that its own boto3 clients use this
        emulator."""
        here = {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ENDPOINT_URL_DYNAMODB": self.dynamodb_url,
            "AWS_REGION": server.REGION,
            "AWS_DEFAULT_REGION": server.REGION,
        }
        return {**server.CREDENTIALS, **here, "WRACAJ_TABLE": self.table, "NO_PROXY": server.HOST}


@dataclass(frozen=True)
class RunningStack:
    home: Path
    info: StackInfo
    root: Path = ROOT

    def client(self, service: str) -> Any:
        return local.client(service, self.home)

    def outbox(self) -> list[SentMessage]:
        return local.outbox(self.home)

    def now(self) -> datetime:
        return self.info.now()

    def skip(self, time: timedelta) -> None:
        """Run everything that is due in this time."""
        local.skip_to(self.now() + time, self.home)

    @contextmanager
    def nights(self) -> Iterator[None]:
        """Run the nightly jobs meanwhile."""
        local.switch_schedules("ENABLED", self.home)
        yield
        local.switch_schedules("DISABLED", self.home)

    def verify_sender(self, sender: str) -> None:
        local.verify_sender(sender, self.home)


_tables = itertools.count(1)


@pytest.fixture(scope="session")
def emulator_process(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Iterator[Emulator]:
    home = tmp_path_factory.mktemp("emulator")
    with running_emulator(home) as found, _running_table(home, pytestconfig) as url:
        yield Emulator(found.url, "no table yet", url)


@pytest.fixture(scope="module")
def emulator(emulator_process: Emulator) -> Iterator[Emulator]:
    here = replace(emulator_process, table=f"wracaj-{next(_tables)}")
    dynamodb = here.client("dynamodb")
    create_table(dynamodb, here.table)
    yield here
    dynamodb.delete_table(TableName=here.table)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """With the timelines of the tests, and with permissions enforced: a function that may not do
    what it needs fails here as it would on AWS. The nightly jobs run only in `stack.nights()`,
    because they take long for every shop of the tests before."""
    root = a_repository(tmp_path_factory.mktemp("repository"))
    with running_stack(tmp_path_factory.mktemp("stack"), root=root, begins_at=BEGINS_AT) as found:
        local.switch_schedules("DISABLED", found.home)
        yield found


@contextmanager
def running_emulator(home: Path, speed: float = 1) -> Iterator[server.Server]:
    started = server.start(home, free_port(), speed)
    try:
        server.wait_until_ready(home, started)
        yield started
    finally:
        server.stop(home)


def _running_table(home: Path, options: pytest.Config) -> AbstractContextManager[str]:
    match options.getoption("dynamodb"):
        case "moto":
            return running_moto(home)
        case "memory":
            return table_in_memory()
        case _:
            return table_here()


@contextmanager
def running_moto(home: Path) -> Iterator[str]:
    """Return the URL of moto's server, which has another implementation of DynamoDB."""
    port, program = free_port(), Path(__file__).with_name("moto_server.py")
    with (home / "moto.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-P", program, server.HOST, str(port)],
            env=server.base_environment(),
            cwd=home,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_for(port, process, home / "moto.log")
        yield f"http://{server.HOST}:{port}"
    finally:
        process.kill()
        process.communicate()


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError), socket.create_connection((server.HOST, port), timeout=1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"moto's server does not answer. Its last words:\n{server.last_lines(log)}")


@contextmanager
def running_stack(
    home: Path, *, speed: float = STACK_SPEED, root: Path = ROOT, **how: Any
) -> Iterator[RunningStack]:
    """Run a stack. `how` is passed to `up`: begins_at, and enforce_permissions, which is on by
    default."""
    try:
        info = local.up(
            speed, free_port(), home=home, root=root, **{"enforce_permissions": True, **how}
        )
        yield RunningStack(home, info, root)
    finally:
        local.down(home)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((server.HOST, 0))
        port: int = probe.getsockname()[1]
        return port
