"""A real Step Functions emulator for the session, with shortened waits and a scripted Lambda for
the machine."""

import io
import json
import os
import shlex
import socket
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest

from support.machine import SCALE, Machine, definition
from support.plans import ASKING, PLANS
from wracaj_cli.house import ROOT

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

REGION = "eu-west-1"
ROLE = "arn:aws:iam::000000000000:role/test"


@pytest.fixture(scope="session")
def waits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file for each execution."""
    return tmp_path_factory.mktemp("waits")


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory: pytest.TempPathFactory, waits: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("emulator") / "log"
    env = {
        **os.environ,
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "IOT_MTLS_ENABLED": "0",
        "SFN_WAIT_SCALE": str(SCALE),
        "WAITS": str(waits),
    }
    program = ROOT.joinpath("tests", "support", "telling_emulator.py")
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-P", str(program)], env=env, stdout=file, stderr=file
        )
    try:
        wait_until_it_answers(f"http://127.0.0.1:{port}/_ministack/health", process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


def wait_until_it_answers(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=20):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the emulator did not start: {log.read_text(errors='replace')[-2000:]}")


@pytest.fixture(scope="session")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scripts")


@pytest.fixture(scope="session")
def machines(endpoint: str, scripts: Path, waits: Path) -> dict[str, Machine]:
    """Of each timeline one."""
    session = boto3.Session(
        aws_access_key_id="test", aws_secret_access_key="test", region_name=REGION
    )
    function = create_function(session.client("lambda", endpoint_url=endpoint), scripts)
    states = session.client("stepfunctions", endpoint_url=endpoint)
    made = {}
    for plan in (*PLANS, *ASKING):
        body = definition(plan, function)
        name = plan.timeline.replace("_", "-")
        created = states.create_state_machine(name=name, definition=json.dumps(body), roleArn=ROLE)
        made[plan.timeline] = Machine(states, created["stateMachineArn"], body, scripts, waits)
    return made


def create_function(client: "LambdaClient", scripts: Path, name: str = "scripted-step") -> str:
    created = client.create_function(
        FunctionName=name,
        Runtime="provided.al2023",
        Role=ROLE,
        Handler="bootstrap",
        Code={"ZipFile": bootstrap()},
        Environment={"Variables": {"SCRIPTS": str(scripts)}},
        Timeout=120,
    )
    return created["FunctionArn"]


def bootstrap() -> bytes:
    """The scripted step behind an executable of the name that Lambda looks for."""
    code = io.BytesIO()
    entry = zipfile.ZipInfo("bootstrap")
    entry.external_attr = 0o755 << 16
    with zipfile.ZipFile(code, "w") as archive:
        archive.write(ROOT.joinpath("tests", "support", "scripted_step.py"), "scripted_step.py")
        archive.writestr(
            entry,
            f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$(dirname "$0")/scripted_step.py"\n',
        )
    return code.getvalue()
