import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from wracaj_cli.demo import command
from wracaj_cli.local import LocalStackError
from wracaj_cli.main import app


def run(monkeypatch: pytest.MonkeyPatch, out: Path, failure: BaseException | None) -> Any:
    @contextmanager
    def stage(*_: Any) -> Iterator[None]:
        if failure:
            raise failure
        os.kill(os.getpid(), signal.SIGTERM)
        signal.pause()
        yield

    monkeypatch.setattr(command, "open_stage", stage)
    return CliRunner().invoke(app, ["demo", "--out", str(out)])


def test_what_goes_wrong_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    result = run(monkeypatch, tmp_path, LocalStackError("A demo is running already"))

    assert result.exit_code == 1
    assert result.stderr == "A demo is running already\n"


def test_an_end_by_a_signal_cleans_up_like_one_by_hand(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    result = run(monkeypatch, tmp_path, None)

    assert result.exit_code == 130
    assert "nothing is left running" in result.stderr


def test_a_folder_with_other_things_is_refused_before_anything_starts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "letter.txt").write_text("mine")

    result = run(monkeypatch, tmp_path, AssertionError("was started"))

    assert result.exit_code == 1
    assert "--out" in result.stderr
