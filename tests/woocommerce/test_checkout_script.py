"""The plugin's script in a real browser: what it reports of both checkouts, and when it says
nothing."""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from support.chromium import Chromium, Page, a_chromium, there_is_chromium
from support.woocommerce_plugin import PLUGIN

pytestmark = there_is_chromium
CONFIG = """<script>window.wracajCheckout = {url: "/?wc-ajax=wracaj_contact", nonce: "n1",
  field: "wracaj/email-consent"};</script>"""
CLASSIC = f"""<!doctype html><title>Classic</title><form><input id="billing_email">
<input type="checkbox" id="wracaj_consent"><input id="billing_city"></form>{CONFIG}
<script src="/checkout.js"></script>"""
# the two stores of the block checkout, as far as a script may read them
BLOCKS = f"""<!doctype html><title>Blocks</title><div class="wc-block-checkout"></div><script>
window.state = {{email: "", ticked: false}}; window.watchers = [];
window.set = (changes) => {{ Object.assign(window.state, changes);
window.watchers.forEach((w) => w()); }};
window.wp = {{data: {{
  subscribe: (watcher) => window.watchers.push(watcher),
  select: (store) => store === "wc/store/cart"
    ? {{getCustomerData: () => ({{billingAddress: {{email: window.state.email}}}})}}
    : {{getAdditionalFields: () => ({{"wracaj/email-consent": window.state.ticked}})}},
}}}};</script>{CONFIG}<script src="/checkout.js"></script>"""


class Shop:
    """A server with both checkouts. `reported`: address and box of each call."""

    def __init__(self) -> None:
        self.reported: list[tuple[str, str]] = []
        self.status = 200
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()

    def wait_for(self, count: int) -> list[tuple[str, str]]:
        deadline = time.monotonic() + 30
        while len(self.reported) < count and time.monotonic() < deadline:
            time.sleep(0.05)
        return self.reported

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                pages = {"/classic": CLASSIC, "/blocks": BLOCKS}
                script = (PLUGIN / "assets" / "checkout.js").read_text(encoding="utf-8")
                self._answer(200, pages.get(self.path, script), self.path in pages)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                fields = dict(re.findall(r'name="(\w+)"\r\n\r\n(.*?)\r\n', body))
                assert fields["nonce"] == "n1" and not self.headers.get("cookie")
                shop.reported.append((fields["email"], fields["consent"]))
                self._answer(shop.status, "{}", False)

            def _answer(self, status: int, text: str, is_page: bool) -> None:
                raw = text.encode()
                self.send_response(status)
                self.send_header("content-type", "text/html" if is_page else "text/javascript")
                self.send_header("content-length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *args: object) -> None:
                """Quiet."""

        return Handler


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    with ExitStack() as stack:
        yield stack.enter_context(a_chromium(Path(tmp_path_factory.mktemp("chromium"))))


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = Shop()
    yield shop
    shop.close()


@pytest.fixture
def page(browser: Chromium) -> Page:
    return browser.page()


def type_in(page: Page, field: str, text: str) -> None:
    page.value(f"document.getElementById('{field}').focus()")
    page.ask("Input.insertText", text=text)


def test_the_classic_checkout_reports_a_whole_address_and_then_the_box(
    shop: Shop, page: Page
) -> None:
    page.go(f"{shop.url}/classic")
    type_in(page, "billing_email", "ala@poczta")
    time.sleep(1.6)
    assert shop.reported == []  # not a whole address yet
    type_in(page, "billing_email", ".example")
    assert shop.wait_for(1) == [("ala@poczta.example", "0")]
    page.click("document.getElementById('wracaj_consent')")
    assert shop.wait_for(2)[-1] == ("ala@poczta.example", "1")
    type_in(page, "billing_city", "Gdynia")
    time.sleep(1.6)
    assert len(shop.reported) == 2  # nothing new: nothing is said
    assert (
        page.value(
            "document.cookie + Object.keys(localStorage).join() +"
            " Object.keys(sessionStorage).join()"
        )
        == ""
    )


def test_the_block_checkout_reports_what_its_stores_hold(shop: Shop, page: Page) -> None:
    page.go(f"{shop.url}/blocks")
    page.value("window.set({email: 'jan@poczta.example'})")
    assert shop.wait_for(1) == [("jan@poczta.example", "0")]
    page.value("window.set({ticked: true})")
    assert shop.wait_for(2)[-1] == ("jan@poczta.example", "1")
    page.value("window.set({ticked: false})")
    assert shop.wait_for(3)[-1] == ("jan@poczta.example", "0")


def test_a_report_that_failed_is_said_again_at_the_next_change(shop: Shop, page: Page) -> None:
    shop.status = 403
    page.go(f"{shop.url}/blocks")
    page.value("window.set({email: 'jan@poczta.example'})")
    shop.wait_for(1)
    shop.status = 200
    page.value("window.set({ticked: true})")
    assert shop.wait_for(2)[-1] == ("jan@poczta.example", "1")


def test_who_leaves_right_after_typing_is_heard(shop: Shop, page: Page) -> None:
    page.go(f"{shop.url}/classic")
    type_in(page, "billing_email", "ala@poczta.example")
    page.go("about:blank")
    assert shop.wait_for(1) == [("ala@poczta.example", "0")]
