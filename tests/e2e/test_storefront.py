"""The script in a shop's page and the local stack behind it: page, endpoint, reminder, order,
silence. The real template with its permissions enforced, its route, a real browser."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from support.chromium import PATIENCE, a_chromium, there_is_chromium
from support.local_stack import RunningStack
from support.page_carts import a_report, id_of, post_report
from support.shop_pages import CONSENT, a_page, generic_page
from support.timeline_on_stack import links_in, visit
from support.webhook_bodies import a_generic_order, an_envelope
from wracaj.settings.reading import parse_settings
from wracaj.settings.shop import Shop
from wracaj_cli.house import ROOT
from wracaj_cli.local import SentMessage
from wracaj_cli.shops.post import post_webhook
from wracaj_cli.shops.registry import Given, put_shop
from wracaj_cli.shops.storefront import snippet_of
from wracaj_cli.shops.target import local_target

TYPED, POSTED = "ala.nowak@poczta.example", "ola.nowak@poczta.example"
HOURS, DAYS = timedelta(hours=1), timedelta(days=1)


@contextmanager
def a_shop_site() -> Iterator[tuple[str, dict[str, str]]]:
    """A shop's site on loopback: its address, and its pages by their paths."""
    pages: dict[str, str] = {}

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            script = (ROOT / "storefront" / "wracaj.js").read_text(encoding="utf-8")
            kind = "text/javascript" if self.path.endswith(".js") else "text/html; charset=utf-8"
            raw = ({"/wracaj.js": script} | pages).get(self.path, "").encode()
            self.send_response(200)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", pages
        server.shutdown()


def registered(stack: RunningStack, name: str, url: str) -> Shop:
    raw = {
        "shop": name,
        "platform": "generic",
        "name": "Kubek i Spółka",
        "url": url,
        "recovery_hosts": ["kubek.example"],
        "postal_address": "ul. Gliniana 7, 50-001 Wrocław",
        "email": {"sender": "Kubek <sklep@kubek.example>"},
        "send_window": {"opens": "0:00", "closes": "23:59:59"},
        "storefront": {
            "typed_emails": True,
            "consent": CONSENT,
            "basket_url": "https://kubek.example/koszyk",
        },
    }
    stack.verify_sender("sklep@kubek.example")
    return put_shop(local_target(stack.home), parse_settings(raw), Given())


def mails_to(stack: RunningStack, address: str) -> list[SentMessage]:
    return [message for message in stack.outbox() if message.to == address]


def buys(stack: RunningStack, shop: Shop, cart_id: str | None, email: str | None) -> None:
    moment = stack.now().isoformat()
    customer = {"id": None, "email": email} if email else None
    order = a_generic_order(
        order_id=f"{shop.id}-1", cart_id=cart_id, checkout_id=None, customer=customer
    ) | {"created_at": moment, "updated_at": moment}
    body = an_envelope("order.created", order, timestamp=moment)
    assert post_webhook(stack.info.api_url, shop, "order.created", body).status == 200


@there_is_chromium
def test_page_endpoint_reminder_order_silence(stack: RunningStack, tmp_path: Path) -> None:
    with a_shop_site() as (url, pages), a_chromium(tmp_path) as browser:
        shop = registered(stack, "witryna", url)
        pages["/zamowienie"] = a_page(generic_page(), snippet_of(shop, stack.info.api_url))
        page = browser.page()
        page.go(f"{url}/zamowienie")
        page.until("document.querySelector('[data-wracaj-consent]')")
        page.click("document.querySelector('[data-wracaj-consent]')")
        page.value("document.querySelector('[data-wracaj-email]').focus()")
        page.ask("Input.insertText", text=TYPED)
        cart_id, store = page.value("wracaj.id()"), local_target(stack.home).store()
        deadline = time.monotonic() + PATIENCE
        while not ((cart := store.carts.get(shop.id, cart_id)) and cart.episode):
            assert time.monotonic() < deadline, page.said()
            time.sleep(0.1)
    assert cart.contact.email == TYPED
    stack.skip(4 * HOURS)
    (mail,) = mails_to(stack, TYPED)
    assert "Kubek gliniany" in mail.text
    status, headers, _ = visit(links_in(mail)["c"])
    assert (status, headers["location"]) == (302, "https://kubek.example/koszyk")
    buys(stack, shop, cart_id, None)
    stack.skip(6 * DAYS)
    assert mails_to(stack, TYPED) == [mail]


def test_an_order_of_the_shop_ends_a_page_cart_before_its_reminder(stack: RunningStack) -> None:
    shop = registered(stack, "witryna-2", "https://kubek.example")
    body = a_report("c", POSTED)
    assert post_report(stack.info.api_url, shop, body, "https://zly.example")[0] == 403
    assert post_report(stack.info.api_url, shop, body)[0] == 200
    assert post_report(stack.info.api_url, shop, body)[0] == 200
    cart = local_target(stack.home).store().carts.get(shop.id, id_of(shop, "c"))
    assert cart is not None and cart.episode
    buys(stack, shop, None, POSTED)
    stack.skip(6 * DAYS)
    assert mails_to(stack, POSTED) == []


@pytest.mark.parametrize("broken", ["no JSON", {"key": "short"}, []])
def test_a_body_that_is_no_cart_is_named(stack: RunningStack, broken: object) -> None:
    shop = registered(stack, "witryna-3", "https://kubek.example")
    status, told = post_report(stack.info.api_url, shop, broken)
    assert status == 422 and told["errors"]
