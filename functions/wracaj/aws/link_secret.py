"""The keys that sign links, from Secrets Manager."""

import os

from botocore.exceptions import BotoCoreError, ClientError

from wracaj.aws.clients import client
from wracaj.aws.observability import count, logger
from wracaj.clock import now
from wracaj.messages.link_keys import LinkKeyError, LinkKeys

CACHED_SECONDS = 300  # fewer than link_keys.KNOWN_EVERYWHERE
_cached: tuple[float, LinkKeys] | None = None


def link_keys() -> LinkKeys:
    """Return the keys of links, at most 5 minutes old: so a rotation reaches every running function
    before the new key signs. When AWS does not answer, or the secret cannot be used, the known ones
    are used. Raises LinkKeyError."""
    global _cached
    moment = now().timestamp()
    if _cached and moment - _cached[0] < CACHED_SECONDS:
        return _cached[1]
    try:
        secret: str = client("secretsmanager").get_secret_value(
            SecretId=os.environ["WRACAJ_LINK_KEY_ARN"]
        )["SecretString"]
    except (ClientError, BotoCoreError):
        if _cached is None:
            raise
        return _cached[1]
    _cached = (moment, _parsed(secret, _cached[1] if _cached else None))
    return _cached[1]


def _parsed(secret: str, known: LinkKeys | None) -> LinkKeys:
    """A slip in a secret that was edited by hand must not kill every link, unsubscribing among
    them."""
    try:
        return LinkKeys.parse(secret)
    except LinkKeyError as error:
        count("LinkSecretUnusable")
        logger.error("secret of the link keys cannot be used", extra={"problem": str(error)})
        if known is None:
            raise
        return known


def forget() -> None:
    """As in a new process."""
    global _cached
    _cached = None
