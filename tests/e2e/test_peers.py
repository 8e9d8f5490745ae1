"""README.md beside this file maps bugs of other products to tests of ours. Each of these tests must
exist."""

import re
from pathlib import Path

HERE = Path(__file__).parent


def test_every_test_that_the_map_names_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", (HERE / "README.md").read_text(encoding="utf-8")))
    defined = {
        name
        for file in HERE.parent.rglob("test_*.py")
        for name in re.findall(r"def (test_\w+)", file.read_text("utf-8"))
    }
    assert len(named) > 25
    assert named <= defined, named - defined
