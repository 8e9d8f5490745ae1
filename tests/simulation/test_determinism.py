"""A seed gives the same run, byte for byte."""

import subprocess
import sys
from pathlib import Path

from simulation.stories.playing import play

ROOT = Path(__file__).resolve().parents[2]
STORY = 7


def replayed() -> str:
    command = [sys.executable, "-m", "simulation", "replay", "--story", str(STORY)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_two_processes_play_a_story_alike() -> None:
    first = replayed()
    assert "request POST /webhooks" in first
    assert first == replayed()


def test_a_story_does_not_depend_on_those_before_it() -> None:
    alone = play("1", STORY)
    for number in (1, 2, 3):
        play("1", number)
    again = play("1", STORY)
    assert again.log == alone.log
    assert again.faults == alone.faults
