"""The script in a real browser, on pages of each kind of shop: what it reads, when it reports, and
when it stays silent."""

import json
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import push_subscribe.app
import storefront_cart.app
from support.chromium import Chromium, Page, a_chromium, there_is_chromium
from support.lambdas import CONTEXT, Json, Lambdas, a_step, ago, an_http_event
from support.shop_pages import (
    BLOCKS_CART,
    CLASSIC_CART,
    CLASSIC_FIELD,
    CLASSIC_MINI,
    CLASSIC_REVIEW,
    CONSENT,
    WORDS,
    a_page,
    blocks_page,
    generic_page,
    shoper_page,
)
from support.shop_site import API, SHOP, Answer, Site, a_site
from support.webhook_bodies import a_generic_order, an_envelope
from wracaj.carts.page_carts import page_cart_id
from wracaj.consent.channel import Channel
from wracaj.consent.consent import ConsentState
from wracaj.settings.shop import Shop
from wracaj_cli.shops.storefront import snippet_of

pytestmark = there_is_chromium

ORIGIN = f"https://{SHOP}"
FASTER = 5  # than in a shop's page: its pauses are for people
CLOCK = f"""for (const name of ["setTimeout", "setInterval"]) {{
  const real = window[name];
  window[name] = (action, pause) => real(action, pause / {FASTER});
}}"""
MAIL = "ala.nowak@poczta.example"
BASKET = f"{ORIGIN}/koszyk"
OWN_BOX = "document.querySelector('[data-wracaj-consent]')"
BOX = "document.querySelector('.wracaj-consent input')"
KEPT = "[document.cookie, localStorage.length, sessionStorage.length]"
ROUTES = (
    (r"POST /cart/(?P<shop>[^/]+)", "POST /cart/{shop}", storefront_cart.app.handler),
    (r"POST /push/(?P<shop>[^/]+)", "POST /push/{shop}", push_subscribe.app.handler),
)


@dataclass
class Stage:
    lambdas: Lambdas
    shop: Shop
    site: Site
    browser: Chromium
    page: Page
    reports: list[Json]
    answers: list[Json]

    def visit(self, inside: str, path: str = "/zamowienie", **attributes: str) -> None:
        more = "".join(f' data-{name}="{value}"' for name, value in attributes.items())
        script = snippet_of(self.shop, f"https://{API}").replace(" defer", f" defer{more}")
        self.site.pages[path] = a_page(inside, script)
        self.page.go(f"{ORIGIN}{path}")

    def write(self, into: str, text: str) -> None:
        self.page.value(f"document.querySelector({json.dumps(into)}).focus()")
        self.page.ask("Input.insertText", text=text)

    def tick(self, box: str = BOX) -> None:
        self.page.until(box)
        self.page.click(box)

    def told(self, number: int = 1) -> Json:
        """Wait for this report, and return it."""
        deadline = time.monotonic() + 30
        while len(self.answers) < number:
            assert time.monotonic() < deadline, (self.reports, self.page.said())
            time.sleep(0.05)
        return self.reports[number - 1]

    def silent(self, seconds: float = 6) -> None:
        """Nothing is reported in so many seconds of the page."""
        before = len(self.reports)
        time.sleep(seconds / FASTER)
        assert self.reports[before:] == []

    def keeps(self, cookies: str, in_browser: int, in_tab: int) -> None:
        """The page keeps this, once it has heard what it was answered."""
        self.page.until(f"({KEPT}).join() === '{cookies},{in_browser},{in_tab}'")

    def knows(self) -> None:
        """Wait until the page has heard that its report was taken."""
        self.page.until("sessionStorage.wracaj && JSON.parse(sessionStorage.wracaj).sent")

    def heard(self, problem: str) -> None:
        """Wait until the page has heard of this problem."""
        self.page.browser.wait_for(
            "Runtime.consoleAPICalled", lambda event: problem in json.dumps(event)
        )

    def cart(self, number: int = 1) -> Any:
        return self.lambdas.cart(self.shop, page_cart_id(self.shop.id, self.told(number)["key"]))


@pytest.fixture
def stage(lambdas: Lambdas, tmp_path: Path) -> Iterator[Stage]:
    shop = lambdas.register(
        storefront={"typed_emails": True, "consent": CONSENT, "basket_url": BASKET},
        quiet_minutes_after_activity=0,
    )
    reports: list[Json] = []
    answers: list[Json] = []

    def api(method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        for pattern, route, handler in ROUTES:
            if found := re.fullmatch(pattern, f"{method} {path}"):
                if "/cart/" in path:
                    reports.append(json.loads(body))
                event = an_http_event(route, found.groupdict(), headers=headers, body=body)
                answer = handler(json.loads(json.dumps(event)), CONTEXT)
                if "/cart/" in path:
                    answers.append(answer)
                return answer["statusCode"], answer["headers"], answer["body"].encode()
        return 404, {}, b""

    with ExitStack() as opened:
        site = opened.enter_context(a_site(tmp_path, api))
        browser = opened.enter_context(a_chromium(tmp_path, *site.flags()))
        page = browser.page()
        page.run_first(CLOCK)
        yield Stage(lambdas, shop, site, browser, page, reports, answers)


# --- what is read ---------------------------------------------------------------------------------

PAGES = {
    "classic checkout": (CLASSIC_FIELD + CLASSIC_REVIEW, "#billing_email", BOX),
    "classic cart": (CLASSIC_CART + CLASSIC_FIELD, "#billing_email", BOX),
    "classic small cart": (CLASSIC_MINI + CLASSIC_FIELD, "#billing_email", BOX),
    "blocks": (blocks_page(), "#email", BOX),
    "shoper": (shoper_page(), "#box_basketaddress input", BOX),
    "any other": (
        generic_page(),
        "[data-wracaj-email]",
        "document.querySelector('[data-wracaj-consent]')",
    ),
}
LINK = "https://kubek.example/produkt/kubek"
PICTURE = "https://kubek.example/img/kubek.jpg"
SHOWN = {
    "classic checkout": (None, "559.25", None, None, "1133.5"),
    "classic cart": ("34", "59.25", LINK, PICTURE, None),
    "classic small cart": ("34", "59.25", LINK, PICTURE, "118.5"),
    "blocks": ("56", "59", LINK, PICTURE, "133"),
    "shoper": ("34", "59.25", None, None, "118.5"),
    "any other": (
        "KUBEK-1",
        "59.25",
        "https://kubek.example/kubek",
        "https://kubek.example/kubek.jpg",
        "118.5",
    ),
}


@pytest.mark.parametrize("kind", PAGES)
def test_a_cart_of_each_kind_of_shop_reaches_the_shop_s_timeline(stage: Stage, kind: str) -> None:
    inside, field, box = PAGES[kind]
    stage.visit(inside)
    stage.tick(box)
    stage.write(field, MAIL)
    told = stage.told()
    assert stage.answers[0]["statusCode"] == 200, stage.answers
    cart = stage.cart()
    (item,) = cart.content.items
    product, price, url, image, total = SHOWN[kind]
    assert (item.title, str(item.quantity)) == ("Kubek gliniany", "2")
    assert (item.product_id, str(item.unit_price), item.url, item.image_url) == (
        product,
        price,
        url,
        image,
    )
    assert str(cart.content.total) == str(total) and cart.content.currency == "PLN"
    assert (cart.contact.email, cart.contact.locale) == (MAIL, "pl")
    assert cart.consent[Channel.EMAIL].state is ConsentState.SUBSCRIBED
    assert cart.consent[Channel.EMAIL].source == f"storefront: {WORDS}"
    assert cart.content.recovery_url == BASKET
    assert [run["cart_id"] for run in stage.lambdas.executions(stage.shop)] == [cart.cart_id]
    assert cart.cart_id == page_cart_id(stage.shop.id, told["key"])
    assert stage.page.value("wracaj.id()") == cart.cart_id


def test_a_cart_may_stand_in_a_script_and_what_changes_in_it_is_reported(stage: Stage) -> None:
    inside = re.sub(
        r"<div hidden data-wracaj='([^']*)'></div>",
        r'<script type="application/json" data-wracaj>\1</script>',
        generic_page(),
    )
    assert "application/json" in inside
    stage.visit(inside)
    stage.tick("document.querySelector('[data-wracaj-consent]')")
    stage.write("[data-wracaj-email]", MAIL)
    assert stage.told()["items"][0]["id"] == "KUBEK-1"
    held = '{"items": [{"title": "Talerz"}, {"title": ""}, {"title": "Miska", "quantity": 0}]}'
    stage.page.value(f"document.querySelector('[data-wracaj]').textContent = '{held}'")
    stage.told(2)
    assert [(one.title, str(one.quantity)) for one in stage.cart().content.items] == [
        ("Talerz", "1")
    ]
    assert stage.cart().contact.email == MAIL


@pytest.mark.parametrize("held", ["{items: [}", '{"items": {}}', "null", ""])
def test_a_page_s_own_cart_that_cannot_be_read_is_told_to_its_developer(
    stage: Stage, held: str
) -> None:
    stage.visit(re.sub(r"data-wracaj='[^']*'", f"data-wracaj='{held}'", generic_page()))
    stage.tick("document.querySelector('[data-wracaj-consent]')")
    stage.write("[data-wracaj-email]", MAIL)
    stage.silent()
    assert stage.page.said().count("data-wracaj must hold JSON") == 1


@pytest.mark.parametrize(
    ("written", "total"), [("1 118,50", "1118.5"), ("118,5", "118.5"), ("1,118", "None")]
)
def test_a_page_s_own_amounts_are_read_if_they_can_mean_only_one(
    stage: Stage, written: str, total: str
) -> None:
    stage.visit(generic_page().replace("118.5", f'"{written}"'))
    stage.tick("document.querySelector('[data-wracaj-consent]')")
    stage.write("[data-wracaj-email]", MAIL)
    stage.told()
    assert str(stage.cart().content.total) == total


def test_three_decimals_are_thousands_except_of_a_dinar(stage: Stage) -> None:
    review = CLASSIC_REVIEW.replace("1 118,50", "118.500").replace("1 133,50", "133.500")
    for currency, total in (("KWD", "133.5"), ("PLN", "133500")):
        inside = CLASSIC_FIELD + review.replace("zł", currency)
        stage.visit(inside, path=f"/{currency}", currency=currency)
        stage.tick()
        stage.write("#billing_email", f"{currency.lower()}@poczta.example")
        stage.told(1 if currency == "KWD" else 2)
        assert (stage.reports[-1]["currency"], stage.reports[-1]["total"]) == (currency, total)


def test_prices_in_another_currency_are_left_out(stage: Stage) -> None:
    stage.visit(CLASSIC_FIELD + CLASSIC_REVIEW.replace("zł", "€"))
    stage.tick()
    stage.write("#billing_email", MAIL)
    stage.told()
    (item,) = stage.cart().content.items
    assert (item.title, item.unit_price, stage.cart().content.total) == (
        "Kubek gliniany",
        None,
        None,
    )


def test_a_store_that_has_not_loaded_its_cart_is_not_an_empty_cart(stage: Stage) -> None:
    stage.visit("<script>window.isResolved = false</script>" + blocks_page())
    stage.tick()
    stage.write("#email", MAIL)
    stage.silent()
    stage.page.value("window.isResolved = true")
    assert len(stage.told()["items"]) == 1


# --- when nothing is sent or kept -----------------------------------------------------------------


@pytest.mark.parametrize("kind", PAGES)
def test_nothing_is_sent_or_kept_of_an_address_whose_box_is_not_ticked(
    stage: Stage, kind: str
) -> None:
    inside, field, box = PAGES[kind]
    stage.visit(inside)
    stage.page.until(box)
    stage.write(field, MAIL)
    stage.silent()
    stage.page.go(f"{ORIGIN}/zamowienie")
    assert stage.reports == [] and stage.page.value(KEPT) == ["", 0, 0]


def test_no_address_is_read_where_the_shop_has_not_switched_it_on(stage: Stage) -> None:
    stage.shop = stage.lambdas.register(storefront={})
    stage.visit(generic_page())
    stage.tick("document.querySelector('[data-wracaj-consent]')")
    stage.write("[data-wracaj-email]", MAIL)
    stage.silent()
    assert stage.page.value(KEPT) == ["", 0, 0]


@pytest.mark.parametrize(
    "broken",
    [
        generic_page("Zgadzam się na wszystko"),
        generic_page().replace("<p><label><input type=", "<p hidden><label><input type="),
    ],
    ids=["other words", "hidden words"],
)
def test_a_box_without_the_shop_s_words_beside_it_is_no_consent(stage: Stage, broken: str) -> None:
    stage.visit(broken)
    stage.page.value("document.querySelector('[data-wracaj-consent]').click()")
    stage.write("[data-wracaj-email]", MAIL)
    stage.silent()
    assert "storefront.consent" in stage.page.said()


def test_a_box_that_the_page_ticked_is_no_consent_until_the_visitor_ticks_it(stage: Stage) -> None:
    stage.visit(generic_page().replace('"checkbox"', '"checkbox" checked'))
    stage.write("[data-wracaj-email]", MAIL)
    stage.silent()
    assert "did not tick data-wracaj-consent" in stage.page.said()
    stage.page.click(OWN_BOX)
    stage.silent(3)
    stage.page.click(OWN_BOX)
    assert stage.told()["email"] == MAIL


def test_of_several_boxes_the_one_with_the_words_that_is_shown_counts(stage: Stage) -> None:
    hidden = f"<p hidden><label><input type=checkbox data-wracaj-consent> {WORDS}</label></p>"
    stage.visit(hidden + generic_page())
    stage.page.value(f"{OWN_BOX}.click()")
    stage.write("[data-wracaj-email]", MAIL)
    stage.silent(3)
    stage.page.click("document.querySelectorAll('[data-wracaj-consent]')[1]")
    assert stage.told()["email"] == MAIL


def test_the_words_go_to_the_field_that_is_shown(stage: Stage) -> None:
    """A checkout of several steps hides one field, and shows another."""
    stage.visit(f"<div id=first>{CLASSIC_FIELD}</div>{CLASSIC_REVIEW}<div id=second></div>")
    stage.page.until(BOX)
    stage.page.value(
        "first.hidden = true, second.innerHTML = '<input data-wracaj-email>', wracaj.look()"
    )
    stage.page.until("second.querySelector('.wracaj-consent')?.getClientRects().length")
    stage.tick()
    stage.write("#second input", MAIL)
    assert stage.told()["email"] == MAIL


def test_words_that_the_page_hides_are_no_consent(stage: Stage) -> None:
    stage.visit(f"<style>.wracaj-consent {{display: none}}</style>{CLASSIC_FIELD}{CLASSIC_REVIEW}")
    stage.page.until(BOX)
    stage.page.value(f"{BOX}.click()")
    stage.write("#billing_email", MAIL)
    stage.silent()


def test_known_bots_report_nothing(stage: Stage) -> None:
    agent = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
    stage.page.ask("Network.setUserAgentOverride", userAgent=agent)
    stage.visit(generic_page())
    stage.tick("document.querySelector('[data-wracaj-consent]')")
    stage.write("[data-wracaj-email]", MAIL)
    stage.silent()


def test_a_phone_whose_name_ends_like_a_bot_s_is_none(stage: Stage) -> None:
    agent = "Mozilla/5.0 (Linux; Android 13; CUBOT NOTE 40) Chrome/140.0.0.0 Mobile Safari/537.36"
    stage.page.ask("Network.setUserAgentOverride", userAgent=agent.replace("CUBOT ", "CUBOT-"))
    stage.visit(generic_page())
    stage.tick(OWN_BOX)
    stage.write("[data-wracaj-email]", MAIL)
    assert stage.told()["email"] == MAIL


def test_where_the_shop_s_webhooks_report_the_cart_the_page_does_not(stage: Stage) -> None:
    stage.visit(generic_page(), cart="a-cart-of-the-shops-own-webhooks")
    stage.tick("document.querySelector('[data-wracaj-consent]')")
    stage.write("[data-wracaj-email]", MAIL)
    stage.silent()
    assert stage.page.value("wracaj.id()") == "a-cart-of-the-shops-own-webhooks"


# --- when it is sent ------------------------------------------------------------------------------


def type_slowly(stage: Stage, into: str, text: str) -> None:
    """A quarter of a second a letter, by the page's own clock: a busy machine delays the script's
    timers as it delays these."""
    stage.page.value(f"document.querySelector({json.dumps(into)}).focus()")
    stage.page.value(
        f"""new Promise((done) => {{
          const letters = [...{json.dumps(text)}];
          (function next() {{
            if (!letters.length) return done();
            document.execCommand("insertText", false, letters.shift());
            setTimeout(next, 250);
          }})();
        }})"""
    )


def test_an_address_is_reported_once_it_is_typed_to_its_end(stage: Stage) -> None:
    stage.visit(generic_page())
    stage.tick("document.querySelector('[data-wracaj-consent]')")
    type_slowly(stage, "[data-wracaj-email]", MAIL)
    assert stage.told()["email"] == MAIL
    stage.silent()  # nothing changed
    assert len(stage.reports) == 1


def test_leaving_the_page_sends_what_was_not_sent_yet(stage: Stage) -> None:
    stage.visit(generic_page())
    stage.tick("document.querySelector('[data-wracaj-consent]')")
    stage.write("[data-wracaj-email]", MAIL)
    stage.site.pages["/dalej"] = "<!doctype html><title>Dalej</title>"
    stage.page.go(f"{ORIGIN}/dalej")
    assert stage.told()["email"] == MAIL
    assert stage.cart().contact.email == MAIL


def test_a_changed_cart_is_reported_under_the_same_id_on_the_next_page(stage: Stage) -> None:
    stage.visit(blocks_page())
    stage.tick()
    stage.write("#email", MAIL)
    first = stage.told()
    stage.keeps("", 0, 1)
    stage.knows()
    assert MAIL not in stage.page.value("sessionStorage['wracaj']")
    more = json.dumps(BLOCKS_CART).replace('"quantity": 2', '"quantity": 3')
    stage.visit(blocks_page().replace(json.dumps(BLOCKS_CART), more))
    second = stage.told(2)
    assert second["key"] == first["key"] and second["at"] > first["at"]
    cart = stage.cart(2)
    assert (cart.contact.email, str(cart.content.items[0].quantity)) == (MAIL, "3")
    assert stage.page.value(f"{BOX}.checked")  # their own choice, on this page too


def test_a_shop_may_say_that_nothing_or_more_is_kept(stage: Stage) -> None:
    stage.visit(generic_page(), keep="none")
    stage.tick("document.querySelector('[data-wracaj-consent]')")
    stage.write("[data-wracaj-email]", MAIL)
    stage.told()
    stage.keeps("", 0, 0)
    stage.page.value("wracaj.allow(true)")
    stage.keeps("", 1, 0)
    stage.page.value("wracaj.allow(false)")
    stage.keeps("", 0, 0)


def test_a_box_that_is_unticked_again_takes_its_opt_in_back(stage: Stage) -> None:
    stage.visit(generic_page())
    box = "document.querySelector('[data-wracaj-consent]')"
    stage.tick(box)
    stage.write("[data-wracaj-email]", MAIL)
    stage.told()
    stage.page.click(box)
    assert stage.told(2)["agreed"] is False
    assert stage.cart().consent[Channel.EMAIL].state is ConsentState.UNKNOWN
    stage.keeps("", 0, 0)
    step = stage.lambdas.step(stage.shop.id, stage.cart().cart_id, a_step(after_hours=0))
    assert (step["outcome"], step["reason"]) == ("skipped", "no_consent")


def test_a_box_unticked_while_the_opt_in_is_on_its_way_takes_it_back(stage: Stage) -> None:
    told = stage.site.api
    box = "document.querySelector('[data-wracaj-consent]')"

    def slowly(*asked: Any) -> Any:
        stage.site.api = told
        stage.page.click(box)
        return told(*asked)

    stage.site.api = slowly
    stage.visit(generic_page())
    stage.tick(box)
    stage.write("[data-wracaj-email]", MAIL)
    assert stage.told(2)["agreed"] is False
    assert stage.cart().consent[Channel.EMAIL].state is ConsentState.UNKNOWN


def test_a_box_unticked_while_nobody_answers_is_not_ticked_on_the_next_page(stage: Stage) -> None:
    stage.visit(generic_page())
    box = "document.querySelector('[data-wracaj-consent]')"
    stage.tick(box)
    stage.write("[data-wracaj-email]", MAIL)
    stage.told()
    told = stage.site.api
    stage.site.api = lambda *_: (503, {"access-control-allow-origin": ORIGIN}, b"no")
    stage.page.click(box)
    stage.heard("503")
    stage.site.api = told
    stage.visit(generic_page(), "/koszyk")
    stage.write("[data-wracaj-email]", MAIL)
    assert stage.told(2)["agreed"] is False
    assert stage.cart().consent[Channel.EMAIL].state is ConsentState.UNKNOWN


def test_a_page_that_is_shown_again_as_it_was_repeats_no_opt_in_that_was_taken_back(
    stage: Stage,
) -> None:
    """Back and forward: the page is not loaded again, and its box is still ticked."""
    stage.visit(generic_page())
    stage.tick(OWN_BOX)
    stage.write("[data-wracaj-email]", MAIL)
    stage.told()
    stage.knows()
    taken_back_elsewhere = "sessionStorage.removeItem('wracaj')"
    shown_again = "dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))"
    stage.page.value(f"{taken_back_elsewhere}, {shown_again}")
    stage.write("[data-wracaj-email]", "x")
    stage.silent()
    stage.page.click(OWN_BOX)
    stage.page.click(OWN_BOX)
    assert stage.told(2)["key"] != stage.told()["key"]


def test_a_refused_report_is_repeated_later_and_disturbs_no_page(stage: Stage) -> None:
    told = stage.site.api
    stage.site.api = lambda *_: (503, {"access-control-allow-origin": ORIGIN}, b"no")
    stage.visit(generic_page())
    stage.tick("document.querySelector('[data-wracaj-consent]')")
    stage.write("[data-wracaj-email]", MAIL)
    stage.heard("503")
    stage.site.api = told
    stage.page.value("Date.now = ((now) => () => now() + 61000)(Date.now)")
    assert stage.told()["email"] == MAIL


STRICT = (
    '<meta http-equiv="content-security-policy" content="default-src \'none\';'
    f" script-src 'self'; connect-src https://{API}\"><title>"
)
NO_STORES = """for (const name of ["localStorage", "sessionStorage"])
  Object.defineProperty(window, name, {get() { throw new DOMException("no"); }});"""


def test_it_works_under_a_strict_policy_and_where_the_browser_keeps_nothing(stage: Stage) -> None:
    stage.page.run_first(NO_STORES)
    stage.visit(generic_page())
    page = stage.site.pages["/zamowienie"]
    stage.site.pages["/scisle"] = page.replace("<title>", STRICT)
    stage.page.go(f"{ORIGIN}/scisle")
    stage.tick(OWN_BOX)
    stage.write("[data-wracaj-email]", MAIL)
    assert stage.told()["email"] == MAIL
    assert stage.cart().contact.email == MAIL


def test_a_page_that_includes_it_twice_and_names_no_language_reports_once(stage: Stage) -> None:
    stage.visit(generic_page(), lang="x-default")
    page = stage.site.pages["/zamowienie"]
    script = page[page.index("<script src") : page.index("</script>") + len("</script>")]
    stage.site.pages["/dwa"] = page.replace(script, script + script)
    stage.page.go(f"{ORIGIN}/dwa")
    stage.tick(OWN_BOX)
    stage.write("[data-wracaj-email]", MAIL)
    stage.told()
    stage.silent()
    assert len(stage.reports) == 1 and "Error" not in stage.page.said()


def test_half_an_emoji_at_the_end_of_a_long_title_is_left_out(stage: Stage) -> None:
    title = "ż" * 199 + "\U0001f600"
    stage.visit(generic_page().replace("Kubek gliniany", title))
    stage.tick(OWN_BOX)
    stage.write("[data-wracaj-email]", MAIL)
    assert stage.told()["items"][0]["title"] == "ż" * 199
    assert stage.answers[0]["statusCode"] == 200


# --- the end of a cart ----------------------------------------------------------------------------


def test_after_the_order_the_page_begins_another_cart_and_repeats_nothing(stage: Stage) -> None:
    stage.visit(blocks_page())
    stage.tick()
    stage.write("#email", MAIL)
    first = stage.told()
    order = a_generic_order(cart_id=stage.cart().cart_id, customer=None, created_at=ago())
    body = an_envelope("order.created", order)
    assert stage.lambdas.post(stage.shop, "order.created", body)["statusCode"] == 200
    assert stage.cart().ordered
    stage.page.value("window.basket = structuredClone(window.basket); basket.items[0].quantity = 5")
    assert json.loads(stage.answers[0]["body"])["status"] == "taken"
    stage.told(2)
    assert json.loads(stage.answers[1]["body"])["status"] == "ordered"
    stage.silent()  # the page still shows what was bought
    stage.page.value("window.basket = structuredClone(window.basket); basket.items[0].quantity = 1")
    third = stage.told(3)
    assert third["key"] != first["key"] and "email" in third


def test_a_cart_emptied_while_its_report_is_on_its_way_is_reported_empty(stage: Stage) -> None:
    told = stage.site.api

    def slowly(*asked: Any) -> Any:
        stage.site.api = told
        stage.page.value("window.basket = {...basket, items: []}")
        stage.page.value("wracaj.look()")
        return told(*asked)

    stage.site.api = slowly
    stage.visit(blocks_page())
    stage.tick()
    stage.write("#email", MAIL)
    assert stage.told(2)["items"] == [] and stage.reports[1]["key"] == stage.reports[0]["key"]
    assert stage.cart().content.items == ()
    stage.keeps("", 0, 0)


def test_an_emptied_cart_ends_and_the_next_has_another_id(stage: Stage) -> None:
    stage.visit(blocks_page())
    stage.tick()
    stage.write("#email", MAIL)
    first = stage.told()
    stage.page.value("window.basket = {...basket, items: []}")
    assert stage.told(2)["items"] == [] and stage.told(2)["key"] == first["key"]
    assert stage.cart().content.items == ()
    stage.keeps("", 0, 0)
