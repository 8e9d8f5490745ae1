"""The whole way of a notification in a real browser: permission, subscription, link to the cart,
encryption, decryption by the push service, display by the worker, click, and return to the cart.

Chromium cannot reach its own push service from a test. So `pushManager.subscribe` returns a
subscription of the push service on loopback. What that service has decrypted is passed to the
worker in the way of DevTools.
"""

import json
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import preferences.app
import push_subscribe.app
import shopper_link.app
import storefront_cart.app
from support.chromium import PATIENCE, Chromium, Page, a_chromium, there_is_chromium
from support.desktop import Desktop, Shown, a_desktop, there_is_a_desktop
from support.lambdas import CONTEXT, Lambdas, a_cart_body, a_step, an_http_event, unique
from support.shop_pages import generic_page
from support.shop_site import API, SHOP, Answer, Site, a_site
from wracaj import store
from wracaj.clock import now
from wracaj.consent.channel import Channel
from wracaj.consent.consent import Consent, ConsentState
from wracaj.customers.consents import Speaker
from wracaj.customers.identity import identifier_reached_by
from wracaj.settings.shop import Shop
from wracaj.web_push.encryption import new_private_key, public_key
from wracaj.web_push.subscription import LOOPBACK_SERVICES, to_base64url
from wracaj_cli.local.push_service import Pushed, PushService
from wracaj_cli.shops.storefront import snippet_of

pytestmark = [there_is_chromium, there_is_a_desktop]

ORIGIN = f"https://{SHOP}"
PAGE = """<!doctype html><html lang="pl"><meta charset="utf-8"><title>Kubek i Spółka</title>
<h1>Koszyk</h1><button id="more">Jeszcze jeden kubek</button>{script}</html>"""
BACK = "<!doctype html><title>Twój koszyk</title><h1>Twój koszyk czeka</h1>"
ROUTES = (
    (r"POST /push/(?P<shop>[^/]+)", "POST /push/{shop}", push_subscribe.app.handler),
    (r"POST /cart/(?P<shop>[^/]+)", "POST /cart/{shop}", storefront_cart.app.handler),
    (r"GET /c/(?P<token>[^/]+)", "GET /c/{token}", shopper_link.app.handler),
    (r"GET /p/(?P<token>[^/]+)", "GET /p/{token}", preferences.app.handler),
)

# What Chromium would do at its own push service: it remembers the key that it was given, and the
# subscription that it gave.
SUBSCRIBES = """
if (typeof PushManager !== "undefined") (() => {{
  const given = {given};
  let known = null;
  const made = (options) => ({{ endpoint: given.endpoint, options, toJSON: () => given,
    unsubscribe: async () => (known = null, true) }});
  PushManager.prototype.getSubscription = async () => known;
  PushManager.prototype.subscribe = async function (options) {{
    const key = Array.from(new Uint8Array(options.applicationServerKey));
    window.asked = {{ userVisibleOnly: options.userVisibleOnly, key }};
    const allowed = (await Notification.requestPermission()) === "granted";
    if (!allowed) throw new DOMException("no", "NotAllowedError");
    return (known = made({{ applicationServerKey: options.applicationServerKey.buffer }}));
  }};
}})();
"""
BAR = "document.querySelector('wracaj-push')?.shadowRoot"
NOTIFICATIONS = """navigator.serviceWorker.getRegistration('/wracaj-push/')
  .then((known) => known.getNotifications())
  .then((shown) => shown.map(
    ({title, body, tag, lang, icon, data}) => ({title, body, tag, lang, icon, data})))"""


def api(method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
    for pattern, route, handler in ROUTES:
        if found := re.fullmatch(pattern, f"{method} {path}"):
            event = an_http_event(route, found.groupdict(), headers=headers, body=body)
            answer = handler(json.loads(json.dumps(event)), CONTEXT)
            return answer["statusCode"], answer["headers"], (answer.get("body") or "").encode()
    return 404, {}, b""


@dataclass
class Stage:
    lambdas: Lambdas
    shop: Shop
    cart_id: str
    site: Site
    service: PushService
    subscription: dict[str, Any]
    browser: Chromium
    page: Page
    desktop: Desktop

    def visit(self, inside: str = "", **attributes: str) -> None:
        """A page of the shop, with the line that `wracaj shop storefront` prints."""
        told = {"cart": self.cart_id} | attributes
        more = "".join(f' data-{name}="{value}"' for name, value in told.items() if value)
        script = snippet_of(self.shop, f"https://{API}").replace(" defer", f" defer{more}")
        self.site.pages["/koszyk"] = PAGE.format(script=inside + script)
        self.page.go(f"{ORIGIN}/koszyk")

    def agree(self) -> None:
        self.page.click("document.querySelector('#more')")
        self.page.until(f"{BAR}?.querySelector('button.yes')")
        self.page.click(f"{BAR}.querySelector('button.yes')")

    def grant(self, setting: str = "granted") -> None:
        permission = {"name": "notifications"}
        self.browser.ask(
            "Browser.setPermission", permission=permission, setting=setting, origin=ORIGIN
        )

    def posts(self) -> list[str]:
        return [path for host, method, path in self.site.asked if (host, method) == (API, "POST")]

    def told(self, number: int = 1) -> None:
        self.page.until(
            f"JSON.parse(localStorage.getItem('wracaj-push') || '{{}}').cart === '{self.cart_id}'"
        )
        assert self.posts() == [f"/push/{self.shop.id}"] * number, self.page.said()

    def push(self, **changes: Any) -> dict[str, Any]:
        told = {"channel": "web_push", "template": "cart_push"} | changes
        return self.lambdas.step(self.shop.id, self.cart_id, a_step("push", 0, **told))

    def deliver(self, pushed: Pushed) -> None:
        known = self.browser.wait_for(
            "ServiceWorker.workerRegistrationUpdated", lambda told: told["registrations"]
        )
        (registration,) = known["registrations"]
        self.page.ask(
            "ServiceWorker.deliverPushMessage",
            origin=ORIGIN,
            registrationId=registration["registrationId"],
            data=pushed.text.decode(),
        )

    def notifications(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.page.value(NOTIFICATIONS)
        return found

    def comes_to(self, address: str) -> None:
        """Waits until some window has come to an address that begins so."""
        deadline = time.monotonic() + PATIENCE
        while not any(
            target["type"] == "page" and target["url"].startswith(address)
            for target in self.browser.targets()
        ):
            assert time.monotonic() < deadline, [target["url"] for target in self.browser.targets()]
            time.sleep(0.05)


@pytest.fixture
def stage(lambdas: Lambdas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    key = new_private_key()
    made = lambdas.register(
        web_push={"contact": "mailto:sklep@kubek.example"},
        storefront={"basket_url": f"{ORIGIN}/koszyk/powrot"},
        quiet_minutes_after_activity=0,
    )
    shop = made.model_copy(
        update={"secrets": made.secrets.model_copy(update={"vapid_private_key": key})}
    )
    vault = lambdas.client("secretsmanager")
    vault.put_secret_value(
        SecretId=f"wracaj/handlers/shops/{shop.id}", SecretString=shop.secrets.model_dump_json()
    )
    with ExitStack() as opened:
        service, site = (
            opened.enter_context(PushService()),
            opened.enter_context(a_site(tmp_path, api)),
        )
        desktop = opened.enter_context(a_desktop())
        bus = {"DBUS_SESSION_BUS_ADDRESS": desktop.address}
        browser = opened.enter_context(a_chromium(tmp_path, *site.flags(), environment=bus))
        browser.ask("Target.setDiscoverTargets", discover=True)
        monkeypatch.setenv(LOOPBACK_SERVICES, service.url)
        subscription = service.subscribe(public_key(key))
        page = browser.page()
        page.run_first(SUBSCRIBES.format(given=json.dumps(subscription)))
        site.pages["/koszyk/powrot"] = BACK
        yield Stage(
            lambdas,
            shop,
            unique("cart-with-a-long-name"),
            site,
            service,
            subscription,
            browser,
            page,
            desktop,
        )


def an_anonymous_cart(stage: Stage) -> None:
    topic, body = a_cart_body("generic", stage.cart_id, email=None, customer=None, consent={})  # type: ignore[arg-type]
    body["data"]["recovery_url"] = f"{ORIGIN}/koszyk/powrot"
    assert stage.lambdas.post(stage.shop, topic, body)["statusCode"] == 200


def notified(stage: Stage) -> Shown:
    an_anonymous_cart(stage)
    stage.grant()
    stage.visit()
    stage.agree()
    stage.told()
    assert stage.push()["outcome"] == "sent"
    stage.deliver(stage.service.pushed[-1])
    return stage.desktop.notification()


def test_a_visitor_subscribes_is_notified_clicks_and_lands_on_the_restored_cart(
    stage: Stage,
) -> None:
    shown = notified(stage)
    cart = stage.lambdas.cart(stage.shop, stage.cart_id)
    assert json.loads(cart.contact.web_push)["endpoint"] == stage.subscription["endpoint"]
    assert cart.consent[Channel.WEB_PUSH].state is ConsentState.SUBSCRIBED
    assert "Przypomnieć Ci o koszyku" in cart.consent[Channel.WEB_PUSH].source
    assert [run["cart_id"] for run in stage.lambdas.executions(stage.shop)] == [stage.cart_id]

    (pushed,) = stage.service.pushed
    assert stage.service.problems == []
    (known,) = stage.notifications()
    assert (known["title"], known["lang"], known["tag"]) == (
        "Twój koszyk wciąż tu jest",
        "pl",
        pushed.topic,
    )
    assert known["data"]["url"].startswith(f"https://{API}/c/")
    assert (shown.title, pushed.payload["body"] in shown.text) == (
        "Twój koszyk wciąż tu jest",
        True,
    )

    stage.desktop.click(shown)
    stage.comes_to(f"{ORIGIN}/koszyk/powrot")
    assert f"/c/{known['data']['url'].rpartition('/')[2]}" in [
        path for host, _, path in stage.site.asked if host == API
    ]
    assert stage.notifications() == []


def test_one_click_in_the_notification_leads_to_the_preference_page(stage: Stage) -> None:
    stage.desktop.click(notified(stage), "Ustawienia powiadomień")
    stage.comes_to(f"https://{API}/p/")


def test_a_newer_notification_takes_the_place_of_an_older_one_about_the_same_cart(
    stage: Stage,
) -> None:
    notified(stage)
    (pushed,) = stage.service.pushed
    newer = json.dumps(pushed.payload | {"title": "Ostatnie słowo"}).encode()
    stage.deliver(
        Pushed(pushed.subscription, newer, pushed.topic, pushed.urgency, pushed.ttl, pushed.claims)
    )
    stage.desktop.notification(2)
    assert [known["title"] for known in stage.notifications()] == ["Ostatnie słowo"]


def test_a_push_that_cannot_be_read_still_shows_something(stage: Stage) -> None:
    notified(stage)
    (pushed,) = stage.service.pushed
    stage.deliver(Pushed(pushed.subscription, b"no JSON", "", "", 0, {}))
    shown = stage.desktop.notification(2)
    assert shown.title == "Twój koszyk czeka"


# --- asking politely ------------------------------------------------------------------------------


def test_nothing_is_asked_before_the_visitor_touched_the_page_or_has_a_cart(stage: Stage) -> None:
    stage.grant("prompt")
    stage.visit(cart="")
    stage.page.click("document.querySelector('#more')")
    assert stage.page.value(BAR) is None
    stage.page.value(f"wracaj.cart('{stage.cart_id}')")
    stage.page.until(f"{BAR}?.querySelector('button.yes')")
    assert stage.page.value("window.asked") is None and stage.posts() == []


def test_not_now_is_kept_and_a_click_on_the_shop_s_own_button_asks_all_the_same(
    stage: Stage,
) -> None:
    stage.grant("prompt")
    stage.visit()
    stage.page.click("document.querySelector('#more')")
    stage.page.until(f"{BAR}?.querySelector('button:not(.yes)')")
    stage.page.click(f"{BAR}.querySelector('button:not(.yes)')")
    stage.page.until(f"!{BAR}")
    stage.visit()
    stage.page.click("document.querySelector('#more')")
    # looks again, now that the page was touched
    stage.page.value(f"wracaj.cart('{stage.cart_id}')")
    assert stage.page.value(f"Boolean({BAR})") is False
    weeks = stage.page.value(
        "(JSON.parse(localStorage['wracaj-push']).laterUntil - Date.now()) / (7 * 24 * 3600 * 1000)"
    )
    assert 3.9 < weeks <= 4
    stage.page.value("wracaj.ask()")
    stage.page.until(f"{BAR}?.querySelector('button.yes')")
    assert stage.posts() == []


def test_a_no_to_the_browser_s_question_is_a_no(stage: Stage) -> None:
    stage.grant("denied")
    stage.visit()
    stage.page.click("document.querySelector('#more')")
    stage.page.value("wracaj.ask()")
    assert stage.page.value(BAR) is None and stage.posts() == []


def test_the_browser_subscribes_with_the_shop_s_key_and_tells_it_once_for_each_cart(
    stage: Stage,
) -> None:
    notified(stage)
    asked = stage.page.value("window.asked")
    key = stage.page.value("document.querySelector('script').dataset.key")
    assert (asked["userVisibleOnly"], to_base64url(bytes(asked["key"]))) == (True, key)
    stage.visit()
    stage.page.value(f"wracaj.cart('{stage.cart_id}')")
    assert len(stage.posts()) == 1
    stage.cart_id = unique("another-cart-with-a-long-name")
    stage.visit()
    stage.told(2)
    assert (
        stage.lambdas.cart(stage.shop, stage.cart_id).consent[Channel.WEB_PUSH].state
        is ConsentState.SUBSCRIBED
    )
    assert stage.page.value(BAR) is None


def test_a_permission_that_is_taken_back_in_the_browser_reaches_the_shop(stage: Stage) -> None:
    notified(stage)
    stage.grant("denied")
    stage.visit()
    stage.page.until("!JSON.parse(localStorage['wracaj-push']).subscription")
    cart = stage.lambdas.cart(stage.shop, stage.cart_id)
    assert cart.consent[Channel.WEB_PUSH].state is ConsentState.UNSUBSCRIBED
    assert stage.push()["reason"] in {"no_consent", "already_sent"}
    assert (
        stage.lambdas.step(
            stage.shop.id,
            stage.cart_id,
            a_step("later", 0, channel="web_push", template="cart_push"),
        )["reason"]
        == "no_consent"
    )


def stopped_by_a_link(stage: Stage) -> None:
    """In the notification: at the browser's own address."""
    browser = identifier_reached_by(
        stage.shop.id,
        Channel.WEB_PUSH,
        stage.lambdas.cart(stage.shop, stage.cart_id).contact.web_push,
    )
    no = Consent(state=ConsentState.UNSUBSCRIBED, at=now(), source="link in push")
    customers = store.open_store().customers
    customers.amend_one(
        stage.shop.id,
        browser,
        lambda known: known.with_consent(Channel.WEB_PUSH, Speaker.READER, no),
    )
    assert not agrees(stage)


def agrees(stage: Stage) -> bool:
    cart = stage.lambdas.cart(stage.shop, stage.cart_id)
    shopper = store.open_store().customers.shopper(stage.shop.id, cart.contact)
    return shopper is not None and shopper.agrees(cart, Channel.WEB_PUSH)


def test_after_a_no_by_a_link_a_new_cart_gets_none_and_a_new_click_counts(stage: Stage) -> None:
    notified(stage)
    stopped_by_a_link(stage)
    stage.cart_id = unique("another-cart-with-a-long-name")
    stage.visit()
    stage.page.until("!JSON.parse(localStorage['wracaj-push']).subscription")
    assert len(stage.posts()) == 2 and stage.lambdas.cart(stage.shop, stage.cart_id) is None
    stage.page.click("document.querySelector('#more')")
    assert stage.page.value(BAR) is None
    stage.page.value("wracaj.ask()")
    stage.page.click(f"{BAR}.querySelector('button.yes')")
    stage.told(3)
    assert agrees(stage)


def test_a_click_counts_in_a_cart_that_was_told_of_already(stage: Stage) -> None:
    notified(stage)
    stopped_by_a_link(stage)
    stage.page.value("wracaj.ask()")
    stage.page.click(f"{BAR}.querySelector('button.yes')")
    deadline = time.monotonic() + PATIENCE
    while not agrees(stage):
        assert time.monotonic() < deadline, stage.page.said()
        time.sleep(0.1)


RENEWED = """
(async () => {{
  const change = new ExtendableEvent("pushsubscriptionchange");
  change.newSubscription = {{ toJSON: () => ({given}) }};
  self.dispatchEvent(change);
}})()
"""


def test_a_subscription_that_the_browser_renews_is_told_for_the_cart_that_was_told_last(
    stage: Stage,
) -> None:
    notified(stage)
    before = stage.lambdas.cart(stage.shop, stage.cart_id)
    renewed = stage.service.subscribe()
    (worker,) = [
        target["targetId"]
        for target in stage.browser.targets()
        if target["type"] == "service_worker"
    ]
    script = RENEWED.format(given=json.dumps(renewed))
    stage.browser.ask(
        "Runtime.evaluate", stage.browser.attached(worker), expression=script, awaitPromise=True
    )
    deadline = time.monotonic() + PATIENCE
    while (
        json.loads(stage.lambdas.cart(stage.shop, stage.cart_id).contact.web_push)["endpoint"]
        != renewed["endpoint"]
    ):
        assert time.monotonic() < deadline, stage.page.said()
        time.sleep(0.1)
    cart = stage.lambdas.cart(stage.shop, stage.cart_id)
    assert "Przypomnieć Ci o koszyku" in cart.consent[Channel.WEB_PUSH].source
    assert cart.consent[Channel.WEB_PUSH].at == before.consent[Channel.WEB_PUSH].at
    assert cart.last_activity_at == before.last_activity_at


# --- a cart that only the page reports ------------------------------------------------------------


def test_a_visitor_is_notified_of_a_cart_that_no_webhook_reports(stage: Stage) -> None:
    """The page's own cart is reported once the visitor agreed, and not before."""
    stage.grant()
    stage.visit(generic_page(), cart="")
    stage.page.click("document.querySelector('#more')")
    stage.page.until(f"{BAR}?.querySelector('button.yes')")
    assert stage.posts() == []
    stage.page.click(f"{BAR}.querySelector('button.yes')")
    stage.cart_id = stage.page.value("wracaj.id()")
    stage.page.until("JSON.parse(sessionStorage['wracaj'] || '{}').sent")
    assert sorted(stage.posts()) == [f"/cart/{stage.shop.id}", f"/push/{stage.shop.id}"]
    cart = stage.lambdas.cart(stage.shop, stage.cart_id)
    assert [item.title for item in cart.content.items] == ["Kubek gliniany"]
    assert cart.contact.email is None and cart.contact.web_push
    assert stage.push()["outcome"] == "sent"
    stage.deliver(stage.service.pushed[0])
    stage.desktop.click(stage.desktop.notification())
    stage.comes_to(f"{ORIGIN}/koszyk/powrot")
