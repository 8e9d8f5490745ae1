"""What is known under one identifier: a customer's account, an address, a conversation or a
browser.

An account has the shop's record and what its customer chose. An address has the consents given for
it, who gave them, and its bounces; all who use the address share them. See identity.py and
docs/architecture.md, "Who is who".
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, Self

from pydantic import AwareDatetime

from wracaj.carts.cart import CONTACT_FACTS
from wracaj.consent.channel import Channel
from wracaj.consent.consent import Consent, ConsentState
from wracaj.customers.audiences import Membership
from wracaj.customers.bounces import Deliveries, SoftBounce
from wracaj.customers.choices import Choosing
from wracaj.customers.identity import is_account
from wracaj.events import Contact, Frozen
from wracaj.experiments.arms import Entry, merged
from wracaj.orders.credits import Click

CONFIRMATION_WAITS = timedelta(days=90)
REFUSAL_WAITS = timedelta(days=7)
BETWEEN_REASON_QUESTIONS = timedelta(days=365)
BETWEEN_DATA_LINKS = timedelta(hours=1)
SENT_KEPT_DAYS = 31  # the longest pace that a shopper can choose
EACH = ""  # for an address_hash: an account's opt-out is about each of its addresses


class Speaker(StrEnum):
    """Who gave an opt-in or opt-out for an address."""

    # by a click on a link that we sent there, or reported by the shop without an account; it counts
    # for everybody who uses the address
    READER = "reader"
    GUEST = "guest"  # typed at a checkout without an account; it counts for guests
    # an opt-out of an account whose record has this address; it counts for guests, too
    CUSTOMER = "customer"


class SentMessage(Frozen):
    at: AwareDatetime
    channel: Channel


class Owner(Protocol):
    """The customer that purchases, points and rewards belong to: an account or a guest's
    address."""

    @property
    def id(self) -> str: ...

    @property
    def absorbed(self) -> frozenset[str]: ...


class Customer(Choosing):
    """`id`: the identifier. `contact`: for an account, its id and the shop's record; for an
    address, the address itself."""

    id: str
    revision: int = 0
    contact: Contact = Contact()
    absorbed: frozenset[str] = frozenset()  # accounts that the shop merged into this one
    merged_into: str | None = None
    # account: "{channel}#{address_hash}", or "{channel}#" for each of its addresses; address:
    # "{channel}#{speaker}" → the newest consent
    consent: dict[str, Consent] = {}
    suppressed: dict[str, str] = {}  # channel → reason: bounce, complaint, gone, or opted_out
    # channel → when a person last lifted the suppression
    lifted: dict[str, AwareDatetime] = {}
    deliveries: dict[str, Deliveries] = {}  # channel → bounces; only for channels that had one
    # stronger kinds that the order had (identity.stronger_kinds) → time of the newest such order
    ordered: dict[str, AwareDatetime] = {}
    sent: tuple[SentMessage, ...] = ()  # to this address, in the last SENT_KEPT_DAYS
    wrote_at: AwareDatetime | None = None  # when the shopper last wrote to the shop from here
    # for a conversation or a browser: the owner of the cart that had it first
    first_owner: str | None = None
    audience: Membership | None = None
    # channel → time of the newest opt-in by a click; the opt-in itself is in its cart
    clicked_opt_ins: dict[Channel, AwareDatetime] = {}
    # channel → the newest opt-in that waits, or waited, for double opt-in
    pending: dict[str, Consent] = {}
    # channel → when the confirmation message was requested
    asked_to_confirm: dict[str, AwareDatetime] = {}
    # when the shopper was last asked for an abandonment reason
    asked_reason_at: AwareDatetime | None = None
    # when the shopper last asked for a link to their data; see with_data_asked()
    asked_for_data_at: AwareDatetime | None = None
    last_click: Click | None = None  # on a link back to a cart, in a message to this address
    arms: dict[str, Entry] = {}  # experiment → which arm the shopper entered
    erased_at: AwareDatetime | None = None

    @property
    def is_account(self) -> bool:
        return is_account(self.id)

    @property
    def exists(self) -> bool:
        """Whether anything was ever stored under this identifier."""
        return self.revision > 0

    def learn(self, contact: Contact, versions: Mapping[str, str]) -> Self:
        """Add the contact facts of an event, except those that a newer event already reported."""
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
        """Whether this customer was erased after the event of this version."""
        return self.erased_at is not None and self.erased_at >= datetime.fromisoformat(
            version.partition("#")[0]
        )

    # Consent

    def with_consent(self, channel: Channel, by: str, word: Consent) -> Self:
        """Add a consent unless a newer one is known. `by`: a Speaker for an address; for an
        account, the hash of the address that the consent is about, or EACH."""
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

    # Double opt-in

    def with_pending(self, channel: Channel, word: Consent) -> Self:
        """Add an opt-in that waits for double opt-in. It is kept apart from the consents that
        count, so opt-in, opt-out and confirmation give the same result in any order."""
        known = self.pending.get(channel)
        if known is not None and known.version >= word.version:
            return self
        return self.model_copy(update={"pending": self.pending | {channel.value: word}})

    def with_box(self, channel: Channel, box: Consent, *, is_ticked: bool) -> Self:
        """Note whether the box of the waiting opt-in is still ticked. One that was emptied again is
        not asked about. A click on a question that had left before still counts.

        A platform's box has its checkout's time; a box in a shop's page has that of each report,
        and its words after the source.
        """
        waiting = self.pending.get(channel)
        if waiting is None or waiting.to_confirm == is_ticked:
            return self
        of_checkout = (waiting.at, waiting.source) == (box.at, box.source)
        of_page = waiting.source.startswith(f"{box.source}: ") and waiting.at <= box.at
        if not (of_checkout or of_page):
            return self
        told = waiting.model_copy(update={"to_confirm": is_ticked})
        return self.model_copy(update={"pending": self.pending | {channel.value: told}})

    def with_confirmation_asked(self, channel: Channel, at: datetime) -> Self:
        """Note that a confirmation message is requested, if one may be. One may be if an opt-in
        waits and the last request is older than CONFIRMATION_WAITS. After an opt-out since that
        request, REFUSAL_WAITS is enough. The wait is never zero, because anybody can opt somebody
        else's address in and out in turn."""
        asked = self.asked_to_confirm.get(channel)
        refused = asked is not None and any(no.at > asked for no in self.noes(channel))
        waits = REFUSAL_WAITS if refused else CONFIRMATION_WAITS
        if not self.is_to_be_asked(channel) or (asked is not None and at < asked + waits):
            return self
        return self.model_copy(
            update={"asked_to_confirm": self.asked_to_confirm | {channel.value: at}}
        )

    def without_question(self, channel: Channel, at: datetime) -> Self:
        """Remove the confirmation request of this time: it was not sent, or it was answered."""
        asked = {
            known: when
            for known, when in self.asked_to_confirm.items()
            if (known, when) != (channel, at)
        }
        return self.model_copy(update={"asked_to_confirm": asked})

    def confirmed(self, channel: Channel, at: datetime, source: str) -> Self:
        """Turn the waiting opt-in into one that counts, after a click on the link sent to this
        address. Nothing changes if no opt-in waits."""
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
        """Whether an opt-in waits for its click. It waits until it is confirmed or a newer opt-out
        comes."""
        waiting = self.pending.get(channel)
        settled = max(self.words(channel), key=lambda word: word.version, default=None)
        if waiting is None or (settled and settled.state is ConsentState.SUBSCRIBED):
            return False
        return settled is None or settled.version < waiting.version

    def is_to_be_asked(self, channel: Channel) -> bool:
        return self.is_pending(channel) and self.pending[channel].to_confirm

    # Orders, audiences, messages

    def with_order(self, surer: str, placed_at: datetime) -> Self:
        """Note an order that has this identifier. `surer`: the stronger kinds of identifier that it
        also has."""
        known = (
            self.out_of_audience()
            if self.audience and self.audience.ends_with_order(placed_at)
            else self
        )
        if known.ordered.get(surer, placed_at) > placed_at or known.ordered.get(surer) == placed_at:
            return known
        return known.model_copy(update={"ordered": known.ordered | {surer: placed_at}})

    def out_of_audience(self) -> Self:
        """Remove the shopper from the audience. The store then records, in the same write, that
        Meta must be notified."""
        return self.model_copy(update={"audience": None}) if self.audience else self

    def out_of_audience_of(self, cart_id: str, episode: int) -> Self:
        """Remove the shopper from the audience only if this timeline added them, not a later
        one."""
        member = self.audience
        is_its = member is not None and (member.cart_id, member.episode) == (cart_id, episode)
        return self.out_of_audience() if is_its else self

    def with_sent(self, channel: Channel, at: datetime) -> Self:
        recent = tuple(
            message for message in self.sent if message.at > at - timedelta(days=SENT_KEPT_DAYS)
        )
        return self.model_copy(update={"sent": (*recent, SentMessage(at=at, channel=channel))})

    def without_sent(self, channel: Channel, at: datetime) -> Self:
        """Remove a message that was claimed and that the provider did not take."""
        kept = tuple(
            message for message in self.sent if message != SentMessage(at=at, channel=channel)
        )
        return self.model_copy(update={"sent": kept})

    def clicked(self, click: Click) -> Self:
        is_newer = self.last_click is None or click.at > self.last_click.at
        return self.model_copy(update={"last_click": click}) if is_newer else self

    def wrote(self, at: datetime) -> Self:
        newest = max(filter(None, (self.wrote_at, at)))
        return self if newest == self.wrote_at else self.model_copy(update={"wrote_at": newest})

    def may_be_asked_reason(self, at: datetime) -> bool:
        return self.asked_reason_at is None or at >= self.asked_reason_at + BETWEEN_REASON_QUESTIONS

    def without_why_asked(self, at: datetime) -> Self:
        """Undo the question for an abandonment reason, if its message was claimed and the provider
        did not take it."""
        return (
            self.model_copy(update={"asked_reason_at": None})
            if self.asked_reason_at == at
            else self
        )

    def with_data_asked(self, at: datetime) -> Self:
        """Note a request for a data link, at most one an hour. Otherwise anybody who has an old
        mail of the shopper could fill their mailbox."""
        if self.asked_for_data_at is not None and at < self.asked_for_data_at + BETWEEN_DATA_LINKS:
            return self
        return self.model_copy(update={"asked_for_data_at": at})

    # Suppression

    def suppressing(self, channel: Channel, why: str, at: datetime | None = None) -> Self:
        """Suppress the channel. The first reason stays: a complaint after a bounce adds nothing.
        `at`: the time of the reason. A reason older than the last lift is ignored, even if the
        provider reports it again."""
        if at is not None and self._is_overruled(channel, at):
            return self
        return self.model_copy(update={"suppressed": {channel.value: why} | self.suppressed})

    def arrived(self, channel: Channel, at: datetime) -> Self:
        """Note a delivery, only on channels with bounces. Noting every delivery would cost a write
        for each mail."""
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
        """A person of the shop says that the address may get messages again."""
        suppressed = {known: why for known, why in self.suppressed.items() if known != channel}
        deliveries = {known: told for known, told in self.deliveries.items() if known != channel}
        lifted = self.lifted | {channel.value: max(filter(None, (self.lifted.get(channel), at)))}
        return self.model_copy(
            update={"suppressed": suppressed, "deliveries": deliveries, "lifted": lifted}
        )

    def _is_overruled(self, channel: Channel, at: datetime) -> bool:
        return channel in self.lifted and at <= self.lifted[channel]

    # Merges and erasure

    def absorb(self, other: Self) -> Self:
        """Merge another account that the shop says is this customer. The other account's orders and
        points stay under its own id; `absorbed` lists it."""
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
        absorbing = self.model_copy(
            update={
                "birthday": born.birthday,
                "birthday_removed": born.birthday_removed,
                "contact": Contact(platform_id=self.contact.platform_id, **contact),
                "versions": versions,
                "absorbed": self.absorbed | other.absorbed | {other.id},
                "audience": self.audience or other.audience,
                **self.choices_with(other),
                "arms": merged([self.arms, other.arms]),
                "last_click": max(
                    filter(None, (self.last_click, other.last_click)),
                    key=lambda click: click.at,
                    default=None,
                ),
            }
        )
        for key, consent in other.consent.items():
            channel, _, by = key.partition("#")
            absorbing = absorbing.with_consent(Channel(channel), by, consent)
        for surer, at in other.ordered.items():
            absorbing = absorbing.with_order(surer, at)
        return absorbing

    @property
    def is_buried(self) -> bool:
        """Whether the customer was erased and no event has reported them since."""
        return self.erased_at is not None and self.contact == Contact()

    @property
    def is_somebodys_word(self) -> bool:
        """Whether this is more than an address that was typed: it has orders, a consent, a
        suppression, or something that its reader chose."""
        return bool(
            self.consent
            or self.suppressed
            or self.ordered
            or self.birthday
            or self.pace
            or self.declined
        )

    def buried(self, at: datetime) -> Self:
        """Return what stays after an erasure: its time, suppressions and, except for an account,
        opt-outs."""
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
