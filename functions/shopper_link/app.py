"""The links in messages: GET /c/{token} back to the cart, GET and POST /u/{token} to unsubscribe."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from shopper_link.pages import Page, page
from wracaj.announcing import announce
from wracaj.clock import now
from wracaj.consent import Channel, Consent, ConsentState
from wracaj.customer import Customer
from wracaj.errors import ConflictError, LinkError, UnknownShopError
from wracaj.links import ExpiredLinkError, Purpose, encoded, read_token
from wracaj.observability import count, logger, metrics
from wracaj.settings import ShopSettings
from wracaj.shop_settings import link_key, load_settings
from wracaj.store import open_store
from wracaj.store.step_records import LinkTarget

Response = dict[str, Any]


@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> Response:
    http = event["requestContext"]["http"]
    purpose = Purpose(event["routeKey"].split("/")[1])  # "GET /c/{token}"
    token = (event.get("pathParameters") or {}).get("token", "")
    languages = (event.get("headers") or {}).get("accept-language", "")
    try:
        target = _target(purpose, token)
        shop = load_settings(target.shop)
        return to_cart(target, shop) if purpose is Purpose.CART else unsubscribing(target, shop, http["method"])
    except ExpiredLinkError:
        return page(Page.EXPIRED, 410, languages)
    except (LinkError, UnknownShopError):
        return page(Page.NOT_OURS, 404, languages)
    except Exception as error:
        logger.error("link failed", extra={"error": type(error).__name__})
        count("LinkFailed")
        return page(Page.FAULT, 503, languages)


def _target(purpose: Purpose, token: str) -> LinkTarget:
    target = open_store().step_records.link_target(read_token(link_key(), purpose, token, now()))
    if target is None:
        raise ExpiredLinkError("the message that this link stood in is long gone")
    return target


def to_cart(target: LinkTarget, shop: ShopSettings) -> Response:
    """Only to hosts that the settings allow; logs nobody in; a cart that is gone leads to the front page."""
    store = open_store()
    cart = store.carts.get(target.shop, target.cart_id)
    try:
        store.step_records.click(target, now())
    except Exception as error:  # a figure is not worth a shopper's way back
        logger.error("click not recorded", extra={"error": type(error).__name__})
    url = cart.content.recovery_url if cart else None
    count("LinkClicked")
    way_back = url if url and shop.allows_recovery_to(url) else shop.url
    headers = {"location": encoded(way_back), "cache-control": "no-store", "referrer-policy": "no-referrer"}
    return {"statusCode": 302, "headers": headers}


def unsubscribing(target: LinkTarget, shop: ShopSettings, method: str) -> Response:
    """GET asks, as mail scanners follow links; POST does it, from the page or from a mail program (RFC 8058)."""
    customer = open_store().customers.get(target.shop, target.customer_id)
    locale = (customer.contact.locale if customer else None) or shop.locale
    if method != "POST":
        return page(Page.CONFIRM, 200, locale, shop)
    if customer is not None:
        unsubscribe(target, customer)
        announce(open_store())
    return page(Page.DONE, 200, locale, shop)


def is_off(customer: Customer, channel: Channel) -> bool:
    """A no for all addresses, and nothing said since."""
    no = customer.consent.get(f"{channel}#")
    said = [word.version for key, word in customer.consent.items() if key.startswith(f"{channel}#")]
    return no is not None and no.state is ConsentState.UNSUBSCRIBED and no.version == max(said)


def unsubscribe(target: LinkTarget, customer: Customer) -> None:
    """From every channel: whoever clicks "stop" in a mail does not want the SMS either. Twice is once."""
    store = open_store()
    if all(is_off(customer, channel) for channel in Channel):
        return
    # A shop's clock may be ahead of ours: the no is said after every yes that is known, whatever time that claims.
    moment = max([now(), *(consent.at for consent in customer.consent.values())])
    word = Consent(state=ConsentState.UNSUBSCRIBED, at=moment, source=f"link in {target.step}")

    def stop(customer: Customer) -> Customer:
        for channel in Channel:
            customer = customer.with_consent(channel, word)
        return customer

    if store.customers.amend(target.shop, customer.id, stop) is None:
        raise ConflictError("the shopper's profile is gone")
    for channel in Channel:
        store.customers.log_consent(target.shop, customer.id, channel, word)
    count("Unsubscribed")
