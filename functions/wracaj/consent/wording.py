"""The wordings that shoppers agree to on our own pages.

The wording is stored with the consent, because an opt-in proves nothing without the text it was
given to. The version is a hash of the text, so a changed sentence in consent/channel.py is a new
version.
"""

import hashlib
from typing import NamedTuple

from wracaj.consent.channel import TRAITS, Channel
from wracaj.language import Locale


class Wording(NamedTuple):
    text: str

    @property
    def version(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()[:12]


_NO: dict[Locale, str] = {"pl": "Wycofuję zgodę", "en": "I withdraw my consent"}


def yes_to(channel: Channel, shop: str, locale: Locale) -> Wording:
    return Wording(TRAITS[channel].words[locale].consent.format(shop=shop))


def no_to(locale: Locale) -> Wording:
    return Wording(_NO[locale])
