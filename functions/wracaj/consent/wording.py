"""The words that a shopper says yes or no to on our own pages.

What was shown is kept with what was said: a yes proves nothing if nobody can tell what it was given
to. The version names one wording for good: change a sentence here, and it is another.
"""

import hashlib
from typing import NamedTuple

from wracaj.consent.consent import Channel
from wracaj.language import Locale


class Wording(NamedTuple):
    text: str

    @property
    def version(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()[:12]


_YES: dict[Locale, dict[Channel, str]] = {
    "pl": {
        Channel.EMAIL: (
            "Zgadzam się, żeby {shop} pisał do mnie na ten adres e-mail o koszykach, zamówieniach,"
            " programie lojalnościowym i ofertach sklepu. Tę zgodę mogę wycofać w każdej chwili."
        ),
        Channel.SMS: (
            "Zgadzam się, żeby {shop} wysyłał mi na ten numer SMS-y o koszykach, zamówieniach,"
            " programie lojalnościowym i ofertach sklepu. Tę zgodę mogę wycofać w każdej chwili."
        ),
        Channel.WEB_PUSH: (
            "Zgadzam się, żeby {shop} pokazywał mi w tej przeglądarce powiadomienia o koszykach,"
            " zamówieniach, programie lojalnościowym i ofertach sklepu. Tę zgodę mogę wycofać w"
            " każdej chwili."
        ),
        Channel.MESSENGER: (
            "Zgadzam się, żeby {shop} pisał do mnie w Messengerze o koszykach, zamówieniach,"
            " programie lojalnościowym i ofertach sklepu. Tę zgodę mogę wycofać w każdej chwili."
        ),
        Channel.AUDIENCE: (
            "Zgadzam się, żeby {shop} pokazywał mi swoje reklamy w innych serwisach. W tym celu"
            " przekaże im skrót (SHA-256) mojego adresu e-mail lub numeru telefonu. Tę zgodę mogę"
            " wycofać w każdej chwili."
        ),
    },
    "en": {
        Channel.EMAIL: (
            "I agree that {shop} may write to this e-mail address about carts, orders, the loyalty"
            " programme and offers of the shop. I can withdraw this consent at any time."
        ),
        Channel.SMS: (
            "I agree that {shop} may text this number about carts, orders, the loyalty programme"
            " and offers of the shop. I can withdraw this consent at any time."
        ),
        Channel.WEB_PUSH: (
            "I agree that {shop} may show notifications in this browser about carts, orders, the"
            " loyalty programme and offers of the shop. I can withdraw this consent at any time."
        ),
        Channel.MESSENGER: (
            "I agree that {shop} may write to me on Messenger about carts, orders, the loyalty"
            " programme and offers of the shop. I can withdraw this consent at any time."
        ),
        Channel.AUDIENCE: (
            "I agree that {shop} may show me its advertisements on other services. For this it"
            " passes on a hash (SHA-256) of my e-mail address or phone number. I can withdraw this"
            " consent at any time."
        ),
    },
}
_NO: dict[Locale, str] = {"pl": "Wycofuję zgodę", "en": "I withdraw my consent"}


def yes_to(channel: Channel, shop: str, locale: Locale) -> Wording:
    return Wording(_YES[locale][channel].format(shop=shop))


def no_to(locale: Locale) -> Wording:
    return Wording(_NO[locale])
