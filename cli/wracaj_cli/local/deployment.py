"""The real `sam build` and `sam deploy`, directed to the emulator."""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

from wracaj_cli.local.plain_template import take_out
from wracaj_cli.local.server import (
    CREDENTIALS,
    REGION,
    LocalStackError,
    Server,
    base_environment,
    last_lines,
)

STACK = "wracaj-local"
STAGE = "local"
API_PATH = "/_aws/execute-api/wracaj"


def build(root: Path, home: Path) -> None:
    """Build the template. It only copies the sources, because the emulator's environment already
    has the packages that they need."""
    command = [
        "build",
        "--template-file",
        str(root / "template.yaml"),
        "--build-dir",
        str(home / "build"),
    ]
    _sam(command, home, {"WRACAJ_LOCAL_BUILD": "1"})
    take_out(home / "build" / "template.yaml")


def deploy(server: Server, home: Path, **more: str) -> None:
    """Deploy the built template. `more`: other parameters of the template; without them, the local
    stack uses the template's defaults."""
    command = [
        "deploy",
        "--template-file",
        str(home / "build" / "template.yaml"),
        "--stack-name",
        STACK,
        "--resolve-s3",
        "--capabilities",
        "CAPABILITY_IAM",
        "--no-confirm-changeset",
        "--no-fail-on-empty-changeset",
        "--parameter-overrides",
        f"Stage={STAGE}",
        f"PublicUrl={server.url}{API_PATH}",
        "ArchiveBatchSeconds=2",
        "ReconcileMinutes=0",  # a year of skipped time would stop at each quarter of an hour
        "ShopWatch=off",  # and at each hour
        *(f"{name}={value}" for name, value in more.items()),
    ]
    _sam(command, home, {"AWS_ENDPOINT_URL": server.url})


def _sam(arguments: list[str], home: Path, extra: dict[str, str]) -> None:
    log = home / f"sam-{arguments[0]}.log"
    command = [_executable("sam"), *arguments, "--config-file", str(_empty_settings(home))]
    environment = _environment(home, extra)
    with log.open("w") as output:
        done = subprocess.run(
            command,
            env=environment,
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    if done.returncode:
        raise LocalStackError(
            f"`sam {arguments[0]}` failed. The end of its log, {log}:\n{last_lines(log)}"
        )


def _executable(name: str) -> str:
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if not found or not shutil.which("make"):
        raise LocalStackError(
            "The local stack needs `sam`, which is in requirements-dev.txt, and `make`, which is in"
            " your system's packages"
        )
    return found


def _environment(home: Path, extra: dict[str, str]) -> dict[str, str]:
    return {
        **base_environment(),
        **CREDENTIALS,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": str(home / "no-config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(home / "no-credentials"),
        "SAM_CLI_TELEMETRY": "0",
        "SAM_CLI_POLL_DELAY": "0.2",
        "__SAM_CLI_APP_DIR": str(_sam_folder(home)),
        **extra,
    }


def _empty_settings(home: Path) -> Path:
    """Create an empty settings file. It replaces samconfig.toml, which is for real deployments."""
    settings = home / "samconfig.toml"
    settings.touch()
    return settings


def _sam_folder(home: Path) -> Path:
    """Return SAM's folder, with a note that SAM has just looked for a newer version. Otherwise it
    requests this over the network once a week."""
    folder = home / "sam"
    folder.mkdir(exist_ok=True)
    (folder / "metadata.json").write_text(json.dumps({"lastVersionCheck": time.time()}))
    return folder
