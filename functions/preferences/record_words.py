"""Names that our records use (templates, sources of consent, rules of points), in words for
shoppers."""

from collections.abc import Mapping

from wracaj.consent.consent import UNDATED
from wracaj.language import Locale

Words = tuple[str, str]  # Polish, English

MESSAGES: Mapping[str, Words] = {
    "cart_reminder": ("przypomnienie o koszyku", "reminder of a cart"),
    "cart_sms": ("przypomnienie o koszyku", "reminder of a cart"),
    "cart_push": ("przypomnienie o koszyku", "reminder of a cart"),
    "cart_push_last": ("ostatnie przypomnienie o koszyku", "last reminder of a cart"),
    "cart_messenger": ("przypomnienie o koszyku", "reminder of a cart"),
    "cart_discount": ("rabat na koszyk", "discount on a cart"),
    "high_value_saved": ("przypomnienie o koszyku", "reminder of a cart"),
    "high_value_thinking": ("drugie przypomnienie o koszyku", "second reminder of a cart"),
    "high_value_help": ("pomoc w wyborze", "help with choosing"),
    "high_value_discount": ("rabat na koszyk", "discount on a cart"),
    "high_value_final_call": ("ostatnie przypomnienie o koszyku", "last reminder of a cart"),
    "regular_reminder": ("przypomnienie o koszyku", "reminder of a cart"),
    "regular_sms": ("przypomnienie o koszyku", "reminder of a cart"),
    "regular_last": ("ostatnie przypomnienie o koszyku", "last reminder of a cart"),
    "browse_reminder": ("oglądane produkty", "products that you looked at"),
    "thank_you": ("podziękowanie za zakupy", "thanks for an order"),
    "programme_invitation": (
        "zaproszenie do programu lojalnościowego",
        "invitation to the loyalty programme",
    ),
    "review_request": ("prośba o opinię", "request for a review"),
    "recommendations": ("polecane produkty", "recommendations"),
    "win_back": ("dawno Cię nie było", "we have not seen you for a while"),
    "win_back_offer": ("oferta na powrót", "offer to come back"),
    "welcome": ("powitanie", "welcome"),
    "welcome_sms": ("powitanie", "welcome"),
    "welcome_reminder": ("przypomnienie o powitalnym kodzie", "reminder of the welcome code"),
    "reward": ("nagroda lub punkty", "reward or points"),
    "nudge": ("blisko nagrody", "close to a reward"),
    "points_expiring": ("punkty, które wygasają", "points that expire"),
    "birthday": ("życzenia urodzinowe", "birthday wishes"),
    "anniversary": ("rocznica pierwszych zakupów", "anniversary of the first order"),
    "confirm_consent": ("prośba o potwierdzenie zgody", "request to confirm a consent"),
    "confirm_consent_sms": ("prośba o potwierdzenie zgody", "request to confirm a consent"),
    "data_link": ("link do danych", "link to your data"),
    "campaign_season": ("oferta sklepu", "offer of the shop"),
}
ANOTHER_MESSAGE: Words = ("wiadomość od sklepu", "message from the shop")

SOURCES: Mapping[str, Words] = {
    "preference page": ("ustawienia wiadomości", "message settings"),
    "confirmed by link": ("kliknięcie linku z potwierdzeniem", "click on the confirming link"),
    "checkout": ("koszyk w sklepie", "checkout in the shop"),
    "order": ("zamówienie", "order"),
    "shop": ("sklep", "the shop"),
    "shopify": ("sklep", "the shop"),
    "import": ("lista przekazana przez sklep", "list that the shop passed on"),
    "browser": ("ustawienia przeglądarki", "settings of the browser"),
    "messenger": ("Messenger", "Messenger"),
    "complaint": ("zgłoszenie spamu", "a message called spam"),
}
IN_A_MESSAGE: Words = ("link w wiadomości", "link in a message")
ON_THE_SITE: Words = ("strona sklepu: {}", "the shop's site: {}")

RULES: Mapping[str, Words] = {
    "purchase": ("zakupy", "purchase"),
    "reward": ("nagroda", "reward"),
    "tier": ("poziom", "tier"),
    "achievement": ("osiągnięcie", "achievement"),
    "order_gift": ("prezent za zamówienie", "gift for an order"),
    "first_purchase": ("pierwsze zakupy", "first purchase"),
    "cashback": ("zwrot części wydatków", "cashback"),
    "exchange": ("wymiana punktów na nagrodę", "points exchanged for a reward"),
    "birthday": ("urodziny", "birthday"),
    "anniversary": ("rocznica", "anniversary"),
}


def message_in_words(template: str | None, lang: Locale) -> str:
    """A template without an entry here, such as a new one, gets a general name."""
    return _to(MESSAGES.get(template or "", ANOTHER_MESSAGE), lang)


def source_in_words(source: str, lang: Locale) -> str:
    """The source of a consent. A source that the shop wrote is shown unchanged."""
    known = source.removesuffix(UNDATED)
    if known.startswith("link in "):
        return _to(IN_A_MESSAGE, lang)
    if known.startswith("storefront: "):
        return _to(ON_THE_SITE, lang).format(known.removeprefix("storefront: "))
    return _to(SOURCES[known], lang) if known in SOURCES else source


def rule_in_words(rule: str, lang: Locale) -> str:
    return _to(RULES[rule], lang) if rule in RULES else rule


def _to(words: Words, lang: Locale) -> str:
    return words[0 if lang == "pl" else 1]
