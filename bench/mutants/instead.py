"""A plugin of pytest that imports a mutant's file in place of a module, for what is read only while
the module is imported."""

import importlib.util
import os
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

MODULE, FILE = "WRACAJ_MUTANT_OF", "WRACAJ_MUTANT_FILE"


class _Instead:
    @staticmethod
    def find_spec(
        name: str,
        path: Sequence[str] | None = None,  # noqa: ARG004
        target: ModuleType | None = None,  # noqa: ARG004
    ) -> ModuleSpec | None:
        if name != os.environ[MODULE]:
            return None
        return importlib.util.spec_from_file_location(name, os.environ[FILE])


if MODULE in os.environ:
    sys.meta_path.insert(0, _Instead())
