"""How many people an experiment needs, and what it can find among so many."""

from math import ceil, log, sqrt
from statistics import NormalDist
from typing import NamedTuple

from wracaj.experiments.intervals import narrowest

POWER = 0.8  # the chance to find a difference that is there


class Design(NamedTuple):
    """`alpha`: how often a difference is found although there is none, at most. The variances are
    those of one person's outcome."""

    variance_treated: float
    variance_control: float
    control_share: float
    alpha: float

    def people_needed(self, lift: float, power: float = POWER) -> int:
        """Return after how many people `intervals.sequential` excludes 0 at the latest, with the
        chance `power`, if the true difference is `lift` and the interval is narrowest there."""
        return ceil((self.spread * self._reach(power) / lift) ** 2)

    def smallest_lift(self, people: int, power: float = POWER) -> float:
        """Return the smallest difference that `intervals.sequential` finds among so many people."""
        return self.spread * self._reach(power) / sqrt(people)

    def people_needed_for_one_look(self, lift: float, power: float = POWER) -> int:
        """Return how many people a test with one look needs, at a number set before the start."""
        reach = NormalDist().inv_cdf(1 - self.alpha / 2) + NormalDist().inv_cdf(power)
        return ceil(reach**2 * self._own / lift**2)

    @property
    def spread(self) -> float:
        """sqrt(N · V), where V is `intervals.guarded_variance` of N people in these shares."""
        share = self.control_share
        pooled = (1 - share) * self.variance_treated + share * self.variance_control
        return sqrt(max(self._own, pooled * (1 / (1 - share) + 1 / share)))

    @property
    def _own(self) -> float:
        share = self.control_share
        return self.variance_treated / (1 - share) + self.variance_control / share

    def _reach(self, power: float) -> float:
        """Return the half width at the narrowest point and the chance, both times sqrt(people)."""
        u = narrowest(self.alpha)
        return sqrt((u + 1) / u * log((u + 1) / self.alpha**2)) + NormalDist().inv_cdf(power)
