"""Membership of advertising audiences at Meta. Meta gets hashes of addresses, and nothing else."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from pydantic import AwareDatetime

from wracaj.consent.channel import Channel
from wracaj.events import Contact, Frozen
from wracaj.settings.meta import AudienceSettings
from wracaj.timelines.subject import Subject


class Place(NamedTuple):
    """One row of an audience, as Meta holds it. A row is removed by the same hashes that it was
    added with, even if the shopper's addresses have changed since."""

    name: str  # the audience's name in the shop's settings
    audience_id: str
    email: str  # SHA-256; "" without an e-mail
    phone: str

    @property
    def key(self) -> str:
        addresses = f"{self.email}#{self.phone}".encode()
        return f"{self.audience_id}#{hashlib.sha256(addresses).hexdigest()[:24]}"


class Membership(Frozen):
    """The advertising audience that the shopper is in. A shopper is in at most one. `cart_id` and
    `episode` identify the timeline that added the shopper, because that timeline also removes
    them."""

    name: str
    cart_id: str
    episode: int
    at: AwareDatetime
    # when the cart began; an order placed since then removes the shopper
    since: AwareDatetime | None = None
    audience_id: str = ""
    email: str = ""
    phone: str = ""

    @property
    def place(self) -> Place:
        return Place(self.name, self.audience_id, self.email, self.phone)

    def ends_with_order(self, placed_at: datetime) -> bool:
        return placed_at >= (self.since or self.at)


def joining(
    name: str,
    settings: AudienceSettings,
    subject: Subject,
    profile: Contact,
    episode: int,
    at: datetime,
) -> Membership:
    """Return the membership for the cart's addresses. If the cart has none that an audience can
    use, the addresses of the shopper's profile are used."""
    contact = subject.contact if subject.contact.address(Channel.AUDIENCE) else profile
    return Membership(
        name=name,
        cart_id=subject.cart_id,
        episode=episode,
        at=at,
        since=subject.created_at,
        audience_id=settings.id,
        email=email_hash(contact.email),
        phone=phone_hash(contact.phone),
    )


def email_hash(email: str | None) -> str:
    """Return the SHA-256 of the address, trimmed and in lower case; "" without an address.
    https://developers.facebook.com/docs/marketing-api/audiences/guides/custom-audiences#hash"""
    return _hash((email or "").strip().lower())


def phone_hash(phone: str | None) -> str:
    """Return the SHA-256 of the digits of an E.164 number, without the plus sign."""
    return _hash("".join(sign for sign in phone or "" if sign in "0123456789"))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest() if text else ""


def places(memberships: Iterable[Membership | None]) -> set[Place]:
    return {membership.place for membership in memberships if membership}
