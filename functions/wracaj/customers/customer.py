"""What is known under one identifier: a customer's account, an address, a conversation or a
browser.

An account has the shop's record and what its customer chose. An address has the consents given for
it, who gave them, and its bounces; all who use the address share them. See identity.py and
docs/architecture.md, "Who is who".
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol, Self

from pydantic import AwareDatetime

from wracaj.carts.cart import CONTACT_FACTS
from wracaj.consent.channel import Channel
from wracaj.consent.consent import Consent, ConsentState
from wracaj.customers.audiences import Membership
from wracaj.customers.bounces import Deliveries, SoftBounce
from wracaj.customers.consents import Consenting
from wracaj.customers.identity import is_account
from wracaj.events import Contact, Frozen
from wracaj.experiments.arms import Entry, merged
from wracaj.orders.credits import Click

BETWEEN_REASON_QUESTIONS = timedelta(days=365)
BETWEEN_DATA_LINKS = timedelta(hours=1)
SENT_KEPT_DAYS = 31  # the longest pace that a shopper can choose


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


class Customer(Consenting):
    """`id`: the identifier. `contact`: for an account, its id and the shop's record; for an
    address, the address itself."""

    id: str
    revision: int = 0
    contact: Contact = Contact()
    absorbed: frozenset[str] = frozenset()  # accounts that the shop merged into this one
    merged_into: str | None = None
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

    # Consent, where it is more than a consent

    def with_consent(self, channel: Channel, by: str, word: Consent) -> Self:
        """An opt-out from audiences also takes the shopper out of the one they are in."""
        said = super().with_consent(channel, by, word)
        is_no = channel is Channel.AUDIENCE and word.state is ConsentState.UNSUBSCRIBED
        return said.out_of_audience() if is_no and said is not self else said

    def first_used_by(self, owner: str) -> Self:
        """A conversation or a browser, left in a cart of this owner."""
        is_known = self.first_owner is not None or owner == self.id
        return self if is_known else self.model_copy(update={"first_owner": owner})

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
