"""Looks for each variant in a process of its own: its edits are made while the product is
imported."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from simulation.table import VARIANTS as TABLE
from simulation.table import write_between
from simulation.variants.claims import CLAIMS
from simulation.variants.intake import INTAKE
from simulation.variants.rules import RULES
from simulation.variants.variant import Variant

VARIANTS: dict[str, Variant] = {one.name: one for one in (*CLAIMS, *RULES, *INTAKE)}
SEED = "variants"
ROOT = Path(__file__).resolve().parents[2]


def find_here(name: str, carts: int) -> int:
    """Play stories against this variant until one of its promises is broken. Prints one line of
    JSON."""
    variant = VARIANTS[name]
    variant.check()
    variant.install()
    from simulation.stories.playing import play

    played, number = 0, 0
    while played < carts:
        story = play(SEED, number)
        played += story.carts
        found = [one for one in story.violations if one.promise in variant.breaks]
        if found:
            told = {"variant": name, "carts": played, "story": number, "found": str(found[0])}
            print(json.dumps(told, ensure_ascii=False))
            return 0
        number += 1
    print(json.dumps({"variant": name, "carts": played, "found": None}))
    return 1


def find_all(names: Sequence[str], carts: int, workers: int, *, write: bool = False) -> int:
    """`write`: put the table into docs/reliability.md, unless a variant could not be tried."""
    chosen = list(names) or list(VARIANTS)
    began = time.monotonic()
    with ThreadPoolExecutor(workers) as pool:
        found = list(pool.map(lambda name: in_its_process(name, carts), chosen))
    missed = [name for name, told in zip(chosen, found, strict=True) if not told.get("found")]
    print("\n".join(rows(chosen, found)))
    failed = [name for name, told in zip(chosen, found, strict=True) if "failed" in told]
    if write and failed:
        print(f"\nNothing was written: {', '.join(failed)} could not be tried")
    elif write:
        write_between(ROOT / "docs/reliability.md", TABLE, rows(chosen, found))
    print(f"\n{len(chosen) - len(missed)} of {len(chosen)} found, {time.monotonic() - began:.0f} s")
    return 1 if missed else 0


def in_its_process(name: str, carts: int) -> dict[str, object]:
    command = [sys.executable, "-m", "simulation", "variant", name, "--carts", str(carts)]
    environment = os.environ | {"PYTHONHASHSEED": "0"}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith('{"variant"')]
    if not lines:
        return {"variant": name, "failed": done.stderr[-600:]}
    told: dict[str, object] = json.loads(lines[-1])
    print(lines[-1], file=sys.stderr, flush=True)
    return told


def rows(names: Sequence[str], found: Sequence[dict[str, object]]) -> list[str]:
    lines = ["| variant | what it does | found after |", "| --- | --- | --- |"]
    for name, told in zip(names, found, strict=True):
        carts = f"{told['carts']} carts" if told.get("found") else "**not found**"
        if "failed" in told:
            carts = f"**failed**: {' '.join(str(told['failed']).split())}"
        lines.append(f"| {name} | {VARIANTS[name].says} | {carts} |")
    return lines
