"""Shop settings from Parameter Store and secrets from Secrets Manager.

Both are cached for 5 minutes, and so is the kill switch of the whole installation.
"""

import os
import re
from collections.abc import Callable
from typing import TypeVar, cast

from botocore.exceptions import BotoCoreError, ClientError

from wracaj.aws.clients import client
from wracaj.aws.unknown_shops import UnknownShops
from wracaj.clock import now
from wracaj.errors import UnknownShopError
from wracaj.loyalty.programme import STORED
from wracaj.settings.shop import Shop, ShopSecrets, ShopSettings

CACHED_SECONDS = 300
NO_SUCH_SHOP = "there is no shop {!r}; put its settings with `wracaj shop put FILE`"
SHOP_NAME = re.compile(r"[a-z0-9-]{1,40}")
_cached: dict[tuple[str, str], tuple[float, ShopSettings | ShopSecrets]] = {}
_shops: dict[str, Shop] = {}  # put together from what is cached
_switch: tuple[float, bool] | None = None


Model = TypeVar("Model", ShopSettings, ShopSecrets)


def _seconds() -> float:
    return now().timestamp()


def settings_name(stage: str, shop: str) -> str:
    return f"/wracaj/{stage}/shops/{shop}"


def secrets_name(stage: str, shop: str) -> str:
    return f"wracaj/{stage}/shops/{shop}"


def shop_names() -> list[str]:
    """Return the ids of all shops that have settings."""
    path = settings_name(os.environ["WRACAJ_STAGE"], "").rstrip("/")
    pages = client("ssm").get_paginator("get_parameters_by_path").paginate(Path=path)
    return sorted(
        parameter["Name"].rpartition("/")[2] for page in pages for parameter in page["Parameters"]
    )


_unknown = UnknownShops(shop_names)


def load_shop(shop: str, max_age_seconds: float = CACHED_SECONDS) -> Shop:
    """Return a shop's settings and secrets. When AWS does not answer, the cached values are used.
    Raises UnknownShopError."""
    known = _shops.get(shop)
    if known and _is_fresh(known, max_age_seconds):
        return known
    settings = load_settings(shop, max_age_seconds)
    secrets = _kept("secrets", shop, max_age_seconds, _read_secrets)
    known = _shops[shop] = Shop(settings=settings, secrets=secrets)
    return known


def _is_fresh(known: Shop, max_age_seconds: float) -> bool:
    """Whether the shop was put together from what is cached now, and that is young enough."""
    since = _seconds() - max_age_seconds
    parts: tuple[tuple[str, object], ...] = (
        ("settings", known.settings),
        ("secrets", known.secrets),
    )
    kept = ((_cached.get((kind, known.id)), part) for kind, part in parts)
    return all(one is not None and one[0] > since and one[1] is part for one, part in kept)


def load_settings(shop: str, max_age_seconds: float = CACHED_SECONDS) -> ShopSettings:
    """Return a shop's settings without its secrets. Raises UnknownShopError."""
    return _kept("settings", shop, max_age_seconds, _read_settings)


def _kept(kind: str, shop: str, max_age_seconds: float, read: Callable[[str], Model]) -> Model:
    kept = _cached.get((kind, shop))
    if kept and _seconds() - kept[0] < max_age_seconds:
        return cast(Model, kept[1])
    if not SHOP_NAME.fullmatch(shop) or (kept is None and _unknown.has(shop, _seconds())):
        raise UnknownShopError(NO_SUCH_SHOP.format(shop))
    try:
        loaded = read(shop)
    except (ClientError, BotoCoreError) as error:
        if _says_there_is_none(error):
            _cached.pop((kind, shop), None)
            _unknown.add(shop, _seconds())
            raise UnknownShopError(NO_SUCH_SHOP.format(shop)) from None
        if kept is None:
            raise
        return cast(Model, kept[1])
    _cached[(kind, shop)] = (_seconds(), loaded)
    return loaded


def _says_there_is_none(error: Exception) -> bool:
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
    return code in {"ParameterNotFound", "ResourceNotFoundException"}


def _read_settings(shop: str) -> ShopSettings:
    name = settings_name(os.environ["WRACAJ_STAGE"], shop)
    return stored_settings(client("ssm").get_parameter(Name=name)["Parameter"]["Value"])


def stored_settings(text: str) -> ShopSettings:
    """Parse stored settings. They are not checked against the margin again: a check added in a
    later version must not stop a shop that already runs."""
    return ShopSettings.model_validate_json(text, context={STORED: True})


def _read_secrets(shop: str) -> ShopSecrets:
    name = secrets_name(os.environ["WRACAJ_STAGE"], shop)
    return ShopSecrets.model_validate_json(
        client("secretsmanager").get_secret_value(SecretId=name)["SecretString"]
    )


def switched_on() -> bool:
    """Return whether the kill switch of the whole installation allows sending. When it cannot be
    read, the error is raised: nothing is sent, and the step is retried."""
    global _switch
    if _switch is None or _seconds() - _switch[0] >= CACHED_SECONDS:
        value = client("ssm").get_parameter(Name=os.environ["WRACAJ_SWITCH"])["Parameter"]["Value"]
        _switch = (_seconds(), value.strip().lower() == "on")
    return _switch[1]
