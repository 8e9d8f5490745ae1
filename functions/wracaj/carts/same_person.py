"""Decides which facts of a cart are about the same person.

A browser's cart outlives its shopper: one person leaves an e-mail, a phone and an opt-in in it, and
another logs in on the same device. So each fact is stored with the e-mail and platform id that were
reported with it. A fact reported with another e-mail or id than the cart has now is not about the
current shopper.
"""

from collections.abc import Mapping

from wracaj.consent.consent import address_hash_of
from wracaj.events import Contact

NAMES_OF_A_PERSON = ("platform_id", "email")


def reported_with(contact: Contact) -> str:
    """Return the e-mail and platform id that an event's facts were reported with, as hashes:
    "platform_id:1f…,email:9c…"."""
    names = {name: getattr(contact, name) for name in NAMES_OF_A_PERSON}
    return ",".join(f"{name}:{address_hash_of(value)}" for name, value in names.items() if value)


def about_one_person(
    values: Mapping[str, str], versions: Mapping[str, str], company: Mapping[str, str]
) -> set[str]:
    """Return the names of the facts that are about one person: the one with the newest e-mail or
    platform id. `company`: fact → reported_with()."""
    names = sorted(
        (name for name in NAMES_OF_A_PERSON if name in values),
        key=lambda name: versions.get(name, ""),
        reverse=True,
    )
    marks = {text: _parsed(text) for text in {"", *company.values()}}  # mostly one for all facts
    person: dict[str, str] = {}
    kept: set[str] = set()
    for fact in [*names, *sorted(values.keys() - set(names))]:
        if all(person.get(name, mark) == mark for name, mark in marks[company.get(fact, "")]):
            kept.add(fact)
            if fact in NAMES_OF_A_PERSON:
                person[fact] = address_hash_of(values[fact])
    return kept


def _parsed(company: str) -> list[tuple[str, str]]:
    return [
        (name, mark)
        for name, _, mark in (part.partition(":") for part in company.split(",") if part)
    ]
