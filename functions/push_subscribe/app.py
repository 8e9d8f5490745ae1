"""POST /push/{shop}: a visitor's browser subscribes to notifications about its cart, or
unsubscribes.

The endpoint is public and unsigned. It accepts requests from the shop's own pages only. Knowing a
cart's id, which nobody can guess, is the right to act for that cart. The body is JSON sent as
text/plain, because such a request needs no CORS preflight.
"""

from typing import TYPE_CHECKING, Any

from push_subscribe.asked import MAX_BYTES, Asked
from push_subscribe.subscribing import NoNotificationsError, Subscribing, TooManyError
from wracaj.aws.archive_queue import archived
from wracaj.aws.observability import begin, count, logger, metrics, place_of
from wracaj.aws.shop_config import load_settings
from wracaj.clock import real_now
from wracaj.errors import PayloadError, UnknownShopError
from wracaj.services.announce_audiences import announce
from wracaj.services.intake.dispatch import Intake
from wracaj.services.start_timeline import start_for
from wracaj.settings.shop import ShopSettings
from wracaj.store import open_store
from wracaj.storefront import requests
from wracaj.storefront.flood import Flood
from wracaj.storefront.requests import OriginError, Response, TooLargeError

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

FLOOD = Flood()


@metrics.log_metrics
@archived
def handler(event: dict[str, Any], context: "LambdaContext") -> Response:
    shop_id = requests.shop_named_in(event)
    begin(event, context)
    try:
        shop = load_settings(shop_id)
        origin = requests.own_origin(shop, event)
    except UnknownShopError:
        return requests.no_such_shop()
    except OriginError:
        count("PushRefused")
        return requests.not_the_shops_page()
    except Exception as error:
        return _fault(shop_id, error)
    return requests.allowing(origin, _answered(shop, event))


def _answered(shop: ShopSettings, event: dict[str, Any]) -> Response:
    store = open_store()
    try:
        TooLargeError.check(len(event.get("body") or ""), MAX_BYTES, "A subscription")
        asked = Asked.read(requests.body_of(event))
        if not asked.unsubscribe and FLOOD.is_over(shop.shop, real_now().timestamp()):
            raise TooManyError
        said = Subscribing(store, Intake(store, start_for(store, shop))).take(shop, asked)
    except TooLargeError as error:
        return requests.problem(413, "The body is too large", str(error))
    except PayloadError as error:
        count("PushRefused")
        return requests.unreadable("The body is no subscription", error)
    except NoNotificationsError:
        return requests.problem(
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
    return requests.answer(200, {"status": said})


def _too_many() -> Response:
    """The script on the shop's pages sends the subscription again at the next visit."""
    return requests.problem(
        429,
        "Too many subscriptions",
        "Of this cart, this browser or this shop. The ones before go on to count.",
    )


def _fault(shop_id: str, error: Exception) -> Response:
    logger.error(
        "subscription failed",
        extra={"shop": shop_id, "error": type(error).__name__, "where": place_of(error)},
    )
    count("ApiCallFailed")
    count("PushSubscribeFailed")
    return requests.a_fault_of_ours()
