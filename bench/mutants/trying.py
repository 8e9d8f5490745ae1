"""Tries the mutants of one module, and keeps what came of each, so that a run can go on later."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.mutants import instead, plugin
from wracaj_cli.house import ROOT

Json = dict[str, Any]
KEPT = ROOT / ".mutants"
ALONE_SECONDS = 300
PYTEST = (sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist")


class TestsFailError(Exception):
    """The tests of a module fail without any mutant."""


class ResultsFileError(Exception):
    """A file of kept results cannot be read. Says which, where, and what to do."""


@dataclass(frozen=True)
class Tried:
    name: str
    line: int
    killed_by: str | None


def try_module(module: str, file: Path, tests: Sequence[str]) -> list[Tried]:
    """Raises TestsFailError and ResultsFileError. A mutant that was killed is not tried again while
    the function around it is as it was."""
    kept, under_way = _results_of(module), _results_of(module).with_suffix(".new")
    known = [one for one in _read(kept) + _read(under_way) if one["killed_by"]]
    _write(kept, known)
    _write(under_way, [])
    job = plugin.Job(module, str(file), known, str(under_way))
    told = kept.with_suffix(".job")
    told.write_text(json.dumps(vars(job)), encoding="utf-8")
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run(
            [*PYTEST, "-p", "bench.mutants.plugin", *tests],
            cwd=ROOT,
            env={**os.environ, plugin.JOB: str(told)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        output.seek(0)
        if done.returncode:
            raise TestsFailError(f"{module}:\n{output.read()[-2000:]}")
    found = [_settled(one, module, tests) for one in _read(under_way)]
    _write(kept, found)
    under_way.unlink()
    told.unlink()
    return [Tried(one["name"], one["line"], one["killed_by"]) for one in found]


def _settled(one: Json, module: str, tests: Sequence[str]) -> Json:
    """Try a mutant that could not be swapped in a process that imports it."""
    if one["killed_by"] != plugin.CANNOT_BE_SWAPPED:
        return one
    with tempfile.NamedTemporaryFile("w", suffix=".py", encoding="utf-8") as mutated:
        mutated.write(one["text"])
        mutated.flush()
        told = {instead.MODULE: module, instead.FILE: mutated.name}
        try:
            done = subprocess.run(
                [*PYTEST, "-p", "bench.mutants.instead", "-p", "bench.mutants.plugin", *tests],
                cwd=ROOT,
                env={**os.environ, **told},
                capture_output=True,
                timeout=ALONE_SECONDS,
            )
        except subprocess.TimeoutExpired:
            return {**one, "killed_by": plugin.TOO_SLOW, "text": None}
    return {
        **one,
        "killed_by": "a test of its own process" if done.returncode else None,
        "text": None,
    }


def _results_of(module: str) -> Path:
    KEPT.mkdir(exist_ok=True)
    return KEPT / f"{module}.jsonl"


def _read(results: Path) -> list[Json]:
    if not results.exists():
        return []
    lines = results.read_bytes().splitlines()
    found: list[Json] = []
    for number, line in enumerate(lines, 1):
        try:
            found.append(_result(line))
        except (ValueError, LookupError, TypeError):
            if number < len(lines):  # the last is half written where a run was cut off
                raise ResultsFileError(
                    f"{results}, line {number}: is no result of a mutant; delete the file, and its"
                    " mutants are tried again"
                ) from None
    return found


def _result(line: bytes) -> Json:
    told: Json = json.loads(line)
    _ = told["name"], told["scope"], told["line"], told["killed_by"]
    return told


def _write(results: Path, found: list[Json]) -> None:
    """The file is as it was, or as it shall be, wherever this is cut off."""
    lines = [json.dumps(one, ensure_ascii=False) + "\n" for one in found]
    half = results.with_suffix(results.suffix + ".half")
    half.write_text("".join(lines), encoding="utf-8")
    half.replace(results)
