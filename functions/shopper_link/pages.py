"""The few pages a shopper may see. Self-contained: no script, no picture, nothing from elsewhere."""

from enum import StrEnum
from html import escape
from string import Template
from typing import Any

from wracaj.settings import ShopSettings


class Page(StrEnum):
    CONFIRM = "confirm"
    DONE = "done"
    EXPIRED = "expired"
    NOT_OURS = "not_ours"
    FAULT = "fault"


# title, text, button (None: no button)
TEXTS: dict[str, dict[Page, tuple[str, str, str | None]]] = {
    "pl": {
        Page.CONFIRM: (
            "Rezygnujesz z wiadomości?",
            "Jedno kliknięcie i nie wyślemy już żadnych wiadomości: ani e-maili, ani SMS-ów. Bez pytań i bez urazy.",
            "Tak, rezygnuję",
        ),
        Page.DONE: ("Gotowe", "Nie wyślemy już żadnych wiadomości. Dziękujemy i życzymy dobrego dnia!", None),
        Page.EXPIRED: (
            "Ten link już wygasł",
            "Linki z wiadomości działają przez pewien czas. Koszyk znajdziesz w sklepie.",
            None,
        ),
        Page.NOT_OURS: (
            "Tego linku nie znamy",
            "Być może skopiował się tylko kawałek adresu. Otwórz wiadomość jeszcze raz i kliknij w niej przycisk.",
            None,
        ),
        Page.FAULT: ("Coś poszło nie tak po naszej stronie", "Spróbuj, proszę, jeszcze raz za chwilę.", None),
    },
    "en": {
        Page.CONFIRM: (
            "Stop these messages?",
            "One click, and we won't send you any more messages, neither e-mails nor SMS. No questions, no hard feelings.",
            "Yes, unsubscribe me",
        ),
        Page.DONE: ("Done", "We won't send you any more messages. Thank you for telling us, and have a good day!", None),
        Page.EXPIRED: (
            "This link has expired",
            "Links in our messages work for a while only. Your cart is waiting in the shop.",
            None,
        ),
        Page.NOT_OURS: (
            "We don't know this link",
            "Perhaps only a part of the address was copied. Please open the message again and use the button in it.",
            None,
        ),
        Page.FAULT: ("Something went wrong on our side", "Please try again in a moment.", None),
    },
}

HEADERS = {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex",
}

LAYOUT = Template("""<!doctype html>
<html lang="$lang">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>$title</title>
<style>
:root { color-scheme: light dark; --paper: #fff; --ground: #f4f1ec; --ink: #26221d; --soft: #5f574d; --accent: #8a3d12;
  --on: #fff }
@media (prefers-color-scheme: dark) {
  :root { --paper: #26231f; --ground: #181613; --ink: #f3eee7; --soft: #c3b9ac; --accent: #f0a878; --on: #26170d }
}
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--ground); color: var(--ink);
  font: 18px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif }
main { box-sizing: border-box; width: min(32rem, 100% - 2rem); margin: 1rem; padding: 2rem; background: var(--paper);
  border-radius: 14px }
h1 { margin: 0 0 .75rem; font-size: 1.5rem; line-height: 1.25 }
p { margin: 0 0 1.5rem }
button { min-height: 48px; padding: 0 1.5rem; border: 0; border-radius: 10px; background: var(--accent); color: var(--on);
  font: inherit; font-weight: 600; cursor: pointer }
button:focus-visible, a:focus-visible { outline: 3px solid var(--ink); outline-offset: 3px }
footer, footer a { color: var(--soft); font-size: 1rem }
</style>
<main>
<h1>$title</h1>
<p>$text</p>
$form
<footer>$shop</footer>
</main>
</html>
""")


def page(which: Page, status: int, locale: str, shop: ShopSettings | None = None) -> dict[str, Any]:
    """`locale`: a language tag, or an Accept-Language header."""
    lang = "pl" if not locale or locale.lower().startswith("pl") else "en"
    title, text, button = TEXTS[lang][which]
    form = f'<form method="post"><p><button type="submit">{escape(button)}</button></p></form>' if button else ""
    footer = f'<a href="{escape(shop.url)}">{escape(shop.name)}</a>' if shop else ""
    body = LAYOUT.substitute(lang=lang, title=escape(title), text=escape(text), form=form, shop=footer)
    return {"statusCode": status, "headers": dict(HEADERS), "body": body}
