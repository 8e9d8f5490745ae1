"""Masked addresses, for pages that anybody with the link can open. A shopper can recognise their
own address, and nobody can learn another's."""

from wracaj.consent.channel import TRAITS, Channel

DOTS = "•••"


def masked(channel: Channel, address: str) -> str:
    """Return the masked address; "" for a browser's subscription or a conversation's id."""
    if not TRAITS[channel].is_recorded:
        return ""
    return masked_email(address) if "@" in address else masked_phone(address)


def masked_email(address: str) -> str:
    """ "a•••@poczta.example" """
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}{DOTS}@{domain}"


def masked_phone(number: str) -> str:
    """ "+48 ••• 200" """
    return f"{number[:3]} {DOTS} {number[-3:]}"
