"""Reads the YAML of a timeline or a job with the line of every key, so that a problem can name its
line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import yaml
from yaml.reader import ReaderError

from timeline_digest import OF_A_JOB
from timeline_digest import SHORT as SUFFIX
from wracaj_cli import house
from wracaj_cli.timelines.problems import Problem, Rule
from wracaj_cli.typed_files import control_character_in

Keys = tuple[str | int, ...]
JOBS = house.STATE_MACHINES / "jobs"
NOT_TEXT = "put it in quotes; a number is written with a point, such as 2.5, never with a comma"
NOT_A_TIMELINE = "is not a timeline: it holds no `key: value` lines"


class UnreadableError(Exception):
    """The file is not YAML, or it cannot be read with its lines."""

    def __init__(self, what: str, line: int | None = None, fix: str = "correct that line") -> None:
        super().__init__(what)
        self.what, self.line, self.fix = what, line, fix


@dataclass(frozen=True)
class Definition:
    path: Path
    text: str
    body: dict[str, Any]
    lines: Mapping[Keys, int] = field(default_factory=dict)
    written: Mapping[Keys, str] = field(default_factory=dict)
    """Each single value as it is written, because YAML reads `1:30` as 90."""
    duplicates: tuple[tuple[Keys, int], ...] = ()

    @property
    def name(self) -> str:
        return self.path.name.removesuffix(OF_A_JOB).removesuffix(SUFFIX)

    def line(self, *keys: str | int) -> int | None:
        """Return the line of the key, or of the nearest key around it."""
        around = (keys[:end] for end in range(len(keys), 0, -1))
        return next((self.lines[found] for found in around if found in self.lines), None)

    def problem(
        self, rule: Rule, where: str | None, what: str, fix: str, *keys: str | int
    ) -> Problem:
        """Return a problem at this place. `where`: the message or section, in words. `keys`: its
        place in the file."""
        line = self.line(*keys) or (1 if keys else None)
        return Problem(rule, self.path, where, line, what, fix)


def read(path: Path) -> Definition:
    """Read a file. Raises UnreadableError."""
    try:
        return parse(path.read_text(encoding="utf-8"), path)
    except OSError as error:
        raise UnreadableError(
            f"cannot be read: {error.strerror or error}", fix="check the file's name"
        ) from None
    except UnicodeDecodeError:
        raise UnreadableError("is not text in UTF-8", fix="save it as UTF-8") from None


def read_named(timeline: str) -> Definition:
    """A timeline of ours. Raises UnreadableError."""
    return read(house.STATE_MACHINES / f"{timeline}{SUFFIX}")


def parse(text: str, path: Path) -> Definition:
    reader = _Reader()
    try:
        body = reader.document(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise UnreadableError(
            f"is not valid YAML: {error.problem}",
            mark.line + 1 if mark else None,
            "correct the indentation, quotes or colons there",
        ) from None
    except ReaderError as error:
        line, problem = control_character_in(text, error.position)
        raise UnreadableError(problem, line, "write this line anew") from None
    except (yaml.YAMLError, ValueError) as error:
        raise UnreadableError(f"is not valid YAML: {str(error).splitlines()[0]}") from None
    except RecursionError:
        raise UnreadableError(
            "is nested too deeply to be a timeline", fix="put the last working version back"
        ) from None
    if not isinstance(body, dict):
        raise UnreadableError(NOT_A_TIMELINE, 1, "put the last working version back")
    return Definition(path, text, body, reader.lines, reader.written, tuple(reader.duplicates))


class _PlainLoader(yaml.SafeLoader):
    """A loader apart from yaml.SafeLoader. For the whole process, the SAM translator adds
    CloudFormation's tags to yaml.SafeLoader, and makes it read dates as text."""

    yaml_constructors: ClassVar = {
        **{
            tag: make
            for tag, make in yaml.SafeLoader.yaml_constructors.items()
            if tag is None or tag.startswith("tag:yaml.org,")
        },
        "tag:yaml.org,2002:timestamp": yaml.SafeLoader.construct_yaml_timestamp,
    }
    yaml_multi_constructors: ClassVar = {}


class _Reader:
    """Reads YAML and keeps lines and repeated keys; yaml.safe_load keeps neither."""

    def __init__(self) -> None:
        self.lines: dict[Keys, int] = {}
        self.written: dict[Keys, str] = {}
        self.duplicates: list[tuple[Keys, int]] = []
        self._seen: set[int] = set()

    def document(self, text: str) -> object:
        self._loader = _PlainLoader(text)
        try:
            node = self._loader.get_single_node()
            return None if node is None else self._value(node, ())
        finally:
            self._loader.dispose()

    def _value(self, node: yaml.Node, keys: Keys) -> Any:
        if isinstance(node, yaml.ScalarNode):
            self.written[keys] = node.value
            return self._loader.construct_object(node)
        if id(node) in self._seen:
            raise UnreadableError(
                "repeats a part by an alias (*)",
                node.start_mark.line + 1,
                "write that part out",
            )
        self._seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            return [self._item(item, (*keys, index)) for index, item in enumerate(node.value)]
        return self._mapping(node, keys)

    def _item(self, node: yaml.Node, keys: Keys) -> Any:
        self.lines[keys] = node.start_mark.line + 1
        return self._value(node, keys)

    def _mapping(self, node: yaml.Node, keys: Keys) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            key = self._value(key_node, keys)
            if not isinstance(key, str):
                raise UnreadableError(f"has a key that is not text: {key!r}", line, NOT_TEXT)
            if key in values:
                self.duplicates.append(((*keys, key), line))
            self.lines[(*keys, key)] = line
            values[key] = self._value(value_node, (*keys, key))
        return values
