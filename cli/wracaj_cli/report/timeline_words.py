"""The names of timelines and of their messages, in English and Polish, for the shop's people. A
report shows timelines in this order: carts first, then what follows an order or a day, campaigns,
and what a shopper asked for."""

from collections.abc import Mapping

from wracaj.language import Locale
from wracaj_cli.outcome_words import Words

CARTS = ("abandoned_cart", "high_value_cart", "regular_cart", "multichannel_rescue")
TIMELINES: Mapping[str, Words] = {
    "abandoned_cart": Words("Abandoned cart", "Porzucony koszyk"),
    "high_value_cart": Words("Expensive cart", "Koszyk o dużej wartości"),
    "regular_cart": Words("Cart of a regular", "Koszyk stałego klienta"),
    "multichannel_rescue": Words("Cart, over all channels", "Koszyk, wszystkie kanały"),
    "browse_reminder": Words("Products looked at", "Oglądane produkty"),
    "welcome": Words("Welcome", "Powitanie"),
    "after_purchase": Words("After an order", "Po zamówieniu"),
    "win_back": Words("Win-back", "Odzyskiwanie klientów"),
    "loyalty": Words("Loyalty programme", "Program lojalnościowy"),
    "points_expiring": Words("Points that expire", "Wygasające punkty"),
    "birthday": Words("Birthday", "Urodziny"),
    "anniversary": Words("Anniversary of the first order", "Rocznica pierwszego zamówienia"),
    "campaign": Words("Campaigns", "Kampanie"),
    "confirm_consent": Words("Consent to be confirmed", "Potwierdzenie zgody"),
    "data_link": Words("Link to one's data", "Link do własnych danych"),
}
MESSAGES: Mapping[str, Words] = {
    "first_email": Words("first e-mail", "pierwszy e-mail"),
    "second_email": Words("second e-mail", "drugi e-mail"),
    "third_email": Words("third e-mail", "trzeci e-mail"),
    "fourth_email": Words("fourth e-mail", "czwarty e-mail"),
    "fifth_email": Words("fifth e-mail", "piąty e-mail"),
    "last_email": Words("last e-mail", "ostatni e-mail"),
    "email": Words("e-mail", "e-mail"),
    "sms": Words("SMS", "SMS"),
    "help_email": Words("e-mail that offers help", "e-mail z propozycją pomocy"),
    "discount_email": Words("e-mail with a discount", "e-mail z rabatem"),
    "final_call": Words("final call", "ostatnie przypomnienie"),
    "messenger": Words("Messenger", "Messenger"),
    "join_audience": Words("advertising audience", "grupa odbiorców reklam"),
    "push": Words("web push", "web push"),
    "last_push": Words("last web push", "ostatni web push"),
    "browse_email": Words("e-mail", "e-mail"),
    "welcome_email": Words("welcome by e-mail", "powitanie e-mailem"),
    "welcome_sms": Words("welcome by SMS", "powitanie SMS-em"),
    "code_reminder": Words("reminder of the code", "przypomnienie o kodzie"),
    "thank_you": Words("thank-you", "podziękowanie"),
    "programme_invitation": Words("invitation to the programme", "zaproszenie do programu"),
    "review_request": Words("request for a review", "prośba o opinię"),
    "recommendations": Words("recommendations", "rekomendacje"),
    "reward": Words("reward", "nagroda"),
    "nudge": Words("close to a threshold", "zachęta przed progiem"),
    "points_email": Words("e-mail", "e-mail"),
    "birthday_email": Words("birthday wishes", "życzenia urodzinowe"),
    "anniversary_email": Words("wishes on the anniversary", "życzenia w rocznicę"),
    "confirm_email": Words("question by e-mail", "pytanie e-mailem"),
    "confirm_sms": Words("question by SMS", "pytanie SMS-em"),
    "data_link_email": Words("e-mail", "e-mail"),
}


def timeline_in_words(timeline: str, language: Locale) -> str:
    words = TIMELINES.get(timeline)
    return words.to(language) if words else timeline.replace("_", " ")


def message_in_words(name: str, language: Locale) -> str:
    """Return the message's name. A message of the shop's own, or a campaign, has its own name."""
    return MESSAGES[name].to(language) if name in MESSAGES else name.replace("_", " ")
