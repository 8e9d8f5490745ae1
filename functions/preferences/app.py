"""The pages behind links in messages: /p/ preferences, /d/ the shopper's own data, /y/ double
opt-in, /w/ the abandonment reason.

GET shows a page and changes nothing, because mail scanners follow links. POST changes. HEAD is GET
without a body.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from preferences import choosing, confirming, data, preference_page, why
from preferences.form import DATA_FORM, PREFERENCE_FORM, WHY_FORM, FormError, read
from preferences.preference_words import Told
from preferences.visit import Visit, problem
from wracaj.aws.archive_queue import archived
from wracaj.aws.observability import count, logger, metrics, place_of
from wracaj.aws.shop_config import load_settings
from wracaj.errors import LinkError, UnknownShopError
from wracaj.language import language
from wracaj.messages.links import ExpiredLinkError, Purpose
from wracaj.pages.layout import Response, as_asked, language_of
from wracaj.services.announce_audiences import announce
from wracaj.services.link_clicks import note_opening
from wracaj.services.link_targets import shop_of, target_of
from wracaj.services.readers import carts_of, known_in, reader_of
from wracaj.services.start_timeline import start_for
from wracaj.store import open_store

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@metrics.log_metrics
@archived
def handler(event: dict[str, Any], context: "LambdaContext") -> Response:
    purpose = Purpose(event["routeKey"].split("/")[1])  # "GET /p/{token}"
    lang = language_of((event.get("headers") or {}).get("accept-language", ""))
    try:
        return as_asked(event["requestContext"]["http"]["method"], answer(purpose, event))
    except ExpiredLinkError as error:
        return problem("expired", 410, lang, shop_of(error))
    except (LinkError, UnknownShopError):
        return problem("not_ours", 404, lang)
    except Exception as error:
        logger.error(
            "page failed",
            extra={"purpose": purpose, "error": type(error).__name__, "where": place_of(error)},
        )
        count("ApiCallFailed")
        count("LinkFailed")
        return problem("fault", 503, lang)


def answer(purpose: Purpose, event: dict[str, Any]) -> Response:
    store = open_store()
    token = (event.get("pathParameters") or {}).get("token", "")
    target = target_of(purpose, token)
    note_opening(target, purpose, event)
    shop = load_settings(target.shop)
    reader, cart = reader_of(store, target), store.carts.subject(target.shop, target.cart_id)
    locale = (
        (cart.contact.locale if cart else None)
        or reader.here.contact.locale
        or reader.owner.contact.locale
    )
    visit = Visit(
        token=token,
        told=(event.get("queryStringParameters") or {}).get("told", ""),
        target=target,
        shop=shop,
        reader=reader,
        cart=cart if cart and not cart.erased else None,
        sent_at=cart.last_message_at if cart else None,
        lang=language(locale, shop.locale),
    )
    is_post = event["requestContext"]["http"]["method"] == "POST"
    if visit.forgotten and not (is_post and purpose is Purpose.DATA):
        return nobody(visit)
    try:
        return PAGES[purpose](visit, event if is_post else None)
    except ExpiredLinkError:
        return problem("expired", 410, visit.lang, shop)


def nobody(visit: Visit) -> Response:
    return problem("nobody", 200, visit.shop.locale, visit.shop)


def preferences(visit: Visit, posted: dict[str, Any] | None) -> Response:
    visit = with_carts(visit)
    if posted is None:
        return preference_page.page(visit)
    try:
        form = read(PREFERENCE_FORM, posted)
    except FormError:
        return visit.back(Told.UNCLEAR)
    told = choosing.choose(visit, form, start_for(open_store(), visit.shop))
    announce(open_store())
    return visit.back(told)


def with_carts(visit: Visit) -> Visit:
    store = open_store()
    carts = carts_of(store, visit.reader)
    known = known_in(store, visit.reader, [*carts, *filter(None, [visit.cart])])
    return replace(visit, carts=tuple(carts), known=known)


def own_data(visit: Visit, posted: dict[str, Any] | None) -> Response:
    data.refuse_late(visit)
    if posted is None:
        return data.page(visit)
    try:
        form = read(DATA_FORM, posted)
    except FormError:
        return visit.back()
    if visit.forgotten or visit.is_erased(visit.reader.owner):
        data.go_on_erasing(visit, form)
        response = nobody(visit)
    else:
        response = data.answer(visit, form)
    announce(open_store())
    return response


def confirmation(visit: Visit, posted: dict[str, Any] | None) -> Response:
    return (
        confirming.page(visit)
        if posted is None
        else confirming.confirm(visit, start_for(open_store(), visit.shop))
    )


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
