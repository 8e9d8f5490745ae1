"""The delays between a shop's last webhooks and the times in them, as far as this process
remembers."""

from collections import defaultdict, deque
from datetime import timedelta

from wracaj.webhooks.shop_clock import ENOUGH

MOST_SHOPS = 10_000
_lags: defaultdict[str, deque[timedelta]] = defaultdict(lambda: deque(maxlen=ENOUGH))


def noted(shop: str, lag: timedelta) -> list[timedelta]:
    """The remembered delays, including this one."""
    if len(_lags) >= MOST_SHOPS:
        _lags.clear()
    _lags[shop].append(lag)
    return list(_lags[shop])
