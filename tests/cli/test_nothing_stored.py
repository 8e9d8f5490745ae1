"""Only a command that stores says that nothing was stored."""

from pathlib import Path
from types import SimpleNamespace

import pytest
import typer
from typer.testing import CliRunner

from support.builders import NOON, some_settings
from wracaj.errors import SettingsError
from wracaj_cli.main import app
from wracaj_cli.shops.errors import errors_as_sentences

SHOP = SimpleNamespace(settings=some_settings())


@pytest.mark.parametrize("stores", [True, False])
def test_a_mistake_is_told_and_what_became_of_it_where_something_is_stored(
    stores: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit), errors_as_sentences(stores=stores):
        raise SettingsError([("shop", "is missing")])
    told = capsys.readouterr().err
    assert "shop: is missing" in told
    assert ("Nothing was stored." in told) is stores


@pytest.mark.parametrize(
    ("module", "arguments"),
    [
        ("archive.backtest.command", ("backtest", "kubek", "--settings", "{file}")),
        ("experiments.commands", ("experiment", "plan", "kubek", "{file}")),
    ],
)
def test_what_only_looks_says_what_is_wrong_with_the_file_and_no_more(
    module: str, arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = SimpleNamespace(now=lambda: NOON, is_local=False)
    monkeypatch.setattr(f"wracaj_cli.{module}.find_target", lambda _: target)
    monkeypatch.setattr(f"wracaj_cli.{module}.get_shop", lambda *_: SHOP)
    monkeypatch.setattr("wracaj_cli.archive.backtest.command.versions_in", lambda *_: {})
    wrong = str(tmp_path / "none.yaml")
    done = CliRunner().invoke(app, [wrong if one == "{file}" else one for one in arguments])
    assert done.exit_code == 1
    assert "cannot be read: there is no such file" in done.stderr
    assert "stored" not in done.stderr
