"""What pyproject.toml cannot say: the command reads the functions' code, messages and timelines.

In a clone it finds them beside itself. A wheel takes them along, into wracaj_cli/installed;
wracaj_cli/house.py looks there.
"""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
TAKEN_ALONG = ("functions", "statemachines", "template.yaml")
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", "*.md", "Makefile", "requirements*")


class BuildWithTheHouse(build_py):
    def run(self) -> None:
        package = Path(self.build_lib) / "wracaj_cli"
        if not self.editable_mode:
            shutil.rmtree(package, ignore_errors=True)  # an earlier build may hold more modules
        super().run()
        if not self.editable_mode:
            take_along(package / "installed")


def take_along(installed: Path) -> None:
    installed.mkdir(parents=True)
    for name in TAKEN_ALONG:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, installed / name, ignore=LEFT_OUT)
        else:
            shutil.copy2(source, installed / name)


setup(cmdclass={"build_py": BuildWithTheHouse})
