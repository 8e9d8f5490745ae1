"""What a shopper chose on the preference page, written down. Each may be sent twice, and come late."""

from datetime import datetime, timedelta

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
from preferences.visit import Visit
from wracaj.beginning import StartTimeline, begin
from wracaj.clock import now, timestamp
from wracaj.consent import Channel, Consent, ConsentState, to_be_confirmed, whose
from wracaj.consent_wording import no_to, yes_to
from wracaj.customer import Customer, address_key
from wracaj.errors import ConflictError
from wracaj.events import CartContent, Contact
from wracaj.intake.occasions import Occasions, may_ask
from wracaj.observability import count
from wracaj.occasion import Occasion, an_occasion
from wracaj.preferences import Pace, Topic
from wracaj.stopping import newest_told, stop_all
from wracaj.store import open_store
from wracaj.store.customers import Amend

SOURCE = "preference page"
A_MOMENT = timedelta(microseconds=1)


def choose(visit: Visit, form: PreferenceForm, start_timeline: StartTimeline) -> Told:
    match form:
        case TopicsForm():
            return _topics(visit, form)
        case ConsentForm():
            return _consent(visit, form, start_timeline)
        case PaceForm():
            return _pace(visit, form)
        case BirthdayForm():
            return _birthday(visit, form)
        case NoBirthdayForm():
            return _no_birthday(visit)
        case StopForm():
            stop_all(visit.target, visit.customer, no_to(visit.lang))
            return Told.STOPPED
        case DataLinkForm():
            return _data_link(visit, start_timeline)


def _amend(visit: Visit, change: Amend) -> Customer:
    """Raises ConflictError where the shopper has just been forgotten."""
    changed = open_store().customers.amend(visit.shop.shop, visit.customer.id, change)
    if changed is None or changed.erased_at:
        raise ConflictError("the shopper's profile is gone")
    return changed


def _topics(visit: Visit, form: TopicsForm) -> Told:
    declined = frozenset(set(Topic) - set(form.topic))
    _amend(visit, lambda known: known.model_copy(update={"declined": declined}))
    count("PreferencesSaved")
    return Told.TOPICS


def _pace(visit: Visit, form: PaceForm) -> Told:
    pace = None if form.pace == "shop" else Pace(form.pace)
    _amend(visit, lambda known: known.model_copy(update={"pace": pace}))
    count("PreferencesSaved")
    return Told.PACE


def _birthday(visit: Visit, form: BirthdayForm) -> Told:
    birthday = form.birthday
    if birthday is None:
        return Told.NO_SUCH_DAY
    moment = now()
    _amend(visit, lambda known: known.says_birthday(birthday, moment, SOURCE))
    count("PreferencesSaved")
    return Told.BIRTHDAY


def _no_birthday(visit: Visit) -> Told:
    moment = now()
    _amend(visit, lambda known: known.says_birthday(None, moment, SOURCE) if known.birthday else known)
    count("PreferencesSaved")
    return Told.NO_BIRTHDAY


def _consent(visit: Visit, form: ConsentForm, start_timeline: StartTimeline) -> Told:
    """A yes holds for the address that was shown; a no, for all that the shopper has on this channel."""
    channel, says_yes = form.channel, form.answer == "yes"
    wording = yes_to(channel, visit.shop.name, visit.lang) if says_yes else no_to(visit.lang)
    shown = {whose(address): address for address in visit.addresses(channel)}
    if not shown or (says_yes and form.whose not in shown) or form.wording != wording.version:
        return Told.CHANGED
    agreed = [mark for mark, address in shown.items() if visit.agrees(channel, address)]
    if form.whose in agreed if says_yes else not agreed:
        return Told.YES if says_yes else Told.NO
    word = Consent(
        state=ConsentState.SUBSCRIBED if says_yes else ConsentState.UNSUBSCRIBED,
        at=after_all(visit),
        source=SOURCE,
        whose=form.whose if says_yes else "",
    )
    if form.whose != visit.target.whose:  # whoever reads this mail reads what comes to its address, and to no other
        word = to_be_confirmed(word, channel, visit.shop.double_opt_in)
    if word.to_confirm and not _may_be_asked(visit, channel, shown[form.whose], word):
        return Told.NOT_ASKED
    # The proof first: a yes without one would be none.
    open_store().customers.log_consent(visit.shop.shop, visit.customer.id, channel, word, wording)
    count("PreferencesSaved")
    if word.to_confirm:
        return _ask_to_confirm(visit, channel, shown[form.whose], word, start_timeline)
    _amend(visit, lambda known: known.with_consent(channel, word))
    return Told.YES if says_yes else Told.NO


def _ask_to_confirm(visit: Visit, channel: Channel, address: str, word: Consent, start_timeline: StartTimeline) -> Told:
    """Says only that a link was sent where one was, now or by an earlier question."""
    occasions, key = Occasions(open_store(), start_timeline), address_key(channel, address)
    customer = _amend(visit, lambda known: occasions.asking(visit.shop, known, channel, address, word))
    if not occasions.ask_to_confirm(visit.shop, customer, channel, address, word):
        return Told.LATER
    is_new = customer.asked_to_confirm.get(key) != visit.customer.asked_to_confirm.get(key)
    return Told.TO_CONFIRM if is_new else Told.ASKED_BEFORE


def _may_be_asked(visit: Visit, channel: Channel, address: str, word: Consent) -> bool:
    return may_ask(visit.shop, word) and not _is_given_up(visit, channel, address)


def _is_given_up(visit: Visit, channel: Channel, address: str) -> bool:
    """On whoever's profile: the claim of a message asks the same."""
    held = open_store().given_up.held(visit.shop.shop, address_key(channel, address))
    return held is not None or visit.customer.is_suppressed(channel, address)


def after_all(visit: Visit) -> datetime:
    """Said after every word that is known, whatever time it claims."""
    told = newest_told(visit.customer, visit.open_carts)
    words = visit.cart.words.values() if visit.cart else ()
    said = [at + A_MOMENT for at in (told, *(word.at for word in words)) if at]
    return max([now(), *said])


def _data_link(visit: Visit, start_timeline: StartTimeline) -> Told:
    """To the shopper's own address, whoever asks: a mail that was passed on must not tell a friend what is known."""
    store, shop, email = open_store(), visit.shop, visit.reach.email
    if email is None or _is_given_up(visit, Channel.EMAIL, email):
        return Told.LINK_REFUSED
    moment = now()
    customer = _amend(visit, lambda known: known.with_data_asked(moment))
    asked = customer.asked_for_data_at or moment
    occasion = an_occasion(shop.shop, Occasion.DATA_LINK, f"{customer.id}#{timestamp(asked)}", customer, asked, CartContent())
    to = Contact(email=email, locale=visit.lang)
    begun = begin(store, start_timeline, shop, occasion.model_copy(update={"contact": to}), customer)
    return Told.LINK_SENT if begun else Told.LATER
