"""The small pages behind links in messages, except those of functions/preferences."""

from enum import StrEnum
from html import escape

from wracaj.pages.layout import Response, html_page, language_of
from wracaj.settings.shop import ShopSettings


class Page(StrEnum):
    CONFIRM = "confirm"
    DONE = "done"
    ALREADY = "already"
    EXPIRED = "expired"
    NOT_OURS = "not_ours"
    FAULT = "fault"


# title, text, button (None: no button)
TEXTS: dict[str, dict[Page, tuple[str, str, str | None]]] = {
    "pl": {
        Page.CONFIRM: (
            "Rezygnujesz z wiadomości?",
            (
                "Jedno kliknięcie i nie wyślemy już żadnych wiadomości: ani e-maili, ani SMS-ów."
                " Bez pytań i bez urazy."
            ),
            "Tak, rezygnuję",
        ),
        Page.DONE: (
            "Gotowe",
            "Nie wyślemy już żadnych wiadomości. Dziękujemy i życzymy dobrego dnia!",
            None,
        ),
        Page.ALREADY: (
            "To już zrobione",
            "Nie wysyłamy Ci już żadnych wiadomości: ani e-maili, ani SMS-ów.",
            None,
        ),
        Page.EXPIRED: (
            "Ten link już wygasł",
            "Linki z wiadomości działają przez pewien czas. Koszyk znajdziesz w sklepie.",
            None,
        ),
        Page.NOT_OURS: (
            "Tego linku nie znamy",
            (
                "Być może skopiował się tylko kawałek adresu. Otwórz wiadomość jeszcze raz i"
                " kliknij w niej przycisk."
            ),
            None,
        ),
        Page.FAULT: (
            "Coś poszło nie tak po naszej stronie",
            "Spróbuj, prosimy, jeszcze raz za chwilę.",
            None,
        ),
    },
    "en": {
        Page.CONFIRM: (
            "Stop these messages?",
            (
                "One click, and we won't send you any more messages, neither e-mails nor SMS. No"
                " questions, no hard feelings."
            ),
            "Yes, unsubscribe me",
        ),
        Page.DONE: (
            "Done",
            "We won't send you any more messages. Thank you for telling us, and have a good day!",
            None,
        ),
        Page.ALREADY: (
            "That is done already",
            "We no longer send you any messages, neither e-mails nor SMS.",
            None,
        ),
        Page.EXPIRED: (
            "This link has expired",
            "Links in our messages work for a while only. Your cart is waiting in the shop.",
            None,
        ),
        Page.NOT_OURS: (
            "We don't know this link",
            (
                "Perhaps only a part of the address was copied. Please open the message again and"
                " use the button in it."
            ),
            None,
        ),
        Page.FAULT: ("Something went wrong on our side", "Please try again in a moment.", None),
    },
}


def page(which: Page, status: int, locale: str, shop: ShopSettings | None = None) -> Response:
    """`locale`: a language tag, or an Accept-Language header."""
    lang = language_of(locale)
    title, text, button = TEXTS[lang][which]
    form = (
        f'<form method="post"><p><button type="submit">{escape(button)}</button></p></form>'
        if button
        else ""
    )
    return html_page(title, f"<p>{escape(text)}</p>\n{form}", lang, status=status, shop=shop)
