"""A known-bad variant, and how its edits are applied."""

import sys
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

from simulation.judge.promises import Promise

FUNCTIONS = Path(__file__).resolve().parents[2] / "functions"


class StaleEditError(Exception):
    """An edit no longer fits the source: the variant must be written anew."""


@dataclass(frozen=True)
class Edit:
    """`path`: below functions/. `old` stands there exactly once."""

    path: str
    old: str
    new: str

    def applied(self, source: str) -> str:
        if source.count(self.old) != 1:
            raise StaleEditError(f"{self.path} holds {source.count(self.old)} times: {self.old!r}")
        return source.replace(self.old, self.new)


@dataclass(frozen=True)
class Variant:
    """`breaks`: what it breaks, any of these."""

    name: str
    says: str
    breaks: tuple[Promise, ...]
    edits: tuple[Edit, ...]

    def check(self) -> None:
        """Raises StaleEditError."""
        for path in {edit.path for edit in self.edits}:
            self.edited(path, (FUNCTIONS / path).read_text())

    def edited(self, path: str, source: str) -> str:
        for edit in self.edits:
            if edit.path == path:
                source = edit.applied(source)
        return source

    def install(self) -> None:
        """Edit what is imported from now on. Nothing of it may be imported yet."""
        for path in {edit.path for edit in self.edits}:
            name = path.removesuffix("/__init__.py").removesuffix(".py").replace("/", ".")
            if name in sys.modules:
                raise StaleEditError(f"{name} is imported already")
        sys.meta_path.insert(0, Finder(self))


class Finder(MetaPathFinder):
    def __init__(self, variant: Variant) -> None:
        self.variant = variant
        self.files = {str(FUNCTIONS / edit.path): edit.path for edit in variant.edits}

    def find_spec(
        self, fullname: str, path: Any = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.origin not in self.files:
            return None
        spec.loader = Loader(fullname, spec.origin, self.variant, self.files[spec.origin])
        return spec


class Loader(SourceFileLoader):
    def __init__(self, name: str, file: str, variant: Variant, path: str) -> None:
        super().__init__(name, file)
        self.variant, self.path_below = variant, path

    def get_code(self, _: str) -> Any:
        """Without the kept byte-code, which is of the source as it stands."""
        source = Path(self.path).read_text()
        return compile(self.variant.edited(self.path_below, source), self.path, "exec")
