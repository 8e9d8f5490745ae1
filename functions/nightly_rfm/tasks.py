"""What the state machine asks for, one at a time, and what it gets to go on with. Ids and numbers
only."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, TypeAdapter

from wracaj.events import Frozen
from wracaj.segments.rfm import AxisCuts
from wracaj.store.customers import ACCOUNT_SHARDS

Shard = Annotated[int, Field(ge=0, lt=ACCOUNT_SHARDS)]
Limit = Annotated[int, Field(ge=1, le=5000)]


class Shops(Frozen):
    """Which shops there are."""

    task: Literal["shops"]


class Begin(Frozen):
    task: Literal["begin"]
    shop: str


class Tonight(Frozen):
    """One shop, one night: a part of every task after Begin."""

    shop: str
    at: AwareDatetime
    currency: str


class Page(Frozen):
    """Some customers of a stretch of shards: those that come after a place in it."""

    first: Shard
    last: Shard
    number: int = 0
    shard: Shard
    after: str = ""  # a customer id; empty: from the shard's beginning
    more: bool = True  # no: the stretch is done


class Begun(Frozen):
    night: Tonight
    pages: list[Page]  # the first of each stretch; they are worked on side by side


class Count(Frozen):
    task: Literal["count"]
    night: Tonight
    page: Page
    limit: Limit


class Gather(Frozen):
    """Puts the counts of a stretch's pages together."""

    task: Literal["gather"]
    night: Tonight
    first: Shard  # of the stretch


class Cut(Frozen):
    """Finds where the scores change, from the counts of all stretches."""

    task: Literal["cut"]
    night: Tonight
    firsts: list[Shard]


class Score(Frozen):
    task: Literal["score"]
    night: Tonight
    page: Page
    limit: Limit
    cuts: AxisCuts


class SumUp(Frozen):
    task: Literal["sum_up"]
    night: Tonight


Task = Annotated[Shops | Begin | Count | Gather | Cut | Score | SumUp, Field(discriminator="task")]
TASK: TypeAdapter[Task] = TypeAdapter(Task)
