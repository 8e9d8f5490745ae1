"""`wracaj local` as a person meets it when nothing runs."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from wracaj_cli.local import commands

run = CliRunner().invoke


@pytest.fixture(autouse=True)
def nothing_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "HOME", tmp_path)


def test_status_says_how_to_start_and_fails() -> None:
    answer = run(commands.app, ["status"])
    assert answer.exit_code == 1
    assert answer.output == "The local stack is down; start one with `wracaj local up`\n"


def test_down_says_that_there_was_nothing_to_end() -> None:
    answer = run(commands.app, ["down"])
    assert (answer.exit_code, answer.output) == (0, "No local stack was running.\n")


def test_outbox_says_how_to_start_and_fails() -> None:
    answer = run(commands.app, ["outbox"])
    assert answer.exit_code == 1
    assert "wracaj local up" in answer.output
    assert "Traceback" not in answer.output


def test_up_says_what_is_wrong_with_a_port_and_fails() -> None:
    answer = run(commands.app, ["up", "--port", "80"])
    assert answer.exit_code == 1
    assert "Choose one from 1024 to 65535" in answer.output
