"""The script stays small, and whole by itself: every page of a shop loads it."""

import gzip
import re

from wracaj_cli.house import ROOT

SCRIPT = ROOT / "storefront" / "wracaj.js"
README = ROOT / "storefront" / "README.md"
MOST_SENT, MOST_WRITTEN = 10_000, 30_000  # bytes: as servers send it, and as it is


def test_it_is_a_few_kilobytes() -> None:
    written = SCRIPT.read_bytes()
    assert len(written) <= MOST_WRITTEN
    assert len(gzip.compress(written, 6)) <= MOST_SENT


def test_the_readme_states_its_size() -> None:
    stated = re.search(r"(\d+) KB\s+as\s+servers\s+send\s+it", README.read_text(encoding="utf-8"))
    assert stated and int(stated[1]) == MOST_SENT // 1000


def test_it_needs_nothing_from_elsewhere_and_sets_no_cookie() -> None:
    code = SCRIPT.read_text(encoding="utf-8")
    assert not re.search(
        r"\bimport\b|require\(|https?://|document\.cookie|createElement\(.script", code
    )
