"""Meta's webhook of a shop's page: which requests are genuine, what is read from them, and what is
ignored."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from messenger_webhook.reading import is_stop, said_in
from support.lambdas import Json, Lambdas, a_cart_body, a_step, ago
from support.scenes import items_of
from wracaj import store
from wracaj.clock import now
from wracaj.consent.channel import Channel
from wracaj.customers.identity import IdentifierKind, identifier_of
from wracaj.settings.shop import Shop
from wracaj.timelines.occasion import OccasionKind, occasion_id
from wracaj_cli.local.fake_meta import FakeMeta, serving, signature

PAGE, SECRET, ALA = "100200300400", "5ecret", "2400000000000007"
CART = "c-8f1c0d5e6a3b4f0e"


@pytest.fixture
def meta() -> Iterator[FakeMeta]:
    with serving(FakeMeta(app_secret=SECRET, page_token="EAApage", pages={PAGE}, now=now)) as fake:
        yield fake


@pytest.fixture
def shop(lambdas: Lambdas, meta: FakeMeta) -> Shop:
    shop = lambdas.register(
        messenger={"page_id": PAGE, "graph_url": meta.url}, quiet_minutes_after_activity=0
    )
    return lambdas.add_secrets(
        shop, page_token="EAApage", app_secret=SECRET, verify_token="znane-slowo"
    )


def ms(seconds_ago: float = 0) -> int:
    return round((time.time() - seconds_ago) * 1000)


def said(what: Json, seconds_ago: float = 60, who: str = ALA) -> Json:
    return {"sender": {"id": who}, "recipient": {"id": PAGE}, "timestamp": ms(seconds_ago), **what}


def text(words: str = "Czy kubek jest dostępny?", **more: Any) -> Json:
    return {"message": {"mid": "m_1", "text": words, **more}}


def link(cart_id: str) -> Json:
    return {"referral": {"ref": cart_id, "source": "SHORTLINK", "type": "OPEN_THREAD"}}


def tell(lambdas: Lambdas, shop: Shop, *events: Json, page: str = PAGE) -> Json:
    body = json.dumps(
        {"object": "page", "entry": [{"id": page, "time": ms(), "messaging": list(events)}]}
    ).encode()
    return lambdas.messenger(shop.id, body, signature(SECRET, body))


def a_known_cart(lambdas: Lambdas, shop: Shop, cart_id: str = CART, **changes: Any) -> str:
    assert lambdas.post(shop, *a_cart_body("generic", cart_id, **changes))["statusCode"] == 200
    return cart_id


def shopper(shop: Shop, who: str = ALA) -> Any:
    """What is known of the conversation."""
    return store.open_store().customers.get(
        shop.id, identifier_of(shop.id, IdentifierKind.MESSENGER, who)
    )


def a_messenger_step(**changes: Any) -> Json:
    return a_step("messenger", 0, channel="messenger", template="cart_messenger", **changes)


# --- who is believed ------------------------------------------------------------------------------


def test_meta_s_question_is_answered_to_whoever_knows_the_token(
    lambdas: Lambdas, shop: Shop
) -> None:
    answer = lambdas.messenger_asks(
        shop.id, mode="subscribe", verify_token="znane-slowo", challenge="1158201444"
    )
    assert (answer["statusCode"], answer["body"]) == (200, "1158201444")
    assert answer["headers"]["content-type"].startswith("text/plain")
    for wrong in (
        {"mode": "subscribe", "verify_token": "zgadnij", "challenge": "1"},
        {"mode": "subscribe", "challenge": "1"},
        {"mode": "unsubscribe", "verify_token": "znane-slowo", "challenge": "1"},
        {},
    ):
        assert lambdas.messenger_asks(shop.id, **wrong)["statusCode"] == 403


def test_a_shop_without_a_page_or_a_token_believes_nobody(lambdas: Lambdas) -> None:
    plain, page = lambdas.register(), lambdas.register(messenger={"page_id": PAGE})
    for shop in (plain.id, page.id, "no-such-shop"):
        assert (
            lambdas.messenger_asks(shop, mode="subscribe", verify_token="", challenge="1")[
                "statusCode"
            ]
            == 403
        )
        body = b'{"object": "page", "entry": []}'
        assert lambdas.messenger(shop, body, signature("", body))["statusCode"] == 403


def test_what_meta_did_not_sign_changes_nothing(lambdas: Lambdas, shop: Shop) -> None:
    a_known_cart(lambdas, shop)
    body = json.dumps(
        {"object": "page", "entry": [{"id": PAGE, "messaging": [said(link(CART))]}]}
    ).encode()
    for forged in (
        "",
        "sha256=",
        signature("another", body),
        signature(SECRET, body + b" "),
        signature(SECRET, body)[7:],
    ):
        assert lambdas.messenger(shop.id, body, forged)["statusCode"] == 403
    assert lambdas.cart(shop, CART).contact.messenger is None
    assert lambdas.messenger(shop.id, body, signature(SECRET, body))["statusCode"] == 200
    assert lambdas.cart(shop, CART).contact.messenger == ALA


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no json",
        b"[]",
        b"{}",
        b'{"object": "page"}',
        b'{"object": "page", "entry": [7, {"id": 1}]}',
        b"[" * 100_000,
    ],
)
def test_a_signed_body_of_another_shape_is_taken_and_says_nothing(
    lambdas: Lambdas, shop: Shop, body: bytes
) -> None:
    assert lambdas.messenger(shop.id, body, signature(SECRET, body))["statusCode"] == 200


def test_where_it_could_not_be_stored_meta_sends_it_again(lambdas: Lambdas, shop: Shop) -> None:
    lambdas.redirect("http://127.0.0.1:9", "DYNAMODB")
    assert tell(lambdas, shop, said(link(CART)))["statusCode"] == 503
    lambdas.redirect(None, "DYNAMODB")
    assert tell(lambdas, shop, said(link(CART)))["statusCode"] == 200


# --- what is taken from it ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "came",
    [
        link(CART),
        {"postback": {"mid": "m", "title": "Zaczynamy", "payload": "GET_STARTED", **link(CART)}},
        {"optin": {"ref": CART}},
        text(**link(CART)),
    ],
    ids=["referral", "postback", "optin", "first message"],
)
def test_a_link_with_the_cart_s_id_brings_the_message_to_the_shopper(
    lambdas: Lambdas, shop: Shop, meta: FakeMeta, came: Json
) -> None:
    a_known_cart(lambdas, shop, at=ago(minutes=30))
    event = said(came)
    assert tell(lambdas, shop, event)["statusCode"] == 200
    meta.wrote[ALA] = now()
    answer = lambdas.step(shop.id, CART, a_messenger_step())
    assert (answer["outcome"], answer["reason"]) == ("sent", "due")
    (sent,) = meta.messages
    assert sent.to == ALA and sent.url.startswith("https://wracaj.example/c/")
    assert meta.refused == []


def test_a_cart_that_had_no_way_to_its_shopper_starts_its_timeline(
    lambdas: Lambdas, shop: Shop
) -> None:
    a_known_cart(lambdas, shop, email=None, customer=None, consent=None)
    assert lambdas.executions(shop) == []
    tell(lambdas, shop, said(link(CART)))
    assert [run["cart_id"] for run in lambdas.executions(shop)] == [CART]


def test_the_window_follows_the_newest_message_whatever_arrives_first_or_twice(
    lambdas: Lambdas, shop: Shop
) -> None:
    a_known_cart(lambdas, shop)
    tell(lambdas, shop, said(link(CART), 9000))
    newest = said(text(), 60)
    for events in ([newest], [newest, said(text(), 7200)], [said(text(), 8000)], [newest]):
        assert tell(lambdas, shop, *events)["statusCode"] == 200
    assert shopper(shop).wrote_at.timestamp() * 1000 == pytest.approx(newest["timestamp"], abs=1)


@pytest.mark.parametrize(
    "noise",
    [
        text("Dzień dobry, tu sklep", is_echo=True),
        {"delivery": {"mids": ["m_1"], "watermark": 1}},
        {"read": {"watermark": 1}},
        {"optin": {"type": "notification_messages", "payload": "x"}},
        {},
    ],
    ids=["echo", "delivery", "read", "another optin", "nothing"],
)
def test_what_the_shopper_did_not_say_opens_no_window(
    lambdas: Lambdas, shop: Shop, noise: Json
) -> None:
    a_known_cart(lambdas, shop)
    tell(lambdas, shop, said(link(CART), 9000))
    before = shopper(shop).wrote_at
    assert tell(lambdas, shop, said(noise, 1))["statusCode"] == 200
    assert shopper(shop).wrote_at == before


def test_a_message_from_the_future_opens_no_window(lambdas: Lambdas, shop: Shop) -> None:
    a_known_cart(lambdas, shop)
    tell(lambdas, shop, said(link(CART), 9000))
    before = shopper(shop).wrote_at
    tell(lambdas, shop, said(text(), -7 * 24 * 3600))
    assert shopper(shop).wrote_at == before
    tell(lambdas, shop, said(text(), -30))  # clocks differ a little
    assert before < shopper(shop).wrote_at <= now()


def test_messages_to_another_page_are_not_ours(lambdas: Lambdas, shop: Shop) -> None:
    a_known_cart(lambdas, shop)
    tell(lambdas, shop, said(link(CART)), page="999888777666")
    assert shopper(shop) is None


def test_a_stop_that_arrives_before_its_link_is_not_lost(
    lambdas: Lambdas, shop: Shop, meta: FakeMeta
) -> None:
    a_known_cart(lambdas, shop, at=ago(minutes=300))
    tell(lambdas, shop, said(text("stop"), 60))
    tell(lambdas, shop, said(link(CART), 9000))
    assert lambdas.step(shop.id, CART, a_messenger_step())["reason"] == "no_consent"
    assert meta.messages == []


def test_whoever_only_writes_to_the_shop_is_not_kept_and_no_word_of_anybody_is(
    lambdas: Lambdas, shop: Shop
) -> None:
    a_known_cart(lambdas, shop)
    tell(
        lambdas,
        shop,
        said(text("bardzo-prywatne"), who="2400000000000009"),
        said(text("koniec"), who="2400000000000008"),
    )
    assert shopper(shop, "2400000000000009") is None
    # a no alone, under a keyed hash
    assert shopper(shop, "2400000000000008").contact.messenger is None
    tell(lambdas, shop, said(link(CART)), said(text("bardzo-prywatne")))
    kept = str(items_of(store.open_store(), shop.id))
    assert (
        ALA in kept
        and "bardzo-prywatne" not in kept
        and "240000000000000" not in kept.replace(ALA, "")
    )


@pytest.mark.parametrize(
    "ref",
    [
        "1001",
        "c-1",
        "1" * 20,
        occasion_id(OccasionKind.AFTER_PURCHASE, "1001"),
        "a" * 256,
        "",
        "\n",
    ],
)
def test_a_link_with_an_id_that_can_be_guessed_ties_nothing_together(
    lambdas: Lambdas, shop: Shop, ref: str
) -> None:
    a_known_cart(lambdas, shop)
    assert tell(lambdas, shop, said(link(ref)))["statusCode"] == 200
    assert shopper(shop) is None
    if ref:
        assert lambdas.cart(shop, ref) is None
    tell(lambdas, shop, said(link(CART), 9000))
    before = shopper(shop).wrote_at
    tell(lambdas, shop, said(link(ref), 60))  # it is the shopper's click all the same
    assert shopper(shop).wrote_at > before


def test_a_link_to_another_known_shopper_s_cart_leaves_both_as_they_are(
    lambdas: Lambdas, shop: Shop, meta: FakeMeta
) -> None:
    other = "c-0d5e8f1c6a3b4f0e"
    a_known_cart(lambdas, shop)
    tell(lambdas, shop, said(link(CART), 9000))
    a_known_cart(lambdas, shop, other, email="ola@poczta.example", at=ago(hours=1))
    before = lambdas.cart(shop, other)
    assert tell(lambdas, shop, said(link(other), 60))["statusCode"] == 200
    assert lambdas.cart(shop, other) == before
    assert shopper(shop).first_owner == lambdas.cart(shop, CART).customer_id != before.customer_id
    assert lambdas.step(shop.id, other, a_messenger_step())["reason"] == "no_address"
    assert meta.messages == []


def test_stop_is_a_no_to_messenger_and_to_nothing_else(
    lambdas: Lambdas, shop: Shop, meta: FakeMeta
) -> None:
    a_known_cart(lambdas, shop, at=ago(minutes=30))
    tell(lambdas, shop, said(link(CART), 60))
    stop = said(text("Rezygnuję."), 30)
    for _ in range(2):
        assert tell(lambdas, shop, stop)["statusCode"] == 200
    assert lambdas.step(shop.id, CART, a_messenger_step())["reason"] == "no_consent"
    assert meta.messages == []
    assert lambdas.step(shop.id, CART, a_step("first_email", 0))["outcome"] == "sent"
    assert [key for key in shopper(shop).consent if key.startswith(Channel.MESSENGER)]


NOES = [
    "stop",
    "STOP",
    " Stop! ",
    "koniec",
    "Koniec.",
    "rezygnuję",
    "Rezygnuje",
    "REZYGNUJĘ",
    "„stop”",
]


@pytest.mark.parametrize("words", NOES)
def test_a_no_is_heard_however_it_is_written(words: str) -> None:
    assert is_stop(words)


@pytest.mark.parametrize(
    "words", ["", "stopka", "nie stop", "czy to koniec promocji?", None, 7, "stop " * 20]
)
def test_a_sentence_with_the_word_in_it_is_no_no(words: Any) -> None:
    assert not is_stop(words)


def test_a_batch_is_read_from_the_oldest_on() -> None:
    events = [said(text(), seconds) for seconds in (10, 30, 20)]
    body = {
        "object": "page",
        "entry": [{"id": PAGE, "messaging": events[:1]}, {"id": PAGE, "messaging": events[1:]}],
    }
    found = [one.at for one in said_in(body, PAGE, now())]
    assert len(found) == 3 and found == sorted(found)


def test_a_time_may_be_text_and_in_seconds() -> None:
    for when in (1458692752478, "1458692752478", "1458692752"):
        told = said(text()) | {"timestamp": when}
        (one,) = said_in(
            {"object": "page", "entry": [{"id": PAGE, "messaging": [told]}]}, PAGE, now()
        )
        assert int(one.at.timestamp()) == 1458692752


def test_times_and_ids_that_are_none_are_passed_over() -> None:
    wrong: list[Json] = [
        said(text()) | {"timestamp": when} for when in (None, "soon", 10**30, True)
    ] + [
        said(text(), who="\n"),
        said(text()) | {"sender": 7},
    ]
    assert (
        said_in({"object": "page", "entry": [{"id": PAGE, "messaging": wrong}]}, PAGE, now()) == []
    )
