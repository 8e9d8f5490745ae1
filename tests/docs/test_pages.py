"""The documentation pages are correct: links lead to something, commands exist, figures and lists
match the code."""

import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import typer

from support.doc_pages import PAGES, anchors, code, links, name
from support.sam_template import resources
from wracaj_cli.house import ROOT
from wracaj_cli.main import app
from wracaj_cli.reference import PAGE as SETTINGS
from wracaj_cli.reference import reference_text
from wracaj_cli.timelines.naming import file_of

every_page = pytest.mark.parametrize("page", PAGES, ids=name)


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@every_page
def test_links_lead_somewhere(page: Path) -> None:
    for link in links(page.read_text(encoding="utf-8")):
        target, _, anchor = link.partition("#")
        if urlsplit(link).scheme:
            continue
        found = (page.parent / target).resolve() if target else page
        assert found.exists(), f"{link} leads nowhere"
        assert not anchor or anchor in anchors(found.read_text(encoding="utf-8")), (
            f"{link}: no such heading"
        )


def commands(page: Path) -> Iterator[list[str]]:
    for text in code(page.read_text(encoding="utf-8")):
        for part in re.split(r"&&|\|\||[;|>]", text):
            words = [word for word in part.split() if not re.fullmatch(r"[A-Z_]+=\S*", word)]
            if words:
                yield [words[0].removeprefix(".venv/bin/"), *words[1:]]


def wrong_in(words: list[str]) -> str | None:
    """What the `wracaj` command would not know of this line."""
    command: Any = typer.main.get_command(app)
    while words and hasattr(command, "commands") and re.fullmatch(r"[a-z][a-z-]*", words[0]):
        if words[0] not in command.commands:
            return f"there is no command {words[0]!r}"
        command, *words = command.commands[words[0]], *words[1:]
    known = {
        option
        for parameter in command.params
        for option in (*parameter.opts, *parameter.secondary_opts)
    }
    unknown = [
        word for word in words if word.startswith("--") and word.partition("=")[0] not in known
    ]
    return f"there is no option {unknown[0]}" if unknown else None


@every_page
def test_commands_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
    for first, *words in commands(page):
        if first == "wracaj":
            assert not (wrong := wrong_in(words)), f"wracaj {' '.join(words)}: {wrong}"
        if first == "make" and words:
            assert words[0] in targets, f"make {words[0]}: there is no such target"
        if first == "python" and words[:1] == ["-m"]:
            assert find_spec(words[1]) or (ROOT / words[1]).is_dir(), (
                f"python -m {words[1]}: there is no such module"
            )


def test_a_command_that_does_not_exist_would_be_found() -> None:
    assert wrong_in(["shop", "putt", "FILE"]) == "there is no command 'putt'"
    assert wrong_in(["shop", "put", "FILE", "--stage", "prod"]) == "there is no option --stage"
    assert wrong_in(["preview", "cart_sms", "--locale", "pl", "--no-open"]) is None


def test_the_readme_names_timelines_that_are_there() -> None:
    named = [
        words[words.index("--timeline") + 1]
        for words in commands(ROOT / "README.md")
        if "--timeline" in words
    ]
    assert named
    assert not [one for one in named if not (ROOT / file_of(one)).is_file()]


HOSTS = re.compile(
    r"(^|\.)(example|example\.com|amazonaws\.com|amazon\.com|shopify\.dev|standardwebhooks\.com|github\.com|apache\.org|m\.me)$"
)


@every_page
def test_pages_name_neither_this_machine_nor_a_host_that_readers_need_not_know(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert not re.search(r"(?<![\w.…}])/(work|root|home|tmp|Users)/", text)
    for host in re.findall(r"https?://([\w.-]+\w)", text):
        assert "." not in host or HOSTS.search(host) or host == "127.0.0.1", (
            f"{host}: is it needed?"
        )


def test_the_readme_stays_short() -> None:
    assert len(read("README.md").splitlines()) <= 200


def test_the_reference_of_settings_is_current() -> None:
    assert SETTINGS.read_text(encoding="utf-8") == reference_text(), (
        "run `python -m wracaj_cli.reference` and commit docs/settings.md"
    )


DECISIONS = ROOT / "docs" / "decisions"
DECISION_PAGES = sorted(path for path in DECISIONS.rglob("*.md") if path.name != "README.md")


def test_every_decision_is_in_the_index() -> None:
    index = read("docs/decisions/README.md")
    missing = [str(path.relative_to(DECISIONS)) for path in DECISION_PAGES]
    missing = [path for path in missing if f"({path})" not in index]
    assert not missing, "add them to docs/decisions/README.md"


@pytest.mark.parametrize("page", DECISION_PAGES, ids=name)
def test_a_decision_says_what_was_chosen_and_which_tests_hold_it(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    modules = {path.name for path in (ROOT / "tests").rglob("*.py")}
    functions = {
        function
        for path in (ROOT / "tests").rglob("test_*.py")
        for function in re.findall(
            r"^ *def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE
        )
    }
    assert "**Test.**" in text
    named = re.findall(r"`(\w+\.py|test_\w+)`", text)
    assert not [test for test in named if test not in modules | functions]


def test_the_page_on_moto_names_every_difference_that_a_test_is_marked_with() -> None:
    tests = "".join(
        file.read_text(encoding="utf-8") for file in (ROOT / "tests" / "store").rglob("test_*.py")
    )
    differences = set(re.findall(r'not_on_moto\("([^"]+)"\)', tests))
    assert differences
    assert not {why for why in differences if f"| {why} |" not in read("docs/testing-on-moto.md")}


def test_operations_says_what_to_do_at_every_alarm() -> None:
    alarms = resources("AWS::CloudWatch::Alarm")
    page = read("docs/operations.md")
    assert not [alarm for alarm in alarms if f"`{alarm}`" not in page]
    for text in ("README.md", "CHANGELOG.md"):
        assert f"{len(alarms)} alarms" in read(text)


def test_operations_explains_every_parameter_of_the_stack() -> None:
    from support.sam_template import template

    page = read("docs/operations.md")
    assert not [
        parameter for parameter in template()["Parameters"] if f"| `{parameter}` |" not in page
    ]


def test_operations_says_which_function_does_what_and_at_which_number_an_alarm_rings() -> None:
    from support.sam_template import template

    page = read("docs/operations.md")
    functions = resources("AWS::Serverless::Function")
    logs = page.partition("### Which function, which log")[2].partition("\n### ")[0]
    assert not [one for one in functions if f"`{one}`" not in logs]
    for called, parameter in template()["Parameters"].items():
        if called.endswith("AlarmedAt"):
            (row,) = re.findall(rf"^\| `{called}` \|(.*)$", page, re.MULTILINE)
            assert f"alarm: {parameter['Default']:,}" in row, called


def test_architecture_names_every_function_and_where_other_code_is() -> None:
    page = read("docs/architecture.md")
    functions = [file.parent.name for file in (ROOT / "functions").glob("*/app.py")]
    assert functions and not [one for one in functions if one not in page]
    for folder in ("simulation", "bench"):
        assert f"`{folder}/`" in page


def test_clean_removes_whatever_git_ignores_and_make_makes() -> None:
    (recipe,) = re.findall(r"^clean:.*\n\t(.*)$", read("Makefile"), re.MULTILINE)
    made = {line.rstrip("/") for line in read(".gitignore").splitlines() if "*" not in line}
    removed = recipe.replace("$(VENV)", ".venv").split()
    assert made - {"__pycache__"} <= set(removed)


def dollars(page: str, first_cell: str) -> list[float]:
    (row,) = re.findall(rf"^\| {re.escape(first_cell)} \|(.*)\|$", read(page), re.MULTILINE)
    return [float(cell) for cell in re.findall(r"\$([\d.]+)", row)]


def test_the_readme_quotes_the_costs_that_were_counted() -> None:
    same = {
        "**together, without SMS**": "together, without SMS",
        "Step Functions": "Step Functions",
        "DynamoDB": "DynamoDB",
        "archive, queues": "archive, queues",
    }
    for quoted, counted in same.items():
        assert dollars("README.md", quoted) == dollars("docs/costs.md", counted)[:4], quoted
    parts = [dollars("docs/costs.md", service)[:4] for service in ("Lambda", "HTTP API", "logs")]
    assert dollars("README.md", "Lambda, HTTP API, logs") == pytest.approx(
        [sum(column) for column in zip(*parts, strict=True)]
    )
