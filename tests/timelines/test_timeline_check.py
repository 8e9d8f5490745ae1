"""`wracaj timeline check`: every rule is tested by one change that breaks the good short file."""

import copy
import re
import shutil
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
    DISCOUNT,
    FIRST,
    GOOD,
    SMS,
    TIMELINE,
    Body,
    Edit,
    Place,
    assign,
    edited,
    message,
    put,
    without,
)
from support.frozen_timelines import frozen, with_free_delivery
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
      DefinitionUri: statemachines/abandoned_cart.asl.json
      DefinitionSubstitutions: {ReminderStepFunctionArn: !GetAtt ReminderStepFunction.Arn}
"""
FILES = ("cart_reminder.email.j2", "cart_sms.sms.j2", "cart_discount.email.j2")


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
        written = yaml.safe_dump(body or GOOD, sort_keys=False, allow_unicode=True)
        self.file.write_text(body if isinstance(body, str) else written, encoding="utf-8")
        return check_file(self.file, self.around)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return a_desk(tmp_path)


def a_desk(root: Path) -> Desk:
    (root / "template.yaml").write_text(STACK, encoding="utf-8")
    shutil.copytree(house.MESSAGE_TEMPLATES / "layout", root / "templates" / "layout")
    for locale in ("pl", "en"):
        (root / "templates" / locale).mkdir(parents=True)
        for name in FILES:
            shutil.copy(house.MESSAGE_TEMPLATES / locale / name, root / "templates" / locale)
    return Desk(root)


def text_of(timeline: str = "abandoned_cart") -> str:
    return frozen(timeline).read_text(encoding="utf-8")


def test_a_good_timeline_has_no_problem(desk: Desk) -> None:
    assert desk.check(text_of()) == []


@pytest.mark.parametrize(
    ("edit", "rule", "where", "words"),
    [case[1:] for case in BROKEN],
    ids=[case[0] for case in BROKEN],
)
def test_a_broken_timeline_is_told_by_its_one_problem(
    desk: Desk, edit: Edit, rule: Rule, where: str | None, words: str
) -> None:
    problems = desk.check(edited(edit))

    assert [(problem.rule, problem.where) for problem in problems] == [(rule, where)], problems
    assert words in problems[0].what
    assert problems[0].fix
    assert problems[0].line


def test_every_rule_is_broken_by_some_test() -> None:
    of_jobs = {Rule.NO_TIMEOUT, Rule.RETRY}
    elsewhere = {
        *(Rule.UNREADABLE, Rule.DUPLICATE_KEY, Rule.NOT_DEPLOYED, Rule.SUBSTITUTION),
        *(Rule.STEP_TWICE, Rule.NO_MESSAGE, Rule.STALE, Rule.RENDERING),
        Rule.NOT_READ,
    }
    assert {case[2] for case in BROKEN} == set(Rule) - elsewhere - of_jobs


def test_two_messages_with_one_step_name_are_both_named(desk: Desk) -> None:
    body = copy.deepcopy(GOOD)
    body["messages"][2] = {FIRST: body["messages"][2][DISCOUNT]}
    problems = desk.check(body)
    assert [(problem.rule, problem.where) for problem in problems] == [(Rule.STEP_TWICE, FIRST)] * 2
    assert problems[0].line != problems[1].line


def test_two_messages_that_the_console_would_call_the_same_are_both_named(desk: Desk) -> None:
    problems = desk.check(edited(message(SMS, "called", "first e-mail")))
    assert [(problem.rule, problem.where) for problem in problems] == [
        (Rule.STEP_TWICE, FIRST),
        (Rule.STEP_TWICE, SMS),
    ]


@pytest.mark.parametrize("named", ["sms", "discount_email", "nobody"])
def test_a_message_stands_in_only_for_an_earlier_one(desk: Desk, named: str) -> None:
    problems = desk.check(edited(message(SMS, "instead_of", named)))
    found = [(problem.rule, problem.where, problem.fix) for problem in problems]
    assert found == [(Rule.STEP, SMS, "write one of first_email")]
    assert desk.check(edited(message(SMS, "instead_of", "first_email"))) == []


def test_a_timeline_that_sends_nothing_is_told(desk: Desk) -> None:
    rules = [problem.rule for problem in desk.check(edited(put("messages", [])))]
    assert Rule.NO_MESSAGE in rules


def test_a_check_needs_the_function_that_it_asks(desk: Desk) -> None:
    text = text_of("loyalty")
    file = desk.root / "abandoned_cart.yaml"
    file.write_text(text, encoding="utf-8")
    problems = [
        problem for problem in check_file(file, desk.around) if problem.rule is not Rule.TEMPLATE
    ]
    assert [problem.rule for problem in problems] == [Rule.SUBSTITUTION]
    assert "${LoyaltyCheckFunctionArn}" in problems[0].what


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (("when: nudge", "after: check_after_days"), Rule.NO_WAIT),
        ((", when: nudge", ""), Rule.NO_WAIT),
        (("ask: loyalty_check", "ask: loyalty_chek"), Rule.SHAPE),
        (("after: check_after_days", "after: chekc_after_days"), Rule.NAME),
    ],
)
def test_what_is_wrong_with_a_check_is_told(
    tmp_path: Path, change: tuple[str, str], rule: Rule
) -> None:
    file = tmp_path / "loyalty.yaml"
    file.write_text(text_of("loyalty").replace(*change), encoding="utf-8")
    assert [problem.rule for problem in check_file(file)] == [rule]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("timings:\n  A: [1, 2\n", 3),
        ("about: A\nmessages: &all\n  A: *all\n", 2),
        ("about: !Sub x\n", 1),
        ("just words\n", 1),
        ("", 1),
        ("1: 2\n", 1),
        ("day: 2026-99-99\n", None),
        ("a: b\nc: \x00\n", 2),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(desk: Desk, text: str, line: int | None) -> None:
    problems = desk.check(text or "\n")
    assert [(problem.rule, problem.line) for problem in problems] == [(Rule.UNREADABLE, line)]


def test_a_file_nested_beyond_reason_is_told(desk: Desk) -> None:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(500)
    try:
        (problem,) = desk.check("- " * 500 + "x")
    finally:
        sys.setrecursionlimit(before)
    assert "nested too deeply" in problem.what


def test_a_key_written_twice_is_told_at_the_second(desk: Desk) -> None:
    text = text_of().replace(
        "  sms_after_hours: 24", "  first_email_after_hours: 5\n  sms_after_hours: 24"
    )
    (problem,) = desk.check(text)
    assert (problem.rule, problem.where) == (Rule.DUPLICATE_KEY, "timings")
    assert text.splitlines()[(problem.line or 0) - 1].strip() == "first_email_after_hours: 5"


def test_days_are_as_good_as_hours(desk: Desk) -> None:
    assert desk.check(text_of().replace("sms_after_hours", "sms_after_days")) == []


@pytest.mark.parametrize("written", ["2,5", "1:30", "010", "1_0", "0x10", "'3'"])
def test_a_number_that_yaml_reads_otherwise_than_people_is_refused(
    desk: Desk, written: str
) -> None:
    text = text_of().replace("sms_after_hours: 24", f"sms_after_hours: {written}")
    (problem,) = desk.check(text)
    assert (problem.rule, problem.where) == (Rule.TIMING, "timings")
    assert text.splitlines()[(problem.line or 0) - 1].strip().startswith("sms_after_hours")


@pytest.mark.parametrize("number", ["sms_after_hours: 24", "discount_percent: 10"])
@pytest.mark.parametrize(
    ("written", "how"),
    [
        ('"24"', "write 24, without quotes"),
        ("'24'", "write 24, without quotes"),
        ("2_4", "write 24, with digits only"),
        ("024", "write 24, without a leading zero"),
        ("1:30", "write a plain number"),
        ("2.4e+1", "write a plain number"),
    ],
)
def test_a_number_that_is_oddly_written_is_told_with_the_reason(
    desk: Desk, number: str, written: str, how: str
) -> None:
    assert f"  {number}" in text_of()
    name = number.partition(":")[0]
    (problem,) = desk.check(text_of().replace(number, f"{name}: {written}"))
    shown = written.replace("'", '"')
    assert problem.what == f"`{name}` is {shown}: not written as a number"
    assert problem.fix.startswith(how)


def test_a_number_of_a_discount_s_own_line_is_told_alike(desk: Desk) -> None:
    text = text_of().replace("valid_days: discount_valid_days", "valid_days: 010")
    (problem,) = desk.check(re.sub(r"  discount_valid_days: .*\n", "", text))
    assert problem.what == "`valid_days` is 010: not written as a number"


def test_a_comma_within_braces_is_told_as_one(desk: Desk) -> None:
    (problem,) = desk.check("about: cart\ntimings: { sms_after_hours: 2,5 }\n")
    assert (problem.rule, problem.line) == (Rule.UNREADABLE, 2)
    assert "2.5, never with a comma" in problem.fix


@pytest.mark.parametrize(
    "name", sorted(house.STATE_MACHINES.glob("*.yaml")), ids=lambda path: path.stem
)
def test_every_timeline_in_this_repository_is_good(name: Path) -> None:
    assert check_file(name) == []


def test_all_short_files_are_short() -> None:
    lines = [
        line
        for path in house.STATE_MACHINES.glob("*.yaml")
        for line in path.read_text("utf-8").splitlines()
    ]
    assert len(lines) < 600
    assert max(map(len, lines)) <= 100


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
    assert {problem.where for problem in check_job(file)} == {
        "Count a page",
        "Put the stretch together",
        "Score a page",
    }


@pytest.mark.parametrize(("days", "problems"), [(6.9, 0), (7, 1), (8, 1)])
def test_a_final_call_is_told_when_its_code_would_have_expired(
    tmp_path: Path, days: float, problems: int
) -> None:
    file = tmp_path / "high_value_cart.yaml"
    text = text_of("high_value_cart")
    assert "final_call_after_days: 5" in text
    file.write_text(
        text.replace("final_call_after_days: 5", f"final_call_after_days: {days}"), encoding="utf-8"
    )
    assert [problem.rule for problem in check_file(file)] == [Rule.REPEATED_CODE] * problems


def test_a_timeline_may_give_free_delivery(desk: Desk) -> None:
    assert desk.check(with_free_delivery(text_of())) == []


def test_the_line_told_is_the_line_to_edit(desk: Desk) -> None:
    text = re.sub(r"discount_percent: \d+", "discount_percent: 200", text_of())
    (problem,) = desk.check(text)
    line = text.splitlines()[(problem.line or 0) - 1]
    assert line.partition("#")[0].strip() == "discount_percent: 200"


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


# --- no message spreads a misspelling -----------------------------------------------------------


@pytest.mark.parametrize(
    ("edit", "fix"),
    [
        (message(SMS, "after", "sms_atfer_hours"), "did you mean `sms_after_hours`?"),
        (message(DISCOUNT, "discount", "whole_crat"), "did you mean `whole_cart`?"),
        (message(FIRST, "email", "cart_remidner"), "did you mean `cart_reminder`?"),
        (put("tmings", {}), "did you mean `timings`?"),
    ],
)
def test_a_misspelling_is_answered_with_the_name_that_exists(
    desk: Desk, edit: Edit, fix: str
) -> None:
    (problem,) = desk.check(edited(edit))
    assert problem.fix.startswith(fix)


@pytest.mark.parametrize("right", ["sms_after_hours", "discount_email_after_hours"])
def test_a_misspelling_in_the_timings_is_answered_with_the_name_that_the_message_has(
    desk: Desk, right: str
) -> None:
    text = text_of().replace(f"  {right}:", f"  {right.replace('after', 'atfer')}:")
    (problem,) = desk.check(text)
    assert problem.fix == f"did you mean `{right}`?"
    assert "atfer" in text.splitlines()[(problem.line or 0) - 1]


def test_where_nothing_says_which_of_two_names_is_right_both_places_are_named(desk: Desk) -> None:
    text = text_of().replace("  sms_after_hours: 24", "  sms_after_days: 1")
    (problem,) = desk.check(text)
    assert "`sms_after_hours` is none of the timings; line" in problem.what
    assert problem.fix == "write the same name in both places"


# --- whatever is written ------------------------------------------------------------------------


def paths(value: Any, at: Place = ()) -> list[Place]:
    items = enumerate(value) if isinstance(value, list) else ()
    inner = value.items() if isinstance(value, dict) else items
    return [path for key, held in inner for path in [(*at, key), *paths(held, (*at, key))]]


PATHS = paths(GOOD)
JUNK: st.SearchStrategy[Any] = st.sampled_from(
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
        "sms",
        "sms_after_hours",
        "2,5",
        [[]],
    ]
)


@pytest.fixture(scope="module")
def shared_desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return a_desk(tmp_path_factory.mktemp("desk"))


ANYWHERE = st.sampled_from(PATHS)


@settings(max_examples=150, deadline=None)
@given(
    gone=st.lists(ANYWHERE, max_size=3),
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
    """Puts the value there, or removes what is there for `...`; what is gone stays so."""
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


def test_the_command_ends_with_one_and_says_file_line_place_and_fix(desk: Desk) -> None:
    desk.check(edited(without(SMS, "after")))
    code, output = run(str(desk.file))
    assert code == 1
    assert f"{desk.file}:" in output
    for words in (SMS, "without a wait", "Fix: give it `after: `"):
        assert words in output


def test_the_command_says_when_a_file_is_not_there(tmp_path: Path) -> None:
    code, output = run(str(tmp_path / "none.yaml"))
    assert code == 1
    assert "cannot be read" in output
    assert "Traceback" not in output


def test_the_command_checks_the_jobs_too() -> None:
    code, output = run()
    assert code == 0, output
    for job in JOBS:
        assert f"jobs/{job.name.removesuffix('.asl.yaml')}: all good" in output
