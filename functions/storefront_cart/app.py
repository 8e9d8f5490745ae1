"""POST /cart/{shop}: the script in a shop's page reports the cart, and the e-mail that was typed.

The endpoint is public and unsigned: what it gets is a claim of a stranger. It accepts requests
from the shop's own pages only, and changes a cart only for whoever has its key.
"""

from typing import TYPE_CHECKING, Any

from storefront_cart.report import MAX_BYTES, Report
from storefront_cart.reporting import NoCartsError, Reporting, TooManyError
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
        count("PageCartRefused")
        return requests.not_the_shops_page()
    except Exception as error:
        return _fault(shop_id, error)
    return requests.allowing(origin, _answered(shop, event))


def _answered(shop: ShopSettings, event: dict[str, Any]) -> Response:
    store = open_store()
    try:
        TooLargeError.check(len(event.get("body") or ""), 2 * MAX_BYTES, "A cart")
        report = Report.read(requests.body_of(event))
        if not report.only_stops and FLOOD.is_over(shop.shop, real_now().timestamp()):
            raise TooManyError
        reporting = Reporting(store, Intake(store, start_for(store, shop)))
        cart_id, said = reporting.take(shop, report)
    except TooLargeError as error:
        return requests.problem(413, "The body is too large", str(error))
    except PayloadError as error:
        count("PageCartRefused")
        return requests.unreadable("The body is no cart", error)
    except NoCartsError:
        return requests.problem(
            404, "This shop takes no carts from its pages", "Its settings have no storefront."
        )
    except TooManyError:
        count("PageCartRefused")
        return _too_many()
    except Exception as error:
        return _fault(shop.shop, error)
    finally:
        announce(store)
    if said == "taken":
        count("PageCartTaken")
    return requests.answer(200, {"status": said, "cart_id": cart_id})


def _too_many() -> Response:
    """The script on the shop's pages sends the cart again a minute later."""
    return requests.problem(
        429, "Too many reports", "Of this cart, this address or this shop. Try again later."
    )


def _fault(shop_id: str, error: Exception) -> Response:
    logger.error(
        "page cart failed",
        extra={"shop": shop_id, "error": type(error).__name__, "where": place_of(error)},
    )
    count("ApiCallFailed")
    count("PageCartFailed")
    return requests.a_fault_of_ours()
