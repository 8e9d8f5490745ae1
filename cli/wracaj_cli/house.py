"""Paths in the clone that this command runs from, or in the installed package if there is no
clone."""

from pathlib import Path

import typer

_PACKAGE = Path(__file__).resolve().parent
_CLONE = _PACKAGE.parents[1]
IN_A_CLONE = (_CLONE / "template.yaml").is_file()
ROOT = _CLONE if IN_A_CLONE else _PACKAGE / "installed"  # setup.py fills this folder
TEMPLATE = ROOT / "template.yaml"
STATE_MACHINES = ROOT / "statemachines"
MESSAGE_TEMPLATES = ROOT / "functions" / "reminder_step" / "templates"
LOCAL = (ROOT if IN_A_CLONE else Path.cwd()) / ".local"


def require_a_clone(command: str) -> None:
    """End a command that builds the whole stack if there is no clone to build it from."""
    if not IN_A_CLONE:
        typer.echo(
            f"`{command}` builds the whole stack from Wracaj's repository, and this `wracaj` was "
            f"installed without it. Clone the repository, run `make setup` there, "
            f"then `.venv/bin/{command}`",
            err=True,
        )
        raise typer.Exit(1)
