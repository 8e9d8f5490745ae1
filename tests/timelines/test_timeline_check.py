"""`wracaj timeline check`: every rule, by breaking the good timeline in exactly one way."""

import copy
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from support.broken_timelines import (
    BROKEN,
    CHOICE,
    DISCOUNT,
    FIRST,
    GOOD,
    SMS,
    TIMELINE,
    Body,
    Edit,
    Place,
    all_at_once,
    assign,
    drop,
    edited,
    extra,
    put,
    step,
)
from wracaj_cli import house
from wracaj_cli.timelines.check import check_file, check_job
from wracaj_cli.timelines.commands import app
from wracaj_cli.timelines.problems import Problem, Rule
from wracaj_cli.timelines.rules.surroundings import Surroundings

STACK = """
Resources:
  Table: {Type: AWS::DynamoDB::Table, Properties: {TableName: !Sub "${AWS::StackName}-table"}}
  AbandonedCart:
    Type: AWS::Serverless::StateMachine
    Properties:
      DefinitionUri: statemachines/abandoned_cart.asl.yaml
      DefinitionSubstitutions: {ReminderStepFunctionArn: !GetAtt ReminderStepFunction.Arn}
"""
FILES = (
    "cart_reminder.html.j2",
    "cart_reminder.txt.j2",
    "cart_sms.sms.j2",
    "cart_discount.html.j2",
    "cart_discount.txt.j2",
)


@dataclass
class Desk:
    """A timeline with everything around it, in a directory of its own."""

    root: Path

    @property
    def file(self) -> Path:
        return self.root / TIMELINE.name

    @property
    def around(self) -> Surroundings:
        return Surroundings(self.root / "template.yaml", self.root / "templates")

    def check(self, body: Body | str | None = None) -> list[Problem]:
        text = (
            body
            if isinstance(body, str)
            else yaml.safe_dump(body or GOOD, sort_keys=False, allow_unicode=True)
        )
        self.file.write_text(text, encoding="utf-8")
        return check_file(self.file, self.around)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return a_desk(tmp_path)


def a_desk(root: Path) -> Desk:
    (root / "template.yaml").write_text(STACK, encoding="utf-8")
    for locale in ("pl", "en"):
        (root / "templates" / locale).mkdir(parents=True)
        for name in FILES:
            (root / "templates" / locale / name).touch()
    return Desk(root)


def test_the_timeline_in_this_repository_is_good_in_itself(desk: Desk) -> None:
    assert desk.check(TIMELINE.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("edit", "rule", "state", "words"),
    [case[1:] for case in BROKEN],
    ids=[case[0] for case in BROKEN],
)
def test_a_broken_timeline_is_told_by_its_one_problem(
    desk: Desk, edit: Edit, rule: Rule, state: str | None, words: str
) -> None:
    problems = desk.check(edited(edit))

    assert [(problem.rule, problem.state) for problem in problems] == [(rule, state)], problems
    assert words in problems[0].what
    assert problems[0].fix
    assert problems[0].line


def test_every_rule_is_broken_by_some_test() -> None:
    elsewhere = {
        Rule.UNREADABLE,
        Rule.DUPLICATE_KEY,
        Rule.NOT_DEPLOYED,
        Rule.STEP_TWICE,
        Rule.NO_MESSAGE,
    }
    assert {case[2] for case in BROKEN} == set(Rule) - elsewhere


def test_two_messages_with_one_step_name_are_both_named(desk: Desk) -> None:
    problems = desk.check(edited(step(DISCOUNT, "name", "first_email")))
    assert [(problem.rule, problem.state) for problem in problems] == [
        (Rule.STEP_TWICE, FIRST),
        (Rule.STEP_TWICE, DISCOUNT),
    ]


@pytest.mark.parametrize("named", ["sms", "discount_email", "nobody"])
def test_a_message_stands_in_only_for_an_earlier_one(desk: Desk, named: str) -> None:
    problems = desk.check(edited(step(SMS, "instead_of", named)))
    assert [(problem.rule, problem.state, problem.fix) for problem in problems] == [
        (Rule.STEP, SMS, "write one of first_email")
    ]
    assert desk.check(edited(step(SMS, "instead_of", "first_email"))) == []


def test_a_circle_with_no_way_out_is_named(desk: Desk) -> None:
    round_and_round = all_at_once(
        extra("Here", Type="Wait", Seconds=1, Next="There"),
        extra("There", Type="Wait", Seconds=1, Next="Here"),
    )
    into_it = put(
        CHOICE,
        "Choices",
        1,
        "Condition",
        "{% $answer.outcome = 'stopped' and $answer.reason = 'due' %}",
    )
    lost = {"Condition": "{% $answer.reason = 'lost' %}", "Next": "Here"}
    problems = desk.check(
        edited(
            all_at_once(
                round_and_round, into_it, lambda states: states[CHOICE]["Choices"].append(lost)
            )
        )
    )
    assert {(problem.rule, problem.state) for problem in problems} == {
        (Rule.NEVER_ENDS, "Here"),
        (Rule.NEVER_ENDS, "There"),
    }


def test_a_timeline_that_sends_nothing_is_told(desk: Desk) -> None:
    body = {
        **GOOD,
        "States": {"Timings": {"Type": "Pass", "Next": "End"}, "End": {"Type": "Succeed"}},
    }
    assert Rule.NO_MESSAGE in [problem.rule for problem in desk.check(body)]


@pytest.mark.parametrize(
    ("change", "rule", "words"),
    [
        ({"QueryLanguage": "JSONPath"}, Rule.SHAPE, "not be understood"),
        ({"StartAt": "Start"}, Rule.DANGLING, "'Start'"),
        ({"States": {}}, Rule.SHAPE, "no `States`"),
    ],
)
def test_what_is_wrong_with_the_whole_file_is_told(
    desk: Desk, change: Body, rule: Rule, words: str
) -> None:
    problems = desk.check({**GOOD, **change})
    assert [problem.rule for problem in problems] == [rule]
    assert words in problems[0].what


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("States:\n  A: [1, 2\n", 3),
        ("StartAt: A\nStates: &all\n  A: *all\n", 2),
        ("StartAt: !Sub x\n", 1),
        ("just words\n", 1),
        ("", 1),
        ("1: 2\n", 1),
        ("day: 2026-99-99\n", None),
        ("a: b\nc: \x00\n", 2),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(desk: Desk, text: str, line: int | None) -> None:
    problems = desk.check(text)
    assert [(problem.rule, problem.line) for problem in problems] == [(Rule.UNREADABLE, line)]


def test_a_file_nested_beyond_reason_is_told(desk: Desk) -> None:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(500)  # the expression engine raises it
    try:
        (problem,) = desk.check("- " * 500 + "x")
    finally:
        sys.setrecursionlimit(before)
    assert "nested too deeply" in problem.what


def test_a_key_written_twice_is_told_at_the_second(desk: Desk) -> None:
    text = TIMELINE.read_text(encoding="utf-8").replace(
        "      # SMS: hours", "      first_email_after_hours: 5\n      # SMS: hours"
    )
    (problem,) = desk.check(text)
    assert (problem.rule, problem.state) == (Rule.DUPLICATE_KEY, "Timings")
    assert text.splitlines()[(problem.line or 0) - 1].strip() == "first_email_after_hours: 5"


def test_days_are_as_good_as_hours(desk: Desk) -> None:
    text = TIMELINE.read_text(encoding="utf-8").replace("sms_after_hours", "sms_after_days")
    assert desk.check(text.replace("$sms_after_days * 3600", "$sms_after_days * 86400")) == []
    (problem,) = desk.check(text)
    assert (problem.rule, "multiply it by 86400" in problem.fix) == (Rule.UNIT, True)


@pytest.mark.parametrize(
    "name", sorted(path.name for path in house.STATE_MACHINES.glob("*.asl.yaml"))
)
def test_every_timeline_in_this_repository_is_good(name: str) -> None:
    assert check_file(house.STATE_MACHINES / name) == []


JOBS = sorted((house.STATE_MACHINES / "jobs").glob("*.asl.yaml"))


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_every_job_in_this_repository_is_good(job: Path) -> None:
    assert check_job(job) == []


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
@pytest.mark.parametrize(
    "error", ["Runtime.ExitError", "Runtime.OutOfMemory", "Lambda.Unknown", "Sandbox.Timedout"]
)
def test_a_job_that_gives_up_when_a_process_dies_is_told_at_each_of_its_tasks(
    tmp_path: Path, job: Path, error: str
) -> None:
    text = job.read_text(encoding="utf-8")
    file = tmp_path / job.name
    file.write_text(re.sub(rf" +- {error}\n", "", text), encoding="utf-8")
    problems = check_job(file)
    assert len(problems) == text.count("Resource: arn:aws:states:::lambda:invoke") > 0
    lines = file.read_text(encoding="utf-8").splitlines()
    assert {(problem.rule, lines[(problem.line or 0) - 1].strip()) for problem in problems} == {
        (Rule.RETRY, "Retry:")
    }
    assert all(error in problem.what for problem in problems)


def test_a_job_without_a_time_out_is_told_inside_a_map(tmp_path: Path) -> None:
    (job,) = (job for job in JOBS if job.name.startswith("nightly_rfm"))
    file = tmp_path / job.name
    file.write_text(
        job.read_text(encoding="utf-8").replace("          TimeoutSeconds: 130\n", ""),
        encoding="utf-8",
    )
    assert {problem.state for problem in check_job(file)} == {
        "Count a page",
        "Put the stretch together",
        "Score a page",
    }


@pytest.mark.parametrize(("days", "problems"), [(6.9, 0), (7, 1), (8, 1)])
def test_a_final_call_is_told_when_its_code_would_have_expired(
    tmp_path: Path, days: float, problems: int
) -> None:
    text = (house.STATE_MACHINES / "high_value_cart.asl.yaml").read_text(encoding="utf-8")
    file = tmp_path / "high_value_cart.asl.yaml"
    file.write_text(
        text.replace("final_call_after_days: 5", f"final_call_after_days: {days}"), encoding="utf-8"
    )
    assert [problem.rule for problem in check_file(file)] == [Rule.REPEATED_CODE] * problems


def test_the_line_told_is_the_line_to_edit(desk: Desk) -> None:
    text = re.sub(
        r"discount_percent: \d+", "discount_percent: 200", TIMELINE.read_text(encoding="utf-8")
    )
    (problem,) = desk.check(text)
    assert text.splitlines()[(problem.line or 0) - 1].strip() == "discount_percent: 200"


def test_fractions_of_an_hour_are_fine(desk: Desk) -> None:
    assert desk.check(edited(assign("first_email_after_hours", 0.333))) == []


@pytest.mark.parametrize("name", FILES)
def test_a_template_missing_in_one_language_is_told(desk: Desk, name: str) -> None:
    (desk.root / "templates" / "en" / name).unlink()
    (problem,) = desk.check()
    assert problem.rule is Rule.TEMPLATE
    assert problem.what == f"there is no en/{name}"


@pytest.mark.parametrize(
    "stack", ["Resources: {}", "Resources: [", "", "- 1", STACK.replace("abandoned_cart", "other")]
)
def test_a_stack_that_does_not_deploy_the_timeline_is_told(desk: Desk, stack: str) -> None:
    desk.around.stack.write_text(stack, encoding="utf-8")
    assert [problem.rule for problem in desk.check()] == [Rule.NOT_DEPLOYED]


def test_a_misspelling_is_answered_with_the_right_name(desk: Desk) -> None:
    (problem,) = desk.check(edited(put("Timings", "Next", "Wait for frist e-mail")))
    assert problem.fix == "did you mean 'Wait for first e-mail'?"


def paths(value: Any, at: Place = ()) -> list[Place]:
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    return [path for key, held in inner for path in [(*at, key), *paths(held, (*at, key))]]


PATHS = paths(GOOD)
JUNK = st.sampled_from(
    [
        None,
        0,
        -1,
        "",
        "x",
        [],
        {},
        True,
        1e400,
        ["x"],
        {"x": 1},
        "{% $ %}",
        "{% x",
        "Timings",
        "{% $states.result %}",
    ]
)


@pytest.fixture(scope="module")
def shared_desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return a_desk(tmp_path_factory.mktemp("desk"))


ANYWHERE = st.sampled_from(PATHS)


@settings(max_examples=40, deadline=None)
@given(
    gone=st.lists(ANYWHERE, min_size=1, max_size=3),
    odd=st.lists(st.tuples(ANYWHERE, JUNK), max_size=2),
)
def test_whatever_is_missing_or_odd_is_told_in_words(
    shared_desk: Desk, gone: list[Place], odd: list[tuple[Place, Any]]
) -> None:
    body = copy.deepcopy(GOOD)
    for path, value in [*odd, *((path, ...) for path in gone)]:
        replace(body, path, value)
    problems = shared_desk.check(body)
    assert all(problem.what and problem.fix for problem in problems)
    shown = CliRunner().invoke(app, ["show", str(shared_desk.file)])
    assert shown.exit_code == 0 or isinstance(shown.exception, SystemExit)


def replace(body: Any, path: Place, value: Any) -> None:
    """Puts the value there, or removes what is there for `...`; a place that is gone already stays
    so."""
    for key in path[:-1]:
        try:
            body = body[key]
        except (KeyError, IndexError, TypeError):
            return
    try:
        if value is ...:
            del body[path[-1]]
        else:
            body[path[-1]] = value
    except (KeyError, IndexError, TypeError):
        return


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["check", *arguments])
    return result.exit_code, result.output


def test_the_command_ends_with_one_and_says_file_line_state_and_fix(desk: Desk) -> None:
    desk.check(edited(drop(SMS, "Catch")))
    code, output = run(str(desk.file))
    assert code == 1
    assert f"{desk.file}:" in output
    for words in (SMS, "breaks off", "Fix: add a `Catch`"):
        assert words in output


def test_the_command_says_when_a_file_is_not_there(tmp_path: Path) -> None:
    code, output = run(str(tmp_path / "none.asl.yaml"))
    assert code == 1
    assert "cannot be read" in output
    assert "Traceback" not in output


def test_the_command_checks_the_jobs_too() -> None:
    code, output = run()
    assert code == 0, output
    for job in JOBS:
        assert f"jobs/{job.name.removesuffix('.asl.yaml')}: all good" in output
