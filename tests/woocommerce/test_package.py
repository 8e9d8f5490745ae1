"""The plugin as it is shipped: the zip, the translations, and PHP that version 7.4 reads."""

import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from support.woocommerce_plugin import INTEGRATION, PLUGIN, needs_php, php

sys.path.insert(0, str(INTEGRATION))
from woocommerce_zip import compiled, make_zip, translations

SOURCES = sorted(PLUGIN.rglob("*.php"))
POLISH = (PLUGIN / "languages" / "wracaj-pl_PL.po").read_text(encoding="utf-8")
# what a call that translates looks like; sentences stand in single quotes on one line
CALL = re.compile(r"\b(?:__|esc_html__|esc_attr__)\('((?:[^'\\]|\\.)*)', 'wracaj'\)")
PLURAL = re.compile(r"\b_n\('((?:[^'\\]|\\.)*)', '((?:[^'\\]|\\.)*)', ")


def test_the_same_files_make_the_same_zip(tmp_path: Path) -> None:
    first, second = make_zip(tmp_path / "a.zip"), make_zip(tmp_path / "b.zip")
    assert first.read_bytes() == second.read_bytes()
    names = zipfile.ZipFile(first).namelist()
    assert {"wracaj/wracaj.php", "wracaj/uninstall.php", "wracaj/languages/wracaj-pl_PL.mo"} <= set(
        names
    )
    assert "wracaj/wpml-config.xml" in names
    assert all(name.startswith("wracaj/") for name in names) and len(names) == len(set(names))


def test_the_texts_to_translate_are_those_of_the_settings() -> None:
    """WPML and Polylang read in this file which options are texts for shoppers."""
    (option,) = ElementTree.parse(PLUGIN / "wpml-config.xml").iter("admin-texts")
    (names,) = option
    code = (PLUGIN / "src" / "Settings.php").read_text(encoding="utf-8")
    assert f"OPTION = '{names.get('name')}'" in code
    assert [key.get("name") for key in names] == ["consent_words"]


def test_the_version_is_the_same_wherever_it_stands() -> None:
    header = (PLUGIN / "wracaj.php").read_text(encoding="utf-8")
    code = (PLUGIN / "src" / "Plugin.php").read_text(encoding="utf-8")
    readme = (PLUGIN / "readme.txt").read_text(encoding="utf-8")
    found = {
        _one(r"Version:\s+(\d[\d.]+)", header),
        _one(r"VERSION = '([\d.]+)'", code),
        _one(r"Stable tag: ([\d.]+)", readme),
    }
    assert len(found) == 1


def _one(pattern: str, text: str) -> str:
    match = re.search(rf"(?m)^.*?{pattern}", text)
    assert match, pattern
    return match[1]


def sentences() -> Iterator[str]:
    for file in SOURCES:
        text = file.read_text(encoding="utf-8")
        yield from CALL.findall(text)
        for one, many in PLURAL.findall(text):
            yield f"{one}\0{many}"


def test_every_sentence_is_in_polish_and_nothing_else_is() -> None:
    polish = dict(translations(POLISH))
    polish.pop("")
    assert set(sentences()) == set(polish)


def test_placeholders_survive_the_translation() -> None:
    places = re.compile(r"%(?:\d\$)?[sd]|\{shop\}")
    for english, polish in translations(POLISH).items():
        for form in polish.split("\0") if english else []:
            assert sorted(places.findall(form)) == sorted(places.findall(english.split("\0")[0])), (
                english
            )


def test_the_compiled_translation_is_what_gettext_reads() -> None:
    import gettext
    from io import BytesIO

    read = gettext.GNUTranslations(BytesIO(compiled(POLISH)))
    assert read.gettext("Save") == "Zapisz"
    forms = [
        read.ngettext("%d event still waits.", "%d events still wait.", n) % n
        for n in (1, 2, 5, 22)
    ]
    assert forms == [
        "1 zdarzenie nadal czeka na wysłanie.",
        "2 zdarzenia nadal czekają na wysłanie.",
        "5 zdarzeń nadal czeka na wysłanie.",
        "22 zdarzenia nadal czekają na wysłanie.",
    ]


NEWER_THAN_7_4 = {
    "T_MATCH": "match",
    "T_NULLSAFE_OBJECT_OPERATOR": "?->",
    "T_ATTRIBUTE": "#[",
    "T_ENUM": "enum",
    "T_READONLY": "readonly",
}
NEWER_FUNCTIONS = r"\b(?:str_contains|str_starts_with|str_ends_with|get_debug_type|array_is_list)\("


@needs_php
def test_nothing_is_newer_than_php_7_4() -> None:
    code = """
    $found = [];
    foreach ($given as $file) {
        foreach (token_get_all(file_get_contents($file)) as $token) {
            if (is_array($token)) { $found[token_name($token[0])] = basename($file); }
        }
    }
    return $found;
    """
    tokens = php(code, [str(file) for file in SOURCES])
    assert {name: tokens[name] for name in NEWER_THAN_7_4 if name in tokens} == {}
    for file in SOURCES:
        text = file.read_text(encoding="utf-8")
        signatures = re.findall(r"function \w*\(([^{;]*?)\)(?:: ?([^{;]+))?\s*[{;]", text)
        for parameters, returns in signatures:
            assert "|" not in parameters + (returns or ""), f"a union type in {file.name}"
            assert "mixed" not in (returns or ""), f"mixed in {file.name}"
            assert not re.search(r"\b(?:private|public|protected)\b", parameters), file.name
        assert not re.search(NEWER_FUNCTIONS, text), file.name


@needs_php
@pytest.mark.parametrize("file", SOURCES, ids=lambda file: file.name)
def test_php_reads_every_file(file: Path) -> None:
    ran = subprocess.run(["php", "-l", str(file)], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout
    text = file.read_text(encoding="utf-8")
    assert "declare(strict_types=1);" in text


@pytest.mark.skipif(not shutil.which("phpcs"), reason="phpcs is not installed")
def test_the_code_is_laid_out_as_psr_12_asks() -> None:
    ran = subprocess.run(
        ["phpcs", "-q"], cwd=INTEGRATION, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout


def test_no_query_holds_a_value_that_was_not_prepared() -> None:
    """In a query stand only names of tables and columns of our own; values come by prepare()."""
    allowed = {"$table", "$hpos", "$column", "{$wpdb->options}", "{$wpdb->prefix}"}
    for file in SOURCES:
        for query in re.findall(
            r'"((?:SELECT|UPDATE|DELETE|INSERT|DROP)\b[^"]*)"', file.read_text(encoding="utf-8")
        ):
            named = set(re.findall(r"\{\$[^}]+\}|\$\w+", query))
            assert named <= allowed, f"{file.name}: {query}"
