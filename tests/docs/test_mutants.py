"""Mutants are made, put in place of a rule, and explained where no test can notice them."""

import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from bench.mutants import __main__ as command
from bench.mutants import trying
from bench.mutants.__main__ import EXPLAINED
from bench.mutants.making import Mutant, mutants_of
from bench.mutants.rules import MODULES
from bench.mutants.swapping import swapped

from wracaj_cli.house import ROOT

TEXT = '''\
LIMIT = 3


def may(points, seen):
    """Say whether it may."""
    if points > LIMIT and not seen:
        return max(points, 1)
    return None


class Cap:
    @property
    def left(self):
        return 2 in (1, 2)
'''


def source_of(module: str) -> str:
    return (ROOT / "functions" / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8")


def found(becomes: str) -> Mutant:
    return next(one for one in mutants_of("rules", TEXT) if one.becomes == becomes)


@pytest.fixture
def rules(monkeypatch: pytest.MonkeyPatch) -> Any:
    module = ModuleType("rules")
    exec(compile(TEXT, "rules.py", "exec"), vars(module))
    monkeypatch.setitem(sys.modules, "rules", module)
    return module


def test_each_small_change_is_a_mutant_of_its_own() -> None:
    mutants = list(mutants_of("rules", TEXT))
    assert {one.becomes for one in mutants} >= {
        "if points >= LIMIT and not seen:",
        "if points <= LIMIT and not seen:",
        "if points > LIMIT or not seen:",
        "if not points > LIMIT and not seen:",
        "return min(points, 1)",
        "return None",
        "return 2 not in (1, 2)",
        "LIMIT = 4",
    }
    assert len({one.name for one in mutants}) == len({one.text for one in mutants}) == len(mutants)
    assert not [one for one in mutants if "Say whether" in one.was]


def test_whoever_imported_a_rule_has_its_mutant(rules: Any) -> None:
    imported = rules.may
    assert (imported(3, False), imported(4, True)) == (None, None)
    for becomes in ("if points >= LIMIT and not seen:", "return None"):
        put = swapped(found(becomes), TEXT)
        assert put
        put()
        assert imported(3, False) == (3 if ">=" in becomes else None)


def test_a_property_can_be_swapped_and_what_runs_at_import_cannot(rules: Any) -> None:
    put = swapped(found("return 2 not in (1, 2)"), TEXT)
    assert put
    put()
    assert rules.Cap().left is False
    assert swapped(found("LIMIT = 4"), TEXT) is None


def test_what_came_of_a_mutant_holds_as_long_as_its_function_does() -> None:
    later = TEXT.replace("LIMIT = 3", "# a comment\nLIMIT = 3").replace("(1, 2)", "(1, 3)")
    scopes = {one.name: one.scope for one in mutants_of("rules", later)}
    assert scopes[found("return min(points, 1)").name] == found("return min(points, 1)").scope
    assert found("return 2 not in (1, 2)").name not in scopes


@pytest.mark.parametrize("module", MODULES)
def test_rules_and_their_tests_exist(module: str) -> None:
    assert source_of(module)
    assert all((ROOT / path).exists() for path in MODULES[module])


RESULTS = [
    {"name": f"x  →  {n}", "scope": "s", "line": n, "killed_by": "a test, ż"} for n in (1, 2)
]


def test_results_that_are_half_written_are_tried_again(tmp_path: Path) -> None:
    results = tmp_path / "rules.jsonl"
    trying._write(results, RESULTS)
    whole = results.read_bytes()
    for length in range(whole.index(b"\n") + 1, len(whole) - 2):
        results.write_bytes(whole[:length])
        assert trying._read(results) == RESULTS[:1]
    results.write_bytes(whole[: whole.index(b"\n") - 3] + b"\n" + whole)
    with pytest.raises(trying.ResultsFileError, match=r"rules\.jsonl, line 1: .* delete the file"):
        trying._read(results)


def test_results_are_written_whole_or_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results = tmp_path / "rules.jsonl"
    trying._write(results, RESULTS)

    def cut(self: Path, text: str, encoding: str) -> None:
        self.write_bytes(text.encode()[:30])
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_text", cut)
    with pytest.raises(KeyboardInterrupt):
        trying._write(results, RESULTS[:1])
    assert [json.loads(line) for line in results.read_bytes().splitlines()] == RESULTS


def test_a_part_of_the_modules_is_not_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(command, "PAGE", tmp_path / "mutants.md")
    monkeypatch.setattr(command, "ROOT", tmp_path)
    monkeypatch.setattr(command, "EXPLAINED", EXPLAINED)
    monkeypatch.setattr(command, "try_module", lambda *_: [])
    monkeypatch.setattr(sys, "argv", ["bench.mutants", next(iter(MODULES)), "--write"])
    with pytest.raises(SystemExit) as ended:
        command.main()
    assert ended.value.code == 2
    assert "all modules are needed for the page; leave out the names" in capsys.readouterr().err
    assert not (tmp_path / "mutants.md").exists()


def test_explained_are_only_lines_that_stand_in_their_module() -> None:
    explained = yaml.safe_load(EXPLAINED.read_text(encoding="utf-8"))
    assert set(explained) <= set(MODULES)
    for module, reasons in explained.items():
        lines = {line.strip() for line in source_of(module).splitlines()}
        assert [name for name in reasons if name.partition("  →  ")[0] not in lines] == []


def test_the_page_has_every_module_and_the_docs_quote_its_sums() -> None:
    page = (ROOT / "docs" / "mutants.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| ")]
    counted = {name: [int(number) for number in numbers] for name, *numbers in rows[2:]}
    tried, killed, explained, living = counted.pop("all")
    assert (set(counted), living) == (set(MODULES), 0)
    quoted = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8").replace("\n", " ")
    assert f"of {tried} in {len(MODULES)} modules, tests notice {killed}" in quoted
    assert f"the other {explained} change nothing and say why" in quoted
