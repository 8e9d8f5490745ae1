"""Links in messages: GET /c/{token} leads back to the cart, GET and POST /u/{token} unsubscribe.
HEAD is GET without a body."""

from typing import TYPE_CHECKING, Any

from shopper_link.pages import Page, page
from wracaj.aws.archive_queue import archived
from wracaj.aws.observability import count, logger, metrics
from wracaj.aws.shop_config import load_settings
from wracaj.errors import LinkError, UnknownShopError
from wracaj.messages.links import ExpiredLinkError, Purpose, encoded
from wracaj.pages.layout import PRIVATE, Response, as_asked
from wracaj.services.announce_audiences import announce
from wracaj.services.link_clicks import note_opening
from wracaj.services.link_targets import shop_of, target_of
from wracaj.services.readers import reader_of
from wracaj.services.unsubscribe import is_stopped, stop_all
from wracaj.services.ways_back import way_back_of
from wracaj.settings.shop import ShopSettings
from wracaj.store import open_store
from wracaj.store.message_links import LinkTarget

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@metrics.log_metrics
@archived
def handler(event: dict[str, Any], context: "LambdaContext") -> Response:
    http = event["requestContext"]["http"]
    purpose = Purpose(event["routeKey"].split("/")[1])  # "GET /c/{token}"
    token = (event.get("pathParameters") or {}).get("token", "")
    languages = (event.get("headers") or {}).get("accept-language", "")
    try:
        target = target_of(purpose, token)
        shop = load_settings(target.shop)
        note_opening(target, purpose, event)
        answer = (
            to_cart(target, shop)
            if purpose is Purpose.CART
            else unsubscribing(target, shop, http["method"])
        )
        return as_asked(http["method"], answer)
    except ExpiredLinkError as error:
        return page(Page.EXPIRED, 410, languages, shop_of(error))
    except (LinkError, UnknownShopError):
        return page(Page.NOT_OURS, 404, languages)
    except Exception as error:
        logger.error("link failed", extra={"error": type(error).__name__})
        count("ApiCallFailed")
        count("LinkFailed")
        return page(Page.FAULT, 503, languages)


def to_cart(target: LinkTarget, shop: ShopSettings) -> Response:
    """Redirect to the cart, only on hosts that the settings allow. It logs nobody in. For a cart
    that no longer exists it redirects to the shop's front page."""
    way_back = way_back_of(target, shop)
    return {"statusCode": 302, "headers": PRIVATE | {"location": encoded(way_back)}}


def unsubscribing(target: LinkTarget, shop: ShopSettings, method: str) -> Response:
    """GET asks, because mail scanners follow links. POST unsubscribes, from the page or from a mail
    program (RFC 8058)."""
    store = open_store()
    reader, cart = reader_of(store, target), store.carts.subject(target.shop, target.cart_id)
    told = (
        (cart.contact.locale if cart else None)
        or reader.here.contact.locale
        or reader.owner.contact.locale
    )
    locale = told or shop.locale
    if method != "POST":
        return page(Page.ALREADY if is_stopped(store, reader) else Page.CONFIRM, 200, locale, shop)
    stop_all(target)
    announce(store)
    return page(Page.DONE, 200, locale, shop)
