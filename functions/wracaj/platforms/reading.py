"""Reads as much of a payload as possible. A part that cannot be read is dropped alone, and its
problem is listed.

A problem is a sentence about a field, and never repeats the field's value.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import ValidationError, ValidationInfo

from wracaj.errors import PayloadError, Problem
from wracaj.platforms.bodies import Body
from wracaj.settings.shop import ShopSettings
from wracaj.text.mistakes import sentence_of_json

Path = tuple[str | int, ...]
Read = TypeVar("Read", bound=Body)

# a payload has at most four levels of models, each of which needs at most three passes
MOST_PASSES = 20
_GONE = object()


class UnclearError(ValueError):
    """A value in a wrong form. `taken` is what it is read as; None: nothing. An empty text is not
    reported as a problem."""

    def __init__(self, problem: str, taken: object = None) -> None:
        super().__init__(problem)
        self.taken = taken


@dataclass(frozen=True)
class ReceivedWebhook:
    """What a field's reader may use besides the field."""

    received_at: datetime
    settings: ShopSettings

    @property
    def zone(self) -> ZoneInfo:
        return self.settings.zone


def receipt_of(info: ValidationInfo) -> ReceivedWebhook:
    """Only this module validates bodies, so the context is always a ReceivedWebhook."""
    assert isinstance(info.context, ReceivedWebhook)
    return info.context


def read(
    model: type[Read], value: dict[str, Any], receipt: ReceivedWebhook
) -> tuple[Read, list[Problem]]:
    """Repair `value` in place until the model accepts it. Raises PayloadError where nothing
    acceptable is left."""
    mending = Mending(value)
    for _ in range(MOST_PASSES):
        try:
            return model.model_validate(value, context=receipt), mending.told
        except ValidationError as error:
            found = error.errors(include_input=False, include_url=False)
            mending.mend([(problem["loc"], *_explain(problem)) for problem in found])
    raise PayloadError([*mending.told, ("(body)", "cannot be read")])


def _explain(problem: Any) -> tuple[str, object]:
    """The problem, and the value to use instead."""
    error = problem.get("ctx", {}).get("error")
    if isinstance(error, UnclearError):
        return str(error), error.taken
    return sentence_of_json(problem), None


@dataclass
class Mending:
    """A payload under repair, with its problems. A `Path` has a line's current number."""

    value: dict[str, Any]
    problems: dict[str, str] = field(default_factory=dict)
    mended: set[Path] = field(default_factory=set)
    # lists that lose lines in this pass
    thinned: dict[Path, list[Any]] = field(default_factory=dict)
    # for each such list, the original numbers of its remaining lines
    places: dict[Path, list[int]] = field(default_factory=dict)

    @property
    def told(self) -> list[Problem]:
        return list(self.problems.items())

    def mend(self, found: list[tuple[Path, str, object]]) -> None:
        for path, problem, taken in found:
            name = field_name(self._as_told(path))
            self._tell(name, problem)
            line = self._take(path, taken)
            if line is not None and self.problems.get(name) == problem:
                self.problems[name] = (
                    f"{problem}: {'it' if line == path else 'the line'} is left out"
                )
        for path, lines in self.thinned.items():
            stood = self.places.get(path, range(len(lines)))
            self.places[path] = [
                place for place, line in zip(stood, lines, strict=True) if line is not _GONE
            ]
            lines[:] = [line for line in lines if line is not _GONE]
        self.thinned.clear()

    def _tell(self, name: str, problem: str) -> None:
        """Add a problem. A part that is dropped because of a field in it is not reported again."""
        if problem and not any(known.startswith(f"{name}.") for known in self.problems):
            self.problems.setdefault(name, problem)

    def _take(self, path: Path, taken: object) -> Path | None:
        """Put `taken` at this path. Where the model rejects that too, remove the part that contains
        it, up to the whole body.

        Returns the path of the line that was removed with it, if any.
        """
        if not path:
            raise PayloadError(self.told)
        holder, key = self._at(path[:-1]), path[-1]
        if isinstance(holder, list) and isinstance(key, int):
            self.thinned[self._as_told(path[:-1])] = holder
            holder[key] = _GONE
            return path
        if isinstance(holder, dict) and self._may_stand(path, holder, taken):
            self.mended.add(self._as_told(path))
            holder[str(key)] = taken
        elif holder is not _GONE:
            return self._take(path[:-1], None)
        return None

    def _may_stand(self, path: Path, holder: dict[str, Any], taken: object) -> bool:
        is_new = self._as_told(path) not in self.mended
        return is_new and (taken is not None or holder.get(str(path[-1])) is not None)

    def _at(self, path: Path) -> Any:
        """The value at this path, or _GONE where another problem of this pass removed it."""
        value: Any = self.value
        for part in path:
            if isinstance(value, dict):
                value = value.get(str(part))
            elif isinstance(value, list) and isinstance(part, int):
                value = value[part]
            if value is _GONE or value is None:
                return _GONE
        return value

    def _as_told(self, path: Path) -> Path:
        """The path with the line numbers of the original body."""
        told: Path = ()
        for part in path:
            told += (
                self.places[told][part] if isinstance(part, int) and told in self.places else part,
            )
        return told


def field_name(path: Path) -> str:
    return ".".join(str(part) for part in path) or "(body)"
