"""POST /webhooks/{platform}/{shop}: a shop's webhook comes in. 2xx only once it is durable."""

import base64
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from wracaj import timelines
from wracaj.announcing import announce
from wracaj.clock import now, real_now
from wracaj.errors import PayloadError, SignatureError, UnknownShopError
from wracaj.events import CartUpdated, ConsentChanged, OrderPlaced, ShopEvent
from wracaj.intake import Intake
from wracaj.observability import count, logger, metrics, place_of
from wracaj.response_headers import ALWAYS
from wracaj.shop_settings import load_shop
from wracaj.shops import Ignored, WebhookRequest, platform
from wracaj.store import open_store

MAX_BYTES = 1024 * 1024
SECRETS_TRUSTED_SECONDS = 30
FUTURE_ALLOWED = timedelta(days=1)

Response = dict[str, Any]


class TooLargeError(Exception):
    """The body is over MAX_BYTES."""


@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> Response:
    names = event.get("pathParameters") or {}
    shop_id, platform_id = names.get("shop", ""), names.get("platform", "")
    logger.set_correlation_id(getattr(context, "aws_request_id", None))
    try:
        return _answer(receive(platform_id, shop_id, event))
    except TooLargeError:
        return _problem(413, "The body is too large", f"A webhook may hold {MAX_BYTES} bytes at most.")
    except (UnknownShopError, SignatureError) as error:
        logger.warning("webhook refused", extra={"reason": type(error).__name__})
        count("WebhookUnauthorized")
        return _problem(401, "Not signed by a shop we know", "Check the address, the secret, and this machine's clock.")
    except PayloadError as error:
        logger.warning("webhook not understood", extra={"shop": shop_id, "fields": [field for field, _ in error.problems]})
        count("WebhookNotUnderstood")
        errors = [{"field": field, "problem": problem} for field, problem in error.problems]
        return _problem(422, "The body is not what its topic promises", "Each problem is in `errors`.", errors=errors)
    except Exception as error:  # whatever it is, the shop must send this webhook again
        logger.error("webhook failed", extra={"shop": shop_id, "error": type(error).__name__, "where": place_of(error)})
        count("WebhookFailed")
        return _problem(503, "A fault of ours", "Nothing was lost: send it again.", headers={"retry-after": "60"})


def receive(platform_id: str, shop_id: str, event: dict[str, Any]) -> str:
    """What was done with it: `accepted`, or `ignored: ` and why."""
    body = _body(event)
    shop = load_shop(shop_id)
    if shop.settings.platform != platform_id:
        raise UnknownShopError(f"shop {shop_id!r} is not on {platform_id!r}")
    request = WebhookRequest(headers=event.get("headers") or {}, body=body, received_at=real_now())
    module = platform(platform_id)
    try:
        module.verify(request, shop.secrets.webhook_secrets)
    except SignatureError:  # the secret may have been changed a minute ago
        module.verify(request, load_shop(shop_id, SECRETS_TRUSTED_SECONDS).secrets.webhook_secrets)
    parsed = module.parse(request, shop.settings)
    if isinstance(parsed, Ignored):
        return f"ignored: {parsed.reason}"
    _refuse_the_future(parsed)
    intake = Intake(open_store(), timelines.start)
    try:
        for shop_event in parsed:
            intake.take(shop.settings, shop_event)
            count(type(shop_event).__name__)
    finally:
        announce(intake.store)
    return "accepted"


def _refuse_the_future(events: tuple[ShopEvent, ...]) -> None:
    """An event from next year would win over all that happens until then, and a yes from next year over every no."""
    latest = now() + FUTURE_ALLOWED
    if late := [name for event in events for name, at in _moments(event) if at > latest]:
        why = "lies more than a day in the future; check the clock of the shop's server"
        raise PayloadError([(name, why) for name in dict.fromkeys(late)])


def _moments(event: ShopEvent) -> Iterator[tuple[str, datetime]]:
    """Every time that an event tells."""
    yield "updated_at", event.at
    match event:
        case CartUpdated(created_at=created_at, consent=consent):
            yield from [("created_at", created_at)] if created_at else []
            yield from (("consent", word.at) for word in consent.values())
        case ConsentChanged(consent=word):
            yield "consent", word.at
        case OrderPlaced(placed_at=placed_at):
            yield "created_at", placed_at


def _body(event: dict[str, Any]) -> bytes:
    """The raw bytes that the shop signed."""
    text = event.get("body") or ""
    if len(text) > 2 * MAX_BYTES:
        raise TooLargeError
    raw = base64.b64decode(text) if event.get("isBase64Encoded") else text.encode()
    if len(raw) > MAX_BYTES:
        raise TooLargeError
    return raw


def _answer(result: str) -> Response:
    status, _, reason = result.partition(": ")
    body = {"status": status} | ({"reason": reason} if reason else {})
    return {"statusCode": 200, "headers": ALWAYS | {"content-type": "application/json"}, "body": json.dumps(body)}


def _problem(status: int, title: str, detail: str, headers: dict[str, str] | None = None, **more: Any) -> Response:
    """RFC 9457."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return {
        "statusCode": status,
        "headers": ALWAYS | {"content-type": "application/problem+json"} | (headers or {}),
        "body": json.dumps(body, ensure_ascii=False),
    }
