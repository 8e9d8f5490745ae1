"""Fixture: `edited`, a copy of our templates in which one template is changed, as a marketer would
change it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from wracaj.messages.template_files import TEMPLATES


@pytest.fixture
def edited(tmp_path: Path) -> Callable[[str, str], Path]:
    def edit(file: str, content: str) -> Path:
        shutil.copytree(TEMPLATES, tmp_path / "templates")
        (tmp_path / "templates" / file).write_text(content, "utf-8")
        return tmp_path / "templates"

    return edit
