"""Who opted in to notifications and when, and what a browser reports by itself. Such a report
repeats an opt-in and never gives one."""

import itertools
import json
import os
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from messenger_webhook.reading import Said
from messenger_webhook.taking import Taking
from push_subscribe.asked import Asked
from push_subscribe.subscribing import Subscribing
from support.builders import HOUR, NOON, a_cart_event, a_step, no, yes
from support.clocks import Clock
from support.scenes import Scene, a_scene
from wracaj.consent.channel import Channel
from wracaj.consent.consent import ConsentState
from wracaj.customers.identity import IdentifierKind
from wracaj.customers.shopper import Shopper
from wracaj.events import CartUpdated, Contact, PrivacyKind, PrivacyRequested
from wracaj.services import unsubscribe
from wracaj.services.intake.dispatch import Intake
from wracaj.services.unsubscribe import stop_all
from wracaj.store.message_links import LinkTarget
from wracaj.timelines.steps import Outcome, Reason
from wracaj.web_push.subscription import Subscription
from wracaj_cli.local.push_reading import Browser

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
BOTH: Any = {
    "web_push": {"contact": "mailto:sklep@kubek.example"},
    "messenger": {"page_id": "100200300400"},
}
PUSH = a_step(name="push", channel="web_push", template="cart_push", after_seconds=3600)
CHAT = a_step(name="messenger", channel="messenger", template="cart_messenger", after_seconds=900)
ANIA = Contact(email="ania@example.com")
ONE, TWO = "cart-with-a-long-name-1", "cart-with-a-long-name-2"
PSID = "2400000000000007"
_numbers = itertools.count()

Json = dict[str, Any]


def a_subscription() -> Json:
    return {
        "endpoint": f"https://fcm.googleapis.com/wp/{os.getpid()}-{next(_numbers)}",
        "keys": Browser().keys(),
    }


def line(subscription: Json) -> str:
    return Subscription(endpoint=subscription["endpoint"], **subscription["keys"]).line


class Visitor:
    """A browser with the storefront's script: it remembers what it told last."""

    def __init__(self, scene: Scene, clock: Clock) -> None:
        self.scene, self.clock, self.subscription = scene, clock, a_subscription()
        self.told: Json | None = None

    def _post(self, cart_id: str, subscription: Json, **more: Any) -> str:
        asked = Asked.read(
            json.dumps({"cart_id": cart_id, "subscription": subscription} | more).encode()
        )
        return Subscribing(self.scene.store, Intake(self.scene.store, self.scene._start)).take(
            self.scene.shop.settings, asked
        )

    def clicks_yes(self, cart_id: str) -> str:
        answer = self._post(cart_id, self.subscription, wording="Przypomnieć?")
        self.told = {"cart_id": cart_id, "subscription": self.subscription}
        return answer

    def comes_back(self, cart_id: str) -> str:
        """With another cart, or another subscription: the script tells it by itself."""
        assert self.told
        answer = self._post(cart_id, self.subscription, repeats=self.told)
        self.told = (
            {"cart_id": cart_id, "subscription": self.subscription} if answer != "expired" else None
        )
        return answer

    def turns_off(self, cart_id: str) -> str:
        return self._post(cart_id, self.subscription, unsubscribe=True)


def fills(scene: Scene, cart_id: str, at: datetime, contact: Contact = ANIA) -> None:
    words = {Channel.EMAIL: yes(NOON - DAY)} if contact.email else {}
    scene.take(a_cart_event(cart_id=cart_id, at=at, created_at=at, contact=contact, consent=words))


def owner(scene: Scene, cart_id: str = ONE) -> Shopper:
    found = scene.store.customers.shopper(scene.shop.id, scene.cart(cart_id).contact)
    assert found is not None
    return found


@pytest.fixture(autouse=True)
def _stops(store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unsubscribe, "open_store", lambda: store)
    # outside a handler nobody writes metrics out
    monkeypatch.setattr(unsubscribe, "count", lambda _: None)


def stops_all(scene: Scene, cart_id: str = ONE) -> None:
    """By the link in a notification: whoever presses it reads what is sent to this browser."""
    shopper, browser = owner(scene, cart_id), scene.cart(cart_id).contact.web_push
    about = {
        "shop": scene.shop.id,
        "cart_id": cart_id,
        "episode": 1,
        "step": "push",
        "channel": "web_push",
    }
    stop_all(
        LinkTarget(
            **about, customer_id=shopper.id, address=shopper.at(Channel.WEB_PUSH, str(browser)).id
        )
    )


def stops_by_mail(scene: Scene, cart_id: str = ONE) -> None:
    """By the link in a mail: whoever presses it reads the e-mail address, which all of these carts
    name."""
    shopper = owner(scene, cart_id)
    about = {
        "shop": scene.shop.id,
        "cart_id": cart_id,
        "episode": 1,
        "step": "first_email",
        "channel": "email",
    }
    stop_all(
        LinkTarget(**about, customer_id=shopper.id, address=shopper.names[IdentifierKind.EMAIL])
    )


def yeses(scene: Scene, cart_id: str = ONE) -> list[str]:
    """When a yes to notifications was given, by the log."""
    browsers = {
        name for kind, name in owner(scene, cart_id).names.items() if kind is IdentifierKind.BROWSER
    }
    partitions = [{"PK": f"SHOP#{scene.shop.id}#WHO#{name}"} for name in browsers]
    log = [
        item
        for key in partitions
        for item in scene.store.table.query(key, begins="CONSENT#web_push#")
    ]
    return [item["SK"].split("#")[2] for item in log if item["state"] == ConsentState.SUBSCRIBED]


@pytest.fixture
def scene(store: Any, shop_id: str, clock: Clock) -> Scene:
    return a_scene(store, shop_id, **BOTH)


@pytest.fixture
def ania(scene: Scene, clock: Clock) -> Visitor:
    """She filled a cart at NOON and allowed notifications in the same minute."""
    fills(scene, ONE, NOON)
    visitor = Visitor(scene, clock)
    assert visitor.clicks_yes(ONE) == "subscribed"
    return visitor


# --- a browser repeats ----------------------------------------------------------------------------


def test_after_stop_all_a_new_cart_in_the_same_browser_gets_no_notification(
    scene: Scene, ania: Visitor, clock: Clock
) -> None:
    clock.time = NOON + 3 * HOUR
    stops_all(scene)
    given = yeses(scene)
    clock.time = NOON + 7 * DAY
    fills(scene, TWO, clock.time, Contact())
    before = scene.cart(TWO)
    assert ania.comes_back(TWO) == "expired"
    assert scene.cart(TWO) == before and scene.started == [(ONE, 1)]
    fills(scene, TWO, clock.time)  # and once it is known whose it is
    clock.time += 2 * HOUR
    assert scene.step(PUSH, TWO).reason is Reason.NO_ADDRESS
    assert yeses(scene) == given and scene.provider.sent == []


def test_what_is_repeated_has_the_date_of_the_click_and_gives_way_to_a_later_no(
    scene: Scene, ania: Visitor, clock: Clock
) -> None:
    clock.time = NOON + 7 * DAY
    fills(scene, TWO, clock.time, Contact())
    clock.time += MINUTE
    assert ania.comes_back(TWO) == "subscribed"
    assert scene.started == [(ONE, 1), (TWO, 1)]  # nothing else could reach the shopper
    first, second = (scene.cart(cart_id).consent[Channel.WEB_PUSH] for cart_id in (ONE, TWO))
    assert (
        (second.at, second.source) == (first.at, first.source) == (NOON, "storefront: Przypomnieć?")
    )
    assert len(yeses(scene)) == 1
    assert ania.comes_back(TWO) == "known"
    clock.time += 2 * HOUR
    assert scene.step(PUSH, TWO).outcome is Outcome.SENT
    stops_all(scene, TWO)
    assert scene.step(a_step(**dict(PUSH) | {"name": "later"}), TWO).reason is Reason.NO_CONSENT


def test_a_repeated_yes_leaves_a_later_no_in_the_cart_it_is_told_for(
    scene: Scene, ania: Visitor
) -> None:
    words = {Channel.WEB_PUSH: no(NOON + HOUR)}
    scene.take(
        CartUpdated(
            at=NOON + HOUR,
            cart_id=TWO,
            contact=Contact(web_push=line(ania.subscription)),
            consent=words,
        )
    )
    told = {Channel.WEB_PUSH: scene.cart(ONE).consent[Channel.WEB_PUSH]}
    contact = Contact(web_push=line(ania.subscription))
    scene.take(
        CartUpdated(at=NOON + 2 * HOUR, cart_id=TWO, contact=contact, consent=told, quiet=True)
    )
    assert scene.cart(TWO).consent[Channel.WEB_PUSH].state is ConsentState.UNSUBSCRIBED


def test_a_repetition_may_come_before_its_cart(scene: Scene, ania: Visitor, clock: Clock) -> None:
    clock.time = NOON + 7 * DAY
    assert ania.comes_back(TWO) == "subscribed"
    assert scene.started == [(ONE, 1)]
    assert scene.cart(TWO).created_at == clock.time
    fills(scene, TWO, clock.time - MINUTE, Contact())
    assert scene.started == [(ONE, 1), (TWO, 1)]
    kept = scene.store.table.get({"PK": f"SHOP#{scene.shop.id}#CART#{TWO}", "SK": "CART"})
    assert kept and kept["expires_at"]


def test_nobody_repeats_a_yes_that_another_browser_gave(
    scene: Scene, ania: Visitor, clock: Clock
) -> None:
    stranger = Visitor(scene, clock)
    stranger.told = {"cart_id": ONE, "subscription": a_subscription()}
    assert stranger.comes_back(TWO) == "expired" and scene.cart(TWO) is None
    stranger.told = {
        "cart_id": ONE,
        "subscription": ania.subscription | {"keys": Browser(7).keys()},
    }
    assert stranger.comes_back(ONE) == "expired"
    assert scene.cart(ONE).contact.web_push == line(ania.subscription)


def test_a_browser_does_not_bring_back_who_asked_to_be_forgotten(
    scene: Scene, ania: Visitor, clock: Clock
) -> None:
    clock.time = NOON + HOUR
    scene.take(PrivacyRequested(at=clock.time, kind=PrivacyKind.CUSTOMER_REDACT, contact=ANIA))
    clock.time = NOON + 7 * DAY
    assert ania.comes_back(TWO) == "expired" and scene.cart(TWO) is None


# --- a browser changes its subscription, or turns them off ----------------------------------------


def test_a_renewed_subscription_takes_the_old_one_s_place_with_its_yes(
    scene: Scene, ania: Visitor, clock: Clock
) -> None:
    clock.time = NOON + MINUTE
    ania.subscription = a_subscription()
    assert ania.comes_back(ONE) == "subscribed"
    cart = scene.cart(ONE)
    assert (cart.contact.web_push, cart.consent[Channel.WEB_PUSH].at) == (
        line(ania.subscription),
        NOON,
    )
    clock.time = NOON + HOUR
    assert scene.step(PUSH, ONE).outcome is Outcome.SENT
    assert [message.to for message in scene.provider.sent] == [line(ania.subscription)]
    fills(scene, TWO, clock.time)  # the page has not heard of the renewal
    ania.told = {"cart_id": ONE, "subscription": a_subscription()}
    assert ania.comes_back(TWO) == "subscribed"


@pytest.mark.parametrize("what", ["off", "renewed"])
def test_neither_is_a_sign_of_the_shopper(
    scene: Scene, ania: Visitor, clock: Clock, what: str
) -> None:
    def happens() -> None:
        if what == "off":
            assert ania.turns_off(ONE) == "unsubscribed"
        else:
            ania.subscription = a_subscription()
            assert ania.comes_back(ONE) == "subscribed"

    version = scene.cart(ONE).version
    clock.time = NOON + 3 * HOUR - MINUTE
    happens()
    clock.time = NOON + 3 * HOUR
    assert scene.step(a_step(), ONE).outcome is Outcome.SENT  # 3 hours after the cart was touched
    clock.time = NOON + 5 * DAY
    scene.close(ONE)
    clock.time = NOON + 40 * DAY
    happens()
    assert scene.cart(ONE).version == version and scene.started == [(ONE, 1)]


def test_a_no_is_known_at_once_to_the_step_that_is_just_due(
    scene: Scene, ania: Visitor, clock: Clock
) -> None:
    clock.time = NOON + HOUR
    ania.turns_off(ONE)
    assert scene.step(PUSH, ONE).reason is Reason.NO_CONSENT


# --- a later yes ----------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["off", "stop all"])
def test_a_later_yes_in_the_same_cart_counts(
    scene: Scene, ania: Visitor, clock: Clock, how: str
) -> None:
    clock.time = NOON + 10 * MINUTE
    ania.turns_off(ONE) if how == "off" else stops_all(scene)
    assert not owner(scene).agrees(scene.cart(ONE), Channel.WEB_PUSH)
    clock.time = NOON + 15 * MINUTE
    assert ania.clicks_yes(ONE) == "subscribed"
    assert owner(scene).agrees(scene.cart(ONE), Channel.WEB_PUSH)
    assert len(yeses(scene)) == 2
    clock.time = NOON + 2 * HOUR
    assert scene.step(PUSH, ONE).outcome is Outcome.SENT


def test_a_stop_counts_after_a_later_yes_too(scene: Scene, ania: Visitor, clock: Clock) -> None:
    for minutes in (10, 30, 50):
        clock.time = NOON + minutes * MINUTE
        stops_all(scene)
        assert not owner(scene).agrees(scene.cart(ONE), Channel.WEB_PUSH)
        clock.time += 10 * MINUTE
        ania.clicks_yes(ONE)
        assert owner(scene).agrees(scene.cart(ONE), Channel.WEB_PUSH)


def test_a_later_click_on_the_link_into_messenger_counts(scene: Scene, clock: Clock) -> None:
    fills(scene, ONE, NOON)
    taking = Taking(scene.store, Intake(scene.store, scene._start))

    def says(minutes: int, **what: Any) -> None:
        clock.time = NOON + minutes * MINUTE
        taking.take(scene.shop.settings, Said(shopper=PSID, at=clock.time, **what))

    says(5, cart_id=ONE)
    says(10, stops=True)
    assert not owner(scene).agrees(scene.cart(ONE), Channel.MESSENGER)
    says(20, cart_id=ONE)
    says(10, stops=True)  # Meta may tell it again
    says(5, cart_id=ONE)
    clock.time = NOON + 2 * HOUR
    assert scene.step(CHAT, ONE).outcome is Outcome.SENT


SAID = ["yes", "back", "renewed", "off", "stop", "stop by mail"]
DEEDS = st.lists(st.tuples(st.sampled_from(SAID), st.sampled_from([ONE, TWO])), max_size=12)


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(DEEDS)
def test_what_counts_is_the_last_word_that_the_shopper_gave(
    store: Any, clock: Clock, deeds: list[tuple[str, str]]
) -> None:
    """A no in the browser, or by a notification, is about that subscription; one by a mail, about
    all of its reader's carts."""
    clock.time = NOON
    scene = a_scene(store, f"push-words-{os.getpid()}-{next(_numbers)}", **BOTH)
    visitor = Visitor(scene, clock)
    for cart_id in (ONE, TWO):
        fills(scene, cart_id, NOON)
    given: dict[str, datetime] = {}
    refused: dict[str | None, datetime] = {}  # subscription → when; None: wherever
    clicked = set[str]()

    def subscription_in(cart_id: str) -> str | None:
        return scene.cart(cart_id).contact.web_push  # type: ignore[no-any-return]

    def stands(cart_id: str) -> bool:
        return given[cart_id] > max(
            refused.get(about, NOON) for about in (None, subscription_in(cart_id))
        )

    for deed, cart_id in deeds:
        clock.time += MINUTE
        match deed:
            case "yes":
                if visitor.clicks_yes(cart_id) == "subscribed":
                    given[cart_id] = clock.time
                    clicked.add(clock.time.isoformat())
            case "back" | "renewed" if visitor.told:
                told = visitor.told["cart_id"]
                source, counts = given[told], stands(told)
                if deed == "renewed":
                    cart_id, visitor.subscription = told, a_subscription()
                assert (visitor.comes_back(cart_id) == "expired") is not counts
                if counts:
                    given[cart_id] = max(source, given.get(cart_id, NOON))
            case "off" if visitor.told:
                visitor.turns_off(visitor.told["cart_id"])
                visitor.told, refused[line(visitor.subscription)] = None, clock.time
            case "stop" if subscription_in(cart_id):
                stops_all(scene, cart_id)
                refused[subscription_in(cart_id)] = clock.time
            case "stop by mail":
                stops_by_mail(scene, cart_id)
                refused[None] = clock.time
    for cart_id in (ONE, TWO):
        agrees = owner(scene, cart_id).agrees(scene.cart(cart_id), Channel.WEB_PUSH)
        assert agrees is False or stands(cart_id)
        assert len(scene.started) == 2
    if visitor.told:
        last = visitor.told["cart_id"]
        assert owner(scene, last).agrees(scene.cart(last), Channel.WEB_PUSH) is stands(last)
    assert {datetime.fromisoformat(at).isoformat() for at in yeses(scene)} <= clicked
