"""POST /cart/{shop}: what a page may report of its cart, and what a stranger may not."""

import json
from typing import Any

import pytest

from handlers.conftest import Log
from support.lambdas import Json, Lambdas, ago, unique
from support.page_carts import BASKET, STOREFRONT, a_key, a_line, a_report, id_of
from support.shop_pages import WORDS
from support.webhook_bodies import a_generic_order, an_envelope
from wracaj import store
from wracaj.aws import step_functions
from wracaj.consent.channel import Channel
from wracaj.consent.consent import ConsentState
from wracaj.events import Contact, PrivacyKind, PrivacyRequested
from wracaj.settings.shop import Shop
from wracaj.store import request_limits
from wracaj.store.page_carts import MOST_CHANGES
from wracaj.store.request_limits import LimitedAction, RateLimit

MAIL = "ala.nowak@poczta.example"


@pytest.fixture
def shop(lambdas: Lambdas) -> Shop:
    return lambdas.register(storefront=STOREFRONT)


@pytest.fixture(autouse=True)
def in_no_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests post faster than people do."""
    monkeypatch.setattr("wracaj.storefront.flood.MOST_A_SECOND", 10_000)


@pytest.fixture
def name() -> str:
    return unique("cart")


def test_a_report_becomes_a_cart_with_the_words_that_were_agreed_to_and_starts_its_timeline(
    lambdas: Lambdas, shop: Shop, name: str
) -> None:
    answer = lambdas.report_cart(shop.id, a_report(name, MAIL))
    cart_id = id_of(shop, name)
    assert (answer["statusCode"], answer["json"]) == (200, {"status": "taken", "cart_id": cart_id})
    assert answer["headers"]["access-control-allow-origin"] == "https://kubek.example"
    cart = lambdas.cart(shop, cart_id)
    assert (cart.contact.email, cart.contact.platform_id) == (MAIL, None)
    assert cart.content.recovery_url == BASKET
    word = cart.consent[Channel.EMAIL]
    assert (word.state, word.source) == (ConsentState.SUBSCRIBED, f"storefront: {WORDS}")
    assert [run["cart_id"] for run in lambdas.executions(shop)] == [cart_id]


def test_a_repeated_report_changes_nothing(lambdas: Lambdas, shop: Shop, name: str) -> None:
    body = a_report(name, MAIL)
    lambdas.report_cart(shop.id, body)
    before = lambdas.cart(shop, id_of(shop, name))
    for _ in range(3):
        assert lambdas.report_cart(shop.id, body)["statusCode"] == 200
    assert lambdas.cart(shop, id_of(shop, name)) == before
    assert len(lambdas.executions(shop)) == 1


def test_what_was_interrupted_is_done_when_the_page_reports_it_again(
    lambdas: Lambdas, shop: Shop, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = a_report(name, MAIL)
    with monkeypatch.context() as broken:
        broken.setattr(
            step_functions, "start", lambda *_: (_ for _ in ()).throw(ConnectionError("no"))
        )
        answer = lambdas.report_cart(shop.id, body)
    assert answer["statusCode"] == 503
    assert answer["headers"]["access-control-allow-origin"] == "https://kubek.example"
    assert lambdas.report_cart(shop.id, body)["json"]["status"] == "taken"
    assert len(lambdas.executions(shop)) == 1


def test_an_older_report_that_comes_later_takes_nothing_back(
    lambdas: Lambdas, shop: Shop, name: str
) -> None:
    lambdas.report_cart(shop.id, a_report(name, MAIL, at=5000))
    lambdas.report_cart(shop.id, a_report(name, items=[a_line(quantity="3")], at=7000))
    late = lambdas.report_cart(shop.id, a_report(name, items=[a_line(quantity="1")], at=6000))
    assert late["statusCode"] == 200
    (item,) = lambdas.cart(shop, id_of(shop, name)).content.items
    assert item.quantity == 3


def test_only_whoever_has_the_key_changes_the_cart_and_only_in_its_shop(
    lambdas: Lambdas, shop: Shop, name: str
) -> None:
    lambdas.report_cart(shop.id, a_report(name, MAIL))
    cart_id = id_of(shop, name)
    before = lambdas.cart(shop, cart_id)
    other = lambdas.register(storefront=STOREFRONT)
    for body in (a_report("another", items=[]), a_report(name, key=cart_id.ljust(32, "x"))):
        assert lambdas.report_cart(shop.id, body)["json"]["cart_id"] != cart_id
    assert lambdas.report_cart(other.id, a_report(name, items=[]))["json"]["cart_id"] != cart_id
    assert lambdas.report_cart(shop.id, a_report(name, cart_id=cart_id))["statusCode"] == 422
    assert lambdas.cart(shop, cart_id) == before


def test_an_emptied_cart_whose_first_report_comes_later_stays_empty(
    lambdas: Lambdas, shop: Shop, name: str
) -> None:
    lambdas.report_cart(shop.id, a_report(name, items=[], at=9000))
    lambdas.report_cart(shop.id, a_report(name, MAIL, at=5000))
    assert lambdas.cart(shop, id_of(shop, name)).content.items == ()
    assert lambdas.executions(shop) == []


# --- what a mail of it may hold -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Kubek 0.5 l, 2.5 kg", "Kubek 0.5 l, 2.5 kg"),
        ("Wygraj na https://zly.example/x", "Wygraj na zly. example/x"),
        ("www.zly.example", "zly. example"),
        ("zly\u200b.example", "zly. example"),
        ("zły.pl i pomoc@zly.example", "zły. pl i pomoc zly. example"),
        ("Zadzwoń: +48 600 100 200", "Zadzwoń: +"),
        ("Kubek &#8211; biały &amp; złoty", "Kubek – biały & złoty"),
        ("<b>Kubek</b> www&#46;zly&#46;example", "Kubek zly. example"),
        ("Kubek\r\nBcc: x\u202e", "Kubek Bcc: x"),
        (" \u200b ", "—"),
        ("ż" * 400, "ż" * 120),
    ],
)
def test_a_title_leads_nowhere(
    lambdas: Lambdas, shop: Shop, name: str, written: str, shown: str
) -> None:
    lambdas.report_cart(shop.id, a_report(name, MAIL, items=[a_line(title=written)]))
    (item,) = lambdas.cart(shop, id_of(shop, name)).content.items
    assert item.title == shown


@pytest.mark.parametrize(
    "address",
    [
        "https://zly.example/a.jpg",
        "http://kubek.example/a.jpg",
        "https://kubek.example.zly.example/a.jpg",
        "https://kubek.example@zly.example/a.jpg",
        "https://kubek.example/a.jpg\" onerror='x'",
        "javascript:alert(1)",
    ],
)
def test_a_picture_or_a_page_elsewhere_is_left_out(
    lambdas: Lambdas, shop: Shop, name: str, address: str
) -> None:
    answer = lambdas.report_cart(
        shop.id, a_report(name, MAIL, items=[a_line(image=address, url=address)])
    )
    assert answer["statusCode"] == 200
    (item,) = lambdas.cart(shop, id_of(shop, name)).content.items
    assert (item.image_url, item.url) == (None, None)


RESTORED = "https://kubek.example/checkout-link/?products=56:2,57:1"


@pytest.mark.parametrize(
    ("items", "link"),
    [
        ([a_line(variant="56"), a_line(variant="57", quantity="1")], RESTORED),
        ([a_line(variant="56"), a_line()], BASKET),
        ([a_line(variant="56:1&coupon=X")], BASKET),
        ([a_line(variant="٣")], BASKET),
        ([a_line(variant="56", quantity="0.5")], BASKET),
    ],
)
def test_woocommerce_fills_the_basket_again_where_every_id_is_exact(
    lambdas: Lambdas, name: str, items: list[Json], link: str
) -> None:
    shop = lambdas.register(storefront=STOREFRONT | {"restore": "woocommerce"})
    lambdas.report_cart(shop.id, a_report(name, MAIL, items=items))
    assert lambdas.cart(shop, id_of(shop, name)).content.recovery_url == link


# --- what is refused ------------------------------------------------------------------------------

WRONG: list[tuple[Any, str, str]] = [
    ("no JSON", "(body)", "is no JSON"),
    ([], "(body)", "must be an object"),
    ({}, "key", "is missing"),
    (a_report("x", key="short"), "key", "must be 24 random bytes in base64url: 32 characters"),
    (a_report("x", key=a_key("x") + "\n"), "key", "32 characters"),
    (a_report("x", at="1"), "at", "must be a whole number"),
    (a_report("x", at=0), "at", "must be above 0"),
    (a_report("x", at=2**60), "at", "or less"),
    (a_report("x", items=[a_line(price=59.25)]), "items.0.price", "must be text"),
    (a_report("x", items=[a_line(price="59,25")]), "items.0.price", ""),
    (a_report("x", items=[a_line(price="NaN")]), "items.0.price", ""),
    (a_report("x", items=[a_line(quantity="0")]), "items.0.quantity", "must be above 0"),
    (a_report("x", items=[a_line(quantity="-1")]), "items.0.quantity", ""),
    (a_report("x", items=[a_line(titel="x")]), "items.0.titel", "is not known"),
    (a_report("x", items=[a_line()] * 51), "items", ""),
    (a_report("x", currency="zł"), "currency", ""),
    (a_report("x", "nobody"), "email", "is no address that a mail could reach"),
    (a_report("x", "a@b.example, c@d.example"), "email", "is no address that a mail could reach"),
    (a_report("x") | {"email": MAIL}, "(body)", "email: comes with wording"),
    (a_report("x", MAIL, wording="Zgadzam się"), "wording", "must be the shop's own words"),
    (a_report("x", MAIL, agreed=False), "(body)", "email: comes only while the box is ticked"),
    (a_report("x", platform_id="7"), "platform_id", "is not known"),
    (a_report("x", consent={"sms": "subscribed"}), "consent", "is not known"),
    (a_report("x", recovery_url="https://zly.example"), "recovery_url", "is not known"),
]


@pytest.mark.parametrize(("body", "field", "words"), WRONG)
def test_a_mistake_is_named_with_its_field(
    lambdas: Lambdas, shop: Shop, body: Any, field: str, words: str, logged: Log
) -> None:
    answer = lambdas.report_cart(shop.id, body)
    assert answer["statusCode"] == 422, answer
    problems = {one["field"]: one["problem"] for one in answer["json"]["errors"]}
    assert words in problems[field], problems
    assert "ala.nowak" not in answer["body"] and "ala.nowak" not in logged.getvalue()


def test_a_shop_that_reads_no_addresses_or_no_carts_says_so(lambdas: Lambdas, name: str) -> None:
    silent, none = lambdas.register(storefront={}), lambdas.register()
    refused = lambdas.report_cart(silent.id, a_report(name, MAIL))
    assert refused["statusCode"] == 422 and "typed_emails: true" in refused["body"]
    assert lambdas.report_cart(silent.id, a_report(name))["statusCode"] == 200
    assert lambdas.report_cart(none.id, a_report(name))["statusCode"] == 404
    assert lambdas.report_cart("no-such-shop", a_report(name))["statusCode"] == 404


def test_only_the_shop_s_pages_may_report(lambdas: Lambdas, shop: Shop, name: str) -> None:
    for origin in (None, "null", "https://zly.example", "http://kubek.example"):
        answer = lambdas.report_cart(shop.id, a_report(name, MAIL), origin)
        assert answer["statusCode"] == 403
        assert "access-control-allow-origin" not in answer["headers"]
    named = lambdas.register(storefront=STOREFRONT | {"origins": ["https://www.kubek.example"]})
    assert lambdas.report_cart(named.id, a_report(name))["statusCode"] == 403
    own = lambdas.report_cart(named.id, a_report(name), "https://www.kubek.example")
    assert own["statusCode"] == 200


@pytest.mark.parametrize("as_bytes", [False, True])
def test_a_body_over_the_limit_is_not_read(lambdas: Lambdas, shop: Shop, as_bytes: bool) -> None:
    raw = json.dumps(a_report("x", lang="pl")).ljust(32_769)
    answer = lambdas.report_cart(shop.id, raw.encode() if as_bytes else raw)
    assert answer["statusCode"] == 413 and "32768 bytes" in answer["body"]
    whole = a_report(
        "x", items=[a_line(title="ż" * 200, image="https://x.example/" + "a" * 300)] * 30
    )
    assert lambdas.report_cart(shop.id, whole)["statusCode"] == 200


# --- bounds ---------------------------------------------------------------------------------------


def test_one_cart_is_changed_so_often_and_may_still_be_emptied(
    lambdas: Lambdas, shop: Shop, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wracaj.store.page_carts.MOST_CHANGES", 3)
    monkeypatch.setattr("wracaj.store.page_carts.MOST_STOPS", 5)
    assert MOST_CHANGES > 3
    answers = [
        lambdas.report_cart(
            shop.id, a_report(name, items=[a_line(quantity=str(number + 1))], at=number + 1)
        )
        for number in range(5)
    ]
    assert [one["statusCode"] for one in answers] == [200, 200, 200, 429, 429]
    assert lambdas.report_cart(shop.id, a_report(name, items=[], at=9))["json"]["status"] == "taken"
    assert lambdas.cart(shop, id_of(shop, name)).content.items == ()


def test_a_shop_takes_so_many_a_minute_and_emptied_carts_all_the_same(
    lambdas: Lambdas, shop: Shop, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lambdas.report_cart(shop.id, a_report(name, MAIL))
    limits = {action: RateLimit(a_day=100) for action in LimitedAction}
    few = {LimitedAction.PAGE_CART: RateLimit(a_day=100, an_hour=3, a_minute=3)}
    monkeypatch.setattr(request_limits, "RATE_LIMITS", limits | few)
    answers = [lambdas.report_cart(shop.id, a_report(unique("c"), MAIL)) for _ in range(4)]
    assert [one["statusCode"] for one in answers][-1] == 429
    other = lambdas.register(storefront=STOREFRONT)
    assert lambdas.report_cart(other.id, a_report(name, MAIL))["statusCode"] == 200
    assert lambdas.report_cart(shop.id, a_report(name, items=[]))["json"]["status"] == "taken"
    assert lambdas.report_cart(shop.id, a_report(name, agreed=False))["json"]["status"] == "taken"


# --- the end of a cart ----------------------------------------------------------------------------


def test_after_the_order_nothing_is_written_any_more(
    lambdas: Lambdas, shop: Shop, name: str
) -> None:
    lambdas.report_cart(shop.id, a_report(name, MAIL))
    order = a_generic_order(cart_id=id_of(shop, name), customer=None, created_at=ago())
    lambdas.post(shop, "order.created", an_envelope("order.created", order))
    before = lambdas.cart(shop, id_of(shop, name))
    answer = lambdas.report_cart(shop.id, a_report(name, MAIL, items=[a_line(quantity="7")]))
    assert answer["json"]["status"] == "ordered"
    assert lambdas.cart(shop, id_of(shop, name)) == before


def test_what_was_erased_does_not_come_back_by_its_page(
    lambdas: Lambdas, shop: Shop, name: str
) -> None:
    lambdas.report_cart(shop.id, a_report(name, MAIL))
    moment = lambdas.cart(shop, id_of(shop, name)).last_activity_at
    asked = PrivacyRequested(
        at=moment, kind=PrivacyKind.CUSTOMER_REDACT, contact=Contact(email=MAIL)
    )
    store.open_store().erasure.erase(shop.id, asked.contact, asked.at, orders=())
    answer = lambdas.report_cart(shop.id, a_report(name, MAIL, items=[a_line(quantity="7")]))
    assert answer["json"]["status"] == "forgotten"
    assert lambdas.cart(shop, id_of(shop, name)).contact.email is None


def test_logs_and_answers_name_nobody(lambdas: Lambdas, shop: Shop, name: str, logged: Log) -> None:
    answer = lambdas.report_cart(shop.id, a_report(name, MAIL))
    assert "ala.nowak" not in answer["body"] and "ala.nowak" not in logged.getvalue()
    assert a_key(name) not in logged.getvalue()
