"""Runs a night's scoring task by task, as its state machine does. A test may have tasks done
twice."""

from collections.abc import Callable
from datetime import datetime
from random import Random
from typing import Any

from nightly_rfm.scoring import NightlyScoring
from nightly_rfm.tasks import Count, Cut, Gather, Page, Score, SumUp
from wracaj.segments.rfm import Night
from wracaj.store import Store
from wracaj.store.customer_keys import ACCOUNT_SHARDS


def play_night(
    store: Store,
    shop: str,
    at: datetime,
    *,
    currency: str = "PLN",
    page: int = 5000,
    stretches_of: int = 0,
    repeated: float = 0,
    seed: int = 0,
    between: Callable[[], object] = lambda: None,
) -> Night:
    """Run the scoring of a night. `stretches_of`: shards per stretch; 0: as the job divides them.
    `repeated`: the share of tasks that are done twice, as after a time-out. `between`: called
    between counting and scoring."""
    job, chance = NightlyScoring(store), Random(seed)

    def do(task: Callable[[Any], Any], asked: Any) -> Any:
        if chance.random() < repeated:
            task(asked)
        return task(asked)

    begun = job.begin(shop, at, currency)
    tonight, stretches = begun.night, cut_into(stretches_of) if stretches_of else begun.pages
    for place in stretches:
        while place.more:
            place = do(job.count, Count(task="count", night=tonight, page=place, limit=page))
        do(job.gather, Gather(task="gather", night=tonight, first=place.first))
    cuts = do(job.cut, Cut(task="cut", night=tonight, firsts=[each.first for each in stretches]))
    between()
    for place in stretches:
        while place.more:
            place = do(
                job.score, Score(task="score", night=tonight, page=place, limit=page, cuts=cuts)
            )
    night: Night = do(job.sum_up, SumUp(task="sum_up", night=tonight))
    return night


def cut_into(shards: int) -> list[Page]:
    starts = range(0, ACCOUNT_SHARDS, shards)
    return [
        Page(first=first, last=min(first + shards, ACCOUNT_SHARDS) - 1, shard=first)
        for first in starts
    ]
