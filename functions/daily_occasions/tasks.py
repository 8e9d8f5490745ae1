"""What the state machine asks for, one at a time, and what it gets to go on with. Ids and days
only."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from wracaj.events import Frozen
from wracaj.store.date_index import SHARDS
from wracaj.timelines.date_triggers import Listed
from wracaj.timelines.occasion import OccasionKind


class Shops(Frozen):
    """Which shops there are."""

    task: Literal["shops"]


class Plan(Frozen):
    """Which lists are to be gone through today."""

    task: Literal["plan"]
    shop: str


class Part(Frozen):
    """A part of a list: what comes after a customer."""

    kind: OccasionKind
    on: date  # what its customers celebrate, or the last day of their points
    day: str  # under which they are listed
    shard: Annotated[int, Field(ge=0, lt=SHARDS)]
    after: str = ""  # a customer id; empty: from the beginning, or that there is no more

    @property
    def listed(self) -> Listed:
        return Listed(self.kind, self.day)


class Planned(Frozen):
    parts: tuple[Part, ...]
    searched: Mapping[OccasionKind, date]  # how far, once all parts are done


class Begin(Frozen):
    """Begins the occasions of a page of a part."""

    task: Literal["begin"]
    shop: str
    part: Part


class Done(Frozen):
    """Everything was gone through: tomorrow goes on from here."""

    task: Literal["done"]
    shop: str
    searched: Mapping[OccasionKind, date]


Task = Annotated[Shops | Plan | Begin | Done, Field(discriminator="task")]
TASK: TypeAdapter[Task] = TypeAdapter(Task)
