"""`python -m bench.mutants` tries all rules, `python -m bench.mutants MODULE…` these. `--write`
also writes docs/mutants.md. It may be cut off at any time, and goes on where it was."""

import argparse
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import yaml
from rich.console import Console

from bench.figures import Figures
from bench.mutants.rules import MODULES
from bench.mutants.trying import ResultsFileError, TestsFailError, Tried, try_module
from wracaj_cli.house import ROOT

PAGE = ROOT / "docs" / "mutants.md"
EXPLAINED = ROOT / "bench" / "mutants" / "explained.yaml"
AT_ONCE = 2  # modules, each in a process of its own
NOTE = (
    "A mutant is one small change: a comparison, a number, `and` for `or`, a negation, `return"
    " None`, `min` for `max`, and the like. It is killed when a test of those that belong to its"
    " module fails; tests look at fewer random examples than in `make test`, and need no emulator."
)
console = Console()


@dataclass(frozen=True)
class Found:
    module: str
    tried: list[Tried]
    reasons: Mapping[str, str]

    @property
    def lives(self) -> list[Tried]:
        return [one for one in self.tried if not one.killed_by]

    @property
    def unexplained(self) -> list[Tried]:
        return [one for one in self.lives if one.name not in self.reasons]

    @property
    def row(self) -> tuple[str, int, int, int, int]:
        lives, left = len(self.lives), len(self.unexplained)
        return self.module, len(self.tried), len(self.tried) - lives, lives - left, left


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.mutants", description=__doc__)
    parser.add_argument("modules", nargs="*", help=", ".join(MODULES))
    parser.add_argument("--write", action="store_true", help="write docs/mutants.md")
    asked = parser.parse_args()
    if unknown := [one for one in asked.modules if one not in MODULES]:
        parser.error(f"there are no rules in {unknown[0]!r}; there are: {', '.join(MODULES)}")
    if asked.write and asked.modules:
        parser.error("all modules are needed for the page; leave out the names, or --write")
    reasons = yaml.safe_load(EXPLAINED.read_text(encoding="utf-8")) or {}
    with ThreadPoolExecutor(AT_ONCE) as threads:
        found = list(
            threads.map(lambda one: _try(one, reasons.get(one, {})), asked.modules or MODULES)
        )
    console.print(_figures(found).as_table())
    for module in found:
        for one in module.unexplained:
            console.print(
                f"lives: {module.module}, line {one.line}: {one.name}",
                highlight=False,
                markup=False,
            )
    if asked.write:
        PAGE.write_text(_page(found), encoding="utf-8")
        console.print(f"Wrote {PAGE.relative_to(ROOT)}")
    sys.exit(1 if any(module.unexplained for module in found) else 0)


def _try(module: str, reasons: Mapping[str, str]) -> Found:
    file = ROOT / "functions" / f"{module.replace('.', '/')}.py"
    try:
        found = Found(module, try_module(module, file, MODULES[module]), reasons)
    except (ResultsFileError, TestsFailError) as error:
        raise SystemExit(str(error)) from None
    _, count, killed, *_ = found.row
    console.print(f"· {module}: {killed} of {count} killed")
    return found


def _figures(found: list[Found]) -> Figures:
    columns = ("module", "mutants", "killed", "explained", "living")
    rows = [one.row for one in found]
    sums = [sum(numbers) for numbers in zip(*(row[1:] for row in rows), strict=True)]
    return Figures("Mutants of the rules", columns, [*rows, ("all", *sums)], NOTE)


def _page(found: list[Found]) -> str:
    about = "# Mutants\n\nWritten by `python -m bench.mutants --write`.\n\n"
    return about + _figures(found).as_markdown() + "\n## Those that live\n\n" + _explanations(found)


def _explanations(found: list[Found]) -> str:
    lines = [
        f"- `{module.module}`, `{one.name}`: {module.reasons.get(one.name, 'not explained')}"
        for module in found
        for one in module.lives
    ]
    return "\n".join(lines or ["None."]) + "\n"


if __name__ == "__main__":
    main()
