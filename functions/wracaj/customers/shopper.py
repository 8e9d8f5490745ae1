"""The shopper of a cart or an order: what is known under each identifier, and what that allows.

Any identifier is enough to stop a message. To show data, give a reward or greet by name, there must
be proof of that very person: the shop's record, or a click on a link that we sent to the address.
docs/architecture.md has the table.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Self

from wracaj.carts.cart import Cart, platform_mark
from wracaj.carts.page_carts import is_page_cart
from wracaj.consent.channel import TRAITS, Channel
from wracaj.consent.consent import Consent, ConsentState, address_hash_of, latest
from wracaj.consent.preferences import Pace, Topic
from wracaj.customers.consents import EACH, Speaker
from wracaj.customers.customer import Customer, SentMessage
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
from wracaj.experiments.arms import Entry, merged
from wracaj.timelines.subject import Subject


class Shopper(Frozen):
    """`names`: the identifiers of the cart or order. If it has no e-mail or phone, those of the
    account's record.

    `known`: identifier → what is known under it; an empty Customer if nothing is.
    """

    shop: str
    names: dict[IdentifierKind, str]
    known: dict[str, Customer]

    @property
    def owner(self) -> Customer:
        """The customer that the cart or order belongs to. Points, choices and birthday are stored
        there."""
        name = strongest(self.names)
        assert name is not None  # store/customers.py makes no shopper without an identifier
        return self.known[name]

    @property
    def id(self) -> str:
        return self.owner.id

    @property
    def absorbed(self) -> frozenset[str]:
        return self.owner.absorbed

    @property
    def ids(self) -> tuple[str, ...]:
        """The owner's id, and those of the accounts that the shop merged into it."""
        return (self.id, *sorted(self.absorbed))

    @property
    def birthday(self) -> str | None:
        return self.owner.birthday

    @property
    def record(self) -> Contact:
        """The shop's record of the account; for a guest, the address itself."""
        return self.owner.contact

    @property
    def own_contact(self) -> Contact:
        """A contact that identifies only this shopper: the account id, whose record has the
        addresses, or the guest's address."""
        known = self.owner.contact
        if self.owner.is_account:
            return Contact(platform_id=known.platform_id, locale=known.locale)
        return known

    def named(self, kind: IdentifierKind) -> Customer | None:
        return self.known.get(self.names.get(kind, ""))

    def at(self, channel: Channel, address: str) -> Customer:
        """Return what is known at an address. The address is usually one of the identifiers."""
        name = identifier_reached_by(self.shop, channel, address)
        return self.known.get(name) or Customer(id=name)

    def changed(self, *customers: Customer) -> Self:
        return self.model_copy(update={"known": self.known | {one.id: one for one in customers}})

    def each(self, change: Callable[[Customer], Customer]) -> Self:
        return self.changed(*map(change, self.known.values()))

    @property
    def names_kept(self) -> dict[str, str]:
        """The identifiers in the form in which the cart stores them."""
        return {str(kind): name for kind, name in self.names.items()}

    # The same shopper, for stopping

    @property
    def deciding_names(self) -> list[str]:
        """The identifiers by which other carts of this shopper are found."""
        return [name for kind, name in self.names.items() if kind in DECIDING]

    def is_same(self, other: Identifiers) -> bool:
        return same_shopper(
            self.names, {kind: self.now_named(name) for kind, name in other.items()}
        )

    def now_named(self, name: str) -> str:
        """Return this shopper's id for an account that the shop merged into it; any other
        identifier as it is."""
        return self.id if name in self.absorbed else name

    @property
    def last_order_at(self) -> datetime | None:
        """Time of this shopper's newest order. If an order also had a stronger kind of identifier
        that this shopper has too, only that identifier decides."""
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
        """Time of the newest order with this address, whoever placed it."""
        return max(self.at(channel, address).ordered.values(), default=None)

    def with_order(self, placed_at: datetime) -> Self:
        """Note an order with these identifiers."""
        known = {kind: self.named(kind) for kind in DECIDING}
        return self.changed(
            *(
                one.with_order(stronger_kinds(kind, self.names), placed_at)
                for kind, one in known.items()
                if one
            )
        )

    def forgot(self, subject: Subject) -> bool:
        """Whether the shopper was erased after the last activity of this cart."""
        return bool(subject.version) and self.owner.forgotten_since(subject.version)

    # Where messages go

    def address(self, subject: Subject, channel: Channel) -> str | None:
        """Return the address typed in this cart. Otherwise return the one of the account's record,
        or the guest's own address."""
        own = subject.contact.address(channel)
        if own and TRAITS[channel].keeps_first_owner and self._is_anothers(channel, own):
            return None
        if own or (isinstance(subject, Cart) and not self.owner.is_account):
            return own
        return self.record.address(channel)

    def _is_anothers(self, channel: Channel, address: str) -> bool:
        """Whether another owner's cart had the address first; see docs/decisions/identity."""
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
        """Whether the shopper's own points, codes, birthday and name may be sent to the address.
        For an account, the shop's record must have the address. A guest must be the address
        itself."""
        if self.owner.is_account:
            return address in {self.record.email, self.record.phone}
        return identifier_reached_by(self.shop, channel, address) == self.id

    def first_name(self, subject: Subject, address: str) -> str | None:
        """Return the record's first name for an address of the record. Otherwise return the name
        typed with this address. A page cart shows no name: a stranger may have reported it."""
        if is_page_cart(subject.cart_id):
            return None
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

    # Consent

    def agrees(self, subject: Subject, channel: Channel) -> bool:
        """Whether the newest consent that counts is an opt-in. Unknown is not an opt-in. An opt-in
        for another address, by another account, or from before an erasure does not count."""
        address = self.address(subject, channel)
        if address is None or not self._allows_if_page_cart(subject, channel):
            return False
        said = [*self._said_at(channel, address), *self._said_in(subject, channel, address)]
        said += (
            self._said_by_account(subject, channel, address)
            if self.owner.is_account
            else self._said_by_guests(channel, address)
        )
        erased_at = self.erased_at(channel, address)
        counting = (
            word for word in said if word and not (word.to_confirm or word.is_forgotten(erased_at))
        )
        return latest(*counting) is ConsentState.SUBSCRIBED

    def _allows_if_page_cart(self, subject: Subject, channel: Channel) -> bool:
        """Whether a page cart may lead to a message on this channel: only if it has an opt-in
        itself, whatever the address agreed to elsewhere. A typed address must not have opted out
        before either, however new the cart's opt-in is."""
        if not is_page_cart(subject.cart_id):
            return True
        word = subject.words.get(channel)
        if word is None or word.state not in {ConsentState.SUBSCRIBED, ConsentState.PENDING}:
            return False
        address = subject.contact.address(channel)
        return TRAITS[channel].typed_field is None or not (
            address and self.has_opted_out(channel, address)
        )

    def has_opted_out(self, channel: Channel, address: str) -> bool:
        """Whether the newest decision at this address, carts aside, is an opt-out."""
        said = [*self._said_at(channel, address), *self._said_by_guests(channel, address)]
        return latest(*said) is ConsentState.UNSUBSCRIBED

    def erased_at(self, channel: Channel, address: str) -> datetime | None:
        """Return the erasure that ends opt-ins. An account's own opt-in stays valid if somebody
        else at its address was erased; for a guest, the erasure of the address counts."""
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
        """Return the account's consents that apply. Its opt-out applies to every address of the
        channel. Its opt-in applies to one address."""
        words = self.owner.words(channel)
        return [
            word
            for word in words
            if word.state is not ConsentState.SUBSCRIBED or self._is_about(word, address, subject)
        ]

    def _is_about(self, word: Consent, address: str, subject: Subject) -> bool:
        """Whether an opt-in is for this address. An opt-in given for the account applies to the
        addresses of the account's record."""
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
        """Return the consents of guests at this address. An opt-out by a click at another address
        of the same cart also counts."""
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
        """Add a consent that the shop reported or a cart contained, not one by a click: for the
        account, or for guests of the address.

        An account's opt-out holds for each of its addresses, so a later opt-in for one of them
        does not replace it. It is also stored at the addresses of its record, for guests who use
        them.
        """
        if not self.owner.is_account:
            name = identifier_reached_by(self.shop, channel, address) if address else self.id
            known = self.known.get(name) or Customer(id=name)
            return self.changed(known.with_consent(channel, Speaker.GUEST, word))
        if word.state is not ConsentState.UNSUBSCRIBED:
            return self.changed(self.owner.with_consent(channel, word.address_hash, word))
        return self.changed(self.owner.with_consent(channel, EACH, word)).with_noes_at_record()

    def with_shops_word(self, channel: Channel, word: Consent, address: str | None) -> Self:
        """Add a consent that the shop reported. Without an account, an opt-out counts for
        everybody who uses the address."""
        is_no = word.state is ConsentState.UNSUBSCRIBED
        if self.owner.is_account or not is_no:
            return self.with_own_word(channel, word, address)
        here = self.at(channel, address) if address else self.owner
        return self.changed(here.with_consent(channel, Speaker.READER, word))

    def learned(self, contact: Contact, versions: Mapping[str, str]) -> Self:
        """Add the shop's record of the account. `known` must contain the items of the record's
        addresses."""
        learned = self.changed(self.owner.learn(contact, versions))
        return learned.with_noes_at_record() if learned.record != self.record else learned

    def with_noes_at_record(self) -> Self:
        """Add the account's opt-outs at the addresses of its record. A guest who types such an
        address then gets no messages either."""
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
        """Messages sent to any of the identifiers. Shoppers who share an address share its
        frequency caps."""
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
        """Return when the shopper last wrote to the shop on this channel."""
        here = self.named(KIND_IN[TRAITS[channel].contact_fields[0]])
        return here.wrote_at if here else None

    # Experiments

    @property
    def person(self) -> str:
        """The identifier under which this shopper takes part in experiments: the e-mail, else the
        account, else the phone."""
        kinds = (IdentifierKind.EMAIL, IdentifierKind.ACCOUNT, IdentifierKind.PHONE)
        return next((self.names[kind] for kind in kinds if kind in self.names), self.id)

    @property
    def arms(self) -> dict[str, Entry]:
        """Experiment → the shopper's earliest entry under any identifier."""
        return merged(one.arms for one in self.known.values())

    def in_arms(self, entries: Mapping[str, Entry]) -> Self:
        here = self.known[self.person]
        return self.changed(here.model_copy(update={"arms": here.arms | dict(entries)}))
