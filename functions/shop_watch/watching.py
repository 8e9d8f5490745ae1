"""Judges each shop, and counts and logs what is unusual.

One metric for all shops, as one for each would cost money for each: the log says which shop.
"""

from collections.abc import Iterable
from typing import Any

from wracaj.activity.judging import Finding, silence, volume
from wracaj.aws.observability import count, logger, metrics, place_of
from wracaj.aws.shop_config import load_settings
from wracaj.clock import now
from wracaj.errors import UnknownShopError, WracajError
from wracaj.store import Store
from wracaj.store.activity import Activities


class NoShopWatchedError(WracajError):
    """Not a single shop could be judged. It is raised so that it is counted as an error of the
    function."""


def watch(store: Store, names: Iterable[str]) -> dict[str, Any]:
    """Return what is unusual, by shop. A shop that cannot be judged does not keep the others from
    it. What is counted is written shop by shop, as the function's time may end. Raises
    NoShopWatchedError."""
    found: dict[str, Any] = {}
    judged, failed = 0, 0
    for name in names:
        try:
            if unusual := _unusual(store, name):
                found[name] = unusual
            judged += 1
        except UnknownShopError:  # removed a moment ago
            continue
        except Exception as error:
            told = {"shop": name, "error": type(error).__name__, "where": place_of(error)}
            logger.error("shop not watched", extra=told)
            count("ShopNotWatched")
            failed += 1
        metrics.provider.flush_metrics()
    if failed and not judged:
        raise NoShopWatchedError(f"none of {failed} shops could be judged; the log says where")
    return found


def _unusual(store: Store, name: str) -> dict[str, Any]:
    settings = load_settings(name)
    if not settings.enabled:
        return {}
    activity, moment = Activities(store.table).of(name), now()
    silent = silence(activity, moment, settings.zone)
    sent = None if silent else volume(activity, moment, settings.zone)
    if silent:
        _tell(name, "shop fell silent", "ShopSilent", silent)
    if sent:
        _tell(name, "send volume far from usual", "SendVolumeUnusual", sent)
    return {
        what: finding._asdict()
        for what, finding in (("silent", silent), ("volume", sent))
        if finding
    }


def _tell(shop: str, message: str, metric: str, finding: Finding) -> None:
    count(metric)
    logger.warning(message, extra={"shop": shop, **finding._asdict()})
