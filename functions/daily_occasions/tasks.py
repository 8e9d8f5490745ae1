"""The state machine's tasks and their answers. They contain ids and dates only."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from wracaj.events import Frozen
from wracaj.store.date_index import SHARDS
from wracaj.timelines.date_triggers import Listed
from wracaj.timelines.occasion import OccasionKind


class Shops(Frozen):
    """Asks which shops there are."""

    task: Literal["shops"]


class Plan(Frozen):
    """Asks which lists to search today."""

    task: Literal["plan"]
    shop: str


class Part(Frozen):
    """Part of a list: the customers after `after`."""

    kind: OccasionKind
    on: date  # the date of the customers' occasion, or the last day of their points
    day: str  # the list's key
    shard: Annotated[int, Field(ge=0, lt=SHARDS)]
    after: str = ""  # a customer id; empty: start at the beginning, or, in an answer, the end

    @property
    def listed(self) -> Listed:
        return Listed(self.kind, self.day)


class Planned(Frozen):
    parts: tuple[Part, ...]
    searched: Mapping[OccasionKind, date]  # the last day of each kind once all parts are done


class Begin(Frozen):
    """Begins the occasions of one page of a part."""

    task: Literal["begin"]
    shop: str
    part: Part


class Done(Frozen):
    """All parts are done: stores the day from which tomorrow's search goes on."""

    task: Literal["done"]
    shop: str
    searched: Mapping[OccasionKind, date]


Task = Annotated[Shops | Plan | Begin | Done, Field(discriminator="task")]
TASK: TypeAdapter[Task] = TypeAdapter(Task)
