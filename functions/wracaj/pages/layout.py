"""The layout of every page that a shopper sees, with the shop's logo or name on top.

A page's address contains a token, which must not leak: no referrer, no cache, no search engine. So
nothing is loaded from other hosts except the shop's logo, and there are no scripts.
"""

from html import escape
from string import Template
from typing import Any
from urllib.parse import urlsplit

from wracaj.language import Locale
from wracaj.pages.headers import ALWAYS
from wracaj.settings.shop import ShopSettings
from wracaj.text.wording import glue

Response = dict[str, Any]

PRIVATE = ALWAYS | {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex",
}
SOURCES = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
HEADERS = PRIVATE | {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": SOURCES,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}

LAYOUT = Template("""<!doctype html>
<html lang="$lang">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>$title</title>
<style>
:root { color-scheme: light dark; --paper: #fff; --ground: #f4f1ec; --ink: #26221d;
  --soft: #5f574d; --line: #8a8074;
  --accent: #8a3d12; --on: #fff; --tint: #f6efe6; --tint-ink: #26221d }
@media (prefers-color-scheme: dark) {
  :root { --paper: #26231f; --ground: #181613; --ink: #f3eee7; --soft: #c3b9ac; --line: #8f8578;
    --accent: #f0a878;
    --on: #26170d; --tint: #38312a; --tint-ink: #f3eee7 }
}
body { margin: 0; min-height: 100vh; display: grid; grid-template-columns: minmax(0, 1fr);
  place-items: center;
  background: var(--ground); color: var(--ink);
    font: 18px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif }
main { box-sizing: border-box; width: min($width, 100% - 2rem); margin: 1rem; padding: 2rem;
  background: var(--paper);
  border-radius: 14px; overflow-wrap: anywhere }
header { margin: 0 0 1.25rem; font-size: 1.15rem; font-weight: 700 }
header a { display: inline-flex; align-items: center; min-height: 44px; color: var(--ink);
  text-decoration: none }
header img { display: block; height: 40px; width: auto; max-width: min(260px, 100%);
  object-fit: contain }
@media (prefers-color-scheme: dark) { header img { padding: 6px; border-radius: 8px;
  background: #fff; color: #26221d } }
h1 { margin: 0 0 .75rem; font-size: 1.5rem; line-height: 1.25; text-wrap: balance }
h2 { margin: 0 0 .5rem; font-size: 1.2rem; line-height: 1.3 }
p { margin: 0 0 1.5rem }
section { margin: 2rem 0 0; padding: 1.5rem 0 0; border-top: 1px solid var(--line) }
section form { margin: 0 0 1.25rem }
section p { margin: 0 0 .75rem }
fieldset { margin: 0 0 1rem; padding: 0; border: 0; min-width: 0 }
legend { margin: 0 0 .5rem; padding: 0; font-weight: 600 }
.choice { display: flex; gap: .75rem; align-items: flex-start; min-height: 44px;
  padding: .35rem 0; box-sizing: border-box }
.choice input { flex: none; width: 1.35rem; height: 1.35rem; margin: .2rem 0 0;
  accent-color: var(--accent) }
.choice small, .soft { color: var(--soft); font-size: 1rem }
.choice small { display: block }
.pair { display: flex; flex-wrap: wrap; gap: 1rem; margin: 0 0 1rem }
.pair label { display: grid; gap: .25rem }
select { min-height: 48px; min-width: 7rem; padding: 0 .75rem; border: 1px solid var(--line);
  border-radius: 10px;
  background: var(--paper); color: var(--ink); font: inherit }
button, .button { display: inline-block; box-sizing: border-box; min-height: 48px;
  padding: .6rem 1.5rem;
  border: 2px solid var(--accent); border-radius: 10px; background: var(--accent); color: var(--on);
  font: inherit; font-weight: 600; line-height: 1.4;
  text-align: left; text-decoration: none; cursor: pointer }
button.quiet { background: var(--paper); color: var(--accent) }
a { color: var(--accent) }
:focus-visible { outline: 3px solid var(--ink); outline-offset: 3px }
.told { margin: 0 0 1.5rem; padding: .9rem 1.1rem; border-left: 5px solid var(--accent);
  border-radius: 6px;
  background: var(--tint); color: var(--tint-ink) }
.answers { display: grid; gap: .6rem }
.answers button { width: 100% }
table { width: 100%; border-collapse: collapse; font-size: 1rem }
caption { text-align: left; font-weight: 600; padding: 0 0 .4rem }
th, td { padding: .45rem .75rem .45rem 0; border-bottom: 1px solid var(--line); text-align: left;
  vertical-align: top;
  overflow-wrap: anywhere }
footer { margin-top: 1.5rem }
footer, footer a { color: var(--soft); font-size: 1rem }
@media (max-width: 30rem) { main { padding: 1.25rem } }
@media (max-width: 44rem) {
  .stacks, .stacks tbody, .stacks tr, .stacks td { display: block }
  .stacks thead { position: absolute; width: 1px; height: 1px; overflow: hidden;
    clip-path: inset(50%); white-space: nowrap }
  .stacks tr { padding: .6rem 0; border-bottom: 1px solid var(--line) }
  .stacks td { padding: .1rem 0; border: 0 }
  .stacks td::before { content: attr(data-label) ": "; color: var(--soft) }
}
</style>
</head>
<body>
<main>
$header
<h1>$heading</h1>
$body
$footer
</main>
</body>
</html>
""")


def as_asked(method: str, response: Response) -> Response:
    """The answer to HEAD is GET's without a body. Some link checkers send HEAD before they trust a
    link."""
    return response | {"body": ""} if method == "HEAD" else response


def language_of(locale: str) -> Locale:
    """The language of a language tag or an Accept-Language header."""
    return "pl" if not locale or locale.lower().startswith("pl") else "en"


def html_page(
    title: str,
    body: str,
    lang: Locale,
    *,
    status: int = 200,
    shop: ShopSettings | None = None,
    wide: bool = False,
) -> Response:
    """`title` is plain text. `body` is HTML, in which other people's text is escaped already. Words
    that must stay together are kept on one line."""
    text = LAYOUT.substitute(
        lang=lang,
        title=escape(title),
        heading=glue(escape(title)),
        body=glue(body),
        header=_header(shop) if shop else "",
        footer=_footer(shop) if shop else "",
        width="44rem" if wide else "32rem",
    )
    return {"statusCode": status, "headers": _headers(shop), "body": text}


def _header(shop: ShopSettings) -> str:
    name = escape(shop.name)
    shown = (
        f'<img src="{escape(shop.logo_url)}" alt="{name}" height="40">' if shop.logo_url else name
    )
    return f'<header><a href="{escape(shop.url)}">{shown}</a></header>'


def _footer(shop: ShopSettings) -> str:
    """The shop's name and address, as under each mail."""
    lines = (line.strip(" ,") for line in shop.postal_address.splitlines())
    address = glue(escape(", ".join(filter(None, lines))))
    return f'<footer><a href="{escape(shop.url)}">{escape(shop.name)}</a><br>{address}</footer>'


def _headers(shop: ShopSettings | None) -> dict[str, str]:
    """The logo's host is the only host from which a picture may be loaded."""
    if shop is None or shop.logo_url is None:
        return dict(HEADERS)
    logo = urlsplit(shop.logo_url)
    return HEADERS | {
        "content-security-policy": f"{SOURCES}; img-src {logo.scheme}://{logo.netloc}"
    }
