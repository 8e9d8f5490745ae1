"""Who is who: a shopper's identifiers, which of them decides, and what is the same shopper.

An identifier is an account of the shop, an e-mail address, a phone, a conversation on Messenger or
a browser. What is known under one identifier is one item (customer.py). A cart or an order belongs
to its strongest identifier and mentions the others. See docs/architecture.md, "Who is who".
"""

from collections.abc import Mapping
from enum import StrEnum

from wracaj.consent.channel import TRAITS, Channel
from wracaj.events import Contact
from wracaj.keyed_hashes import keyed_hash


class IdentifierKind(StrEnum):
    """The strongest first."""

    ACCOUNT = "a"
    EMAIL = "e"
    PHONE = "p"
    MESSENGER = "m"
    BROWSER = "b"


Identifiers = Mapping[IdentifierKind, str]

FACTS: Mapping[IdentifierKind, str] = {
    IdentifierKind.ACCOUNT: "platform_id",
    IdentifierKind.EMAIL: "email",
    IdentifierKind.PHONE: "phone",
    IdentifierKind.MESSENGER: "messenger",
    IdentifierKind.BROWSER: "web_push",
}
KIND_IN: Mapping[str, IdentifierKind] = {fact: kind for kind, fact in FACTS.items()}
# A browser or a conversation serves the cart that it was left in, and says of no other whose it is.
DECIDING = (IdentifierKind.ACCOUNT, IdentifierKind.EMAIL, IdentifierKind.PHONE)


def identifier_of(shop: str, kind: IdentifierKind, value: str) -> str:
    """Such as "e-5f0c…": the letter of its kind and a keyed hash."""
    return f"{kind}-{keyed_hash(shop, kind, value)}"


def identifiers_of(shop: str, contact: Contact) -> dict[IdentifierKind, str]:
    """The strongest first."""
    return {
        kind: identifier_of(shop, kind, value)
        for kind, fact in FACTS.items()
        if (value := getattr(contact, fact))
    }


def address_identifiers(shop: str, contact: Contact) -> dict[IdentifierKind, str]:
    """Of its e-mail and its phone alone."""
    return identifiers_of(shop, contact.addresses)


def identifier_kind(name: str) -> IdentifierKind:
    return IdentifierKind(name[0])


def is_account(name: str) -> bool:
    return identifier_kind(name) is IdentifierKind.ACCOUNT


def kind_reached_by(channel: Channel, address: str) -> IdentifierKind:
    """Of an audience either: it finds its members by an e-mail address or a phone."""
    first, *others = TRAITS[channel].contact_fields
    return KIND_IN[others[0] if others and "@" not in address else first]


def identifier_reached_by(shop: str, channel: Channel, address: str) -> str:
    return identifier_of(shop, kind_reached_by(channel, address), address)


def strongest(names: Identifiers) -> str | None:
    """Whom a cart or an order with these identifiers belongs to."""
    return next((names[kind] for kind in IdentifierKind if kind in names), None)


def same_shopper(one: Identifiers, other: Identifiers) -> bool:
    """Whether both are the same shopper's, as far as stopping goes: the strongest kind that both
    have decides.

    Judged between an order and a cart, or between two carts, and never kept: {account 1, P} is the
    same as {P}, and {P} as {account 2, P}, but account 1 is not account 2.
    """
    shared = next((kind for kind in DECIDING if kind in one and kind in other), None)
    return shared is not None and one[shared] == other[shared]


def stronger_kinds(kind: IdentifierKind, names: Identifiers) -> str:
    """The letters of the deciding kinds that come before `kind` and are among the names: "", "a",
    "e" or "ae"."""
    return "".join(one for one in DECIDING[: DECIDING.index(kind)] if one in names)
