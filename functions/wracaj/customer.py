"""One shopper, whether known by platform id, e-mail or phone. Pure."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Self

from pydantic import AwareDatetime

from wracaj.audiences import Membership as Membership
from wracaj.birthdays import Celebrated
from wracaj.cart import CONTACT_FACTS, Cart, platform_mark
from wracaj.consent import Channel, Consent, ConsentState, latest, whose
from wracaj.deliveries import Deliveries, SoftBounce
from wracaj.events import Contact, Frozen
from wracaj.preferences import Pace, Topic

CAP_DAYS = 7
CONFIRMATION_WAITS = timedelta(days=90)
REFUSAL_WAITS = timedelta(days=7)
BETWEEN_WHYS = timedelta(days=365)
BETWEEN_DATA_LINKS = timedelta(hours=1)
SENT_KEPT_DAYS = 31  # the longest pause that a shopper may ask for


class SentMessage(Frozen):
    at: AwareDatetime
    channel: Channel


class OpenCart(Frozen):
    cart_id: str
    created_at: AwareDatetime
    last_activity_at: AwareDatetime
    item_count: int
    unreminded: bool = False  # the shop's rules gave it no timeline


class Customer(Celebrated):
    id: str
    revision: int = 0
    contact: Contact = Contact()
    aliases: frozenset[str] = frozenset()
    absorbed: frozenset[str] = frozenset()  # ids this shopper was known by before two were found to be one
    merged_into: str | None = None
    consent: dict[str, Consent] = {}  # "{channel}#{whose}" → the newest word
    suppressed: dict[str, str] = {}  # address_key() → why: bounce, complaint, gone, or opted_out
    trusted: dict[str, AwareDatetime] = {}  # address_key() → when a person last said that messages arrive there, and are wanted
    deliveries: dict[str, Deliveries] = {}  # address_key() → only of addresses that something did not arrive at
    last_order_at: AwareDatetime | None = None
    sent: tuple[SentMessage, ...] = ()  # of the last SENT_KEPT_DAYS
    wrote_at: AwareDatetime | None = None  # the shopper's newest message on Messenger
    audience: Membership | None = None
    clicked_yes: dict[Channel, AwareDatetime] = {}  # the newest yes by a gesture, which only its cart holds
    pending: dict[str, Consent] = {}  # address_key() → the newest yes that waits for a confirming click, or waited
    asked_to_confirm: dict[str, AwareDatetime] = {}  # address_key() → when that click was asked for
    pace: Pace | None = None
    declined: frozenset[Topic] = frozenset()
    asked_why_at: AwareDatetime | None = None  # why a cart was left behind
    asked_for_data_at: AwareDatetime | None = None  # when a link to all that is known was asked for; see with_data_asked()
    erased_at: AwareDatetime | None = None

    def learn(self, contact: Contact, versions: Mapping[str, str]) -> Self:
        """Takes over what the event tells, where nothing newer told it."""
        news = {
            name: value
            for name in CONTACT_FACTS
            if (value := getattr(contact, name)) and self.versions.get(name, "") < versions.get(name, "")
        }
        if not news:
            return self
        learned = self.versions | {name: versions[name] for name in news}
        return self.model_copy(update={"contact": self.contact.model_copy(update=news), "versions": learned})

    def with_consent(self, channel: Channel, consent: Consent) -> Self:
        if consent.to_confirm:
            return self.with_pending(channel, consent)
        key = f"{channel}#{consent.whose}"
        known = self.consent.get(key)
        if known is not None and known.version >= consent.version:
            return self
        said = self.model_copy(update={"consent": self.consent | {key: consent}})
        is_no = channel is Channel.AUDIENCE and consent.state is ConsentState.UNSUBSCRIBED
        return said.out_of_audience() if is_no else said

    def with_click(self, channel: Channel, at: datetime) -> Self:
        newest = max(at, self.clicked_yes.get(channel, at))
        return self.model_copy(update={"clicked_yes": self.clicked_yes | {channel: newest}})

    def with_pending(self, channel: Channel, word: Consent) -> Self:
        """Kept apart from what counts, so that any order of yes, no and confirmation ends the same."""
        key = f"{channel}#{word.whose}"
        known = self.pending.get(key)
        if known is not None and known.version >= word.version:
            return self
        return self.model_copy(update={"pending": self.pending | {key: word}})

    def with_confirmation_asked(self, channel: Channel, address: str, at: datetime) -> Self:
        """Once for an address, and not again within CONFIRMATION_WAITS; a click since the last question is its answer, and
        a no since shortens the wait. Not to nothing: anybody may say yes and no in turn for somebody else's address."""
        key = address_key(channel, address)
        asked = self.asked_to_confirm.get(key)
        refused = asked is not None and any(no.at > asked for no in self._noes(channel, address))
        waits = REFUSAL_WAITS if refused else CONFIRMATION_WAITS
        if not self.is_pending(channel, address) or (asked is not None and at < asked + waits):
            return self
        return self.model_copy(update={"asked_to_confirm": self.asked_to_confirm | {key: at}})

    def without_question(self, key: str, at: datetime) -> Self:
        """An address_key() that was to be asked then, and was not, or has answered."""
        asked = {known: when for known, when in self.asked_to_confirm.items() if (known, when) != (key, at)}
        return self.model_copy(update={"asked_to_confirm": asked})

    def confirmed(self, channel: Channel, address: str, at: datetime, source: str) -> Self:
        """A click on the link that was mailed to this address. Nothing where nothing waits for it."""
        if not self.is_pending(channel, address):
            return self
        key = address_key(channel, address)
        after = max(at, self.pending[key].at)
        yes = Consent(state=ConsentState.SUBSCRIBED, at=after, source=source, whose=whose(address))
        asked = self.asked_to_confirm.get(key)
        return (self.without_question(key, asked) if asked else self).with_consent(channel, yes)

    def _noes(self, channel: Channel, address: str) -> list[Consent]:
        words = (self.consent.get(f"{channel}#{mark}") for mark in (whose(address), ""))
        return [word for word in words if word is not None and word.state is ConsentState.UNSUBSCRIBED]

    def is_pending(self, channel: Channel, address: str) -> bool:
        """A yes for this address waits for its click: none was confirmed, and no no came since."""
        word = self.pending.get(address_key(channel, address))
        said = (self.consent.get(f"{channel}#{mark}") for mark in (whose(address), ""))
        settled = max(filter(None, said), key=lambda one: one.version, default=None)
        if word is None or (settled and settled.state is ConsentState.SUBSCRIBED):
            return False
        return settled is None or settled.version < word.version

    def with_order(self, placed_at: datetime) -> Self:
        known = self.out_of_audience() if self.audience and self.audience.ends_with_order(placed_at) else self
        if known.last_order_at is not None and known.last_order_at >= placed_at:
            return known
        return known.model_copy(update={"last_order_at": placed_at})

    def out_of_audience(self) -> Self:
        """The store writes down that Meta must be told, with whatever write of the profile takes this over."""
        return self.model_copy(update={"audience": None}) if self.audience else self

    def out_of_audience_of(self, cart_id: str, episode: int) -> Self:
        """Where that timeline put the shopper in, and no later one."""
        member = self.audience
        is_its = member is not None and (member.cart_id, member.episode) == (cart_id, episode)
        return self.out_of_audience() if is_its else self

    def with_sent(self, channel: Channel, at: datetime) -> Self:
        recent = tuple(message for message in self.sent if message.at > at - timedelta(days=SENT_KEPT_DAYS))
        return self.model_copy(update={"sent": (*recent, SentMessage(at=at, channel=channel))})

    def with_suppressed(self, channel: Channel, address: str, why: str) -> Self:
        return self.giving_up(address_key(channel, address), why)

    def without_subscription(self, web_push: str) -> Self:
        """A browser's subscription that is gone is good for nothing. What told of it does not bring it back."""
        if self.contact.web_push != web_push:
            return self
        return self.model_copy(update={"contact": self.contact.model_copy(update={"web_push": None})})

    def giving_up(self, key: str, why: str, at: datetime | None = None) -> Self:
        """The first reason stays: a complaint after a bounce adds nothing. `at`: what the reason is as old as; a person who
        lifted it has overruled all that is older, however often it is told."""
        if at is not None and self._is_overruled(key, at):
            return self
        return self.model_copy(update={"suppressed": {key: why} | self.suppressed})

    def arrived(self, key: str, at: datetime) -> Self:
        """Noted only where something did not arrive before: a write for each mail would count nothing else."""
        if key not in self.deliveries:
            return self
        return self.model_copy(update={"deliveries": self.deliveries | {key: self.deliveries[key].arrived(at)}})

    def bounced(self, key: str, bounce: SoftBounce) -> Self:
        if self._is_overruled(key, bounce.at):
            return self
        known = self.deliveries.get(key, Deliveries()).bounced(bounce)
        noted = self.model_copy(update={"deliveries": self.deliveries | {key: known}})
        return noted.giving_up(key, "bounce") if known.given_up else noted

    def trusted_again(self, key: str, at: datetime) -> Self:
        """A person says that messages arrive there after all, and are wanted."""
        suppressed = {known: why for known, why in self.suppressed.items() if known != key}
        deliveries = {known: told for known, told in self.deliveries.items() if known != key}
        trusted = self.trusted | {key: max(filter(None, (self.trusted.get(key), at)))}
        return self.model_copy(update={"suppressed": suppressed, "deliveries": deliveries, "trusted": trusted})

    def _is_overruled(self, key: str, at: datetime) -> bool:
        return key in self.trusted and at <= self.trusted[key]

    def wrote(self, at: datetime) -> Self:
        newest = max(filter(None, (self.wrote_at, at)))
        return self if newest == self.wrote_at else self.model_copy(update={"wrote_at": newest})

    def may_be_asked_why(self, at: datetime) -> bool:
        return self.asked_why_at is None or at >= self.asked_why_at + BETWEEN_WHYS

    def without_why_asked(self, at: datetime) -> Self:
        """Takes back a question that stood in a message which was claimed and then not taken by the provider."""
        return self.model_copy(update={"asked_why_at": None}) if self.asked_why_at == at else self

    def with_data_asked(self, at: datetime) -> Self:
        """One link in an hour: whoever has an old mail of somebody must not fill their mailbox."""
        if self.asked_for_data_at is not None and at < self.asked_for_data_at + BETWEEN_DATA_LINKS:
            return self
        return self.model_copy(update={"asked_for_data_at": at})

    def without_sent(self, channel: Channel, at: datetime) -> Self:
        """Takes back a message that was claimed and then not taken by the provider."""
        return self.model_copy(update={"sent": tuple(m for m in self.sent if m != SentMessage(at=at, channel=channel))})

    def absorb(self, other: Self) -> Self:
        """Two customers are found to be one shopper."""
        newest = {
            name: self.contact if self.versions.get(name, "") >= other.versions.get(name, "") else other.contact
            for name in CONTACT_FACTS
        }
        born = self.birthday_of(other)
        unlike = {key: known.joined(other.deliveries[key]) for key, known in self.deliveries.items() if key in other.deliveries}
        merged = self.model_copy(
            update={
                "birthday": born.birthday,
                "birthday_removed": born.birthday_removed,
                "contact": Contact(**{name: getattr(source, name) for name, source in newest.items()}),
                "versions": {n: max(self.versions.get(n, ""), other.versions.get(n, "")) for n in self.versions | other.versions},
                "aliases": self.aliases | other.aliases,
                "absorbed": self.absorbed | other.absorbed | {other.id},
                "suppressed": other.suppressed | self.suppressed,
                "deliveries": other.deliveries | self.deliveries | unlike,
                "wrote_at": max(filter(None, (self.wrote_at, other.wrote_at)), default=None),
                "audience": self.audience or other.audience,
                "pace": max(filter(None, (self.pace, other.pace)), key=lambda pace: pace.days, default=None),
                "declined": self.declined | other.declined,
                "asked_why_at": max(filter(None, (self.asked_why_at, other.asked_why_at)), default=None),
                "trusted": _newest(self.trusted, other.trusted),
                "asked_to_confirm": _newest(self.asked_to_confirm, other.asked_to_confirm),
                "asked_for_data_at": max(filter(None, (self.asked_for_data_at, other.asked_for_data_at)), default=None),
                "sent": tuple(sorted(self.sent + other.sent, key=lambda message: message.at)),
            }
        )
        for channel, at in other.clicked_yes.items():
            merged = merged.with_click(channel, at)
        for key, consent in (*other.consent.items(), *other.pending.items()):
            merged = merged.with_consent(Channel(key.partition("#")[0]), consent)
        return merged.with_order(other.last_order_at) if other.last_order_at else merged

    def address(self, cart: Cart, channel: Channel) -> str | None:
        """Where to reach the shopper: what the cart says; the profile only where the shopper was logged in, so that
        a mistyped phone number never sends one shopper's cart to another."""
        own, known = cart.contact.address(channel), self.contact.address(channel)
        if channel is Channel.MESSENGER and own and known and own != known:
            return None  # the window and the stop are those of the one conversation that the profile knows
        return own or (known if cart.contact.platform_id or cart.occasion else None)

    def is_suppressed(self, channel: Channel, address: str) -> bool:
        return address_key(channel, address) in self.suppressed

    def agrees(self, cart: Cart, channel: Channel) -> bool:
        """Unknown is not yes, and a yes for another address is none."""
        own = {whose(self.address(cart, channel)), whose(platform_mark(cart.contact)), ""}
        said = [word for key, word in self.consent.items() if key.startswith(f"{channel}#")] + [
            *filter(None, [cart.words.get(channel)])
        ]
        told = [word for word in said if not word.to_confirm]
        heard = (word for word in told if word.whose in own and (word.whose or word.state is not ConsentState.SUBSCRIBED))
        return latest(*heard) is ConsentState.SUBSCRIBED

    def held_out(self, shop: str, percent: int) -> bool:
        """The same shopper is always in the same group."""
        share = int.from_bytes(hashlib.sha256(f"holdout\0{shop}\0{self.id}".encode()).digest()[:4], "big") % 100
        return share < percent


def _newest(some: Mapping[str, datetime], others: Mapping[str, datetime]) -> dict[str, datetime]:
    return {key: max(known[key] for known in (some, others) if key in known) for key in {**some, **others}}


def suppression_key(channel: Channel, whose: str) -> str:
    return f"{channel}#{whose}"


def address_key(channel: Channel, address: str) -> str:
    return suppression_key(channel, whose(address))
