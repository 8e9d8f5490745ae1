"""Saves an opt-in or opt-out from the preference page, on the authority of whoever may give it."""

from datetime import datetime, timedelta

from preferences.form import ConsentForm
from preferences.preference_words import Told
from preferences.reach import Says, Way, ways
from preferences.visit import Visit
from wracaj.archive.opt_ins import Given, OptIn, opt_in_row
from wracaj.aws.archive_queue import note
from wracaj.aws.observability import count
from wracaj.clock import now
from wracaj.consent.consent import Consent, ConsentState, address_hash_of, to_be_confirmed
from wracaj.consent.wording import Wording, no_to, yes_to
from wracaj.customers.consents import Speaker
from wracaj.events import Contact
from wracaj.services.guardrails import count_unsubscribe
from wracaj.services.intake.occasions import CONFIRMATIONS, Occasions, may_ask
from wracaj.services.start_occasion import StartTimeline
from wracaj.services.unsubscribe import (
    known_of_person,
    mark_unsubscribed,
    newest_reported,
    opt_out,
)
from wracaj.store import open_store

SOURCE = "preference page"
A_MOMENT = timedelta(microseconds=1)


def consent(visit: Visit, form: ConsentForm, start_timeline: StartTimeline) -> Told:
    """An opt-in counts for the address that was shown. An opt-out counts for every address on this
    channel that the reader may opt out."""
    channel, says_yes = form.channel, form.answer == "yes"
    wording = yes_to(channel, visit.shop.name, visit.lang) if says_yes else no_to(visit.lang)
    shown = {address_hash_of(way.address): way for way in ways(visit) if way.channel is channel}
    if not shown or (says_yes and form.whose not in shown) or form.wording != wording.version:
        return Told.CHANGED
    if says_yes:
        return _yes(visit, shown[form.whose], wording, start_timeline)
    return _no(visit, form, wording) if any(way.agrees for way in shown.values()) else Told.NO


def _no(visit: Visit, form: ConsentForm, wording: Wording) -> Told:
    store, word = (
        open_store(),
        Consent(state=ConsentState.UNSUBSCRIBED, at=after_all(visit), source=SOURCE),
    )
    store.consent_log.add(visit.shop.shop, visit.here.id, form.channel, word, wording)
    opt_out(store, visit.reader, word, [form.channel], visit.carts, wording)
    theirs = known_of_person(visit.reader, visit.target, visit.carts, visit.known.values())
    count_unsubscribe(store, visit.shop.shop, theirs, now())
    mark_unsubscribed(store, visit.target)  # it brought the reader here, whatever they opt out of
    count("PreferencesSaved")
    return Told.NO


def _yes(visit: Visit, way: Way, wording: Wording, start_timeline: StartTimeline) -> Told:
    if way.agrees:
        return Told.YES
    word = Consent(
        state=ConsentState.SUBSCRIBED,
        at=after_all(visit),
        source=SOURCE,
        address_hash=address_hash_of(way.address),
    )
    if way.says is Says.CUSTOMER:
        word = to_be_confirmed(word, way.channel, visit.shop.double_opt_in)
    if way.says is Says.NOBODY:
        word = to_be_confirmed(word, way.channel, list(CONFIRMATIONS))
    if word.to_confirm and (way.suppressed or not may_ask(visit.shop, word)):
        return Told.NOT_ASKED
    # Write the consent log first: an opt-in without proof is worthless.
    open_store().consent_log.add(visit.shop.shop, way.name, way.channel, word, wording)
    count("PreferencesSaved")
    if word.to_confirm:
        return _ask_to_confirm(visit, way, word, wording, start_timeline)
    _say_yes(visit, way, word, wording)
    return Told.YES


def _say_yes(visit: Visit, way: Way, word: Consent, wording: Wording) -> None:
    customers, shop = open_store().customers, visit.shop.shop
    is_readers, account = way.says is Says.READER, visit.reader.account
    told = OptIn(
        given=Given.BY_READER if is_readers else Given.BY_ACCOUNT,
        name=way.name,
        channel=way.channel,
        word=word,
        to=way.address,
        account=account.id if account and not is_readers else None,
        wording=wording.text,
    )
    note(opt_in_row(shop, told, now()))
    if is_readers:
        customers.amend_one(
            shop, way.name, lambda known: known.with_consent(way.channel, Speaker.READER, word)
        )
    elif account:
        contact = Contact(platform_id=account.contact.platform_id)
        customers.amend(
            shop, contact, lambda shopper: shopper.with_own_word(way.channel, word, way.address)
        )


def _ask_to_confirm(
    visit: Visit, way: Way, word: Consent, wording: Wording, start_timeline: StartTimeline
) -> Told:
    """Send the double opt-in message. The answer says that a link was sent only where one was sent,
    now or for an earlier question."""
    store, shop = open_store(), visit.shop
    occasions = Occasions(store, start_timeline)
    to = Contact().with_address(way.channel, way.address)
    before = visit.known.get(way.name)
    shopper = store.customers.amend(
        shop.shop, to, lambda one: occasions.asking(shop, one, way.channel, way.address, word)
    )
    assert shopper is not None  # an address always identifies a shopper
    if not occasions.ask_to_confirm(shop, shopper, way.channel, way.address, wording):
        return Told.LATER
    asked = shopper.at(way.channel, way.address).asked_to_confirm.get(way.channel)
    is_new = asked != (before.asked_to_confirm.get(way.channel) if before else None)
    return Told.TO_CONFIRM if is_new else Told.ASKED_BEFORE


def after_all(visit: Visit) -> datetime:
    """A time later than every consent known so far, even where a shop's clock runs ahead of
    ours."""
    told = newest_reported(visit.known.values(), [*visit.carts, *filter(None, [visit.cart])])
    return max(filter(None, (now(), told + A_MOMENT if told else None)))
