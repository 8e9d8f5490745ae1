"""The pages behind the links in a message: /p/ what one wants to hear of, /d/ what is known of oneself, /y/ a yes confirmed,
/w/ why a cart was left.

GET shows and never changes anything, as mail scanners follow links; POST does. HEAD is GET without a body.
"""

from collections.abc import Callable, Mapping
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from preferences import choosing, confirming, data, preference_page, why
from preferences.form import DATA_FORM, PREFERENCE_FORM, WHY_FORM, FormError, read
from preferences.preference_words import Told
from preferences.visit import Visit, problem
from wracaj import timelines
from wracaj.announcing import announce
from wracaj.errors import LinkError, UnknownShopError
from wracaj.language import language
from wracaj.link_targets import shop_of, target_of
from wracaj.links import ExpiredLinkError, Purpose
from wracaj.observability import count, logger, metrics, place_of
from wracaj.opening import note_opening
from wracaj.page import Response, as_asked, language_of
from wracaj.shop_settings import load_settings
from wracaj.store import open_store


@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> Response:
    purpose = Purpose(event["routeKey"].split("/")[1])  # "GET /p/{token}"
    lang = language_of((event.get("headers") or {}).get("accept-language", ""))
    try:
        return as_asked(event["requestContext"]["http"]["method"], answer(purpose, event))
    except ExpiredLinkError as error:
        return problem("expired", 410, lang, shop_of(error))
    except (LinkError, UnknownShopError):
        return problem("not_ours", 404, lang)
    except Exception as error:
        logger.error("page failed", extra={"purpose": purpose, "error": type(error).__name__, "where": place_of(error)})
        count("LinkFailed")
        return problem("fault", 503, lang)


def answer(purpose: Purpose, event: dict[str, Any]) -> Response:
    store = open_store()
    token = (event.get("pathParameters") or {}).get("token", "")
    target = target_of(purpose, token)
    note_opening(target, purpose, event)
    shop = load_settings(target.shop)
    customer = store.customers.get(target.shop, target.customer_id)
    if customer is None or customer.erased_at:
        return problem("nobody", 200, shop.locale, shop)
    cart = store.carts.get(target.shop, target.cart_id)
    open_carts = store.carts.open_carts(target.shop, customer) if purpose is Purpose.PREFERENCES else []
    locale = cart.contact.locale if cart else None
    visit = Visit(
        token=token,
        told=(event.get("queryStringParameters") or {}).get("told", ""),
        target=target,
        shop=shop,
        customer=customer,
        cart=cart if cart and not cart.erased else None,
        lang=language(locale or customer.contact.locale, shop.locale),
        open_carts=tuple(open_carts),
        carts=tuple(store.carts.newest_of(target.shop, open_carts)),
    )
    is_post = event["requestContext"]["http"]["method"] == "POST"
    try:
        return PAGES[purpose](visit, event if is_post else None)
    except ExpiredLinkError:
        return problem("expired", 410, visit.lang, shop)


def preferences(visit: Visit, posted: dict[str, Any] | None) -> Response:
    if posted is None:
        return preference_page.page(visit)
    try:
        form = read(PREFERENCE_FORM, posted)
    except FormError:
        return visit.back(Told.UNCLEAR)
    told = choosing.choose(visit, form, timelines.start)
    announce(open_store())
    return visit.back(told)


def own_data(visit: Visit, posted: dict[str, Any] | None) -> Response:
    data.refuse_late(visit)
    if posted is None:
        return data.page(visit)
    try:
        form = read(DATA_FORM, posted)
    except FormError:
        return visit.back()
    response = data.answer(visit, form)
    announce(open_store())
    return response


def confirmation(visit: Visit, posted: dict[str, Any] | None) -> Response:
    return confirming.page(visit) if posted is None else confirming.confirm(visit, timelines.start)


def reasons(visit: Visit, posted: dict[str, Any] | None) -> Response:
    if posted is None:
        return why.page(visit)
    try:
        return why.answer(visit, read(WHY_FORM, posted))
    except FormError:
        return visit.back()


PAGES: Mapping[Purpose, Callable[[Visit, dict[str, Any] | None], Response]] = {
    Purpose.PREFERENCES: preferences,
    Purpose.DATA: own_data,
    Purpose.CONFIRM: confirmation,
    Purpose.WHY: reasons,
}
