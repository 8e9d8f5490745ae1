"""What is known of a shopper: shown, taken away, or erased, by the link that was mailed to their
own address for it."""

from datetime import datetime, timedelta

from preferences import data_page
from preferences.belonging import Belongs, belonging
from preferences.form import DataForm
from preferences.visit import Visit
from wracaj.aws.observability import count
from wracaj.clock import now
from wracaj.consent.consent import Channel, Consent, ConsentState
from wracaj.customers.data_export import PersonalData
from wracaj.events import Asker, Contact, PrivacyKind, PrivacyRequested
from wracaj.messages.links import VALID, ExpiredLinkError, Purpose
from wracaj.pages.layout import PRIVATE, Response
from wracaj.services.unsubscribe import opt_out
from wracaj.store import open_store


def mailed_at(visit: Visit) -> datetime:
    """Raises ExpiredLinkError where nobody knows any more."""
    if visit.sent_at is None:
        raise ExpiredLinkError("what this link was mailed for is gone")
    return visit.sent_at


def refuse_late(visit: Visit) -> None:
    """To the minute; a token knows whole hours only. Raises ExpiredLinkError."""
    if now() > mailed_at(visit) + VALID[Purpose.DATA] + timedelta(minutes=1):
        raise ExpiredLinkError("this link has expired")


def address_of(visit: Visit) -> str:
    """Raises ExpiredLinkError where nobody knows any more."""
    address = visit.cart.contact.email if visit.cart else None
    if address is None:
        raise ExpiredLinkError("what this link was mailed for is gone")
    return address


def known(visit: Visit) -> PersonalData:
    """Of whoever uses this address without an account, and of the customer whose record
    names it."""
    store, account = open_store(), visit.reader.account
    return store.personal.data(visit.shop.shop, visit.here, account, now())


def page(visit: Visit) -> Response:
    """Tells nothing yet: mail scanners and link previews open pages, too."""
    return data_page.front(visit, belonging(visit))


def answer(visit: Visit, form: DataForm) -> Response:
    match form.section:
        case "show":
            return data_page.shown(visit, known(visit), address_of(visit), belonging(visit))
        case "download":
            return _download(known(visit))
        case "erase":
            return data_page.sure(visit, belonging(visit))
        case "erase_now":
            return _erase(visit)


def _download(data: PersonalData) -> Response:
    file = f'attachment; filename="{data.shop}-{data.told_at:%Y-%m-%d}.json"'
    headers = PRIVATE | {
        "content-type": "application/json; charset=utf-8",
        "content-disposition": file,
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    }
    count("DataDownloaded")
    return {
        "statusCode": 200,
        "headers": headers,
        "body": data.model_dump_json(indent=2, exclude_none=True),
    }


def _erase(visit: Visit) -> Response:
    """The request is written down for the shop first: an erasure that dies is asked for again, and
    is the same request."""
    store, shop, account, belongs = open_store(), visit.shop, visit.reader.account, belonging(visit)
    names = Contact(
        email=address_of(visit), platform_id=account.contact.platform_id if account else None
    )
    asked = PrivacyRequested(
        at=mailed_at(visit), kind=PrivacyKind.CUSTOMER_REDACT, by=Asker.SHOPPER, contact=names
    )
    store.orders.put_privacy_request(shop.shop, asked)
    count("ErasureRequested")
    if belongs is Belongs.SHARED:
        return data_page.passed_on(visit)
    # Whoever wants to be forgotten wants no messages, whatever cart names the address, and whatever
    # yes stands in it.
    opt_out(
        store,
        visit.reader,
        Consent(state=ConsentState.UNSUBSCRIBED, at=now(), source="erasure"),
        list(Channel),
    )
    if account:
        store.erasure.erase(shop.shop, names, now())
    else:  # a customer's record that names the address as well is not this guest's
        store.erasure.erase_name(shop.shop, visit.here.id, now())
    return data_page.erased(visit, belongs)


def go_on_erasing(visit: Visit, form: DataForm) -> None:
    """An erasure that died on its way is made up for by the next click: what it has reached is
    found by names alone."""
    if form.section != "erase_now":
        return
    if visit.reader.account:
        _erase(visit)
        return
    for one in {known.id: known for known in (visit.here, visit.reader.owner)}.values():
        if visit.is_erased(one):
            open_store().erasure.erase_name(visit.shop.shop, one.id, now())
