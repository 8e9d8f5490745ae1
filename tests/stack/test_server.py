"""The emulator's process: how it is started, found and ended."""

import json
import os
import socket
from pathlib import Path

import pytest

from support.local_stack import free_port, running_emulator
from wracaj_cli.local import LocalStackError, server, stack


def test_it_answers_on_loopback_alone_and_its_port_is_free_after_it_ended(tmp_path: Path) -> None:
    with running_emulator(tmp_path) as running:
        assert server.running(tmp_path) == running
        assert server.answers(running)
        assert _listening_on(running.port) == {"0100007F"}
    assert server.running(tmp_path) is None
    assert not _listening_on(running.port)


def test_a_port_that_is_taken_is_named_and_nothing_starts(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind((server.HOST, 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(LocalStackError, match=f"Port {port} is taken by another program"):
            stack.up(port=port, home=tmp_path)
    assert server.running(tmp_path) is None


@pytest.mark.parametrize("port", [-1, 80, 70000])
def test_a_port_that_cannot_be_is_refused(tmp_path: Path, port: int) -> None:
    with pytest.raises(LocalStackError, match="from 1024 to 65535"):
        stack.up(port=port, home=tmp_path)


@pytest.mark.parametrize("speed", [0.0, 0.5, -3.0, 1e9])
def test_a_speed_that_cannot_be_is_refused(tmp_path: Path, speed: float) -> None:
    with pytest.raises(LocalStackError, match="how many times faster"):
        stack.up(speed, free_port(), home=tmp_path)


def test_the_record_of_a_dead_emulator_counts_for_nothing_even_when_its_id_lives_again(
    tmp_path: Path,
) -> None:
    (tmp_path / "ministack.pid").write_text(
        json.dumps({"pid": os.getpid(), "port": 4566, "speed": 60})
    )
    (tmp_path / "ministack.lock").touch()
    assert server.running(tmp_path) is None
    assert not stack.down(tmp_path)  # or this test would not live to say so
    assert not (tmp_path / "ministack.pid").exists()


def test_an_emulator_that_dies_at_once_leaves_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_PROGRAM", "raise SystemExit('no footing')")
    started = server.start(tmp_path, free_port(), 1)
    with pytest.raises(LocalStackError, match="no footing"):
        server.wait_until_ready(tmp_path, started)


def test_one_that_cannot_build_is_ended_and_its_log_named(tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text("Resources: {}\nTransform: [")
    home = tmp_path / "home"
    with pytest.raises(LocalStackError, match=r"`sam build` failed[\s\S]*sam-build\.log"):
        stack.up(port=free_port(), home=home, root=tmp_path)
    assert server.running(home) is None
    assert stack.status(home).state == "down"


def test_a_start_that_was_cut_off_is_told_from_a_running_stack(tmp_path: Path) -> None:
    with running_emulator(tmp_path):
        assert stack.status(tmp_path).state == "half-deployed"
        with pytest.raises(LocalStackError, match="wracaj local down"):
            stack.up(home=tmp_path)
    assert stack.status(tmp_path).state == "down"


def test_tools_are_not_led_to_the_caller_s_own_account(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "AWS_PROFILE",
        "AWS_ACCESS_KEY_ID",
        "AWS_ENDPOINT_URL",
        "SAM_CLI_TELEMETRY",
        "WRACAJ_CLOCK_SPEED",
    ):
        monkeypatch.setenv(name, "mine")
    monkeypatch.setenv("NO_PROXY", "intranet")
    environment = server.base_environment()
    assert "mine" not in environment.values()
    assert environment["NO_PROXY"] == "intranet,127.0.0.1,localhost"


def _listening_on(port: int) -> set[str]:
    """The addresses, as Linux writes them: 0100007F is 127.0.0.1."""
    tables = [Path("/proc/net/tcp"), Path("/proc/net/tcp6")]
    if not tables[0].exists():
        pytest.skip("only Linux tells who listens where in /proc")
    lines = [
        line.split()
        for table in tables
        if table.exists()
        for line in table.read_text().splitlines()[1:]
    ]
    listening = [line[1].split(":") for line in lines if line[3] == "0A"]
    return {address for address, number in listening if int(number, 16) == port}
