"""Who is in which advertising audience, and what Meta is told of it: hashes of the addresses, and
nothing else."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from pydantic import AwareDatetime

from wracaj.consent.consent import Channel
from wracaj.events import Contact, Frozen
from wracaj.settings.meta import AudienceSettings
from wracaj.timelines.subject import Subject


class Place(NamedTuple):
    """A row of an audience, as Meta holds it. It is taken out by the hashes that it was put in by,
    whatever the shopper's addresses are by then."""

    name: str  # the audience's, in the shop's settings
    audience_id: str
    email: str  # SHA-256; "" where there is none
    phone: str

    @property
    def key(self) -> str:
        addresses = f"{self.email}#{self.phone}".encode()
        return f"{self.audience_id}#{hashlib.sha256(addresses).hexdigest()[:24]}"


class Membership(Frozen):
    """The advertising audience that the shopper is in: one at most. By which timeline, as that one
    takes them out again."""

    name: str
    cart_id: str
    episode: int
    at: AwareDatetime
    # when its cart began: an order from then on takes the shopper out
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
    """By the addresses of the cart that it is about, or else by those of the shopper who was logged
    in."""
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
    """Of the address trimmed and in lower case.
    https://developers.facebook.com/docs/marketing-api/audiences/guides/custom-audiences#hash"""
    return _hash((email or "").strip().lower())


def phone_hash(phone: str | None) -> str:
    """Of an E.164 number: the country's code and digits alone."""
    return _hash("".join(sign for sign in phone or "" if sign in "0123456789"))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest() if text else ""


def places(memberships: Iterable[Membership | None]) -> set[Place]:
    return {membership.place for membership in memberships if membership}
