"""The known-bad variants: each still fits the source, and the quick ones are found. All are looked
for by `python -m simulation variants`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from simulation.variants.finding import VARIANTS, rows
from simulation.variants.variant import Edit, StaleEditError, Variant

ROOT = Path(__file__).resolve().parents[2]
QUICK = ("no order check in the claim", "window not checked", "decision without a record")


def test_there_are_many() -> None:
    assert len(VARIANTS) >= 25


@pytest.mark.parametrize("name", VARIANTS)
def test_its_edits_fit_the_source_and_can_be_compiled(name: str) -> None:
    variant = VARIANTS[name]
    variant.check()
    for path in {edit.path for edit in variant.edits}:
        source = (ROOT / "functions" / path).read_text()
        assert variant.edited(path, source) != source
        compile(variant.edited(path, source), path, "exec")


def test_an_edit_that_no_longer_fits_is_refused() -> None:
    gone = Edit("wracaj/clock.py", "a line that nobody wrote", "")
    with pytest.raises(StaleEditError):
        Variant("gone", "", (), (gone,)).check()


def test_the_table_of_the_page_has_the_columns_that_are_written() -> None:
    page = (ROOT / "docs/reliability.md").read_text(encoding="utf-8")
    table = page.partition("<!-- the variants -->")[2].partition("<!-- end of")[0].strip()
    header, *others = table.splitlines()
    assert [header, others[0]] == rows((), ())
    assert {line.count(" | ") for line in others} == {header.count(" | ")}


@pytest.mark.parametrize("name", QUICK)
def test_a_variant_is_found(name: str) -> None:
    command = [sys.executable, "-m", "simulation", "variant", name, "--carts", "200"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout.splitlines()[-1])["found"]
