"""What is known under one name: a customer's account, an address, a conversation, a browser.

An account holds what the shop vouches for and what its customer said. An address holds what was
said at it, by whom, and what became of the messages to it: that is one for all who use it. See
identity.py and docs/architecture.md, "Who is who".
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, Self

from pydantic import AwareDatetime

from wracaj.carts.cart import CONTACT_FACTS
from wracaj.consent.consent import Channel, Consent, ConsentState
from wracaj.consent.preferences import Pace, Topic
from wracaj.customers.audiences import Membership
from wracaj.customers.birthday import Celebrated
from wracaj.customers.bounces import Deliveries, SoftBounce
from wracaj.customers.identity import is_account
from wracaj.events import Contact, Frozen

CONFIRMATION_WAITS = timedelta(days=90)
REFUSAL_WAITS = timedelta(days=7)
BETWEEN_REASON_QUESTIONS = timedelta(days=365)
BETWEEN_DATA_LINKS = timedelta(hours=1)
SENT_KEPT_DAYS = 31  # the longest pause that a shopper may ask for


class Speaker(StrEnum):
    """Who said yes or no at an address."""

    # by a click on a link that we sent there, or the shop of nobody's account: it holds for all
    READER = "reader"
    GUEST = "guest"  # typed at a checkout without an account: it holds for guests
    # an account whose record names the address said no: it holds for guests, too
    CUSTOMER = "customer"


class SentMessage(Frozen):
    at: AwareDatetime
    channel: Channel


class Owner(Protocol):
    """Whom what was bought, earned and given belongs to: an account, or the address of a guest."""

    @property
    def id(self) -> str: ...

    @property
    def absorbed(self) -> frozenset[str]: ...


class Customer(Celebrated):
    """`id`: the name. `contact`: of an account its id and what the shop's record says; of an
    address itself."""

    id: str
    revision: int = 0
    contact: Contact = Contact()
    absorbed: frozenset[str] = frozenset()  # accounts that the shop merged into this one
    merged_into: str | None = None
    # account: "{channel}#{address_hash}"; address: "{channel}#{speaker}" → the newest word
    consent: dict[str, Consent] = {}
    suppressed: dict[str, str] = {}  # channel → why: bounce, complaint, gone, or opted_out
    # channel → when a person last said that messages arrive here, and are wanted
    lifted: dict[str, AwareDatetime] = {}
    deliveries: dict[str, Deliveries] = {}  # channel → only where something did not arrive
    # stronger kinds that the order named (identity.stronger_kinds) → the newest such order
    ordered: dict[str, AwareDatetime] = {}
    sent: tuple[SentMessage, ...] = ()  # to this address, of the last SENT_KEPT_DAYS
    wrote_at: AwareDatetime | None = None  # the newest message from here to the shop
    # of a conversation or a browser: whose cart it was first left in
    first_owner: str | None = None
    audience: Membership | None = None
    # the newest yes by a gesture, which only its cart holds
    clicked_opt_ins: dict[Channel, AwareDatetime] = {}
    # channel → the newest yes that waits for a confirming click, or waited
    pending: dict[str, Consent] = {}
    asked_to_confirm: dict[str, AwareDatetime] = {}  # channel → when that click was asked for
    pace: Pace | None = None
    declined: frozenset[Topic] = frozenset()
    asked_reason_at: AwareDatetime | None = None  # why a cart was left behind
    # when a link to all that is known was asked for; see with_data_asked()
    asked_for_data_at: AwareDatetime | None = None
    erased_at: AwareDatetime | None = None

    @property
    def is_account(self) -> bool:
        return is_account(self.id)

    @property
    def exists(self) -> bool:
        """Something was ever written down under this name."""
        return self.revision > 0

    def learn(self, contact: Contact, versions: Mapping[str, str]) -> Self:
        """Takes over what the event tells, where nothing newer told it."""
        news = {
            name: value
            for name in CONTACT_FACTS
            if (value := getattr(contact, name))
            and self.versions.get(name, "") < versions.get(name, "")
        }
        if not news:
            return self
        learned = self.versions | {name: versions[name] for name in news}
        return self.model_copy(
            update={"contact": self.contact.model_copy(update=news), "versions": learned}
        )

    def forgotten_since(self, version: str) -> bool:
        """Whether who bears this name asked to be forgotten after an event of this version was
        told."""
        return self.erased_at is not None and self.erased_at >= datetime.fromisoformat(
            version.partition("#")[0]
        )

    # What was said

    def with_consent(self, channel: Channel, by: str, word: Consent) -> Self:
        """`by`: a Speaker at an address, or the mark of the address that an account's word is
        about. The newest counts."""
        key = f"{channel}#{by}"
        known = self.consent.get(key)
        if known is not None and known.version >= word.version:
            return self
        said = self.model_copy(update={"consent": self.consent | {key: word}})
        is_no = channel is Channel.AUDIENCE and word.state is ConsentState.UNSUBSCRIBED
        return said.out_of_audience() if is_no else said

    def word(self, channel: Channel, by: str) -> Consent | None:
        return self.consent.get(f"{channel}#{by}")

    def words(self, channel: Channel) -> list[Consent]:
        return [word for key, word in self.consent.items() if key.startswith(f"{channel}#")]

    def noes(self, channel: Channel) -> list[Consent]:
        return [word for word in self.words(channel) if word.state is ConsentState.UNSUBSCRIBED]

    def with_click(self, channel: Channel, at: datetime) -> Self:
        newest = max(at, self.clicked_opt_ins.get(channel, at))
        return self.model_copy(update={"clicked_opt_ins": self.clicked_opt_ins | {channel: newest}})

    def first_used_by(self, owner: str) -> Self:
        """A conversation or a browser, left in a cart of this owner."""
        is_known = self.first_owner is not None or owner == self.id
        return self if is_known else self.model_copy(update={"first_owner": owner})

    # A yes at an address that waits for its click

    def with_pending(self, channel: Channel, word: Consent) -> Self:
        """Kept apart from what counts, so that any order of yes, no and confirmation
        ends the same."""
        known = self.pending.get(channel)
        if known is not None and known.version >= word.version:
            return self
        return self.model_copy(update={"pending": self.pending | {channel.value: word}})

    def with_confirmation_asked(self, channel: Channel, at: datetime) -> Self:
        """Once for an address, and not again within CONFIRMATION_WAITS; a click since the last
        question is its answer, and a no since shortens the wait. Not to nothing: anybody may say
        yes and no in turn for somebody else's address."""
        asked = self.asked_to_confirm.get(channel)
        refused = asked is not None and any(no.at > asked for no in self.noes(channel))
        waits = REFUSAL_WAITS if refused else CONFIRMATION_WAITS
        if not self.is_pending(channel) or (asked is not None and at < asked + waits):
            return self
        return self.model_copy(
            update={"asked_to_confirm": self.asked_to_confirm | {channel.value: at}}
        )

    def without_question(self, channel: Channel, at: datetime) -> Self:
        """One that was to be asked then, and was not, or has its answer."""
        asked = {
            known: when
            for known, when in self.asked_to_confirm.items()
            if (known, when) != (channel, at)
        }
        return self.model_copy(update={"asked_to_confirm": asked})

    def confirmed(self, channel: Channel, at: datetime, source: str) -> Self:
        """A click on the link that was sent to this address. Nothing where nothing waits for it."""
        if not self.is_pending(channel):
            return self
        yes = Consent(
            state=ConsentState.SUBSCRIBED, at=max(at, self.pending[channel].at), source=source
        )
        asked = self.asked_to_confirm.get(channel)
        return (self.without_question(channel, asked) if asked else self).with_consent(
            channel, Speaker.READER, yes
        )

    def is_pending(self, channel: Channel) -> bool:
        """A yes for this address waits for its click: none was confirmed, and no no came since."""
        waiting = self.pending.get(channel)
        settled = max(self.words(channel), key=lambda word: word.version, default=None)
        if waiting is None or (settled and settled.state is ConsentState.SUBSCRIBED):
            return False
        return settled is None or settled.version < waiting.version

    # Orders, audiences, messages

    def with_order(self, surer: str, placed_at: datetime) -> Self:
        """An order that names this name. `surer`: which surer kinds of name it had."""
        known = (
            self.out_of_audience()
            if self.audience and self.audience.ends_with_order(placed_at)
            else self
        )
        if known.ordered.get(surer, placed_at) > placed_at or known.ordered.get(surer) == placed_at:
            return known
        return known.model_copy(update={"ordered": known.ordered | {surer: placed_at}})

    def out_of_audience(self) -> Self:
        """The store writes down that Meta must be told, with whatever write of the item takes this
        over."""
        return self.model_copy(update={"audience": None}) if self.audience else self

    def out_of_audience_of(self, cart_id: str, episode: int) -> Self:
        """Where that timeline put the shopper in, and no later one."""
        member = self.audience
        is_its = member is not None and (member.cart_id, member.episode) == (cart_id, episode)
        return self.out_of_audience() if is_its else self

    def with_sent(self, channel: Channel, at: datetime) -> Self:
        recent = tuple(
            message for message in self.sent if message.at > at - timedelta(days=SENT_KEPT_DAYS)
        )
        return self.model_copy(update={"sent": (*recent, SentMessage(at=at, channel=channel))})

    def without_sent(self, channel: Channel, at: datetime) -> Self:
        """Takes back a message that was claimed and then not taken by the provider."""
        kept = tuple(
            message for message in self.sent if message != SentMessage(at=at, channel=channel)
        )
        return self.model_copy(update={"sent": kept})

    def wrote(self, at: datetime) -> Self:
        newest = max(filter(None, (self.wrote_at, at)))
        return self if newest == self.wrote_at else self.model_copy(update={"wrote_at": newest})

    def may_be_asked_reason(self, at: datetime) -> bool:
        return self.asked_reason_at is None or at >= self.asked_reason_at + BETWEEN_REASON_QUESTIONS

    def without_why_asked(self, at: datetime) -> Self:
        """Takes back a question that stood in a message which was claimed and then not taken by the
        provider."""
        return (
            self.model_copy(update={"asked_reason_at": None})
            if self.asked_reason_at == at
            else self
        )

    def with_data_asked(self, at: datetime) -> Self:
        """One link in an hour: whoever has an old mail of somebody must not fill their mailbox."""
        if self.asked_for_data_at is not None and at < self.asked_for_data_at + BETWEEN_DATA_LINKS:
            return self
        return self.model_copy(update={"asked_for_data_at": at})

    # Whether messages arrive

    def suppressing(self, channel: Channel, why: str, at: datetime | None = None) -> Self:
        """The first reason stays: a complaint after a bounce adds nothing. `at`: what the reason is
        as old as; a person who lifted it has overruled all that is older, however often it is told.
        """
        if at is not None and self._is_overruled(channel, at):
            return self
        return self.model_copy(update={"suppressed": {channel.value: why} | self.suppressed})

    def arrived(self, channel: Channel, at: datetime) -> Self:
        """Noted only where something did not arrive before: a write for each mail would count
        nothing else."""
        if channel not in self.deliveries:
            return self
        return self.model_copy(
            update={
                "deliveries": (
                    self.deliveries | {channel.value: self.deliveries[channel].arrived(at)}
                )
            }
        )

    def bounced(self, channel: Channel, bounce: SoftBounce) -> Self:
        if self._is_overruled(channel, bounce.at):
            return self
        known = self.deliveries.get(channel, Deliveries()).bounced(bounce)
        noted = self.model_copy(update={"deliveries": self.deliveries | {channel.value: known}})
        return noted.suppressing(channel, "bounce") if known.is_suppressed_by_bounces else noted

    def with_suppression_lifted(self, channel: Channel, at: datetime) -> Self:
        """A person says that messages arrive here after all, and are wanted."""
        suppressed = {known: why for known, why in self.suppressed.items() if known != channel}
        deliveries = {known: told for known, told in self.deliveries.items() if known != channel}
        lifted = self.lifted | {channel.value: max(filter(None, (self.lifted.get(channel), at)))}
        return self.model_copy(
            update={"suppressed": suppressed, "deliveries": deliveries, "lifted": lifted}
        )

    def _is_overruled(self, channel: Channel, at: datetime) -> bool:
        return channel in self.lifted and at <= self.lifted[channel]

    # The shop's own word

    def absorb(self, other: Self) -> Self:
        """The shop says that another of its accounts is this one. What they earned stays where it
        is: see `absorbed`."""
        newest = {
            name: (
                self.contact
                if self.versions.get(name, "") >= other.versions.get(name, "")
                else other.contact
            )
            for name in CONTACT_FACTS
            if name != "platform_id"
        }
        born = self.birthday_of(other)
        versions = {
            n: max(self.versions.get(n, ""), other.versions.get(n, ""))
            for n in self.versions | other.versions
        }
        contact = {name: getattr(source, name) for name, source in newest.items()}
        merged = self.model_copy(
            update={
                "birthday": born.birthday,
                "birthday_removed": born.birthday_removed,
                "contact": Contact(platform_id=self.contact.platform_id, **contact),
                "versions": versions,
                "absorbed": self.absorbed | other.absorbed | {other.id},
                "audience": self.audience or other.audience,
                "pace": max(
                    filter(None, (self.pace, other.pace)), key=lambda pace: pace.days, default=None
                ),
                "declined": self.declined | other.declined,
            }
        )
        for key, consent in other.consent.items():
            channel, _, by = key.partition("#")
            merged = merged.with_consent(Channel(channel), by, consent)
        for surer, at in other.ordered.items():
            merged = merged.with_order(surer, at)
        return merged

    @property
    def is_buried(self) -> bool:
        """Nothing came since that names this name again."""
        return self.erased_at is not None and self.contact == Contact()

    @property
    def is_somebodys_word(self) -> bool:
        """More than an address that was typed: orders, a yes or a no, that messages do not arrive,
        what its reader chose."""
        return bool(
            self.consent
            or self.suppressed
            or self.ordered
            or self.birthday
            or self.pace
            or self.declined
        )

    def buried(self, at: datetime) -> Self:
        """What stays of who asked to be forgotten: that they did, noes, and that messages do not
        arrive."""
        noes = {
            key: _bare(word)
            for key, word in self.consent.items()
            if word.state is ConsentState.UNSUBSCRIBED
        }
        kept = {} if self.is_account else noes
        return type(self)(
            id=self.id,
            revision=self.revision,
            consent=kept,
            suppressed=self.suppressed,
            erased_at=at,
        )


def _bare(word: Consent) -> Consent:
    return Consent(state=word.state, at=word.at)
