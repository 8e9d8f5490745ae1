"""Who is who: the names of a shopper, which of them decides, and what is the same shopper.

A name is an account of the shop, an e-mail address, a phone, a conversation on Messenger or a
browser. What is known under one name is one item (customer.py). A cart or an order belongs to its
surest name and mentions the others. See docs/architecture.md, "Who is who".
"""

from collections.abc import Mapping
from enum import StrEnum

from wracaj.consent.channel import TRAITS, Channel
from wracaj.events import Contact
from wracaj.keyed_hashes import mark


class Kind(StrEnum):
    """The surest first."""

    ACCOUNT = "a"
    EMAIL = "e"
    PHONE = "p"
    MESSENGER = "m"
    BROWSER = "b"


Names = Mapping[Kind, str]

FACTS: Mapping[Kind, str] = {
    Kind.ACCOUNT: "platform_id",
    Kind.EMAIL: "email",
    Kind.PHONE: "phone",
    Kind.MESSENGER: "messenger",
    Kind.BROWSER: "web_push",
}
KIND_IN: Mapping[str, Kind] = {fact: kind for kind, fact in FACTS.items()}
# A browser or a conversation serves the cart that it was left in, and says of no other whose it is.
DECIDING = (Kind.ACCOUNT, Kind.EMAIL, Kind.PHONE)


def name_of(shop: str, kind: Kind, value: str) -> str:
    """Such as "e-5f0c…": the letter of its kind and a keyed hash."""
    return f"{kind}-{mark(shop, kind, value)}"


def names_of(shop: str, contact: Contact) -> dict[Kind, str]:
    """The surest first."""
    return {
        kind: name_of(shop, kind, value)
        for kind, fact in FACTS.items()
        if (value := getattr(contact, fact))
    }


def address_names(shop: str, contact: Contact) -> dict[Kind, str]:
    """Of its e-mail and its phone alone."""
    return names_of(shop, contact.addresses)


def kind_of(name: str) -> Kind:
    return Kind(name[0])


def is_account(name: str) -> bool:
    return kind_of(name) is Kind.ACCOUNT


def kind_reached_by(channel: Channel, address: str) -> Kind:
    """Of an audience either: it finds its members by an e-mail address or a phone."""
    first, *others = TRAITS[channel].contact_fields
    return KIND_IN[others[0] if others and "@" not in address else first]


def name_reached_by(shop: str, channel: Channel, address: str) -> str:
    return name_of(shop, kind_reached_by(channel, address), address)


def surest(names: Names) -> str | None:
    """Whom a cart or an order with these names belongs to."""
    return next((names[kind] for kind in Kind if kind in names), None)


def same(one: Names, other: Names) -> bool:
    """Whether both are the same shopper's, as far as stopping goes: the surest kind of name that
    both have decides.

    Judged between an order and a cart, or between two carts, and never kept: {account 1, P} is the
    same as {P}, and {P} as {account 2, P}, but account 1 is not account 2.
    """
    shared = next((kind for kind in DECIDING if kind in one and kind in other), None)
    return shared is not None and one[shared] == other[shared]


def surer_kinds(kind: Kind, names: Names) -> str:
    """The letters of the deciding kinds that come before `kind` and are among the names: "", "a",
    "e" or "ae"."""
    return "".join(one for one in DECIDING[: DECIDING.index(kind)] if one in names)
