"""Saves what a shopper chose on the preference page. A form may arrive twice or late."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from preferences.form import (
    BirthdayForm,
    ConsentForm,
    DataLinkForm,
    NoBirthdayForm,
    PaceForm,
    PreferenceForm,
    StopForm,
    TopicsForm,
)
from preferences.preference_words import Told
from preferences.saying import consent
from preferences.visit import Visit
from wracaj.archive.rows import Row, RowKind
from wracaj.aws.archive_queue import note
from wracaj.aws.observability import count
from wracaj.clock import now, timestamp
from wracaj.consent.channel import Channel
from wracaj.consent.preferences import Pace, Topic
from wracaj.consent.wording import no_to
from wracaj.customers.birthday import BIRTHDAY
from wracaj.customers.customer import Customer
from wracaj.errors import ConflictError
from wracaj.events import CartContent, Contact
from wracaj.services.start_occasion import StartTimeline, begin
from wracaj.services.unsubscribe import stop_all
from wracaj.store import open_store
from wracaj.timelines.occasion import OccasionKind, an_occasion

SOURCE = "preference page"
Change = Callable[[Customer], Customer]


def choose(visit: Visit, form: PreferenceForm, start_timeline: StartTimeline) -> Told:
    match form:
        case TopicsForm():
            return _topics(visit, form)
        case ConsentForm():
            return consent(visit, form, start_timeline)
        case PaceForm():
            return _pace(visit, form)
        case BirthdayForm():
            return _birthday(visit, form)
        case NoBirthdayForm():
            return _no_birthday(visit)
        case StopForm():
            stop_all(visit.target, no_to(visit.lang))
            return Told.STOPPED
        case DataLinkForm():
            return _data_link(visit, start_timeline)


def _amend(visit: Visit, known: Customer, change: Change) -> Customer:
    """Raises ConflictError where this shopper was erased meanwhile."""

    def unless_forgotten(now_known: Customer) -> Customer:
        if now_known.erased_at != known.erased_at:
            raise ConflictError("what was known of this shopper is gone")
        return change(now_known)

    return open_store().customers.amend_one(visit.shop.shop, known.id, unless_forgotten)


def _choose_here(visit: Visit, change: Change) -> None:
    """Save the choice for the address. Where the address is in a customer's record, save it for
    that customer too, at all their addresses."""
    _amend(visit, visit.here, change)
    if visit.reader.account:
        _amend(visit, visit.reader.account, change)
    count("PreferencesSaved")


def _note(visit: Visit, chosen: dict[str, Any], at: datetime) -> None:
    """Note the choice for the archive, under the identifiers for which it was saved."""
    reader = visit.reader
    account = reader.account.id if reader.account else None
    told = {"address": reader.here.id, "account": account, **chosen}
    note(Row(RowKind.STOP, visit.shop.shop, at, told))


def _topics(visit: Visit, form: TopicsForm) -> Told:
    declined, moment = set(Topic) - set(form.topic), now()
    _choose_here(visit, lambda known: known.with_declined(declined, moment))
    _note(visit, {"declined": sorted(declined)}, moment)
    return Told.TOPICS


def _pace(visit: Visit, form: PaceForm) -> Told:
    pace, moment = None if form.pace == "shop" else Pace(form.pace), now()
    _choose_here(visit, lambda known: known.with_pace(pace, moment))
    _note(visit, {"pace": pace}, moment)
    return Told.PACE


def _birthday(visit: Visit, form: BirthdayForm) -> Told:
    birthday = form.birthday
    if birthday is None:
        return Told.NO_SUCH_DAY
    return _born(visit, birthday, Told.BIRTHDAY)


def _no_birthday(visit: Visit) -> Told:
    return _born(visit, None, Told.NO_BIRTHDAY)


def _born(visit: Visit, birthday: str | None, told: Told) -> Told:
    """Save a birthday only where it is certain whose it is, because a gift comes with it."""
    moment = now()
    if visit.person is None:
        return Told.CHANGED
    said = _amend(
        visit,
        visit.person,
        lambda known: (
            known.says_birthday(birthday, moment, SOURCE) if birthday or known.birthday else known
        ),
    )
    chosen = {"birthday": birthday, "birthday_version": said.versions.get(BIRTHDAY)}
    row = Row(RowKind.STOP, visit.shop.shop, moment, {"person": said.id}, {said.id: chosen})
    note(row)
    count("PreferencesSaved")
    return told


def _data_link(visit: Visit, start_timeline: StartTimeline) -> Told:
    """Mail the link to the reader's own address. A mail may be forwarded, and a friend who opens it
    must not see the shopper's data."""
    store, shop, email = open_store(), visit.shop, visit.data_address
    if email is None:
        return Told.LINK_REFUSED
    account = visit.reader.account
    to = Contact(
        email=email, platform_id=account.contact.platform_id if account else None, locale=visit.lang
    )
    shopper, moment = store.customers.shopper(shop.shop, to), now()
    assert shopper is not None  # an address always identifies a shopper
    here = shopper.at(Channel.EMAIL, email)
    if Channel.EMAIL in here.suppressed:
        return Told.LINK_REFUSED
    asked = (
        _amend(visit, here, lambda known: known.with_data_asked(moment)).asked_for_data_at or moment
    )
    what = f"{here.id}#{timestamp(asked)}"
    occasion = an_occasion(
        shop.shop, OccasionKind.DATA_LINK, what, shopper, asked, CartContent(), contact=to
    )
    return Told.LINK_SENT if begin(store, start_timeline, shop, occasion, shopper) else Told.LATER
