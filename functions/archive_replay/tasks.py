"""What `wracaj replay` asks for, in this order."""

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from wracaj.events import Frozen

Line = dict[str, Any]


class Erasures(Frozen):
    """Erase again whom a backup may have brought back. `lines`: `at` and `name`, an identifier."""

    task: Literal["erasures"]
    shop: str
    lines: tuple[Line, ...]


class Starts(Frozen):
    """Note which episodes of carts began, before their events come."""

    task: Literal["starts"]
    shop: str
    lines: tuple[Line, ...]


class Rows(Frozen):
    """Run these rows again. `lines`: as they are in the archive, in their order."""

    task: Literal["rows"]
    shop: str
    lines: tuple[Line, ...]


class Runs(Frozen):
    """Go on with the timelines of these starts, or end them where it is too late."""

    task: Literal["runs"]
    shop: str
    lines: tuple[Line, ...]


class Carts(Frozen):
    """Tell what became of these carts."""

    task: Literal["carts"]
    shop: str
    cart_ids: tuple[str, ...]


Task = Annotated[Erasures | Starts | Rows | Runs | Carts, Field(discriminator="task")]
_task: TypeAdapter[Erasures | Starts | Rows | Runs | Carts] = TypeAdapter(Task)


def read_task(event: dict[str, Any]) -> Erasures | Starts | Rows | Runs | Carts:
    return _task.validate_python(event)
