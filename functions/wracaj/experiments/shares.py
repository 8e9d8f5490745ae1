"""Whether counts are as designed: the e-value of a Dirichlet-multinomial over the designed
multinomial. It may be looked at as often as one likes: an e-value of 1000 or more comes by chance
in at most one of 1000 experiments (Lindon and Malek, "Anytime-valid inference for multinomial count
data", arXiv 2011.03567)."""

from collections.abc import Sequence
from math import exp, lgamma, log

CONCENTRATION = 100.0  # of the prior, times the designed shares
_LARGEST = 700.0  # exp() of more is no float


def e_value(
    counts: Sequence[int], shares: Sequence[float], concentration: float = CONCENTRATION
) -> float:
    """Return how much better the counts fit other shares than the designed ones. `shares`: add up
    to 1."""
    priors = [concentration * share for share in shares]
    value = lgamma(sum(priors)) - lgamma(sum(priors) + sum(counts))
    for count, share, prior in zip(counts, shares, priors, strict=True):
        value += lgamma(prior + count) - lgamma(prior) - count * log(share)
    return exp(min(value, _LARGEST))
