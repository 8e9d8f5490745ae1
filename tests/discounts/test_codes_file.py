"""Files of discount codes as people export and write them."""

from pathlib import Path

import pytest

from wracaj.errors import SettingsError
from wracaj_cli.shops.codes_file import read_codes


def written(folder: Path, text: str, name: str = "codes.txt", encoding: str = "utf-8") -> Path:
    file = folder / name
    file.write_bytes(text.encode(encoding))
    return file


def problem(file: Path) -> str:
    with pytest.raises(SettingsError) as refused:
        read_codes(file)
    return str(refused.value)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("codes.txt", "KAWA-1\nKAWA-2\n"),
        ("codes.txt", "\n  KAWA-1 \r\n\r\nKAWA-2"),
        ("codes.txt", "\ufeffKAWA-1\nKAWA-2"),
        ("codes.txt", "Kod\nKAWA-1\nKAWA-2"),
        ("codes.csv", "KAWA-1\nKAWA-2\n"),
        ("codes.csv", "code\nKAWA-1\nKAWA-2\n"),
        ("eksport.csv", "id;kod;rabat\n1;KAWA-1;10,00\n2;KAWA-2;10,00\n"),
        ("eksport.csv", '"name","code"\r\n"Jesień, zima","KAWA-1"\r\n"b","KAWA-2"\r\n'),
        ("eksport.txt", "name\tpromo_code\na\tKAWA-1\nb\tKAWA-2"),
        ("eksport.csv", "Kod rabatowy;Aktywny\nKAWA-1;tak\n;;\nKAWA-2;tak\n"),
    ],
)
def test_codes_are_read_however_they_are_listed(tmp_path: Path, name: str, text: str) -> None:
    found = read_codes(written(tmp_path, text, name))
    assert (found.codes, found.repeated, found.told) == (["KAWA-1", "KAWA-2"], 0, "")


def test_what_is_repeated_is_counted_and_told(tmp_path: Path) -> None:
    found = read_codes(written(tmp_path, "A-1\nB-2\nA-1\nA-1\n"))
    assert found.codes == ["A-1", "B-2"]
    assert found.told == " Repeated in the file: 2."


def test_capitals_make_no_other_code(tmp_path: Path) -> None:
    found = read_codes(written(tmp_path, "Kawa-1\nKAWA-2\nKAWA-1\n"))
    assert (found.codes, found.repeated) == (["Kawa-1", "KAWA-2"], 1)


def test_one_code_may_be_called_code(tmp_path: Path) -> None:
    assert read_codes(written(tmp_path, "KOD")).codes == ["KOD"]


@pytest.mark.parametrize("text", ["", "\n\n", "code;value\n", " \ufeff"])
def test_a_file_without_a_code_is_refused(tmp_path: Path, text: str) -> None:
    file = written(tmp_path, text)
    assert "write one code a line" in problem(file) or "is no code" in problem(file)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("DWA SŁOWA", "line 1: 'DWA SŁOWA' is no code"),
        ("A-1\nŻÓŁW\n", "line 2: 'ŻÓŁW' is no code"),
        ("x" * 65, "is no code: up to 64 letters"),
        ("A-1,10\nB-2,10", "has no column `code`, but a-1, 10; call the one with the codes `code`"),
        ("id;kod\n1;A-1\n2;\n", "line 3: has no code in its column"),
        ("id;kod\n1;A-1\n2\n", "line 3: has no code in its column"),
    ],
)
def test_what_is_no_code_is_named_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    assert said in problem(written(tmp_path, text))


def test_ten_mistakes_are_named_and_the_rest_counted(tmp_path: Path) -> None:
    told = problem(written(tmp_path, "zły kod\n" * 25))
    assert "line 10:" in told
    assert "line 11:" not in told
    assert "has 15 more such lines" in told


def test_another_encoding_is_told(tmp_path: Path) -> None:
    assert "save it as UTF-8" in problem(written(tmp_path, "id;zażółć", encoding="cp1250"))
