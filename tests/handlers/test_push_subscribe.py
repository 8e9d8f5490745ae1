"""POST /push/{shop}: what a browser may send about its cart, and what a stranger may not."""

import json
from typing import Any

import pytest

from handlers.conftest import Log
from support.lambdas import Json, Lambdas, a_cart_body, unique
from wracaj import store
from wracaj.aws import step_functions
from wracaj.consent.channel import Channel
from wracaj.consent.consent import ConsentState
from wracaj.settings.shop import Shop
from wracaj.store.push_limits import MOST_CHANGES
from wracaj.timelines.occasion import OccasionKind, occasion_id
from wracaj.web_push.subscription import to_base64url
from wracaj_cli.local.push_reading import Browser

ENDPOINT = "https://fcm.googleapis.com/wp/{}"
WORDING = "Przypomnieć Ci o koszyku powiadomieniem w tej przeglądarce?"


def a_subscription(**changes: Any) -> Json:
    told = {
        "endpoint": ENDPOINT.format(unique("browser")),
        "expirationTime": None,
        "keys": Browser().keys(),
    }
    return told | changes


def asks(cart_id: str, subscription: Json | None = None, **changes: Any) -> Json:
    return {
        "cart_id": cart_id,
        "subscription": subscription or a_subscription(),
        "wording": WORDING,
    } | changes


@pytest.fixture
def shop(lambdas: Lambdas) -> Shop:
    return lambdas.register(web_push={"contact": "mailto:sklep@kubek.example"})


@pytest.fixture(autouse=True)
def in_no_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests post faster than people do: floods have a module of their own."""
    monkeypatch.setattr("wracaj.storefront.flood.MOST_A_SECOND", 10_000)


@pytest.fixture
def cart_id() -> str:
    return unique("cart-with-a-long-name")


def test_a_subscription_is_bound_to_its_cart_with_the_words_that_were_agreed_to(
    lambdas: Lambdas, shop: Shop, cart_id: str
) -> None:
    lambdas.post(shop, *a_cart_body("generic", cart_id, email=None, customer=None, consent={}))  # type: ignore[arg-type]
    assert lambdas.executions(shop) == []
    given = a_subscription()
    answer = lambdas.push(shop.id, asks(cart_id, given))
    assert (answer["statusCode"], answer["json"]) == (200, {"status": "subscribed"})
    cart = lambdas.cart(shop, cart_id)
    assert json.loads(cart.contact.web_push) == {"endpoint": given["endpoint"], **given["keys"]}
    word = cart.consent[Channel.WEB_PUSH]
    assert (word.state, word.source) == (ConsentState.SUBSCRIBED, f"storefront: {WORDING}")
    assert [run["cart_id"] for run in lambdas.executions(shop)] == [cart_id]


def test_a_subscription_may_come_before_its_cart(
    lambdas: Lambdas, shop: Shop, cart_id: str
) -> None:
    assert lambdas.push(shop.id, asks(cart_id))["statusCode"] == 200
    assert lambdas.executions(shop) == []
    lambdas.post(shop, *a_cart_body("generic", cart_id))
    cart = lambdas.cart(shop, cart_id)
    assert cart.contact.web_push and cart.contact.email
    assert [run["cart_id"] for run in lambdas.executions(shop)] == [cart_id]


def test_telling_it_again_changes_nothing(
    lambdas: Lambdas, shop: Shop, cart_id: str, wire: list[str]
) -> None:
    lambdas.post(shop, *a_cart_body("generic", cart_id))
    body = asks(cart_id)
    lambdas.push(shop.id, body)
    before = lambdas.cart(shop, cart_id)
    wire.clear()
    assert lambdas.push(shop.id, body)["json"] == {"status": "known"}
    assert [
        request
        for request in wire
        if "Update" in request or "Put" in request or "Transact" in request
    ] == []
    assert lambdas.cart(shop, cart_id) == before


def test_what_was_interrupted_is_done_when_the_page_tells_it_again(
    lambdas: Lambdas, shop: Shop, cart_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lambdas.post(shop, *a_cart_body("generic", cart_id, email=None, customer=None, consent={}))  # type: ignore[arg-type]
    body = asks(cart_id)
    with monkeypatch.context() as broken:
        broken.setattr(
            step_functions, "start", lambda *_: (_ for _ in ()).throw(ConnectionError("no"))
        )
        answer = lambdas.push(shop.id, body)
    assert answer["statusCode"] == 503
    assert answer["headers"]["access-control-allow-origin"] == "https://kubek.example"
    assert lambdas.push(shop.id, body)["json"] == {"status": "subscribed"}
    assert len(lambdas.executions(shop)) == 1


def test_a_permission_that_is_withdrawn_is_a_no_to_this_browser_and_a_later_yes_counts(
    lambdas: Lambdas, shop: Shop, cart_id: str
) -> None:
    lambdas.post(shop, *a_cart_body("generic", cart_id))
    given = a_subscription()
    lambdas.push(shop.id, asks(cart_id, given))
    gone = {"cart_id": cart_id, "subscription": given, "unsubscribe": True}
    assert lambdas.push(shop.id, gone)["json"] == {"status": "unsubscribed"}
    cart = lambdas.cart(shop, cart_id)
    customer = store.open_store().customers.shopper(shop.id, cart.contact)
    assert customer is not None and not customer.agrees(cart, Channel.WEB_PUSH)
    assert customer.agrees(cart, Channel.EMAIL)
    assert lambdas.push(shop.id, asks(cart_id, given))["json"] == {"status": "subscribed"}
    cart = lambdas.cart(shop, cart_id)
    assert cart.consent[Channel.WEB_PUSH].state is ConsentState.SUBSCRIBED
    customer = store.open_store().customers.shopper(shop.id, cart.contact)
    assert customer is not None and customer.agrees(cart, Channel.WEB_PUSH)


def test_a_repetition_carries_the_yes_to_another_cart_and_gives_none_where_it_was_taken_back(
    lambdas: Lambdas, shop: Shop, cart_id: str, logged: Log
) -> None:
    lambdas.post(shop, *a_cart_body("generic", cart_id))
    given, other = a_subscription(), unique("another-cart-with-a-long-name")
    lambdas.push(shop.id, asks(cart_id, given))
    again = {
        "cart_id": other,
        "subscription": given,
        "repeats": {"cart_id": cart_id, "subscription": given},
    }
    assert lambdas.push(shop.id, again)["json"] == {"status": "subscribed"}
    first, second = (lambdas.cart(shop, one).consent[Channel.WEB_PUSH] for one in (cart_id, other))
    assert (second.at, second.source) == (first.at, first.source)
    lambdas.push(shop.id, {"cart_id": cart_id, "subscription": given, "unsubscribe": True})
    third = unique("a-third-cart-with-a-long-name")
    assert lambdas.push(shop.id, again | {"cart_id": third})["json"] == {"status": "expired"}
    assert lambdas.cart(shop, third) is None
    assert given["endpoint"] not in logged.getvalue()


def test_a_no_to_an_older_subscription_leaves_the_newer_one(
    lambdas: Lambdas, shop: Shop, cart_id: str
) -> None:
    lambdas.post(shop, *a_cart_body("generic", cart_id))
    old, new = a_subscription(), a_subscription()
    for one in (old, new):
        lambdas.push(shop.id, asks(cart_id, one))
    lambdas.push(shop.id, {"cart_id": cart_id, "subscription": old, "unsubscribe": True})
    cart = lambdas.cart(shop, cart_id)
    customer = store.open_store().customers.shopper(shop.id, cart.contact)
    assert json.loads(cart.contact.web_push)["endpoint"] == new["endpoint"]
    assert customer is not None and customer.agrees(cart, Channel.WEB_PUSH)


def test_a_no_of_a_browser_that_nobody_knows_stores_nothing(
    lambdas: Lambdas, shop: Shop, cart_id: str
) -> None:
    answer = lambdas.push(
        shop.id, {"cart_id": cart_id, "subscription": a_subscription(), "unsubscribe": True}
    )
    assert answer["statusCode"] == 200
    assert lambdas.cart(shop, cart_id) is None


# --- strangers ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "",
        "null",
        "https://evil.example",
        "http://kubek.example",
        "https://kubek.example.evil.example",
        "https://kubek.example:444",
    ],
)
def test_a_page_that_is_not_the_shop_s_is_refused_and_told_nothing(
    lambdas: Lambdas, shop: Shop, cart_id: str, origin: str | None
) -> None:
    answer = lambdas.push(shop.id, asks(cart_id), origin=origin)
    assert answer["statusCode"] == 403
    assert "access-control-allow-origin" not in answer["headers"]
    assert lambdas.cart(shop, cart_id) is None


@pytest.mark.parametrize("host", ["kubek.example", "checkout.kubek.example"])
def test_each_host_of_the_shop_may_ask_and_is_named_alone(
    lambdas: Lambdas, shop: Shop, cart_id: str, host: str
) -> None:
    answer = lambdas.push(shop.id, asks(cart_id), origin=f"https://{host}")
    assert answer["statusCode"] == 200
    assert answer["headers"]["access-control-allow-origin"] == f"https://{host}"
    assert answer["headers"]["vary"] == "origin"


def test_a_front_page_on_loopback_may_ask_of_its_own_shop(lambdas: Lambdas, cart_id: str) -> None:
    local = lambdas.register(
        url="http://127.0.0.1:8099", web_push={"contact": "mailto:sklep@kubek.example"}
    )
    assert (
        lambdas.push(local.id, asks(cart_id), origin="http://127.0.0.1:8099")["statusCode"] == 200
    )
    assert (
        lambdas.push(local.id, asks(cart_id), origin="http://127.0.0.1:8098")["statusCode"] == 403
    )


POINT = Browser(5).public
WRONG: dict[str, tuple[Any, str]] = {
    "nothing": ("", "(body)"),
    "no JSON": ("{", "(body)"),
    "a list": ([], "(body)"),
    "a tower of brackets": ("[" * 8000, "(body)"),
    "no cart": ({"subscription": a_subscription(), "wording": WORDING}, "cart_id"),
    "a cart that can be guessed": (asks("1001"), "cart_id"),
    "a cart that can be counted": (asks("1" * 20), "cart_id"),
    "an occasion, by its order's number": (
        asks(occasion_id(OccasionKind.AFTER_PURCHASE, "1001")),
        "cart_id",
    ),
    "a repetition of nothing": (
        asks("cart-with-a-long-name", repeats={"cart_id": "cart-with-a-long-name"}),
        "repeats.subscription",
    ),
    "a repetition from a cart that can be guessed": (
        asks(
            "cart-with-a-long-name", repeats={"cart_id": "1001", "subscription": a_subscription()}
        ),
        "repeats.cart_id",
    ),
    "a repetition from elsewhere": (
        asks(
            "cart-with-a-long-name",
            repeats={
                "cart_id": "cart-with-a-long-name",
                "subscription": a_subscription(endpoint="https://evil.example"),
            },
        ),
        "endpoint",
    ),
    "no words": (asks("cart-with-a-long-name", wording="  "), "(body)"),
    "endless words": (asks("cart-with-a-long-name", wording="a" * 501), "wording"),
    "no keys": (asks("cart-with-a-long-name", {"endpoint": ENDPOINT}), "subscription.keys"),
    "a key off the curve": (
        asks(
            "cart-with-a-long-name",
            a_subscription(
                keys={"p256dh": to_base64url(POINT[:-1] + b"\0"), "auth": "YWFhYWFhYWFhYWFhYWFhYQ"}
            ),
        ),
        "p256dh",
    ),
    "a short secret": (
        asks("cart-with-a-long-name", a_subscription(keys=Browser(5, b"short").keys())),
        "auth",
    ),
    "an address elsewhere": (
        asks("cart-with-a-long-name", a_subscription(endpoint="https://evil.example/push")),
        "endpoint",
    ),
    "loopback": (
        asks("cart-with-a-long-name", a_subscription(endpoint="http://127.0.0.1:4566/push")),
        "endpoint",
    ),
    "more than we ask for": (asks("cart-with-a-long-name", admin=True), "admin"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_no_subscription_is_refused_by_field_and_leaves_nothing_in_the_log(
    lambdas: Lambdas, shop: Shop, logged: Log, what: str
) -> None:
    body, field = WRONG[what]
    answer = lambdas.push(shop.id, body)
    assert answer["statusCode"] == 422
    assert field in [error["field"] for error in answer["json"]["errors"]]
    assert "evil.example" not in answer["body"] and "evil.example" not in logged.getvalue()


def test_a_body_beyond_8_kb_is_not_read(lambdas: Lambdas, shop: Shop) -> None:
    assert lambdas.push(shop.id, "a" * 8193)["statusCode"] == 413
    assert lambdas.push(shop.id, b"a" * 8190)["statusCode"] == 413


def test_a_body_in_base64_is_read_as_well(lambdas: Lambdas, shop: Shop, cart_id: str) -> None:
    assert lambdas.push(shop.id, json.dumps(asks(cart_id)).encode())["statusCode"] == 200


def test_one_cart_has_five_browsers_at_most(lambdas: Lambdas, shop: Shop, cart_id: str) -> None:
    bodies = [asks(cart_id) for _ in range(7)]
    assert [lambdas.push(shop.id, body)["statusCode"] for body in bodies] == [200] * 5 + [429] * 2
    kept = lambdas.cart(shop, cart_id)
    assert json.loads(kept.contact.web_push)["endpoint"] == bodies[4]["subscription"]["endpoint"]


def test_one_cart_takes_fifty_yeses_at_most_and_every_no(
    lambdas: Lambdas, shop: Shop, cart_id: str
) -> None:
    browsers = [asks(cart_id) for _ in range(2)]
    turns = [browsers[number % 2] for number in range(MOST_CHANGES + 4)]
    yeses, noes = [], []
    for given in turns:
        yeses.append(lambdas.push(shop.id, given)["statusCode"])
        noes.append(lambdas.push(shop.id, given | {"unsubscribe": True})["statusCode"])
    assert yeses == [200] * MOST_CHANGES + [429] * 4
    assert set(noes) == {200}


def test_a_shop_that_sends_no_notifications_or_does_not_exist_takes_none(
    lambdas: Lambdas, cart_id: str
) -> None:
    assert lambdas.push(lambdas.register().id, asks(cart_id))["statusCode"] == 404
    assert lambdas.push("no-such-shop", asks(cart_id))["statusCode"] == 404


def test_nothing_personal_is_logged(
    lambdas: Lambdas, shop: Shop, cart_id: str, logged: Log
) -> None:
    given = a_subscription()
    lambdas.push(shop.id, asks(cart_id, given))
    written = logged.getvalue()
    assert given["endpoint"] not in written and given["keys"]["auth"] not in written
