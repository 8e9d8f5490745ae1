"""The files made from the short files are current, or are reported as out of date. Every machine
that is made is valid."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonata import Jsonata  # type: ignore[import-untyped]
from typer.testing import CliRunner

from support.frozen_timelines import FROZEN, with_free_delivery
from wracaj.timelines.table import ENDS_WITH_ORDER, FIRST_WAITS, TIMINGS
from wracaj_cli import house
from wracaj_cli.timelines import made
from wracaj_cli.timelines.commands import app
from wracaj_cli.timelines.machine import state_machine
from wracaj_cli.timelines.problems import Rule
from wracaj_cli.timelines.reading import parse, read
from wracaj_cli.timelines.rules.shape import read_short
from wracaj_cli.timelines.short_file import ShortFile
from wracaj_cli.timelines.strays import strays

MADE_OF_ONE = {Path("statemachines/abandoned_cart.asl.json"), Path("docs/timeline.svg")}
TABLE = Path("functions/wracaj/timelines/table.py")
Machine = dict[str, Any]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """The timelines of the tests, and as much of ours as they are made into."""
    shutil.copytree(FROZEN, tmp_path / "statemachines")
    for kept in ("docs/timeline.svg", "functions/timeline_digest.py", "functions/Makefile", TABLE):
        (tmp_path / kept).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(house.ROOT / kept, tmp_path / kept)
    made.write(tmp_path)
    return tmp_path


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def stale(root: Path) -> set[Path]:
    return {problem.file.relative_to(root) for problem in made.stale(root)}


def built(root: Path) -> subprocess.CompletedProcess[str]:
    """As `sam build` does it: the functions are a copy elsewhere, the Makefile is read in place."""
    elsewhere = shutil.copytree(root / "functions", root / "copy")
    try:
        command = [
            "make",
            "--makefile",
            str(root / "functions" / "Makefile"),
            "timelines-are-current",
        ]
        given = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"}
        return subprocess.run(command, cwd=elsewhere, env=given, capture_output=True, text=True)
    finally:
        shutil.rmtree(elsewhere)


def test_what_is_in_the_repository_is_current() -> None:
    assert made.stale() == [], "run `wracaj timeline write`"


def test_a_changed_number_makes_stale_what_holds_it_until_it_is_written(repository: Path) -> None:
    assert (stale(repository), built(repository).returncode) == (set(), 0)
    edit(
        repository / "statemachines" / "abandoned_cart.yaml",
        "sms_after_hours: 24",
        "sms_after_hours: 20",
    )

    assert stale(repository) == MADE_OF_ONE | {TABLE}
    refusal = built(repository)
    assert refusal.returncode != 0
    assert "statemachines/abandoned_cart.asl.json; run `wracaj timeline write`" in refusal.stderr

    assert {path.relative_to(repository) for path in made.write(repository)} == MADE_OF_ONE | {
        TABLE
    }
    assert (stale(repository), built(repository).returncode) == (set(), 0)
    assert made.write(repository) == []


@pytest.mark.parametrize("file", ["statemachines/loyalty.asl.json", str(TABLE)])
@pytest.mark.parametrize("change", ["edited", "removed"])
def test_a_made_file_that_was_edited_or_removed_is_stale(
    repository: Path, file: str, change: str
) -> None:
    path = repository / file
    path.unlink() if change == "removed" else edit(path, "check_after_days", "check_after_weeks")
    assert stale(repository) == {Path(file)}
    assert file in built(repository).stderr


def test_a_machine_without_its_short_file_is_told(repository: Path) -> None:
    (repository / "statemachines" / "welcome.yaml").unlink()
    assert Path("statemachines/welcome.asl.json") in stale(repository)
    assert "statemachines/welcome.asl.json" in built(repository).stderr


def test_nothing_is_written_while_a_short_file_is_broken(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(
        repository / "statemachines" / "welcome.yaml",
        "code_reminder_after_days: 3",
        "code_reminder_after_days: 2,5",
    )
    edit(
        repository / "statemachines" / "loyalty.yaml",
        "check_after_days: 15",
        "check_after_days: 16",
    )
    before = {path: path.read_bytes() for path in repository.rglob("*") if path.is_file()}
    (problem,) = made.stale(repository)
    assert (problem.rule, problem.file.name) == (Rule.TIMING, "welcome.yaml")
    with pytest.raises(made.BrokenTimelinesError):
        made.write(repository)
    assert {path: path.read_bytes() for path in before} == before

    monkeypatch.setattr(house, "ROOT", repository)
    told = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["write"])
    assert told.exit_code == 1
    assert (
        f"welcome.yaml:{problem.line}" in told.output and "write 2.5, with a point" in told.output
    )


def test_a_file_that_nothing_reads_is_told_plainly(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = repository / "statemachines"
    old = folder / "abandoned_cart.asl.yaml"
    for name in (old, folder / "mine.yml", folder / "jobs" / "mine.yaml"):
        name.parent.mkdir(exist_ok=True)
        name.write_text("StartAt: Wait\n", encoding="utf-8")
    assert old not in {problem.file for problem in made.stale(repository)}
    assert [problem.file.name for problem in strays(folder)] == [
        "abandoned_cart.asl.yaml",
        "mine.yml",
        "mine.yaml",
    ]
    monkeypatch.setattr(house, "ROOT", repository)
    monkeypatch.setattr(house, "STATE_MACHINES", folder)
    for arguments in (["check"], ["check", str(old)]):
        told = CliRunner(env={"COLUMNS": "200"}).invoke(app, arguments)
        assert told.exit_code == 1
        assert (
            "this file is not read: statemachines/abandoned_cart.yaml is the timeline's short file"
            in told.output
        )


def test_the_digest_without_its_folder_says_how_it_is_called() -> None:
    program = str(house.ROOT / "functions" / "timeline_digest.py")
    done = subprocess.run([sys.executable, program], capture_output=True, text=True)
    assert (done.returncode, done.stderr.startswith("Usage: python functions/")) == (1, True)


def test_a_build_that_sees_the_functions_alone_takes_them_as_they_are(repository: Path) -> None:
    """Such as in a container, where nothing else of the repository is."""
    shutil.rmtree(repository / "statemachines")
    assert built(repository).returncode == 0


def test_the_table_says_what_the_short_files_say() -> None:
    files = {path.stem: read(path).body for path in house.STATE_MACHINES.glob("*.yaml")}
    assert len(files) >= 15
    assert {name for name, body in files.items() if body["ends_with_order"]} == ENDS_WITH_ORDER
    assert {name: body["timings"] for name, body in files.items()} == TIMINGS
    assert {name: first_wait(body) for name, body in files.items()} == FIRST_WAITS


def first_wait(body: dict[str, Any]) -> str:
    (first,) = body["messages"][0].values()
    return str(body["check"]["after"] if "check" in body else first["after"])


# --- any machine --------------------------------------------------------------------------------

words = st.from_regex(r"[a-z][a-z0-9_]{0,39}", fullmatch=True)


@st.composite
def short_files(draw: st.DrawFn) -> ShortFile:
    names = draw(st.lists(words, min_size=1, max_size=4, unique=True))
    timings = {f"t{index}_after_hours": index + 1 for index in range(len(names) + 1)}
    behind = draw(st.booleans())
    lines = []
    for index, name in enumerate(names):
        when = draw(st.sampled_from(["reward", "nudge", "expiring"]))
        wait = {"when": when} if behind else {"after": f"t{index}_after_hours"}
        lines.append({name: {"email": "cart_reminder", **wait}})
    body: dict[str, Any] = {"about": "order", "ends_with_order": draw(st.booleans())}
    body |= {"timings": timings, "messages": lines}
    body |= {"check": {"ask": "loyalty_check", "after": "t0_after_hours"}} if behind else {}
    body |= {"close_after": f"t{len(names)}_after_hours"} if draw(st.booleans()) else {}
    return ShortFile.model_validate(body)


def targets(state: dict[str, Any]) -> list[str]:
    ways = [*state.get("Choices", []), *state.get("Catch", [])]
    found = [state.get("Next"), state.get("Default"), *(way["Next"] for way in ways)]
    return [one for one in found if one]


@settings(max_examples=60, deadline=None)
@given(short=short_files())
def test_any_machine_leads_everywhere_and_ends(short: ShortFile) -> None:
    names = [message.words(name) for name, message in short.named_messages]
    if len(set(names)) < len(names):
        return  # refused: the states of two messages would have one name
    machine = state_machine("mine", short, "")
    states: Machine = machine["States"]
    assert machine["StartAt"] == next(iter(states)) == "Timings"
    assert max(map(len, states)) <= 80
    reached, waiting = set(), ["Timings"]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += targets(states[name])
    assert reached == set(states)
    for name, state in states.items():
        ends = state["Type"] == "Succeed"
        assert ends != bool(targets(state))
        if state["Type"] == "Task":
            assert 0 < state["TimeoutSeconds"] <= 900 and state["Retry"]
            assert bool(state.get("Catch")) == (name != "Close the timeline")
    # A wait, a task and a choice a message, and its hold; a check adds four, a late close two.
    # Where a long wait goes on is one state, and so is the end before one, after a message.
    others = 6 + (4 if short.check else 1) + (2 if short.close_after else 0)
    assert len(states) == others + (3 if short.check else 4) * len(names)


# --- the numbers --------------------------------------------------------------------------------


def numbers(told: dict[str, Any]) -> dict[str, Any]:
    text = (house.STATE_MACHINES / "abandoned_cart.asl.json").read_text(encoding="utf-8")
    assigned = json.loads(text)["States"]["Timings"]["Assign"]
    assert assigned.pop("answer") == {"timings": {}}
    states = {"states": {"input": told}}
    return {
        name: Jsonata.jsonata(value.removeprefix("{%").removesuffix("%}")).evaluate(None, states)
        for name, value in assigned.items()
        if name != "missed"  # no number: a message whose step gave no answer
    }


def test_free_delivery_is_asked_of_the_step_as_it_is_written() -> None:
    text = with_free_delivery((FROZEN / "abandoned_cart.yaml").read_text(encoding="utf-8"))
    short = read_short(parse(text, Path("abandoned_cart.yaml")))
    assert isinstance(short, ShortFile)
    states = state_machine("abandoned_cart", short, "")["States"].values()
    asked = [state["Arguments"]["Payload"] for state in states if "Arguments" in state]
    steps = [payload["step"] for payload in asked if "step" in payload]
    (discount,) = [step["discount"] for step in steps if step.get("discount")]
    assert discount["free_shipping"] is True
    assert "percent" not in discount


def test_the_numbers_are_those_of_the_short_file_but_for_what_the_start_tells() -> None:
    own = read(house.STATE_MACHINES / "abandoned_cart.yaml").body["timings"]
    assert numbers({"shop": "kubek"}) == numbers({"shop": "kubek", "timings": {}}) == own
    told = {"first_email_after_hours": 2, "discount_if_unavailable": "skip", "gone_after_days": 1}
    expected = own | {"first_email_after_hours": 2, "discount_if_unavailable": "skip"}
    assert numbers({"timings": told}) == expected
