"""A run's file: what a stopped run leaves is gone on with, and what is no run is refused."""

import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from simulation.running import RunFileError, code_version, read_chunks, run
from simulation.table import rows
from simulation.tally import Tally, chunk_line, replay_command, summed

from simulation import running

CARTS = 50  # of each made-up chunk


def a_tally(**changes: Any) -> Tally:
    return replace(
        Tally(stories=20, carts=CARTS, webhooks=Counter({13: 20}), cpu_seconds=1.5), **changes
    )


def a_line(first: int = 0, seed: str = "aa", **changes: Any) -> str:
    return chunk_line(seed, first, a_tally(**changes))


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The first stories of the chunks that were played, which are made up."""
    firsts: list[int] = []

    class Pool:
        def apply_async(self, play: Any, told: Any) -> Any:
            return SimpleNamespace(get=lambda: play(*told))

    @contextmanager
    def pool(*_: Any) -> Iterator[Pool]:
        yield Pool()

    def play(told: tuple[str, int]) -> tuple[int, Tally]:
        firsts.append(told[1])
        return told[1], a_tally()

    monkeypatch.setattr(running, "get_context", lambda _: SimpleNamespace(Pool=pool))
    monkeypatch.setattr(running, "play_chunk", play)
    return firsts


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "run.jsonl"


HALVES = (a_line(40)[:70], a_line(40)[:70] + "\n", '{"s', a_line(40)[:-1])


@pytest.mark.parametrize("half", HALVES)
def test_a_run_goes_on_after_a_line_that_was_half_written(
    kept: Path, played: list[int], half: str
) -> None:
    run("aa", 2 * CARTS, 1, kept)
    kept.write_text(kept.read_text() + half)
    assert len(read_chunks(kept)) == 2
    assert run("aa", 3 * CARTS, 1, kept).carts == 3 * CARTS
    assert played == [0, 20, 40]
    assert [json.loads(line)["first"] for line in kept.read_text().splitlines()] == [0, 20, 40]


def test_a_chunk_that_is_missing_between_others_is_played_alone(
    kept: Path, played: list[int]
) -> None:
    kept.write_text("".join(a_line(first) + "\n" for first in (0, 20, 60, 80)))
    assert run("aa", 5 * CARTS, 1, kept).carts == 5 * CARTS
    assert played == [40]
    assert len(read_chunks(kept)) == 5


def test_a_line_without_its_end_of_line_is_whole(kept: Path, played: list[int]) -> None:
    kept.write_text(a_line(0))
    run("aa", 2 * CARTS, 1, kept)
    assert played == [20]
    assert len(read_chunks(kept)) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        a_line(20)[:70],
        "{}",
        "[]",
        "",
        "# A page",
        '{"seed": "aa", "first": 20, "tally": {}}',
        a_line(20).replace('"carts": 50', '"carts": "50"'),
        a_line(20).replace('"aa"', "7"),
        a_line(20, examples=["no example"]),
        a_line(20, violations=Counter({"NOSUCH": 1})),
    ],
)
def test_a_line_that_is_no_chunk_is_refused_with_its_number_and_stays(
    kept: Path, played: list[int], wrong: str
) -> None:
    text = f"{a_line(0)}\n{wrong}\n{a_line(40)}\n"
    kept.write_text(text)
    for read in (lambda: read_chunks(kept), lambda: run("aa", 500, 1, kept)):
        with pytest.raises(RunFileError, match=r"run\.jsonl, line 2: "):
            read()
    assert kept.read_text() == text
    assert played == []


def test_a_file_of_something_else_is_not_cut(kept: Path, played: list[int]) -> None:
    kept.write_text("a note of one line")
    with pytest.raises(RunFileError, match="line 1: is no line of a run"):
        run("aa", CARTS, 1, kept)
    assert kept.read_text() == "a note of one line"


def test_a_file_that_cannot_be_written_is_told_before_anything_is_played(
    tmp_path: Path, played: list[int]
) -> None:
    for path in (tmp_path, tmp_path / "nosuch" / "run.jsonl"):
        with pytest.raises(RunFileError, match=f"{path}: .*; name a file"):
            run("aa", CARTS, 1, path)
    assert played == []


def test_a_table_names_the_code_of_every_chunk(kept: Path, played: list[int]) -> None:
    old = {"seed": "aa", "first": 0, "tally": a_tally().as_json()}
    kept.write_text(json.dumps(old) + "\n")
    tally = run("aa", 2 * CARTS, 1, kept)
    assert f"| code | {code_version()}, not told |" in rows(tally, "aa")
    assert tally.versions == Counter({code_version(): 20, "not told": 20})
    assert summed(read_chunks(kept).values()) == tally


def test_a_chunk_that_does_not_tell_its_code_is_read_and_keys_yet_unknown_are_left_out(
    kept: Path,
) -> None:
    told = json.loads(a_line())
    assert "version" not in told
    kept.write_text(json.dumps({**told, "more": 1, "tally": {**told["tally"], "more": 1}}))
    assert summed(read_chunks(kept).values()).carts == CARTS
    assert "| code | not told |" in rows(summed(read_chunks(kept).values()), "aa")


def test_the_code_is_told_as_its_release_and_its_commit(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2.3"\n')
    assert code_version(tmp_path) == "1.2.3"
    settings = ("user.name=a", "user.email=a@example.com", "commit.gpgsign=no", "tag.gpgsign=no")
    git = ["git", "-C", str(tmp_path), *(word for one in settings for word in ("-c", one))]
    for what in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "one"], ["tag", "v1.2.3"]):
        subprocess.run([*git, *what], check=True, capture_output=True)
    assert code_version(tmp_path) == "1.2.3 (v1.2.3)"
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2.4"\n')
    assert code_version(tmp_path) == "1.2.4 (v1.2.3-dirty)"


def test_an_example_is_a_command_to_paste() -> None:
    told = "--seed it's me --story 3: 2026-01-05 10:00:00 TWICE: one\nand again"
    assert replay_command(told) == (
        "python -m simulation replay --seed 'it'\"'\"'s me' --story 3"
        "  # 2026-01-05 10:00:00 TWICE: one and again"
    )
