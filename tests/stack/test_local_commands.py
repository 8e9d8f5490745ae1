"""`wracaj local` when no stack runs."""

from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from wracaj_cli.local import LocalStackError, commands
from wracaj_cli.local.durations import parse_duration

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


def test_time_cannot_be_skipped_where_nothing_runs() -> None:
    answer = run(commands.app, ["skip", "30d"])
    assert answer.exit_code == 1
    assert "wracaj local up" in answer.output
    assert "Traceback" not in answer.output


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("30d", timedelta(days=30)),
        ("1d12h", timedelta(hours=36)),
        ("2W", timedelta(14)),
        ("1.5h", timedelta(hours=1.5)),
    ],
)
def test_a_length_of_time_is_read_as_people_write_it(text: str, length: timedelta) -> None:
    assert parse_duration(text) == length


@pytest.mark.parametrize(
    "text", ["", "30", "d", "30 days", "-3d", "1y", "0d", "99999w", "1d, 2h", "٣d"]
)
def test_what_is_no_length_of_time_is_told_with_an_example(text: str) -> None:
    with pytest.raises(LocalStackError, match=r"12h|from a minute to ten years"):
        parse_duration(text)
