"""A short run of the simulation: what `make simulate` plays, on fewer carts."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from simulation.judge.promises import Promise
from simulation.running import read_chunks, run
from simulation.stories.drawing import Draw
from simulation.stories.telling import Fate
from simulation.tally import Tally, chunk_line, median, summed

CARTS = 120
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def tally(tmp_path_factory: pytest.TempPathFactory) -> Tally:
    """Played by the command in a process of its own, where text always hashes the same."""
    kept = tmp_path_factory.mktemp("simulation") / "run.jsonl"
    command = [sys.executable, "-m", "simulation", "run", "--carts", str(CARTS), "--workers", "1"]
    subprocess.run([*command, "--out", str(kept)], cwd=ROOT, capture_output=True, check=False)
    return summed(read_chunks(kept).values())


def test_no_promise_is_broken(tally: Tally) -> None:
    assert not tally.broken, "\n".join(tally.examples)


def test_a_story_is_no_shrunken_one(tally: Tally) -> None:
    assert median(tally.webhooks) >= 6
    assert median(tally.steps) >= 2
    assert median(tally.faults_each) >= 1


def test_messages_leave_and_many_kinds_of_faults_strike(tally: Tally) -> None:
    assert tally.messages > CARTS / 3
    kinds = Counter(name.rpartition(": ")[2] for name in tally.faults)
    assert {"cut", "lost", "throttled", "killed before", "killed after", "twice"} <= kinds.keys()


def test_runs_are_put_together(tally: Tally) -> None:
    both = tally.plus(Tally.read(tally.as_json()))
    assert both.carts == 2 * tally.carts
    assert median(both.webhooks) == median(tally.webhooks)
    assert set(both.violations) <= {promise.name for promise in Promise}


def test_finished_chunks_are_not_played_again(tmp_path: Path, tally: Tally) -> None:
    kept = tmp_path / "run.jsonl"
    kept.write_text(chunk_line("1", 0, tally) + "\n")
    assert run("1", tally.carts, 1, kept).as_json() == tally.as_json()


def test_reports_are_late_repeated_and_lost() -> None:
    draw = Draw("fates")
    fates = [Fate.draw(draw, may_be_lost=True) for _ in range(400)]
    numbers = Counter(len(fate.delays) for fate in fates)
    assert numbers[0] and numbers[2] and numbers[1] > numbers[2]
    assert any(delay.total_seconds() > 3600 for fate in fates for delay in fate.delays)
