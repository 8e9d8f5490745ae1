"""The shopper's own pages as people use them: with only the keyboard, on a phone, in dark mode,
with a screen reader."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from handlers.test_confirming import confirming
from handlers.test_own_data import Asked
from support.chromium import Chromium, a_chromium, there_is_chromium
from support.inbox import Inbox
from support.lambdas import Lambdas
from support.page_reader import Reader
from support.preference_pages import agrees
from wracaj import store
from wracaj.carts.abandonment_reasons import AbandonmentReason
from wracaj.consent.channel import Channel
from wracaj.consent.preferences import Topic
from wracaj.messages.links import Purpose

pytestmark = there_is_chromium
PHONE_WIDTH = 340
SHOP: dict[str, Any] = {
    "timelines": ["abandoned_cart", "birthday"],
    "loyalty": {
        "currency": "PLN",
        "margin_percent": 50,
        "birthday": {"percent": 10, "valid_days": 14},
    },
}


@dataclass
class Site:
    """The Lambdas behind a server on loopback, as the HTTP API puts them behind its address."""

    url: str
    asked: list[str]

    def at(self, path: str) -> str:
        return f"{self.url}{path}"


@contextmanager
def a_site(lambdas: Lambdas) -> Iterator[Site]:
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.reply(b"")

        def do_POST(self) -> None:
            self.reply(self.rfile.read(int(self.headers["content-length"])))

        def reply(self, body: bytes) -> None:
            asked.append(f"{self.command} {self.path} {self.headers.get('referer', '')}".strip())
            if self.path.count("/") != 2:  # a browser's own wishes, such as /favicon.ico
                self.send_error(404)
                return
            answer = lambdas.link(self.command, self.path, body)
            text = answer.get("body", "").encode()
            self.send_response(answer["statusCode"])
            for name, value in (answer["headers"] | {"content-length": str(len(text))}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield Site(f"http://127.0.0.1:{server.server_port}", asked)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def site(lambdas: Lambdas) -> Iterator[Site]:
    with a_site(lambdas) as found:
        yield found


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    with a_chromium(tmp_path_factory.mktemp("chromium")) as found:
        yield found


def an_inbox(lambdas: Lambdas, locale: str = "pl-PL", kind: type[Inbox] = Inbox) -> Any:
    who = {"id": "7", "phone": "+48601234567", "locale": locale}
    return kind(lambdas, who=who, agrees_to=("email", "sms"), **SHOP)


def pages_of(lambdas: Lambdas, site: Site, locale: str) -> dict[str, Any]:
    """Every page there is, as something that brings a browser to it."""
    asked = an_inbox(lambdas, locale, Asked)
    settings, data = site.at(asked.path(Purpose.PREFERENCES)), site.at(asked.path_to_data)
    buttons = {
        "pl": ("Pokaż moje dane", "Chcę usunąć moje dane"),
        "en": ("Show my data", "I want my data erased"),
    }
    show, erase = buttons[locale[:2]]

    def pressing(url: str, button: str) -> Any:
        def bring(page: Reader) -> None:
            page.go(url)
            page.tab_to(button)
            page.press("Enter", loads=True)

        return bring

    return {
        "settings": lambda page: page.go(settings),
        "saved": lambda page: page.go(f"{settings}?told=topics"),
        "problem": lambda page: page.go(f"{settings}?told=no_such_day"),
        "data": lambda page: page.go(data),
        "data shown": pressing(data, show),
        "sure": pressing(data, erase),
        "why": lambda page: page.go(site.at(asked.path(Purpose.WHY))),
        "not ours": lambda page: page.go(site.at("/p/AAAA")),
        "unsubscribe": lambda page: page.go(site.at(asked.path(Purpose.UNSUBSCRIBE))),
    }


LOCALES = pytest.mark.parametrize("locale", ["pl-PL", "en-GB"])


# --- with the keyboard alone ----------------------------------------------------------------------


def test_topics_are_chosen_with_the_keyboard_and_what_came_of_it_has_the_focus(
    lambdas: Lambdas, site: Site, chromium: Chromium
) -> None:
    inbox, page = an_inbox(lambdas), Reader(chromium)
    page.go(site.at(inbox.path(Purpose.PREFERENCES)))
    page.tab_to("ofertach")
    page.press("Space")
    page.tab_to("Zapisz tematy")
    page.press("Enter", loads=True)
    page.has_focus("Zapisane. Piszemy tylko o tym, co jest zaznaczone.")
    assert inbox.customer.declined == {Topic.OFFERS}
    page.page.value("window.isOld = true, location.reload()")
    page.until("!window.isOld && document.readyState === 'complete'")
    # a reload sends nothing again
    assert len([line for line in site.asked if line.startswith("POST")]) == 1


def test_a_pace_a_birthday_and_a_no_are_chosen_with_the_keyboard(
    lambdas: Lambdas, site: Site, chromium: Chromium
) -> None:
    inbox, page = an_inbox(lambdas), Reader(chromium)
    page.go(site.at(inbox.path(Purpose.PREFERENCES)))
    page.tab_to("tak często")
    page.press("ArrowDown")
    page.tab_to("Zapisz częstotliwość")
    page.press("Enter", loads=True)
    for label, presses in (("Dzień", 14), ("Miesiąc", 3)):
        page.tab_to(label)
        for _ in range(presses):
            page.press("ArrowDown")
    page.tab_to("Zapisz datę")
    page.press("Enter", loads=True)
    page.tab_to("Wycofuję zgodę na SMS-y")
    page.press("Space", loads=True)
    assert (inbox.customer.pace, inbox.customer.birthday) == ("weekly", "03-14")
    assert [channel for channel in Channel if agrees(inbox, channel)] == [Channel.EMAIL]


def test_a_birthday_is_removed_with_the_keyboard(
    lambdas: Lambdas, site: Site, chromium: Chromium
) -> None:
    inbox, page = an_inbox(lambdas), Reader(chromium)
    told = "2026-01-01T00:00:00.000000Z#told"
    store.open_store().customers.amend_one(
        inbox.shop.id, inbox.customer.id, lambda known: known.born("03-14", told)
    )
    page.go(site.at(inbox.path(Purpose.PREFERENCES)))
    page.tab_to("Usuń datę")
    page.press("Enter", loads=True)
    page.has_focus("Data jest usunięta. Życzeń urodzinowych nie wyślemy.")
    assert inbox.customer.birthday is None


def test_a_yes_is_confirmed_with_the_keyboard(
    lambdas: Lambdas, site: Site, chromium: Chromium
) -> None:
    (inbox, path), page = confirming(lambdas), Reader(chromium)
    page.go(site.at(path))
    page.tab_to("Tak, potwierdzam")
    page.press("Enter", loads=True)
    assert page.page.value("document.querySelector('h1').innerText") == "Zgoda jest potwierdzona"
    assert agrees(inbox, Channel.SMS)


def test_why_a_cart_was_left_is_answered_with_the_keyboard(
    lambdas: Lambdas, site: Site, chromium: Chromium
) -> None:
    inbox, page = an_inbox(lambdas), Reader(chromium)
    page.go(site.at(inbox.path(Purpose.WHY)))
    page.tab_to("Cena")
    page.press("Space", loads=True)
    page.has_focus("Zapisaliśmy odpowiedź: Cena.")
    page.tab_to("Wróć do koszyka")
    page.tab_to("Koszt dostawy")
    page.press("Enter", loads=True)
    page.has_focus("Zapisaliśmy odpowiedź: Koszt dostawy.")
    target = store.open_store().message_links.target(
        inbox.lambdas.message_id(inbox.shop.id, "c1", "first_email")
    )
    assert (
        target
        and store.open_store().abandonment_reasons.of(target) is AbandonmentReason.DELIVERY_COST
    )


def test_the_data_is_shown_and_erased_with_the_keyboard(
    lambdas: Lambdas, site: Site, chromium: Chromium
) -> None:
    asked, page = an_inbox(lambdas, kind=Asked), Reader(chromium)
    account = asked.customer.id
    page.go(site.at(asked.path_to_data))
    for button in ("Chcę usunąć moje dane", "Tak, usuń moje dane"):
        page.tab_to(button)
        page.press("Enter", loads=True)
    assert page.page.value("document.querySelector('h1').innerText") == "Dane są usunięte"
    known = store.open_store().customers.read(asked.shop.id, [account, asked.name])
    assert all(one.erased_at for one in known.values())


def test_the_address_of_a_page_is_told_to_nobody(
    lambdas: Lambdas, site: Site, chromium: Chromium
) -> None:
    """It holds the token."""
    inbox, page = an_inbox(lambdas), Reader(chromium)
    page.go(site.at(inbox.path(Purpose.PREFERENCES)))
    page.tab_to("Zapisz tematy")
    page.press("Enter", loads=True)
    assert not [line for line in site.asked if "http" in line]
    assert {line.split()[1].split("?")[0] for line in site.asked} <= {
        inbox.path(Purpose.PREFERENCES),
        "/favicon.ico",
    }


# --- for every pair of eyes -----------------------------------------------------------------------

FAINT = """(() => {
  const channels = text => text.match(/[\\d.]+/g).map(Number);
  const linear = v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const shine = rgb => rgb.slice(0, 3).map(v => linear(v / 255))
    .reduce((sum, v, place) => sum + v * [.2126, .7152, .0722][place], 0);
  const behind = element => { for (let at = element; at; at = at.parentElement) {
    const rgb = channels(getComputedStyle(at).backgroundColor);
    if (rgb.length < 4 || rgb[3] > 0) return rgb; }
    return [255, 255, 255]; };
  const found = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some(
      node => node.nodeType === 3 && node.textContent.trim());
    if (!own || element.tagName === "OPTION" || !element.getClientRects().length) continue;
    const ink = shine(channels(getComputedStyle(element).color));
    const [dark, light] = [ink, shine(behind(element))].sort((a, b) => a - b);
    const ratio = (light + .05) / (dark + .05);
    if (ratio < 4.5) found.push(`${element.innerText.slice(0, 30)}: ${ratio.toFixed(2)}`);
  }
  return found; })()"""
TOO_SMALL = """[...document.querySelectorAll("button, select, label, input:not([type=hidden])")]
  .map(it => it.closest("label") || it)
  .filter(it => it.getBoundingClientRect().height < 44).map(it => it.innerText)"""


@LOCALES
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_page_is_readable_on_a_phone(
    lambdas: Lambdas, site: Site, chromium: Chromium, locale: str, dark: bool, tmp_path: Path
) -> None:
    page = Reader(chromium, PHONE_WIDTH, 700, dark=dark)
    for name, bring in pages_of(lambdas, site, locale).items():
        bring(page)
        page.screenshot(tmp_path / f"{name}.png")
        assert page.page.value("document.documentElement.scrollWidth") <= PHONE_WIDTH, name
        assert page.page.value(FAINT) == [], name
        assert page.page.value(TOO_SMALL) == [], name


def test_ones_data_on_a_phone_is_read_without_scrolling_each_value_after_its_label(
    lambdas: Lambdas, site: Site, chromium: Chromium
) -> None:
    page = Reader(chromium, PHONE_WIDTH, 700)
    pages_of(lambdas, site, "pl-PL")["data shown"](page)
    assert page.page.value(
        "[...document.querySelectorAll('td')].every(it => it.getBoundingClientRect().right <="
        f" {PHONE_WIDTH})"
    )
    shown = "getComputedStyle(document.querySelector('td[data-label]'), '::before').content"
    assert "data-label" in page.page.value(shown) or "Od" in page.page.value(shown)
    assert {"table", "row", "cell"} <= {role for role, _ in page.names()}


@LOCALES
def test_every_page_can_be_heard(
    lambdas: Lambdas, site: Site, chromium: Chromium, locale: str
) -> None:
    """Whatever can be reached has a name; headings go down one by one; what came of a form is told
    as such."""
    page = Reader(chromium)
    for name, bring in pages_of(lambdas, site, locale).items():
        bring(page)
        told = page.names()
        for role in (
            "button",
            "checkbox",
            "radio",
            "combobox",
            "link",
            "group",
            "region",
            "radiogroup",
        ):
            assert [one for one in told if one == (role, "")] == [], (name, role)
        assert page.page.value("document.documentElement.lang") == locale[:2] or name == "not ours"
        levels = page.page.value(
            "[...document.querySelectorAll('h1, h2, h3')].map(one => +one.tagName[1])"
        )
        assert levels[0] == 1 and levels.count(1) == 1 and set(levels[1:]) <= {2}, name
        roles = {role for role, _ in told}
        assert "main" in roles
        assert ("status" in roles, "alert" in roles) == (name == "saved", name == "problem"), name
        buttons = [one for one in told if one[0] == "button"]
        assert len(set(buttons)) == len(buttons), f"{name}: two buttons of one name"


def test_whatever_has_the_focus_shows_it(lambdas: Lambdas, site: Site, chromium: Chromium) -> None:
    page = Reader(chromium)
    page.go(site.at(an_inbox(lambdas).path(Purpose.PREFERENCES)))
    seen = 0
    for _ in range(20):
        page.press("Tab")
        if not page.focused:
            break
        style = "getComputedStyle(document.activeElement)"
        assert (
            page.page.value(f"{style}.outlineStyle + ' ' + parseFloat({style}.outlineWidth)")
            == "solid 3"
        )
        seen += 1
    assert seen >= 12
