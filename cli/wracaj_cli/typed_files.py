"""Files that people name on the command line."""

from pathlib import Path

from wracaj.errors import SettingsError, WracajError

FOLDERS = ("--save", "--out")  # options that name a folder


class UnwritableError(WracajError):
    """The named file or folder cannot be written."""

    def __init__(self, path: Path, error: OSError, option: str) -> None:
        kind = "folder" if option in FOLDERS else "file"
        super().__init__(
            f"{path}: cannot be written ({error.strerror}). Name another {kind} with {option}"
        )


def write_text(path: Path, text: str, option: str) -> None:
    """Write the file. `option`: the option that named it. Raises UnwritableError."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UnwritableError(path, error, option) from None


def read_text(path: Path) -> str:
    """Read the file. Raises SettingsError with the problem."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError([(str(path), f"cannot be read: {_why(error)}")]) from None


def control_character_in(text: str, place: int) -> tuple[int, str]:
    """Return the line of a character that YAML does not allow, and a description of it."""
    line = text.count("\n", 0, place) + 1
    return (
        line,
        f"holds a control character (U+{ord(text[place]):04X}), which most editors do not show",
    )


def _why(error: OSError | UnicodeDecodeError) -> str:
    match error:
        case UnicodeDecodeError():
            return "it is not text in UTF-8; save it as UTF-8"
        case FileNotFoundError():
            return "there is no such file; look at its name and folder"
        case IsADirectoryError():
            return "it is a folder; name a file in it"
        case PermissionError():
            return "you may not read it; change its permissions"
    return error.strerror or str(error)
