"""Finds files in statemachines/ that nothing reads, such as a state machine written by hand."""

from collections.abc import Iterator
from pathlib import Path

from timeline_digest import MADE, OF_A_JOB, SHORT
from wracaj_cli.timelines.problems import Problem, Rule

FOLDERS = "statemachines/NAME.yaml is a timeline, statemachines/jobs/NAME.asl.yaml is a job"


def strays(folder: Path) -> Iterator[Problem]:
    """Return a problem for each file that nothing reads. `folder`: statemachines/."""
    for path in _files(folder):
        is_short = path.suffix == SHORT and not path.name.endswith(OF_A_JOB)
        if not (is_short or path.name.endswith(MADE)):
            yield stray(path)
    for path in _files(folder / "jobs"):
        if not path.name.endswith(OF_A_JOB):
            yield stray(path)


def is_a_job(path: Path) -> bool:
    return path.name.endswith(OF_A_JOB) and path.resolve().parent.name == "jobs"


def stray(path: Path) -> Problem:
    what, fix = "this file is not read", f"remove it: {FOLDERS}"
    if path.name.endswith(OF_A_JOB) and not is_a_job(path):
        short = f"{path.name.removesuffix(OF_A_JOB)}{SHORT}"
        what = f"{what}: statemachines/{short} is the timeline's short file now"
        fix = f"write what you changed into {short}, run `wracaj timeline write`, and remove this"
    return Problem(Rule.NOT_READ, path, None, None, what, fix)


def _files(folder: Path) -> list[Path]:
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted(
        path
        for path in found
        if path.is_file() and path.suffix != ".md" and not path.name.startswith(".")
    )
