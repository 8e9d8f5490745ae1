"""One module per channel, imported by name when it is used. Each has `send(message) -> str`, which
returns the provider's id of the message.

`send` raises one of three errors. NotTakenError: it may be tried again, after its delay if it has
one. RefusedError, or its kinds AddressGoneError and WindowClosedError: it will never be taken.
OutcomeUnknownError: it may have been taken, so it is never sent again. Whether a shopper may be
messaged is decided before, in eligibility.py.
"""

from importlib import import_module
from typing import Protocol

from wracaj.consent.channel import Channel
from wracaj.events import Frozen
from wracaj.messages.rendering import Rendered
from wracaj.settings.shop import Shop


class OutgoingMessage(Frozen):
    shop: Shop
    to: str
    rendered: Rendered
    # an opaque key of the cart; a newer message with the same key may replace an older one
    about: str
    recovery_link: str
    unsubscribe_link: str
    preferences_link: str | None = None
    locale: str | None = None  # of the text
    # the shopper asked for it just now; its link gives access, so it must not go through a
    # provider's click tracking
    asked_for: bool = False
    tags: dict[str, str]  # only ASCII letters, digits, - and _ in keys and values


class ChannelModule(Protocol):
    def send(self, message: OutgoingMessage) -> str: ...


def channel(name: Channel) -> ChannelModule:
    module: ChannelModule = import_module(f"wracaj.channels.{name.value}")
    return module
