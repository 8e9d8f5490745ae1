"""Shops in Parameter Store and Secrets Manager. Read at most every 5 minutes; the switch rides along."""

import os
import re
from functools import cache
from time import monotonic

from botocore.exceptions import ClientError

from wracaj.aws import client
from wracaj.errors import UnknownShopError
from wracaj.settings import Shop, ShopSecrets, ShopSettings

CACHED_SECONDS = 300
UNKNOWN_SECONDS = 60
MOST_UNKNOWN = 1000
SHOP_NAME = re.compile(r"[a-z0-9-]{1,40}")
_unknown: dict[str, float] = {}
_cached: dict[str, tuple[float, Shop]] = {}
_switch: tuple[float, bool] | None = None


def settings_name(stage: str, shop: str) -> str:
    return f"/wracaj/{stage}/shops/{shop}"


def secrets_name(stage: str, shop: str) -> str:
    return f"wracaj/{stage}/shops/{shop}"


def load_shop(shop: str, max_age_seconds: float = CACHED_SECONDS) -> Shop:
    """Raises UnknownShopError. Where AWS does not answer, what was known before goes on to count."""
    kept, unknown_since = _cached.get(shop), _unknown.get(shop)
    if kept and monotonic() - kept[0] < max_age_seconds:
        return kept[1]
    if not SHOP_NAME.fullmatch(shop) or (unknown_since and monotonic() - unknown_since < UNKNOWN_SECONDS):
        raise UnknownShopError(f"there is no shop {shop!r}; put its settings with `wracaj shop put FILE`")
    try:
        loaded = _read(shop)
    except ClientError as error:
        if error.response["Error"]["Code"] in {"ParameterNotFound", "ResourceNotFoundException"}:
            _cached.pop(shop, None)
            _remember_unknown(shop)
            raise UnknownShopError(f"there is no shop {shop!r}; put its settings with `wracaj shop put FILE`") from None
        if kept is None:
            raise
        return kept[1]
    _cached[shop] = (monotonic(), loaded)
    return loaded


def _read(shop: str) -> Shop:
    stage = os.environ["WRACAJ_STAGE"]
    settings = client("ssm").get_parameter(Name=settings_name(stage, shop))["Parameter"]["Value"]
    secrets = client("secretsmanager").get_secret_value(SecretId=secrets_name(stage, shop))["SecretString"]
    return Shop(settings=ShopSettings.model_validate_json(settings), secrets=ShopSecrets.model_validate_json(secrets))


def _remember_unknown(shop: str) -> None:
    """Whoever tries names must not use up what AWS lets us read."""
    if len(_unknown) >= MOST_UNKNOWN:
        _unknown.clear()
    _unknown[shop] = monotonic()


def switched_on() -> bool:
    """The switch of the whole installation. Where it cannot be read, the error goes up: nothing is sent, the step is retried."""
    global _switch
    if _switch is None or monotonic() - _switch[0] >= CACHED_SECONDS:
        value = client("ssm").get_parameter(Name=os.environ["WRACAJ_SWITCH"])["Parameter"]["Value"]
        _switch = (monotonic(), value.strip().lower() == "on")
    return _switch[1]


@cache
def link_key() -> bytes:
    """The key that signs links: the stack's own, made when it was first deployed."""
    secret: str = client("secretsmanager").get_secret_value(SecretId=os.environ["WRACAJ_LINK_KEY_ARN"])["SecretString"]
    return secret.encode()
