"""Environments of the runtime packages alone, as `sam build` makes them, kept in build/bench/.

`layer`: the packages as our build ships them. `plain`: the same packages as they come, and boto3
with what it needs, to compare with.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from wracaj_cli.house import ROOT

KEPT = ROOT / "build" / "bench"
PLAYER = Path(__file__).with_name("player.py")
FUNCTIONS = ROOT / "functions"
RUNTIME = FUNCTIONS / "requirements.txt"
TO_COMPARE_WITH = ("boto3", "s3transfer")
ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_EC2_METADATA_DISABLED": "true",
    "PATH": "/usr/bin:/bin",
}


def layer() -> Path:
    return _made("layer", RUNTIME.read_text(), slim=True)


def with_push(packages: Path) -> Path:
    """The same with the layer of the few functions that encrypt, whose packages lie beside it."""
    beside = _made("push", (FUNCTIONS / "requirements-push.txt").read_text(), slim=False)
    return Path(f"{packages}{os.pathsep}{beside}")


def plain() -> Path:
    """The runtime packages and boto3, as they come from PyPI."""
    return _made("plain", f"{RUNTIME.read_text()}\n{_pinned()}", slim=False)


def _pinned() -> str:
    """Return what the lock file of the tools says of boto3, hashes included."""
    lock = (ROOT / "requirements-dev.txt").read_text()
    here = RUNTIME.read_text()
    names = [name for name in TO_COMPARE_WITH if not re.search(rf"^{name}==", here, re.MULTILINE)]
    found = (re.search(rf"^{name}==.*(?:\n    .*)*", lock, re.MULTILINE) for name in names)
    return "\n".join(block[0] for block in found if block)


def _made(kind: str, requirements: str, *, slim: bool) -> Path:
    maker = (FUNCTIONS / "slim_botocore.py").read_text() if slim else ""
    told = "\0".join((sys.version, requirements, maker))
    folder = KEPT / f"{kind}-{hashlib.sha256(told.encode()).hexdigest()[:12]}"
    if folder.exists():
        return folder
    half = folder.with_name(f"{folder.name}-{os.getpid()}")
    half.mkdir(parents=True)
    listed = half / "requirements.txt"
    listed.write_text(requirements)
    install = "-m pip install --quiet --disable-pip-version-check --require-hashes --no-compile"
    _run(*install.split(), "--no-deps", "--requirement", str(listed), "--target", str(half))
    if slim:
        _run(str(FUNCTIONS / "slim_botocore.py"), str(half))
    compile_all(half)
    half.rename(folder)
    return folder


@contextmanager
def code(functions: Path) -> Iterator[Path]:
    """A copy of the functions with byte-code, as the build makes it."""
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "functions"
        shutil.copytree(functions, copy, ignore=shutil.ignore_patterns("__pycache__"))
        compile_all(copy)
        yield copy


def compile_all(folder: Path) -> None:
    _run("-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", str(folder))


def _run(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)


def play(
    packages: Path,
    functions: Path | None,
    told: Mapping[str, Any],
    environment: Mapping[str, str],
    *options: str,
) -> tuple[Any, str]:
    """Run the player in a fresh interpreter. Returns what it says, and its errors' text."""
    paths = os.pathsep.join(str(path) for path in (packages, functions) if path)
    done = subprocess.run(
        [sys.executable, "-S", "-P", *options, str(PLAYER)],
        env={**ENVIRONMENT, **environment, "PYTHONPATH": paths},
        input=json.dumps(told),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"the player failed:\n{done.stderr[-3000:]}")
    return json.loads(done.stdout), done.stderr
