"""The labels in the tables of a cart and of a shopper, in English and Polish."""

from collections.abc import Mapping

from wracaj.language import Locale

POLISH: Mapping[str, str] = {
    "cart": "koszyk",
    "occasion": "powód",
    "occasion title": "Powód wiadomości: {} ({})",
    "items": "zawartość",
    "none": "nic",
    "total": "wartość",
    "last touched": "ostatnia zmiana",
    "shopper": "kupujący",
    "not known": "nieznany",
    "ordered": "zamówiony",
    "timeline": "harmonogram",
    "chosen": "harmonogram wybrano",
    "next message": "następna wiadomość",
    "at the earliest": "najwcześniej",
    "messages": "wiadomości",
    "episode, step": "przebieg, krok",
    "when": "kiedy",
    "channel": "kanał",
    "what came of it": "wynik",
    "and then": "potem",
    "name": "imię",
    "id in the shop": "numer w sklepie",
    "language": "język",
    "forgotten": "dane usunięte",
    "suppressed": "adres wykluczony",
    "not suppressed": "działa",
    "pace": "tempo",
    "weekly": "najwyżej jedna wiadomość na tydzień",
    "monthly": "najwyżej jedna wiadomość na miesiąc",
    "declined": "wyłączone tematy",
    "topic carts": "koszyki",
    "topic orders": "zamówienia",
    "topic loyalty": "program lojalnościowy",
    "topic offers": "oferty",
    "experiments": "eksperymenty",
    "points": "punkty",
    "consents": "zgody",
    "said": "decyzja",
    "where": "gdzie",
    "address": "adres",
    "words": "treść",
    "no consents": "Zgody: żadnych zgód ani wypisów.",
    "codes": "kody",
    "code": "kod",
    "discount": "rabat",
    "until": "do",
    "for": "za co",
    "orders": "zamówienia",
    "order": "zamówienie",
    "no carts": "Nie ma żadnego koszyka.",
    "left out": "Starszych koszyków, których tu nie ma: {}.",
}
ENGLISH: Mapping[str, str] = {
    "weekly": "one message a week at most",
    "monthly": "one message a month at most",
    "declined": "declined topics",
    "topic carts": "carts",
    "topic orders": "orders",
    "topic loyalty": "the loyalty programme",
    "topic offers": "offers",
    "occasion title": "Occasion: {} ({})",
    "chosen": "timeline chosen",
    "no consents": "Consents: none, neither opt-in nor opt-out.",
    "no carts": "There is no cart.",
    "left out": "Older carts that are not shown: {}.",
}


def label(name: str, language: Locale) -> str:
    """Return the label. In English it is the name itself, except for some names that are too short
    to be clear."""
    return POLISH.get(name, name) if language == "pl" else ENGLISH.get(name, name)
