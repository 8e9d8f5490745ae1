"""Intervals for the difference between two arms, from sums alone.

`sequential`: valid at every look, however often and for as long as one looks. It is the asymptotic
confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, "Time-uniform central limit
theory and asymptotic confidence sequences" (arXiv 2103.06476), theorem 2.2.
`welch`, `newcombe`: valid for one look, at a number of people that was set before the start.
"""

from math import exp, log, sqrt
from statistics import NormalDist
from typing import NamedTuple, Self

FLOAT_ERROR = 1e-12  # of a sum of squares: less is no spread


class Sums(NamedTuple):
    """What one arm did. `n`: people whose days are over. `total`, `squares`: the sums of each
    person's outcome and of its square."""

    n: int
    total: float
    squares: float

    @classmethod
    def of(cls, outcomes: list[float]) -> Self:
        return cls(len(outcomes), sum(outcomes), sum(one * one for one in outcomes))

    @property
    def mean(self) -> float:
        return self.total / self.n

    @property
    def variance(self) -> float:
        spread = self.squares - self.n * self.mean**2
        return spread / (self.n - 1) if spread > FLOAT_ERROR * self.squares else 0.0


class Interval(NamedTuple):
    estimate: float
    low: float
    high: float


def sequential(treated: Sums, control: Sums, alpha: float, t_star: float) -> Interval:
    """Return the interval of mean(treated) - mean(control) that holds at all looks together.

    `t_star`: the number of people at which the interval is to be narrowest. It is fixed before the
    start.
    """
    n = treated.n + control.n
    spread = sqrt(n * guarded_variance(treated, control))
    return _around(treated.mean - control.mean, spread * half_width(n, alpha, t_star))


def guarded_variance(treated: Sums, control: Sums) -> float:
    """Return the variance of the difference of means: each arm's own, or the pooled one if that is
    larger. A small arm without large orders has a low mean and a low variance at once, so its own
    variance alone would show a difference where there is none."""
    own = treated.variance / treated.n + control.variance / control.n
    squares = (treated.n - 1) * treated.variance + (control.n - 1) * control.variance
    pooled = squares / (treated.n + control.n - 2) * (1 / treated.n + 1 / control.n)
    return max(own, pooled)


def half_width(n: int, alpha: float, t_star: float) -> float:
    """Return half the interval's width after `n` people, for outcomes of variance 1."""
    rho2 = rho_squared(alpha, t_star)
    inner = n * rho2 + 1
    return sqrt(inner / (n * n * rho2) * log(inner / alpha**2))


def rho_squared(alpha: float, t_star: float) -> float:
    """Return the parameter with which the interval is narrowest after `t_star` people: u / t_star,
    where u = 2 ln(1/alpha) + ln(1 + u)."""
    return narrowest(alpha) / t_star


def narrowest(alpha: float) -> float:
    u = 2 * log(1 / alpha)
    for _ in range(60):  # contracts by 1/(1 + u) each time
        u = 2 * log(1 / alpha) + log(1 + u)
    return u


def anytime_p(treated: Sums, control: Sums, alpha: float, t_star: float) -> float:
    """Return the p-value that holds at all looks together. `alpha`: only fixes where the interval
    is narrowest."""
    n, rho2 = treated.n + control.n, rho_squared(alpha, t_star)
    difference = treated.mean - control.mean
    inner = n * rho2 + 1
    variance = guarded_variance(treated, control)
    return min(1.0, sqrt(inner) * exp(-n * rho2 * difference**2 / (2 * inner * variance)))


def weighted(treated: Sums, control: Sums, p: float, alpha: float, t_star: float) -> Interval:
    """Return the inverse-probability-weighted interval. `p`: the chance of being treated. It needs
    no guess of the variance within an arm, and is a check of `sequential`."""
    n = treated.n + control.n
    mean = (treated.total / p - control.total / (1 - p)) / n
    squares = treated.squares / p**2 + control.squares / (1 - p) ** 2
    deviation = sqrt((squares - n * mean**2) / (n - 1))
    return _around(mean, deviation * half_width(n, alpha, t_star))


def newcombe(treated: Sums, control: Sums, alpha: float) -> Interval:
    """Return the interval of a difference of rates for one look: Newcombe, "Interval estimation for
    the difference between independent proportions" (Statistics in Medicine 17, 1998), method 10."""
    p1, p0 = treated.mean, control.mean
    low1, high1 = _wilson(treated, alpha)
    low0, high0 = _wilson(control, alpha)
    return Interval(
        p1 - p0,
        p1 - p0 - sqrt((p1 - low1) ** 2 + (high0 - p0) ** 2),
        p1 - p0 + sqrt((high1 - p1) ** 2 + (p0 - low0) ** 2),
    )


def _wilson(sums: Sums, alpha: float) -> tuple[float, float]:
    z, n, p = _z(1 - alpha / 2), sums.n, sums.mean
    middle, reach = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (middle - reach) / (1 + z * z / n), (middle + reach) / (1 + z * z / n)


def welch(treated: Sums, control: Sums, alpha: float) -> Interval:
    """Return the interval of a difference of means for one look: Welch, Biometrika 34 (1947)."""
    a, b = treated.variance / treated.n, control.variance / control.n
    freedom = (a + b) ** 2 / (a * a / (treated.n - 1) + b * b / (control.n - 1))
    reach = student_t(1 - alpha / 2, freedom) * sqrt(a + b)
    return _around(treated.mean - control.mean, reach)


def student_t(p: float, freedom: float) -> float:
    """Return the quantile of Student's t, for 30 and more degrees of freedom within 1e-6:
    Abramowitz and Stegun, formula 26.7.5."""
    z = _z(p)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / freedom**power for power, term in enumerate(terms, start=1))


def _around(estimate: float, reach: float) -> Interval:
    return Interval(estimate, estimate - reach, estimate + reach)


def _z(p: float) -> float:
    return NormalDist().inv_cdf(p)
