"""The state machine's tasks and their answers. They contain ids and numbers only."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, TypeAdapter

from wracaj.events import Frozen
from wracaj.segments.rfm import AxisCuts
from wracaj.store.customer_keys import ACCOUNT_SHARDS

Shard = Annotated[int, Field(ge=0, lt=ACCOUNT_SHARDS)]
Limit = Annotated[int, Field(ge=1, le=5000)]


class Shops(Frozen):
    """Asks which shops there are."""

    task: Literal["shops"]


class Begin(Frozen):
    task: Literal["begin"]
    shop: str


class Tonight(Frozen):
    """One shop and one night: part of every task after Begin."""

    shop: str
    at: AwareDatetime
    currency: str


class Page(Frozen):
    """Some customers of a range of shards: those after `after`."""

    first: Shard
    last: Shard
    number: int = 0
    shard: Shard
    after: str = ""  # a customer id; empty: from the start of the shard
    more: bool = True  # false: the range is done


class Begun(Frozen):
    night: Tonight
    pages: list[Page]  # the first page of each range; ranges are processed in parallel


class Count(Frozen):
    task: Literal["count"]
    night: Tonight
    page: Page
    limit: Limit


class Gather(Frozen):
    """Adds up the counts of a range's pages."""

    task: Literal["gather"]
    night: Tonight
    first: Shard  # the first shard of the range


class Cut(Frozen):
    """Finds the limits between scores from the counts of all ranges."""

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
