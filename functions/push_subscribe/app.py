"""POST /push/{shop}: a visitor's browser subscribes to notifications about its cart, or
unsubscribes.

The endpoint is public and unsigned. It accepts requests from the shop's own pages only. Knowing a
cart's id, which nobody can guess, is the right to act for that cart. The body is JSON sent as
text/plain, because such a request needs no CORS preflight.
"""

import base64
import json
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from push_subscribe.asked import Asked, TooLargeError, origin_is_of
from push_subscribe.flood import Flood
from push_subscribe.subscribing import NoNotificationsError, Subscribing, TooManyError
from wracaj.aws import step_functions
from wracaj.aws.archive_queue import archived
from wracaj.aws.observability import count, logger, metrics, place_of
from wracaj.aws.shop_config import load_settings
from wracaj.clock import real_now
from wracaj.errors import PayloadError, UnknownShopError
from wracaj.pages.headers import ALWAYS
from wracaj.services.announce_audiences import announce
from wracaj.services.intake.dispatch import Intake
from wracaj.settings.shop import ShopSettings
from wracaj.store import open_store

Response = dict[str, Any]
FLOOD = Flood()


class OriginError(Exception):
    """The requesting page does not belong to the shop."""


@metrics.log_metrics
@archived
def handler(event: dict[str, Any], context: LambdaContext) -> Response:
    shop_id = (event.get("pathParameters") or {}).get("shop", "")
    origin = (event.get("headers") or {}).get("origin", "")
    logger.set_correlation_id(getattr(context, "aws_request_id", None))
    try:
        shop = load_settings(shop_id)
        if not origin_is_of(shop, origin):
            raise OriginError
    except UnknownShopError:
        return _problem(404, "There is no such shop", "Check the address that the page posts to.")
    except OriginError:
        count("PushRefused")
        return _problem(
            403, "This page is not the shop's", "Its host must be among the shop's recovery_hosts."
        )
    except Exception as error:
        return _fault(shop_id, error)
    response = _answered(shop, event)
    return response | {
        "headers": response["headers"] | {"access-control-allow-origin": origin, "vary": "origin"}
    }


def _answered(shop: ShopSettings, event: dict[str, Any]) -> Response:
    store = open_store()
    try:
        asked = Asked.read(_body(event))
        if not asked.unsubscribe and FLOOD.is_over(shop.shop, real_now().timestamp()):
            raise TooManyError
        said = Subscribing(store, Intake(store, step_functions.start_for(shop))).take(shop, asked)
    except TooLargeError as error:
        return _problem(413, "The body is too large", str(error))
    except PayloadError as error:
        count("PushRefused")
        errors = [{"field": field, "problem": problem} for field, problem in error.problems]
        return _problem(
            422, "The body is no subscription", "Each problem is in `errors`.", errors=errors
        )
    except NoNotificationsError:
        return _problem(
            404, "This shop sends no notifications", "Its settings have no section web_push."
        )
    except TooManyError:
        count("PushRefused")
        return _too_many()
    except Exception as error:
        return _fault(shop.shop, error)
    finally:
        announce(store)
    if said != "known":
        count("PushOptInExpired" if said == "expired" else f"Push{said.capitalize()}")
    return _json(200, {"status": said})


def _too_many() -> Response:
    """The script on the shop's pages sends the subscription again at the next visit."""
    return _problem(
        429,
        "Too many subscriptions",
        "Of this cart, this browser or this shop. The ones before go on to count.",
    )


def _body(event: dict[str, Any]) -> bytes:
    text = event.get("body") or ""
    TooLargeError.check(len(text))
    return base64.b64decode(text) if event.get("isBase64Encoded") else text.encode()


def _fault(shop_id: str, error: Exception) -> Response:
    logger.error(
        "subscription failed",
        extra={"shop": shop_id, "error": type(error).__name__, "where": place_of(error)},
    )
    count("PushSubscribeFailed")
    return _problem(503, "A fault of ours", "Try again later.")


def _problem(status: int, title: str, detail: str, **more: Any) -> Response:
    """A problem document (RFC 9457)."""
    told = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return _json(status, told, "application/problem+json")


def _json(status: int, body: dict[str, Any], kind: str = "application/json") -> Response:
    headers = ALWAYS | {"content-type": kind, "cache-control": "no-store"}
    return {"statusCode": status, "headers": headers, "body": json.dumps(body, ensure_ascii=False)}
