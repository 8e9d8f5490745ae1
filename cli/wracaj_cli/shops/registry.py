"""Shops in Parameter Store and Secrets Manager. This module writes them, and the functions read
them."""

import base64
import secrets
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from wracaj.archive.objects import settings_name as archived_settings_name
from wracaj.aws.shop_config import secrets_name, settings_name, stored_settings
from wracaj.errors import SettingsError, UnknownShopError
from wracaj.settings.shop import Shop, ShopSecrets, ShopSettings
from wracaj.settings.versions import settings_version
from wracaj.text.spelling import did_you_mean
from wracaj.webhooks import address_tokens
from wracaj_cli.local.clients import verify_sender
from wracaj_cli.local.stack_file import forget_shop, record_shop
from wracaj_cli.shops.own_experiments import (
    refuse_names_of_old_experiments,
    with_experiments_kept,
)
from wracaj_cli.shops.stored import UnreadableSettingsError, as_stored, readable, shop_names
from wracaj_cli.shops.target import Target

PUT_IT = "put its settings with `wracaj shop put FILE`"
SHORTEST_AT_SHOPER = 16  # its signature can be tried out offline by whoever sees one
MAKES_SECRET = ("generic", "woocommerce", "shoper")  # the others show one of their own
KEPT = (
    "api_token",
    "consumer_key",
    "consumer_secret",
    "page_token",
    "app_secret",
    "verify_token",
    "ads_token",
)


@dataclass(frozen=True)
class Given:
    """Secrets that a person typed or put into the environment. None leaves the stored secret
    unchanged."""

    webhook_secret: str | None = None
    api_token: str | None = None
    consumer_key: str | None = None
    consumer_secret: str | None = None
    page_token: str | None = None
    app_secret: str | None = None
    verify_token: str | None = None
    ads_token: str | None = None
    new_address: bool = False  # a new token in the webhooks' address; the old one goes on working
    forget_old: bool = False  # delete the webhook secret from before the last change


def get_shop(target: Target, shop: str) -> Shop:
    """Return the stored shop. Raises UnknownShopError or UnreadableSettingsError."""
    ssm, vault = target.client("ssm"), target.client("secretsmanager")
    try:
        text = ssm.get_parameter(Name=settings_name(target.stage, shop))["Parameter"]["Value"]
        kept = _secrets_of(target, shop)
    except (ssm.exceptions.ParameterNotFound, vault.exceptions.ResourceNotFoundException):
        raise UnknownShopError(
            f"there is no shop {shop!r} here{_meant_or(target, shop)} {PUT_IT}"
        ) from None
    return Shop(settings=readable(shop, text), secrets=kept)


def meant(target: Target, shop: str) -> str:
    """Return a suggestion such as "; did you mean `kubek`?", or ""."""
    ssm = target.client("ssm")
    # without permission to list the shops, there is no suggestion
    with suppress(ssm.exceptions.ClientError):
        return did_you_mean(shop, shop_names(target))
    return ""


def _meant_or(target: Target, shop: str) -> str:
    found = meant(target, shop)
    return f"{found} If not," if found else ";"


def remove_shop(target: Target, shop: str) -> None:
    """Delete the settings first. A shop without settings is refused, so nothing reads its secrets
    any more."""
    ssm, vault = target.client("ssm"), target.client("secretsmanager")
    with suppress(ssm.exceptions.ParameterNotFound):
        ssm.delete_parameter(Name=settings_name(target.stage, shop))
    with suppress(vault.exceptions.ResourceNotFoundException):
        vault.delete_secret(
            SecretId=secrets_name(target.stage, shop), ForceDeleteWithoutRecovery=True
        )
    if target.home:
        forget_shop(shop, target.home)


def _known(target: Target, settings: ShopSettings) -> Shop | None:
    """Return what is stored of the shop. Settings that this version cannot read are replaced by the
    new ones; their secrets stay."""
    try:
        return get_shop(target, settings.shop)
    except UnknownShopError:
        return None
    except UnreadableSettingsError as error:
        began = settings.model_copy(update={"switched_on_at": error.switched_on_at})
        return Shop(settings=began, secrets=_secrets_of(target, settings.shop))


def _secrets_of(target: Target, shop: str) -> ShopSecrets:
    stored = target.client("secretsmanager").get_secret_value(
        SecretId=secrets_name(target.stage, shop)
    )
    return ShopSecrets.model_validate_json(stored["SecretString"])


def put_shop(target: Target, settings: ShopSettings, given: Given) -> Shop:
    """Store the shop. The time when it was first switched on, and secrets that are not given, stay
    as they are. Experiments that run stay as they are, too. Raises SettingsError."""
    known = _known(target, settings)
    if known and known.settings.platform != settings.platform:
        raise SettingsError(
            [
                (
                    "platform",
                    (
                        f"is {known.settings.platform!r} for the shop {settings.shop!r} already;"
                        " give another `shop:` a new name"
                    ),
                )
            ]
        )
    before = known.settings if known else None
    refuse_names_of_old_experiments(target.store(), settings, before)
    settings = with_experiments_kept(settings, before, target.now())
    first_on = (known.settings.switched_on_at if known else None) or settings.switched_on_at
    if first_on is None and settings.enabled:
        first_on = target.now()
    shop = Shop(
        settings=settings.model_copy(update={"switched_on_at": first_on}),
        secrets=_secrets(settings, known, given),
    )
    _write(target, shop)
    return shop


def _secrets(settings: ShopSettings, known: Shop | None, given: Given) -> ShopSecrets:
    current = known.secrets.webhook_secrets if known else ()
    new = given.webhook_secret or (
        generate_secret(settings.platform)
        if settings.platform in MAKES_SECRET and not current
        else None
    )
    if new is None and not current:
        raise SettingsError(
            [
                (
                    "webhook secret",
                    (
                        "is needed: the platform shows it, Shopify as your app's client secret;"
                        " give it with WRACAJ_WEBHOOK_SECRET"
                    ),
                )
            ]
        )
    if new is not None:
        _check_secret(settings, new)
    both = (new, *(secret for secret in current if secret != new))[:2] if new else current
    both = both[:1] if given.forget_old else both
    kept = {
        name: getattr(given, name) or (getattr(known.secrets, name) if known else None)
        for name in KEPT
    }
    if settings.messenger and not kept["verify_token"]:
        kept["verify_token"] = secrets.token_urlsafe(24)
    tokens = known.secrets.address_tokens if known else ()
    if settings.platform in address_tokens.NEEDED_BY and (given.new_address or not tokens):
        tokens = (address_tokens.new_address_token(), *tokens)[:2]
    tokens = tokens[:1] if given.forget_old else tokens
    push_key = (known.secrets.vapid_private_key if known else None) or _push_key(settings)
    return ShopSecrets(
        webhook_secrets=both, address_tokens=tokens, vapid_private_key=push_key, **kept
    )


def _push_key(settings: ShopSettings) -> str | None:
    """Return a new private key. It is created only once, because every browser's subscription
    depends on it."""
    if settings.web_push is None:
        return None
    from wracaj.web_push.encryption import new_private_key

    return new_private_key()


def _check_secret(settings: ShopSettings, secret: str) -> None:
    if settings.platform == "shoper" and len(secret) < SHORTEST_AT_SHOPER:
        problem = f"must have {SHORTEST_AT_SHOPER} characters at least; leave it out to get one"
        raise SettingsError([("webhook secret", problem)])
    if settings.platform != "generic":
        return
    try:
        length = len(base64.b64decode(secret.removeprefix("whsec_"), validate=True))
    except ValueError:
        length = 0
    if not 24 <= length <= 64:
        raise SettingsError(
            [
                (
                    "webhook secret",
                    "must be `whsec_` and 24 to 64 random bytes in base64; leave it out to get one",
                )
            ]
        )


def generate_secret(platform: str = "generic") -> str:
    """Return a new secret in the format of Standard Webhooks 1.0: `whsec_` and 32 random bytes. For
    Shoper's panel, whose field may be short, 32 letters and digits."""
    if platform == "shoper":
        return secrets.token_hex(16)
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def _write(target: Target, shop: Shop) -> None:
    """Store the secrets first, because with settings and no secrets the shop's webhooks would be
    answered with errors. Raises SettingsError before anything is stored."""
    text = as_stored(shop.settings)
    vault: Any = target.client("secretsmanager")
    name, body = secrets_name(target.stage, shop.id), shop.secrets.model_dump_json()
    try:
        vault.create_secret(Name=name, SecretString=body)
    except vault.exceptions.ResourceExistsException:
        vault.put_secret_value(SecretId=name, SecretString=body)
    _archive(target, shop.id, text)
    # A parameter costs nothing up to 4 KB. One that was once larger stays in the larger tier, and a
    # request for the smaller tier would fail.
    target.client("ssm").put_parameter(
        Name=settings_name(target.stage, shop.id),
        Value=text,
        Type="String",
        Overwrite=True,
        Tier="Intelligent-Tiering",
    )
    if target.home:
        verify_sender(shop.settings.email.sender, target.home)
        record_shop(shop.id, shop.settings.platform, shop.secrets.webhook_secrets[0], target.home)


def _archive(target: Target, shop: str, text: str) -> None:
    """Keep these settings beside the archive's rows, which name their version."""
    if target.archive:
        version = settings_version(stored_settings(text))
        target.client("s3").put_object(
            Bucket=target.archive.bucket,
            Key=archived_settings_name(shop, version),
            Body=text.encode(),
            ContentType="application/json",
        )
