"""GET and POST /y/{token}: the click that confirms an opt-in, where the shop uses double opt-in.

GET shows the question, because mail scanners follow links; POST confirms. The link was sent to the
address itself, so the click proves that its reader agrees. It confirms a pending opt-in only: a
later opt-out stays.
"""

from html import escape

from preferences.visit import Visit
from preferences.words import CONFIRMING
from wracaj.archive.opt_ins import Given, OptIn, opt_in_row
from wracaj.aws.archive_queue import note
from wracaj.aws.observability import count
from wracaj.clock import now
from wracaj.consent.channel import Channel
from wracaj.consent.consent import ConsentState
from wracaj.consent.wording import yes_to
from wracaj.customers.consents import Speaker
from wracaj.customers.masking import masked
from wracaj.messages.links import ExpiredLinkError
from wracaj.pages.layout import Response
from wracaj.services.intake.occasions import Occasions
from wracaj.services.start_occasion import StartTimeline
from wracaj.store import open_store

SOURCE = "confirmed by link"


def asked_for(visit: Visit) -> tuple[Channel, str]:
    """The channel and address to confirm. Raises ExpiredLinkError where the question is gone."""
    channel = Channel(visit.target.channel)
    address = visit.cart.contact.address(channel) if visit.cart else None
    if address is None:
        raise ExpiredLinkError("what this link was sent for is gone")
    return channel, address


def page(visit: Visit) -> Response:
    channel, address = asked_for(visit)
    words = CONFIRMING[visit.lang]
    if not visit.here.is_pending(channel):
        word = max(visit.here.words(channel), key=lambda one: one.version, default=None)
        stands = word is not None and word.state is ConsentState.SUBSCRIBED
        title, text = (
            (words.done_title, words.done) if stands else (words.nothing_title, words.nothing)
        )
        return visit.page(title, f'<p role="status">{escape(text)}</p>')
    wording = yes_to(channel, visit.shop.name, visit.lang).text
    asks = words.asks.format(address=masked(channel, address))
    button = f'<button type="submit" aria-describedby="wording">{escape(words.confirm)}</button>'
    form = f'<form method="post"><p>{button}</p></form>'
    return visit.page(
        words.title, f'<p>{escape(asks)}</p><p id="wording">{escape(wording)}</p>{form}'
    )


def confirm(visit: Visit, start_timeline: StartTimeline) -> Response:
    """Safe to repeat: where one click fails on the way, the next click completes it."""
    channel, address = asked_for(visit)
    store, shop, moment = open_store(), visit.shop, now()
    here = store.customers.amend_one(
        shop.shop, visit.here.id, lambda known: known.confirmed(channel, moment, SOURCE)
    )
    word, shopper = (
        here.word(channel, Speaker.READER),
        store.customers.shopper(shop.shop, visit.contact),
    )
    if shopper and word and word.state is ConsentState.SUBSCRIBED and word.source == SOURCE:
        wording = yes_to(channel, shop.name, visit.lang)
        told = OptIn(
            given=Given.CONFIRMED,
            name=here.id,
            channel=channel,
            word=word,
            to=address,
            wording=wording.text,
            pending=here.pending.get(channel),
        )
        note(opt_in_row(shop.shop, told, moment))
        store.consent_log.add(shop.shop, here.id, channel, word, wording)
        Occasions(store, start_timeline).said(
            shop, shopper, channel, address, word, here.pending.get(channel)
        )
        count("ConsentConfirmed")
    return visit.back()
