"""Which variables of the product's modules are a process's memory."""

import sys
from collections import defaultdict, deque
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

# Every variable of a module that a running function changes, and how it begins. Values that depend
# on nothing but their arguments are no such memory.
MEMORY: tuple[tuple[str, str, Callable[[], Any]], ...] = (
    ("wracaj.aws.archive_queue", "_waiting", list),
    ("wracaj.aws.shop_config", "_cached", dict),
    ("wracaj.aws.shop_config", "_shops", dict),
    ("wracaj.aws.shop_config", "_switch", lambda: None),
    ("wracaj.aws.shop_config", "_unknown", lambda: _unknown_shops()),
    ("wracaj.aws.link_secret", "_cached", lambda: None),
    ("wracaj.keyed_hashes", "_key", lambda: None),
    ("cart_webhook.keeping", "_written", dict),
    ("cart_webhook.lags", "_lags", lambda: defaultdict(_last_lags)),
    ("storefront_cart.app", "FLOOD", lambda: _flood()),
    ("push_subscribe.app", "FLOOD", lambda: _flood()),
    ("wracaj.platforms.shoper.api", "_buckets", dict),
    ("wracaj.platforms.shoper.api_reader", "_lists", dict),
    ("wracaj.platforms.shopify.access", "_issued", dict),
)


@cache
def remembered() -> list[tuple[dict[str, Any], str]]:
    """Return (module's names, name) of MEMORY."""
    return [(vars(loaded(module)), name) for module, name, _ in MEMORY]


def _last_lags() -> deque[Any]:
    return deque(maxlen=loaded("cart_webhook.lags").ENOUGH)


def _unknown_shops() -> Any:
    config = loaded("wracaj.aws.shop_config")
    return config.UnknownShops(config.shop_names)


def _flood() -> Any:
    return loaded("wracaj.storefront.flood").Flood()


def loaded(name: str) -> Any:
    """Return a module of the product."""
    return sys.modules.get(name) or import_module(name)
