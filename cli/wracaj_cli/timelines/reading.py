"""A timeline's YAML, read with the line of every key, so that a problem can say where it is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import yaml
from yaml.reader import ReaderError

from wracaj_cli.timelines.problems import Problem, Rule
from wracaj_cli.timelines.states import State
from wracaj_cli.typed_files import control_character_in

Keys = tuple[str | int, ...]
SUFFIX = ".asl.yaml"
NOT_A_TIMELINE = "is not a timeline: it holds no `key: value` lines"


class UnreadableError(Exception):
    """The file is not YAML that Step Functions would take."""

    def __init__(self, what: str, line: int | None = None, fix: str = "correct that line") -> None:
        super().__init__(what)
        self.what, self.line, self.fix = what, line, fix


@dataclass(frozen=True)
class Definition:
    path: Path
    body: dict[str, Any]
    lines: Mapping[Keys, int] = field(default_factory=dict)
    duplicates: tuple[tuple[Keys, int], ...] = ()

    @property
    def name(self) -> str:
        return self.path.name.removesuffix(SUFFIX)

    @cached_property
    def states(self) -> dict[str, State]:
        states = self.body.get("States")
        states = states if isinstance(states, dict) else {}
        return {name: State(name, body) for name, body in states.items() if isinstance(body, dict)}

    @property
    def start(self) -> State | None:
        return self.state(self.body.get("StartAt"))

    def state(self, name: object) -> State | None:
        return self.states.get(name) if isinstance(name, str) else None

    def closest_state(self, name: object) -> str | None:
        return next(iter(get_close_matches(str(name), self.states, 1)), None)

    def line(self, *keys: str | int) -> int | None:
        """The line of the key, or of the nearest one around it."""
        return next(
            (self.lines[keys[:end]] for end in range(len(keys), 0, -1) if keys[:end] in self.lines),
            None,
        )

    def problem(
        self, rule: Rule, state: str | None, what: str, fix: str, *keys: str | int
    ) -> Problem:
        """`keys`: where it is inside the state; outside of any state, where it is in the file."""
        around: Keys = ("States", state) if state is not None else ()
        return Problem(rule, self.path, state, self.line(*around, *keys), what, fix)

    def texts(self) -> Iterator[tuple[str | None, Keys, str]]:
        """Every text as (state, where it is inside the state, the text)."""
        outside = {key: value for key, value in self.body.items() if key != "States"}
        yield from ((None, keys, text) for keys, text in _texts(outside, ()))
        for state in self.states.values():
            yield from ((state.name, keys, text) for keys, text in _texts(state.body, ()))


def _texts(value: object, keys: Keys) -> Iterator[tuple[Keys, str]]:
    if isinstance(value, str):
        yield keys, value
    elif isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _texts(inner, (*keys, key))


def read(path: Path) -> Definition:
    """Raises UnreadableError."""
    try:
        return parse(path.read_text(encoding="utf-8"), path)
    except OSError as error:
        raise UnreadableError(
            f"cannot be read: {error.strerror or error}", fix="check the file's name"
        ) from None
    except UnicodeDecodeError:
        raise UnreadableError("is not text in UTF-8", fix="save it as UTF-8") from None


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
    return Definition(path, body, reader.lines, tuple(reader.duplicates))


class _PlainLoader(yaml.SafeLoader):
    """Of its own: the SAM translator teaches yaml.SafeLoader CloudFormation's tags, and to leave
    dates as text, for the whole process."""

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
    """yaml.safe_load keeps neither lines nor repeated keys; this keeps both."""

    def __init__(self) -> None:
        self.lines: dict[Keys, int] = {}
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
            return self._loader.construct_object(node)
        if id(node) in self._seen:
            raise UnreadableError(
                "repeats a part by an alias (*)",
                node.start_mark.line + 1,
                "write that part out: Step Functions promises no aliases",
            )
        self._seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item, (*keys, index)) for index, item in enumerate(node.value)]
        return self._mapping(node, keys)

    def _mapping(self, node: yaml.Node, keys: Keys) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            key = self._value(key_node, keys)
            if not isinstance(key, str):
                raise UnreadableError(
                    f"has a key that is not text: {key!r}", line, "put it in quotes"
                )
            if key in values:
                self.duplicates.append(((*keys, key), line))
            self.lines[(*keys, key)] = line
            values[key] = self._value(value_node, (*keys, key))
        return values
