"""`python -m simulation` refuses what cannot be done in one sentence, before anything is played."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from simulation.__main__ import main
from simulation.tally import Tally, chunk_line
from simulation.variants import finding

from simulation import running, table
from wracaj_cli.house import ROOT

VARIANT = "an order ends only its own cart"


def a_line(**changes: Any) -> str:
    return chunk_line("aa", 0, Tally(**{"stories": 20, "carts": 50} | changes))


@pytest.fixture(autouse=True)
def _nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any, **__: Any) -> Any:
        raise AssertionError("it was not refused")

    monkeypatch.setattr(running, "get_context", refused)
    monkeypatch.setattr(table, "write", refused)
    monkeypatch.setattr(finding, "in_its_process", refused)


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    out, err = capsys.readouterr()
    assert not out
    return err.rpartition(": error: ")[2].strip()


@pytest.mark.parametrize(
    ("asked", "option", "told"),
    [
        ("run --workers 0", "--workers", "'0' is not a number of 1 or more"),
        ("run --workers -2", "--workers", "'-2' is not a number of 1 or more"),
        ("run --carts 0", "--carts", "'0' is not a number of 1 or more"),
        ("run --carts -1", "--carts", "'-1' is not a number of 1 or more"),
        ("run --carts many", "--carts", "'many' is not a number of 1 or more"),
        ("variants --workers 0", "--workers", "'0' is not a number of 1 or more"),
        ("variants --carts 0", "--carts", "'0' is not a number of 1 or more"),
        ("variant x --carts 0", "--carts", "'0' is not a number of 1 or more"),
        ("replay --seed 7 --story -1", "--story", "'-1' is not a number of 0 or more"),
    ],
)
def test_a_number_that_cannot_be_is_refused(
    capsys: pytest.CaptureFixture[str], asked: str, option: str, told: str
) -> None:
    assert refusal(capsys, *asked.split()) == f"argument {option}: {told}"


@pytest.mark.parametrize("command", ["variant", "variants"])
def test_a_variant_that_there_is_not_is_refused_with_the_names_of_those_that_are(
    capsys: pytest.CaptureFixture[str], command: str
) -> None:
    names = [VARIANT, "nosuch"] if command == "variants" else ["nosuch"]
    told = refusal(capsys, command, *names)
    assert told.startswith("there is no variant 'nosuch'; there are: ")
    assert VARIANT in told


def test_a_part_of_the_variants_is_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    told = refusal(capsys, "variants", VARIANT, "--write")
    assert told == "all variants are needed for the page; leave out the names, or --write"


def test_variants_that_could_not_be_tried_are_not_written(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[Any] = []
    monkeypatch.setattr(finding, "write_between", lambda *told: written.append(told))
    found: dict[str, object] = {"carts": 2, "found": "TWICE: x"}
    failed: dict[str, object] = {"failed": "Traceback\n  a line"}
    for of_one in (failed, found):
        of = {VARIANT: of_one}
        monkeypatch.setattr(finding, "in_its_process", lambda name, _, of=of: of.get(name, found))
        assert main(["variants", "--workers", "1", "--write"]) == (of_one is failed)
        out = capsys.readouterr().out
        assert (f"Nothing was written: {VARIANT} could not be tried" in out) == (of_one is failed)
        assert ("| **failed**: Traceback a line |" in out) == (of_one is failed)
    assert len(written) == 1


@pytest.mark.parametrize("asked", ["merge", "table", "table --write"])
@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "No such file or directory; name a file of a run"),
        ("# A page\n\nof text\n", ", line 1: is no line of a run; name a file of a run"),
        ("{}", ", line 1: is no line of a run; name a file of a run"),
        ("", ": has no cart of a run; name a file of a run"),
        (a_line(carts=0), ": has no cart of a run; name a file of a run"),
        (
            a_line(violations=Counter({"NOSUCH": 2})),
            ", line 1: there is no promise NOSUCH; read the file with the code that played the run",
        ),
    ],
)
def test_a_file_that_is_none_of_a_run_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, asked: str, text: str | None, told: str
) -> None:
    file, good = tmp_path / "file.jsonl", tmp_path / "good.jsonl"
    good.write_text(a_line())
    if text is not None:
        file.write_text(text)
    refused = refusal(capsys, *asked.split(), str(good), str(file))
    assert refused.startswith(str(file))
    assert told in refused


def test_a_run_into_a_folder_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    told = refusal(capsys, "run", "--out", str(tmp_path / "nosuch" / "run.jsonl"))
    assert "No such file or directory; name a file that can be written" in told
    told = refusal(capsys, "run", "--out", str(tmp_path))
    assert told.startswith(f"{tmp_path}: Is a directory; name a file")


def test_a_merge_prints_how_to_replay_what_was_broken(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "run.jsonl"
    broken = {"violations": Counter({"TWICE": 1}), "examples": ["--seed aa --story 3: TWICE: x"]}
    file.write_text(a_line(**broken))
    assert main(["merge", str(file)]) == 1
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == "python -m simulation replay --seed aa --story 3  # TWICE: x"


def hear_interrupts() -> None:
    """Tests in the background of a shell ignore them, and so would what they start."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_a_run_that_is_stopped_says_so_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "run.jsonl"
    command = [sys.executable, "-m", "simulation", "run", "--seed", "aa", "--workers", "1"]
    run = subprocess.Popen(
        [*command, "--out", str(file)],
        cwd=ROOT,
        start_new_session=True,
        preexec_fn=hear_interrupts,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        while not (file.exists() and file.read_text()) and run.poll() is None:
            time.sleep(0.1)
        os.killpg(run.pid, signal.SIGINT)  # as a terminal does
        _, err = run.communicate(timeout=60)
    finally:
        run.kill()
    assert err == "Stopped; the same command goes on.\n"
    assert run.returncode == 130
