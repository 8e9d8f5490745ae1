"""The `wracaj` command, installed without a clone."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from support.local_stack import RunningStack
from wracaj.settings.versions import CODE
from wracaj_cli.house import ROOT
from wracaj_cli.local.deployment import STACK
from wracaj_cli.local.server import CREDENTIALS, HOST, REGION
from wracaj_cli.shops.settings_file import example

BUILT_FROM = (
    "pyproject.toml",
    "setup.py",
    "MANIFEST.in",
    "LICENSE",
    "cli",
    "functions",
    "statemachines",
    "template.yaml",
)
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.egg-info")
# Runs one command after another in one process, as each start of Python takes a second.
PROGRAM = """
import json, sys
from typer.testing import CliRunner
import wracaj_cli.main
told = []
for command in json.loads(sys.argv[1]):
    done = CliRunner().invoke(wracaj_cli.main.app, command)
    told.append({"code": done.exit_code, "text": done.output, "failed": repr(done.exception)})
modules = [sys.modules[name].__file__ for name in ("wracaj_cli.main", "wracaj.settings.shop")]
print(json.dumps({"told": told, "modules": modules}))
"""


class Told(NamedTuple):
    code: int
    text: str
    failed: str


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what `pip install` puts into site-packages, but for the dependencies."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("installed")
    for name in BUILT_FROM:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=LEFT_OUT)
        else:
            shutil.copy2(ROOT / name, source / name)
    pip(
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        str(source / "wheels"),
        str(source),
    )
    (wheel,) = (source / "wheels").glob("wracaj-*.whl")
    pip("install", "--no-deps", "--no-index", "--target", str(target), str(wheel))
    shutil.rmtree(source)
    return target


def pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def run(installed: Path, folder: Path, *commands: str, **environment: str) -> list[Told]:
    """In a folder that is no clone, with nothing of this one on the path."""
    given = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(folder),
        "PYTHONPATH": str(installed),
        "COLUMNS": "200",
    }
    asked = json.dumps([command.split() for command in commands])
    done = subprocess.run(
        [sys.executable, "-P", "-c", PROGRAM, asked],
        cwd=folder,
        env=given | environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    assert all(Path(module).is_relative_to(installed) for module in answer["modules"])
    return [Told(**one) for one in answer["told"]]


def test_what_needs_no_stack_works_outside_a_clone(installed: Path, tmp_path: Path) -> None:
    told = run(
        installed,
        tmp_path,
        "--version",
        "timeline show abandoned_cart",
        "timeline check",
        "preview cart_reminder --no-open",
        "preview cart_sms --locale en",
    )
    assert [one.code for one in told] == [0] * 5, told
    version, timeline, check, mail, sms = (one.text for one in told)
    assert version == f"wracaj {project()['version']}\n"
    assert "Abandoned cart: 3 messages" in timeline
    assert "abandoned_cart: all good" in check
    assert (tmp_path / "wracaj-previews" / "cart_reminder.pl.html").is_file() and "Wrote" in mail
    assert "billed as" in sms


def test_shops_of_a_stack_in_aws_are_set_up_and_reported_on_outside_a_clone(
    installed: Path, tmp_path: Path, stack: RunningStack
) -> None:
    """The local stack, spoken to as one in AWS is: by the stack's name, credentials and region."""
    (tmp_path / "shop.yaml").write_text(
        example("generic").replace("shop: kubek ", "shop: packed "), "utf-8"
    )
    there = {
        **CREDENTIALS,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": stack.info.aws_endpoint_url,
    }
    commands = [
        "shop put shop.yaml",
        "shop list",
        "shop show packed",
        "shop webhooks packed",
        "report packed",
        "report packed --html report.html",
        "shop remove packed --yes",
    ]
    asked = [f"{command} --stack {STACK}" for command in commands]
    told = run(installed, tmp_path, *asked, **there, NO_PROXY=HOST)
    assert [one.code for one in told] == [0] * len(commands), told
    _, shops, shown, webhooks, *_ = (one.text for one in told)
    assert '<html lang="pl">' in (tmp_path / "report.html").read_text("utf-8")
    assert "packed" in shops and "packed" in shown and "/webhooks/generic/packed" in webhooks


def test_the_charts_of_a_report_are_drawn_outside_a_clone(installed: Path, tmp_path: Path) -> None:
    program = """if True:
        from wracaj_cli.report import charts
        print(charts.__file__)
        print(charts.bars("Orders", [charts.Point("1 Nov", 3, "3")]).wide)
    """
    done = subprocess.run(
        [sys.executable, "-P", "-c", program],
        cwd=tmp_path,
        env={"PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
    )
    place, drawn = done.stdout.splitlines()
    assert Path(place).is_relative_to(installed)
    assert drawn.startswith("<svg") and ">1 Nov</text>" in drawn and "<script" not in drawn


def test_what_needs_a_clone_says_so_and_what_to_do(installed: Path, tmp_path: Path) -> None:
    hints = {
        "local up": "then `.venv/bin/wracaj local up`",
        "local outbox": "then `.venv/bin/wracaj local up`",
        "demo": "make setup",
        "timeline write": "then `.venv/bin/wracaj timeline write`",
        "shop list": "--stack",
        "report kubek": "--stack",
    }
    for told, hint in zip(run(installed, tmp_path, *hints), hints.values(), strict=True):
        assert told.code == 1 and told.failed == "SystemExit(1)"
        assert "was installed without it" in told.text and hint in told.text


def test_a_command_that_is_installed_depends_on_all_that_the_functions_need() -> None:
    """It runs their code; and no package may be older than the functions' own, which the tests run
    with."""
    declared = dict(line.split(">=") for line in project()["dependencies"])
    pinned = "".join(
        (ROOT / "functions" / f"requirements{which}.in").read_text() for which in ("", "-push")
    )
    needed = dict(re.findall(r"^([\w-]+)==([\d.]+)$", pinned, re.MULTILINE))
    assert needed.keys() <= declared.keys()
    assert all(release(declared[name]) <= release(needed[name]) for name in needed)


def project() -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return found


def test_the_archive_names_the_release() -> None:
    assert project()["version"] == CODE


def release(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
