"""Draws from one seeded source. Nothing else in the stories is random."""

import random
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TypeVar

T = TypeVar("T")


class Draw(random.Random):
    """`chance(0.2)` is true in one of five cases; `one_of({"a": 3, "b": 1})` goes by weights."""

    def chance(self, share: float) -> bool:
        return self.random() < share

    def one_of(self, weights: Mapping[T, float]) -> T:
        return self.choices(list(weights), list(weights.values()))[0]

    def any_of(self, things: Sequence[T]) -> T:
        return things[int(self.random() * len(things))]

    def seconds(self, least: float, most: float) -> timedelta:
        return timedelta(seconds=round(self.uniform(least, most), 3))

    def minutes(self, least: float, most: float) -> timedelta:
        return self.seconds(60 * least, 60 * most)

    def hours(self, least: float, most: float) -> timedelta:
        return self.seconds(3600 * least, 3600 * most)
