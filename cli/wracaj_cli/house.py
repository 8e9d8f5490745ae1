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


def require_a_clone(command: str, do: str | None = None) -> None:
    """Ends a command that works on the repository where there is none. `do`: what to do in a clone,
    where that is another command."""
    if not IN_A_CLONE:
        typer.echo(
            f"`{command}` needs Wracaj's repository, and this `wracaj` was installed without it."
            f" Clone the repository, run `make setup` there, then `.venv/bin/{do or command}`",
            err=True,
        )
        raise typer.Exit(1)
