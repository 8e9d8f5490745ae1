"""The words that a shopper says yes or no to on our own pages.

What was shown is kept with what was said: a yes proves nothing if nobody can tell what it was given
to. The version names one wording for good: change a sentence in
consent/channel.py, and it is another.
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
