"""Whom a cart or an order names: what is known under each of its names, and what that allows.

Stopping rests on little: any of the names may stop a message. Showing, giving and greeting by name
need proof of that very person: what the shop's record says, or a click on a link that we sent to
the address. docs/architecture.md has the table.
"""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Self

from wracaj.carts.cart import Cart, platform_mark
from wracaj.consent.channel import TRAITS
from wracaj.consent.consent import Channel, Consent, ConsentState, address_hash_of, latest
from wracaj.consent.preferences import Pace, Topic
from wracaj.customers.customer import Customer, SentMessage, Speaker
from wracaj.customers.identity import (
    DECIDING,
    KIND_IN,
    IdentifierKind,
    Identifiers,
    identifier_kind,
    identifier_reached_by,
    same_shopper,
    stronger_kinds,
    strongest,
)
from wracaj.events import Contact, Frozen
from wracaj.timelines.subject import Subject


class Shopper(Frozen):
    """`names`: those of the cart or order; where it names no e-mail or phone, those of its
    account's record.

    `known`: name → what is known under it, of each of the names; an empty one where there is
    nothing.
    """

    shop: str
    names: dict[IdentifierKind, str]
    known: dict[str, Customer]

    @property
    def owner(self) -> Customer:
        """Whom the cart or order belongs to: what they earned, chose and are is under this name."""
        name = strongest(self.names)
        assert name is not None  # nobody is made of nothing, see store/customers.py
        return self.known[name]

    @property
    def id(self) -> str:
        return self.owner.id

    @property
    def absorbed(self) -> frozenset[str]:
        return self.owner.absorbed

    @property
    def ids(self) -> tuple[str, ...]:
        """Of the owner and of the accounts that the shop merged into it."""
        return (self.id, *sorted(self.absorbed))

    @property
    def birthday(self) -> str | None:
        return self.owner.birthday

    @property
    def record(self) -> Contact:
        """What the shop's record says of its customer; of a guest, the address itself."""
        return self.owner.contact

    @property
    def own_contact(self) -> Contact:
        """Names this shopper, and nobody else: the account, whose record says where it is reached,
        or the guest's address."""
        known = self.owner.contact
        if self.owner.is_account:
            return Contact(platform_id=known.platform_id, locale=known.locale)
        return known

    def named(self, kind: IdentifierKind) -> Customer | None:
        return self.known.get(self.names.get(kind, ""))

    def at(self, channel: Channel, address: str) -> Customer:
        """What is known at an address, which mostly is one of the names."""
        name = identifier_reached_by(self.shop, channel, address)
        return self.known.get(name) or Customer(id=name)

    def changed(self, *customers: Customer) -> Self:
        return self.model_copy(update={"known": self.known | {one.id: one for one in customers}})

    def each(self, change: Callable[[Customer], Customer]) -> Self:
        return self.changed(*map(change, self.known.values()))

    @property
    def names_kept(self) -> dict[str, str]:
        """As its cart keeps them."""
        return {str(kind): name for kind, name in self.names.items()}

    # The same shopper, for stopping

    @property
    def deciding_names(self) -> list[str]:
        """Another cart of this same shopper has one of these."""
        return [name for kind, name in self.names.items() if kind in DECIDING]

    def is_same(self, other: Identifiers) -> bool:
        return same_shopper(
            self.names, {kind: self.now_named(name) for kind, name in other.items()}
        )

    def now_named(self, name: str) -> str:
        """An account that the shop merged into this shopper's means this shopper's."""
        return self.id if name in self.absorbed else name

    @property
    def last_order_at(self) -> datetime | None:
        """The newest order of this same shopper. An order that named a surer name as well is judged
        there, if this one has such a name too."""
        kinds = set(self.names)
        orders = (
            placed_at
            for kind in DECIDING
            if (known := self.named(kind))
            for surer, placed_at in known.ordered.items()
            if not kinds & set(map(IdentifierKind, surer))
        )
        return max(orders, default=None)

    def ordered_at(self, channel: Channel, address: str) -> datetime | None:
        """The newest order of anybody that named this address."""
        return max(self.at(channel, address).ordered.values(), default=None)

    def with_order(self, placed_at: datetime) -> Self:
        """An order with these names."""
        known = {kind: self.named(kind) for kind in DECIDING}
        return self.changed(
            *(
                one.with_order(stronger_kinds(kind, self.names), placed_at)
                for kind, one in known.items()
                if one
            )
        )

    def forgot(self, subject: Subject) -> bool:
        """The shopper asked to be forgotten after this cart was last touched."""
        return bool(subject.version) and self.owner.forgotten_since(subject.version)

    # Where messages go

    def address(self, subject: Subject, channel: Channel) -> str | None:
        """What was typed in this very cart; else what the shop's record says of the account, or the
        guest's own address."""
        own = subject.contact.address(channel)
        if own and TRAITS[channel].keeps_first_owner and self._is_anothers(channel, own):
            return None
        if own or (isinstance(subject, Cart) and not self.owner.is_account):
            return own
        return self.record.address(channel)

    def _is_anothers(self, channel: Channel, address: str) -> bool:
        """It was first left in a cart of somebody else: see docs/decisions/identity."""
        first = self.at(channel, address).first_owner
        return (
            first is not None
            and self.now_named(first) not in self.names.values()
            and self.owner_is_sure
        )

    @property
    def owner_is_sure(self) -> bool:
        return identifier_kind(self.id) in DECIDING

    def is_recorded(self, channel: Channel, address: str) -> bool:
        """Whether what is this shopper's own (points, codes, birthday, name) may go to the address:
        the shop's record of the account says so; a guest is the address itself."""
        if self.owner.is_account:
            return address in {self.record.email, self.record.phone}
        return identifier_reached_by(self.shop, channel, address) == self.id

    def first_name(self, subject: Subject, address: str) -> str | None:
        """The name that was typed with this address, or the record's for an address of
        the record."""
        typed_here = subject.contact.address_is(address)
        recorded = (
            self.record.first_name
            if self.owner.is_account and address in {self.record.email, self.record.phone}
            else None
        )
        guests = (
            self.record.first_name
            if not self.owner.is_account and self.record.address_is(address)
            else None
        )
        return recorded or (subject.contact.first_name if typed_here else None) or guests

    def locale(self, subject: Subject | None = None) -> str | None:
        return (subject.contact.locale if subject else None) or self.record.locale

    # What they agreed to

    def agrees(self, subject: Subject, channel: Channel) -> bool:
        """Unknown is not yes, and a yes for another address, by another account, or from before an
        erasure is none."""
        address = self.address(subject, channel)
        if address is None:
            return False
        said = [*self._said_at(channel, address), *self._said_in(subject, channel, address)]
        said += (
            self._said_by_account(subject, channel, address)
            if self.owner.is_account
            else self._said_by_guests(channel, address)
        )
        erased_at = self._erased_at(channel, address)
        counting = (
            word for word in said if word and not (word.to_confirm or word.is_forgotten(erased_at))
        )
        return latest(*counting) is ConsentState.SUBSCRIBED

    def _erased_at(self, channel: Channel, address: str) -> datetime | None:
        """An account's own yes outlives that somebody else at its address was forgotten; a guest is
        the address."""
        here = None if self.owner.is_account else self.at(channel, address).erased_at
        return max(filter(None, (self.owner.erased_at, here)), default=None)

    def _said_at(self, channel: Channel, address: str) -> list[Consent | None]:
        return [self.at(channel, address).word(channel, Speaker.READER)]

    def _said_in(self, subject: Subject, channel: Channel, address: str) -> list[Consent | None]:
        word = subject.words.get(channel)
        is_anothers_yes = (
            word
            and word.state is ConsentState.SUBSCRIBED
            and not self._is_about(word, address, subject)
        )
        return [subject.stop, None if is_anothers_yes else word]

    def _said_by_account(
        self, subject: Subject, channel: Channel, address: str
    ) -> list[Consent | None]:
        """Its no is about the channel, wherever; its yes, about an address."""
        words = self.owner.words(channel)
        return [
            word
            for word in words
            if word.state is not ConsentState.SUBSCRIBED or self._is_about(word, address, subject)
        ]

    def _is_about(self, word: Consent, address: str, subject: Subject) -> bool:
        """A yes that names no address is about the shop's customer, where the record says."""
        if word.address_hash == address_hash_of(address):
            return True
        of_account = word.address_hash == address_hash_of(
            platform_mark(self.record)
        ) or word.address_hash == address_hash_of(platform_mark(subject.contact))
        return (
            of_account
            and bool(word.address_hash)
            and address in {self.record.email, self.record.phone}
        )

    def _said_by_guests(self, channel: Channel, address: str) -> list[Consent | None]:
        """Here; and whoever reads another address of the same cart, and said stop there, is a guest
        who stopped."""
        here = self.at(channel, address)
        stops = [
            one.word(channel, Speaker.READER) for one in self.known.values() if one.id != here.id
        ]
        return [
            here.word(channel, Speaker.GUEST),
            here.word(channel, Speaker.CUSTOMER),
            *(word for word in stops if word and word.state is ConsentState.UNSUBSCRIBED),
        ]

    def is_suppressed(self, channel: Channel, address: str) -> bool:
        return channel in self.at(channel, address).suppressed

    def declines(self, topic: Topic | None, channel: Channel, address: str) -> bool:
        return topic in self.owner.declined | self.at(channel, address).declined

    def with_own_word(self, channel: Channel, word: Consent, address: str | None) -> Self:
        """What was said of this shopper by the shop or in a cart, not by a click: an account's own
        word, or a guest's.

        A no of an account also stands at the addresses of its record, for guests who use them.
        """
        if not self.owner.is_account:
            name = identifier_reached_by(self.shop, channel, address) if address else self.id
            known = self.known.get(name) or Customer(id=name)
            return self.changed(known.with_consent(channel, Speaker.GUEST, word))
        changed = self.changed(self.owner.with_consent(channel, word.address_hash, word))
        return changed.with_noes_at_record() if word.state is ConsentState.UNSUBSCRIBED else changed

    def with_shops_word(self, channel: Channel, word: Consent, address: str | None) -> Self:
        """What the shop tells of a consent. Of nobody's account, a no at an address holds for all
        who use it."""
        is_no = word.state is ConsentState.UNSUBSCRIBED
        if self.owner.is_account or not is_no:
            return self.with_own_word(channel, word, address)
        here = self.at(channel, address) if address else self.owner
        return self.changed(here.with_consent(channel, Speaker.READER, word))

    def learned(self, contact: Contact, versions: Mapping[str, str]) -> Self:
        """The shop's record of the account. The items of its addresses must be among the known."""
        learned = self.changed(self.owner.learn(contact, versions))
        return learned.with_noes_at_record() if learned.record != self.record else learned

    def with_noes_at_record(self) -> Self:
        """So that a guest who types a customer's address is not written to after that customer said
        no."""
        shopper = self
        for channel in Channel:
            address = self.record.address(channel) if TRAITS[channel].is_recorded else None
            newest = max(self.owner.noes(channel), key=lambda no: no.version, default=None)
            if address and newest:
                shopper = shopper.changed(
                    shopper.at(channel, address).with_consent(channel, Speaker.CUSTOMER, newest)
                )
        return shopper

    # What they were sent

    @property
    def sent(self) -> tuple[SentMessage, ...]:
        """To whichever of the names: who shares an address shares its caps."""
        return tuple(
            sorted(
                (message for one in self.known.values() for message in one.sent),
                key=lambda message: message.at,
            )
        )

    @property
    def pace(self) -> Pace | None:
        return max(
            filter(None, (one.pace for one in self.known.values())),
            key=lambda pace: pace.days,
            default=None,
        )

    def wrote_at(self, channel: Channel) -> datetime | None:
        """When they last wrote to the shop there."""
        here = self.named(KIND_IN[TRAITS[channel].contact_fields[0]])
        return here.wrote_at if here else None

    def held_out(self, percent: int) -> bool:
        """The same shopper is always in the same group."""
        share = (
            int.from_bytes(
                hashlib.sha256(f"holdout\0{self.shop}\0{self.id}".encode()).digest()[:4], "big"
            )
            % 100
        )
        return share < percent
