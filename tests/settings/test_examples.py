"""The shipped examples are valid settings."""

from pathlib import Path

import pytest

from wracaj.loyalty.margin import total
from wracaj.loyalty.programme_cost import always_given
from wracaj_cli.house import ROOT
from wracaj_cli.shops.settings_file import read_settings

EXAMPLES = sorted((ROOT / "examples" / "shops").glob("*.yaml"))


@pytest.mark.parametrize("file", EXAMPLES, ids=[file.stem for file in EXAMPLES])
def test_an_example_is_named_as_its_file_and_can_be_put(file: Path) -> None:
    assert read_settings(file).shop == file.stem


def test_the_programme_of_the_example_gives_away_what_it_says() -> None:
    file = ROOT / "examples" / "shops" / "loyalty.yaml"
    programme = read_settings(file).loyalty
    assert programme is not None
    given = total(always_given(programme, None))
    assert f"it gives away {given:.2f} zł at most" in file.read_text(encoding="utf-8")
