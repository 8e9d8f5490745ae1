"""`wracaj shop codes` on the running local stack: uploading, what is told of it, what is left."""

from pathlib import Path

from support.shop_files import Wracaj, a_file, named
from wracaj_cli.shops import settings_file

SHOPER = settings_file.example("shoper")


def test_codes_are_uploaded_told_and_left(wracaj: Wracaj, tmp_path: Path) -> None:
    wracaj("put", a_file(tmp_path, named("pula", SHOPER)))
    assert "No code was ever uploaded" in wracaj("codes", "pula").stdout
    file = tmp_path / "kody.csv"
    file.write_text("id;kod\n1;A-1\n2;A-2\n3;A-1\n", encoding="utf-8")
    told = wracaj("codes", "pula", str(file), "--percent", "10")
    assert told.exit_code == 0, told.output
    assert "2 codes for 10 % added. Known before: 0. Repeated in the file: 1." in told.stdout
    assert "Mind:" not in told.stdout
    again = wracaj("codes", "pula", str(file), "--percent", "10").stdout
    assert "0 codes for 10 % added. Known before: 2." in again
    assert wracaj("codes", "pula").stdout.strip() == "10 %: 2 codes left, upload more"


def test_codes_that_no_message_takes_are_told(wracaj: Wracaj, tmp_path: Path) -> None:
    wracaj("put", a_file(tmp_path, named("bez-puli")))
    file = tmp_path / "kody.txt"
    file.write_text("A-1\n", encoding="utf-8")
    told = wracaj("codes", "bez-puli", str(file), "--percent", "10").stdout
    assert "Mind: no message takes them; set `discount: { source: pool }`." in told
