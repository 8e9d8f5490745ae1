"""The files of the PrestaShop module: they are PHP, in style, translated, and make one zip."""

import hashlib
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from support.prestashop import MODULE, NEEDS_PHP
from wracaj_cli.house import ROOT

PHP_FILES = sorted(MODULE.rglob("*.php"))
SOURCES = {
    "wracaj.php": "wracaj",
    "restore.php": "restore",
    "CustomerHooks.php": "customerhooks",
    "SettingsPage.php": "settingspage",
}


@NEEDS_PHP
def test_every_file_is_php() -> None:
    for path in PHP_FILES:
        checked = subprocess.run(["php", "-l", path], capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stdout


@pytest.mark.skipif(
    shutil.which("phpcs") is None, reason="phpcs is missing: apt-get install php-codesniffer"
)
def test_every_file_is_in_style() -> None:
    ruleset = ROOT / "integrations" / "prestashop" / "phpcs.xml"
    checked = subprocess.run(
        ["phpcs", f"--standard={ruleset}"], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout


def words() -> list[tuple[str, str]]:
    """What the module says, with the source by which PrestaShop looks its translation up."""
    return [
        (SOURCES[path.name], text)
        for path in PHP_FILES
        for text in re.findall(r"->l\(\s*'((?:[^'\\]|\\.)*)'", path.read_text(encoding="utf-8"))
    ]


def test_every_sentence_has_its_polish() -> None:
    polish = (MODULE / "translations" / "pl.php").read_text(encoding="utf-8")
    keys = set(re.findall(r"'<\{wracaj\}prestashop>(\w+_[0-9a-f]{32})'", polish))
    wanted = {
        f"{source}_{hashlib.md5(text.encode()).hexdigest()}": text for source, text in words()
    }
    assert {text for key, text in wanted.items() if key not in keys} == set()
    assert keys - wanted.keys() == set()


def test_no_sentence_has_what_prestashop_escapes_twice() -> None:
    assert len(words()) > 40
    assert [text for _, text in words() if set(text) & set("\"'&<>")] == []


def test_every_folder_refuses_to_be_listed() -> None:
    folders = {path.parent for path in MODULE.rglob("*") if path.is_file()}
    assert [folder for folder in folders if not (folder / "index.php").is_file()] == []


def zipped(target: Path) -> bytes:
    script = ROOT / "integrations" / "prestashop" / "make_zip.py"
    subprocess.run([sys.executable, script, target], check=True, capture_output=True)
    return target.read_bytes()


def test_the_same_files_make_the_same_zip(tmp_path: Path) -> None:
    assert zipped(tmp_path / "one.zip") == zipped(tmp_path / "two.zip")
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        names = archive.namelist()
    assert {name.split("/")[0] for name in names} == {"wracaj"}
    assert {"wracaj/wracaj.php", "wracaj/logo.png", "wracaj/LICENSE"} <= set(names)


def test_the_module_asks_for_nothing_newer_than_php_7_1() -> None:
    """PrestaShop 1.7 runs on it. What came later: typed properties, `fn`, `??=`, `match`, `?->`,
    union types, a comma after the last argument."""
    newer = re.compile(
        r"\b(private|protected|public)( static)? \??(int|string|bool|array|float|[A-Z]\w*) \$"
        r"|\bfn ?\(|\?\?=|\bmatch ?\(|\?->|\bstr_(contains|starts_with|ends_with)\(|\bstatic fn\b"
        r"|\b(int|string|array|bool)\|\w+ \$"
    )
    found = [
        f"{path.name}: {line.strip()}"
        for path in PHP_FILES
        for line in path.read_text(encoding="utf-8").splitlines()
        if newer.search(line) and not line.lstrip().startswith(("*", "/*", "//"))
    ]
    assert found == []
