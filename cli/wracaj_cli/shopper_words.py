"""Kinds of identifiers, sources of consents and subjects of messages in words, in English and
Polish, for the shop's staff."""

from collections.abc import Mapping

from preferences.record_words import source_in_words
from wracaj.customers.identity import IdentifierKind, identifier_kind, is_account
from wracaj.language import Locale
from wracaj.timelines.occasion import OccasionKind
from wracaj_cli.outcome_words import Words

_LINK_IN = Words("link in the message {}", "link w wiadomości {}")

OCCASIONS: Mapping[OccasionKind, Words] = {
    OccasionKind.AFTER_PURCHASE: Words("after an order", "po zamówieniu"),
    OccasionKind.WIN_BACK: Words("no order for long", "długo bez zamówienia"),
    OccasionKind.WELCOME: Words("first consent", "pierwsza zgoda"),
    OccasionKind.BROWSE: Words("products looked at", "oglądane produkty"),
    OccasionKind.LOYALTY: Words("loyalty programme", "program lojalnościowy"),
    OccasionKind.BIRTHDAY: Words("birthday", "urodziny"),
    OccasionKind.ANNIVERSARY: Words(
        "anniversary of the first order", "rocznica pierwszego zamówienia"
    ),
    OccasionKind.POINTS_EXPIRING: Words("points that expire", "punkty, które wygasają"),
    OccasionKind.CAMPAIGN: Words("campaign", "kampania"),
    OccasionKind.CONFIRM_CONSENT: Words("consent to be confirmed", "zgoda do potwierdzenia"),
    OccasionKind.DATA_LINK: Words("asked for the link to their data", "prośba o link do danych"),
}

KINDS: Mapping[IdentifierKind, Words] = {
    IdentifierKind.ACCOUNT: Words("the account in the shop", "konto w sklepie"),
    IdentifierKind.EMAIL: Words("the e-mail address", "adres e-mail"),
    IdentifierKind.PHONE: Words("the phone number", "numer telefonu"),
    IdentifierKind.MESSENGER: Words("the conversation on Messenger", "rozmowa w Messengerze"),
    IdentifierKind.BROWSER: Words("the browser", "przeglądarka"),
}
_KNOWN_BY = Words("known by {}", "znany jako: {}")
_WHAT_IS_KNOWN = Words("Shopper {}: {}", "Kupujący {}: {}")
_AT_ADDRESS = Words(
    "what is known at {}, whoever uses it", "to, co wiadomo o: {} (ktokolwiek go używa)"
)


def consent_source_in_words(source: str, language: Locale = "en") -> str:
    """Return the source in the shopper's words. For support staff, it also has the message."""
    if source.startswith("link in "):
        return _LINK_IN.to(language).format(source.removeprefix("link in "))
    return source_in_words(source, language)


def occasion_in_words(occasion: str, language: Locale = "en") -> str:
    return (
        OCCASIONS[OccasionKind(occasion)].to(language)
        if occasion in set(OccasionKind)
        else occasion.replace("_", " ")
    )


def known_by_in_words(name: str, language: Locale = "en") -> str:
    """Return the kind of the identifier that a cart belongs to."""
    return _KNOWN_BY.to(language).format(KINDS[identifier_kind(name)].to(language))


def whose_in_words(name: str, language: Locale = "en") -> str:
    """Return the heading of a shopper's data: an account, or an address that several people may
    use."""
    kind = KINDS[identifier_kind(name)].to(language)
    is_of = kind if is_account(name) else _AT_ADDRESS.to(language).format(kind)
    return _WHAT_IS_KNOWN.to(language).format(name, is_of)
