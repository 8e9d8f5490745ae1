"""POST /webhooks/{platform}/{shop}: receives a shop's webhook. It answers 2xx only after the
webhook is stored."""

import base64
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cart_webhook.keeping import keep
from cart_webhook.lags import noted
from wracaj.aws.archive_queue import flush
from wracaj.aws.observability import begin, count, logger, metrics, place_of
from wracaj.aws.read_again_queue import Queued, read_later
from wracaj.aws.shop_config import load_shop
from wracaj.clock import now, real_now, timestamp
from wracaj.errors import PayloadError, Problem, SignatureError, UnknownShopError
from wracaj.pages.headers import ALWAYS
from wracaj.platforms import Ignored, Parsed, ShopPlatform, WebhookRequest, platform
from wracaj.services.announce_audiences import announce
from wracaj.services.intake.dispatch import Intake
from wracaj.services.start_timeline import start_for
from wracaj.settings.shop import Shop
from wracaj.store import open_store
from wracaj.webhooks.address_tokens import PARAMETER, address_suffices, check_address
from wracaj.webhooks.problems import shortened
from wracaj.webhooks.shop_clock import as_received, clock_problem, lag_problem

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

MAX_BYTES = 1024 * 1024
SECRETS_TRUSTED_SECONDS = 30

Response = dict[str, Any]


class TooLargeError(Exception):
    """The body is over MAX_BYTES."""


@metrics.log_metrics
def handler(event: dict[str, Any], context: "LambdaContext") -> Response:
    names = event.get("pathParameters") or {}
    shop_id, platform_id = names.get("shop", ""), names.get("platform", "")
    begin(event, context)
    try:
        return _answer(receive(platform_id, shop_id, event))
    except TooLargeError:
        return _problem(
            413, "The body is too large", f"A webhook may hold {MAX_BYTES} bytes at most."
        )
    except (UnknownShopError, SignatureError) as error:
        logger.warning("webhook refused", extra={"reason": type(error).__name__})
        count("WebhookUnauthorized")
        return _problem(
            401,
            "Not signed by a shop we know",
            "Check the address, the secret, and this machine's clock.",
        )
    except PayloadError as error:
        logger.warning(
            "webhook not understood",
            extra={"shop": shop_id, "fields": [field for field, _ in error.problems]},
        )
        count("WebhookInvalid")
        errors = _named(error.problems)
        return _problem(
            422, "The body lacks what it must report", "Each problem is in `errors`.", errors=errors
        )
    except Exception as error:  # after any error the shop must send this webhook again
        logger.error(
            "webhook failed",
            extra={"shop": shop_id, "error": type(error).__name__, "where": place_of(error)},
        )
        count("ApiCallFailed")
        count("WebhookFailed")
        return _problem(
            503,
            "A fault of ours",
            "Nothing was lost: send it again.",
            headers={"retry-after": "60"},
        )


def receive(platform_id: str, shop_id: str, event: dict[str, Any]) -> Parsed:
    """Read the webhook and process its events. Problems of a known shop's webhook are kept for its
    people."""
    shop = load_shop(shop_id)
    try:
        parsed = _as_received(shop_id, _parsed(platform_id, shop, event))
    except TooLargeError:
        keep(shop_id, 413, "", [("(body)", f"is over {MAX_BYTES} bytes")])
        raise
    except (UnknownShopError, SignatureError) as error:
        keep(shop_id, 401, "", [("(request)", str(error))])
        raise
    except PayloadError as error:
        keep(shop_id, 422, error.topic, error.problems)
        raise
    _take(shop, parsed)
    if parsed.warnings:
        count("WebhookWarning", len(parsed.warnings))
        keep(shop_id, 200, parsed.topic, parsed.warnings)
    return parsed


def _parsed(platform_id: str, shop: Shop, event: dict[str, Any]) -> Parsed:
    body = _body(event)
    if shop.settings.platform != platform_id:
        raise UnknownShopError(
            "came to the address of another platform: this shop's is"
            f" /webhooks/{shop.settings.platform}/{shop.id}"
        )
    request = WebhookRequest(
        headers=event.get("headers") or {},
        body=body,
        received_at=real_now(),
        address_token=(event.get("queryStringParameters") or {}).get(PARAMETER, ""),
    )
    module = platform(platform_id)
    try:
        _verify(module, request, shop)
    except SignatureError:  # the secret may have changed within the last minute
        _verify(module, request, load_shop(shop.id, SECRETS_TRUSTED_SECONDS))
    return module.parse(request, shop.settings)


def _verify(module: ShopPlatform, request: WebhookRequest, shop: Shop) -> None:
    check_address(shop, request.address_token)
    if not address_suffices(shop, request.headers):
        module.verify(request, shop.secrets.webhook_secrets)


def _take(shop: Shop, parsed: Parsed) -> None:
    if isinstance(parsed.told, Ignored):
        return
    for what in parsed.to_read:
        stop = what.meanwhile.model_dump_json() if what.meanwhile else ""
        read_later(Queued(shop.id, what.kind, what.id, what.topic, timestamp(now()), stop))
    if not parsed.told:
        return
    intake = Intake(open_store(), start_for(open_store(), shop.settings))
    try:
        for shop_event in parsed.told:
            intake.take(shop.settings, shop_event)
            count(type(shop_event).__name__)
        flush()
    finally:
        announce(intake.store)


def _as_received(shop_id: str, parsed: Parsed) -> Parsed:
    """Replace times in the future by the time of receipt, and warn where the shop's clock seems
    wrong."""
    if isinstance(parsed.told, Ignored):
        return parsed
    received_at = now()
    lags = noted(shop_id, received_at - parsed.told[0].at) if parsed.told else []
    found = [lag_problem(lags), *(clock_problem(event, received_at) for event in parsed.told)]
    if problems := [(f"{parsed.within}{field}", problem) for field, problem in filter(None, found)]:
        logger.warning(
            "shop's clock is off",
            extra={"shop": shop_id, "fields": [field for field, _ in problems]},
        )
        count("ShopClockOff")
    told = tuple(as_received(event, received_at) for event in parsed.told)
    if told == parsed.told and not problems:
        return parsed
    return replace(parsed, told=told, warnings=(*parsed.warnings, *dict(problems).items()))


def _body(event: dict[str, Any]) -> bytes:
    """The raw bytes that the shop signed."""
    text = event.get("body") or ""
    if len(text) > 2 * MAX_BYTES:
        raise TooLargeError
    raw = base64.b64decode(text) if event.get("isBase64Encoded") else text.encode()
    if len(raw) > MAX_BYTES:
        raise TooLargeError
    return raw


def _answer(parsed: Parsed) -> Response:
    """Status `accepted`, or `ignored` with the reason. `warnings` lists what could not be read."""
    ignored = (
        {"status": "ignored", "reason": parsed.told.reason}
        if isinstance(parsed.told, Ignored)
        else {}
    )
    warned = {"warnings": _named(parsed.warnings)} if parsed.warnings else {}
    body = json.dumps({"status": "accepted"} | ignored | warned, ensure_ascii=False)
    return {
        "statusCode": 200,
        "headers": ALWAYS | {"content-type": "application/json"},
        "body": body,
    }


def _named(problems: Sequence[Problem]) -> list[dict[str, str]]:
    return [{"field": field, "problem": problem} for field, problem in shortened(problems)]


def _problem(
    status: int, title: str, detail: str, headers: dict[str, str] | None = None, **more: Any
) -> Response:
    """A problem document (RFC 9457)."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return {
        "statusCode": status,
        "headers": ALWAYS | {"content-type": "application/problem+json"} | (headers or {}),
        "body": json.dumps(body, ensure_ascii=False),
    }
