"""Identifiers of a shopper, which of them decides, and when two carts have the same shopper.

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
# A browser or a conversation is used only for the cart that has it. It does not decide whose
# another cart is.
DECIDING = (IdentifierKind.ACCOUNT, IdentifierKind.EMAIL, IdentifierKind.PHONE)


def identifier_of(shop: str, kind: IdentifierKind, value: str) -> str:
    """Return an identifier such as "e-5f0c…": the letter of its kind and a keyed hash."""
    return f"{kind}-{keyed_hash(shop, kind, value)}"


def identifiers_of(shop: str, contact: Contact) -> dict[IdentifierKind, str]:
    """The strongest first."""
    return {
        kind: identifier_of(shop, kind, value)
        for kind, fact in FACTS.items()
        if (value := getattr(contact, fact))
    }


def address_identifiers(shop: str, contact: Contact) -> dict[IdentifierKind, str]:
    """Return the identifiers of the e-mail and the phone only."""
    return identifiers_of(shop, contact.addresses)


def identifier_kind(name: str) -> IdentifierKind:
    return IdentifierKind(name[0])


def is_account(name: str) -> bool:
    return identifier_kind(name) is IdentifierKind.ACCOUNT


def kind_reached_by(channel: Channel, address: str) -> IdentifierKind:
    """Return the kind of the address. An audience takes an e-mail address or a phone."""
    first, *others = TRAITS[channel].contact_fields
    return KIND_IN[others[0] if others and "@" not in address else first]


def identifier_reached_by(shop: str, channel: Channel, address: str) -> str:
    return identifier_of(shop, kind_reached_by(channel, address), address)


def strongest(names: Identifiers) -> str | None:
    """Return the owner of a cart or an order with these identifiers."""
    return next((names[kind] for kind in IdentifierKind if kind in names), None)


def same_shopper(one: Identifiers, other: Identifiers) -> bool:
    """Whether both belong to the same shopper, for stopping messages. The strongest kind that both
    have decides.

    The answer is never stored, because it is not transitive: {account 1, P} is the same as {P}, and
    {P} is the same as {account 2, P}, but account 1 is not account 2.
    """
    shared = next((kind for kind in DECIDING if kind in one and kind in other), None)
    return shared is not None and one[shared] == other[shared]


def stronger_kinds(kind: IdentifierKind, names: Identifiers) -> str:
    """Return the letters of the deciding kinds that are stronger than `kind` and present: "", "a",
    "e" or "ae"."""
    return "".join(one for one in DECIDING[: DECIDING.index(kind)] if one in names)
