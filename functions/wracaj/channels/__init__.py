"""One module per channel, imported by name when used. Each offers `send(message) -> str`, the
provider's id.

`send` raises NotTakenError (it may be tried again, after a while if it says so), RefusedError
(never will be taken; AddressGoneError and WindowClosedError say more) or OutcomeUnknownError (it
may have been taken: never again). Nothing else. Whether a shopper may be reached at all is decided
before, in eligibility.py.
"""

from importlib import import_module
from typing import Protocol

from wracaj.consent.consent import Channel
from wracaj.events import Frozen
from wracaj.messages.rendering import Rendered
from wracaj.settings.shop import Shop


class OutgoingMessage(Frozen):
    shop: Shop
    to: str
    rendered: Rendered
    # names the cart without telling it: a newer message about it may take the place of an older one
    about: str
    recovery_link: str
    unsubscribe_link: str
    preferences_link: str | None = None
    locale: str | None = None  # of the text
    # by the shopper, just now: its link is a key, and passes nobody on its way
    asked_for: bool = False
    tags: dict[str, str]  # names and values of ASCII letters, digits, - and _ only


class ChannelModule(Protocol):
    def send(self, message: OutgoingMessage) -> str: ...


def channel(name: Channel) -> ChannelModule:
    module: ChannelModule = import_module(f"wracaj.channels.{name.value}")
    return module
