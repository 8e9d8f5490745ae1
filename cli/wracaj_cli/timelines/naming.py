"""The file that people mean by the name of a timeline."""

from pathlib import Path

from timeline_digest import SHORT as SUFFIX
from timeline_digest import short_files
from wracaj.errors import WracajError
from wracaj.text.spelling import nearest
from wracaj_cli import house


class UnknownTimelineError(WracajError):
    """There is no such timeline. The text names those that there are."""


def file_of(name: str) -> Path:
    """Return the file. One that is named by its path is not looked for. Raises
    UnknownTimelineError."""
    if name.endswith((".yaml", ".yml")):
        return Path(name)
    names = timeline_names()
    if name not in names:
        meant = nearest(name, names)
        more = f"did you mean {meant!r}?" if meant else _listed(names)
        raise UnknownTimelineError(
            f"there is no timeline {name!r} in {house.STATE_MACHINES}; {more}"
        )
    return house.STATE_MACHINES / f"{name}{SUFFIX}"


def existing_file_of(name: str) -> Path:
    """As `file_of`, and of a path that leads to no file, too. Raises UnknownTimelineError."""
    path = file_of(name)
    if not path.is_file():
        raise UnknownTimelineError(
            f"{path} cannot be read: there is no such file. Name a path, or a timeline of"
            f" {house.STATE_MACHINES} without {SUFFIX}; {_listed(timeline_names())}"
        )
    return path


def timeline_names() -> list[str]:
    return [path.name.removesuffix(SUFFIX) for path in short_files(house.ROOT)]


def _listed(names: list[str]) -> str:
    return f"there are {', '.join(names)}" if names else "there are none"
