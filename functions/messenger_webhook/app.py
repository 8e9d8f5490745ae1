"""GET and POST /messenger/{shop}: Meta's webhook of the shop's page. It answers 2xx only after the
events are stored."""

import base64
import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any

from messenger_webhook.reading import said_in
from messenger_webhook.taking import Taking
from wracaj.aws.archive_queue import flush
from wracaj.aws.observability import begin, count, logger, metrics, place_of
from wracaj.aws.shop_config import load_shop
from wracaj.clock import now
from wracaj.errors import SignatureError, UnknownShopError
from wracaj.pages.headers import ALWAYS
from wracaj.services.announce_audiences import announce
from wracaj.services.intake.dispatch import Intake
from wracaj.services.start_timeline import start_for
from wracaj.settings.shop import Shop
from wracaj.store import open_store

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

MAX_BYTES = 1024 * 1024
SECRETS_TRUSTED_SECONDS = 30
LONGEST_CHALLENGE = 200

Response = dict[str, Any]


@metrics.log_metrics
def handler(event: dict[str, Any], context: "LambdaContext") -> Response:
    shop_id = (event.get("pathParameters") or {}).get("shop", "")
    begin(event, context)
    try:
        answer = subscribed if event["requestContext"]["http"]["method"] == "GET" else received
        return _plain(200, answer(shop_id, event))
    except (UnknownShopError, SignatureError) as error:
        logger.warning("messenger webhook refused", extra={"reason": type(error).__name__})
        count("MessengerUnauthorized")
        return _plain(403, "not a page that we know, or not said by Meta")
    except Exception as error:  # after any error Meta must send it again
        logger.error(
            "messenger webhook failed",
            extra={"shop": shop_id, "error": type(error).__name__, "where": place_of(error)},
        )
        count("ApiCallFailed")
        count("MessengerWebhookFailed")
        return _plain(503, "a fault of ours: send it again")


def subscribed(shop_id: str, event: dict[str, Any]) -> str:
    """Answer Meta's check of this endpoint. Only a caller who knows the token is answered.

    https://developers.facebook.com/docs/graph-api/webhooks/getting-started
    """
    asked = event.get("queryStringParameters") or {}
    shop = _with_page(shop_id, SECRETS_TRUSTED_SECONDS)
    given, wanted = asked.get("hub.verify_token", ""), shop.secrets.verify_token or ""
    known = bool(wanted) and hmac.compare_digest(given.encode(), wanted.encode())
    if asked.get("hub.mode") != "subscribe" or not known:
        raise SignatureError("another verify token")
    return str(asked.get("hub.challenge", ""))[:LONGEST_CHALLENGE]


def received(shop_id: str, event: dict[str, Any]) -> str:
    body, shop = _body(event), _with_page(shop_id)
    signature = (event.get("headers") or {}).get("x-hub-signature-256", "")
    # the secret may have changed within the last minute
    if not is_signed(body, signature, shop.secrets.app_secret):
        shop = _with_page(shop_id, SECRETS_TRUSTED_SECONDS)
        if not is_signed(body, signature, shop.secrets.app_secret):
            raise SignatureError("not signed by this shop's app")
    store = open_store()
    taking = Taking(store, Intake(store, start_for(store, shop.settings)))
    try:
        for said in said_in(
            _parsed(body), shop.settings.messenger.page_id if shop.settings.messenger else "", now()
        ):
            taking.take(shop.settings, said)
            count("MessengerReceived")
        flush()
    finally:
        announce(store)
    return "ok"


def is_signed(body: bytes, signature: str, app_secret: str | None) -> bool:
    if not app_secret:
        return False
    wanted = f"sha256={hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()}"
    return hmac.compare_digest(signature.encode(), wanted.encode())


def _with_page(shop_id: str, max_age_seconds: float | None = None) -> Shop:
    shop = load_shop(shop_id) if max_age_seconds is None else load_shop(shop_id, max_age_seconds)
    if shop.settings.messenger is None:
        raise UnknownShopError(f"shop {shop_id!r} has no page on Messenger")
    return shop


def _body(event: dict[str, Any]) -> bytes:
    """The raw bytes that Meta signed."""
    text = event.get("body") or ""
    if len(text) > 2 * MAX_BYTES:
        raise SignatureError("longer than anything that Meta sends")
    return base64.b64decode(text) if event.get("isBase64Encoded") else text.encode()


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):  # signed, but not JSON: sending it again would not help
        return None


def _plain(status: int, text: str) -> Response:
    headers = ALWAYS | {"content-type": "text/plain; charset=utf-8", "cache-control": "no-store"}
    return {"statusCode": status, "headers": headers, "body": text}
