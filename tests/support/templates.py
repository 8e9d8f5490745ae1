"""Fixture: `edited`, our templates with one of them as a marketer has changed it."""

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
