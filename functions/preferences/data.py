"""A shopper's own data: the page, the export and the erasure, behind a link mailed to the shopper's
own address."""

from datetime import datetime, timedelta

from preferences import data_page
from preferences.belonging import Belongs, belonging
from preferences.form import DataForm
from preferences.visit import Visit
from wracaj.aws.observability import count
from wracaj.clock import now
from wracaj.consent.channel import Channel
from wracaj.consent.consent import Consent, ConsentState
from wracaj.customers.data_export import PersonalData
from wracaj.events import Asker, Contact, PrivacyKind, PrivacyRequested
from wracaj.messages.links import VALID, ExpiredLinkError, Purpose
from wracaj.pages.layout import PRIVATE, Response
from wracaj.services.unsubscribe import opt_out
from wracaj.store import open_store


def mailed_at(visit: Visit) -> datetime:
    """Raises ExpiredLinkError where the message's record is gone."""
    if visit.sent_at is None:
        raise ExpiredLinkError("what this link was mailed for is gone")
    return visit.sent_at


def refuse_late(visit: Visit) -> None:
    """Check the link's age to the minute, because a token has whole hours only. Raises
    ExpiredLinkError."""
    if now() > mailed_at(visit) + VALID[Purpose.DATA] + timedelta(minutes=1):
        raise ExpiredLinkError("this link has expired")


def address_of(visit: Visit) -> str:
    """Raises ExpiredLinkError where the message's subject is gone."""
    address = visit.cart.contact.email if visit.cart else None
    if address is None:
        raise ExpiredLinkError("what this link was mailed for is gone")
    return address


def known(visit: Visit) -> PersonalData:
    """The data of guests with this address, and of the customer whose record has it."""
    store, account = open_store(), visit.reader.account
    return store.personal.data(visit.shop.shop, visit.here, account, now())


def page(visit: Visit) -> Response:
    """Shows no data yet: mail scanners and link previews open pages too."""
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
    """Record the request for the shop first. If the erasure fails on the way, the same request is
    used when the shopper asks again."""
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
    # An erasure also opts out of all channels, in every cart with this address, whatever opt-in it
    # has.
    opt_out(
        store,
        visit.reader,
        Consent(state=ConsentState.UNSUBSCRIBED, at=now(), source="erasure"),
        list(Channel),
    )
    if account:
        store.erasure.erase(shop.shop, names, now())
    else:  # a customer's record with the same address does not belong to this guest
        store.erasure.erase_name(shop.shop, visit.here.id, now())
    return data_page.erased(visit, belongs)


def go_on_erasing(visit: Visit, form: DataForm) -> None:
    """Complete an erasure that failed on the way. What it has erased already is found by
    identifiers alone."""
    if form.section != "erase_now":
        return
    if visit.reader.account:
        _erase(visit)
        return
    for one in {known.id: known for known in (visit.here, visit.reader.owner)}.values():
        if visit.is_erased(one):
            open_store().erasure.erase_name(visit.shop.shop, one.id, now())
