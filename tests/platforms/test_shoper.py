"""Shoper's webhooks: whose they are, and what is taken from them before the API confirms it."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from support import shoper_bodies as a
from support.platform_contract import ShopContract
from support.shoper_reading import SETTINGS, a_shop, consents, parsed, signed
from support.webhook_bodies import NOW, SHARED_PAYLOADS, Json, a_request, raw
from wracaj.consent.consent import ConsentState
from wracaj.discounts.code import DiscountCode
from wracaj.errors import DiscountError, PayloadError, SignatureError
from wracaj.events import Contact, OrderPlaced
from wracaj.platforms import Ignored, ShopPlatform, ToRead
from wracaj.platforms.shoper import webhooks as shoper
from wracaj.webhooks.address_tokens import check_address, new_address_token

CONTRACT: ShopPlatform = shoper
NO = ConsentState.UNSUBSCRIBED
TRIAL = "wracaj.test"


class TestShoper(ShopContract):
    name = "shoper"
    secret = a.SECRET
    other_secret = "inny-sekret-webhookow"
    signature_header = "X-Webhook-SHA1"
    bodies = a.BODIES | {TRIAL: a.a_trial_cart()}
    cart_topic = TRIAL
    order_topic = "order.create"
    own_topics = frozenset({TRIAL})

    def a_body_of_cart(self, cart_id: str) -> Json:
        return a.a_trial_cart(cart_id=cart_id)

    def test_a_cart_and_its_order_meet_under_one_id(self) -> None:
        """They meet by their shopper. An order's webhook says nothing before the API confirms
        it."""
        told = self.parsed(self.order_topic, self.bodies[self.order_topic])
        assert told.told == ()
        assert [(what.kind, what.id) for what in told.to_read] == [("order", "112")]


# --- whose it is


def test_signed_is_the_id_the_secret_and_the_raw_body() -> None:
    body = '{"order_id": "8", "notes": "zażółć"}'.encode()
    signature = hashlib.sha1(b"5:" + a.SECRET.encode() + b":" + body).hexdigest()
    headers = {"X-Webhook-Id": "5", "X-Webhook-SHA1": signature}
    shoper.verify(a_request(body, headers), [a.SECRET])
    with pytest.raises(SignatureError):
        shoper.verify(a_request(body, headers | {"X-Webhook-Id": "6"}), [a.SECRET])


@pytest.mark.skipif(not SHARED_PAYLOADS.exists(), reason="the public sample payloads are not here")
@pytest.mark.parametrize("kind", ["panel_webhook", "appstore_webhook"])
def test_the_published_formula_gives_the_published_signatures(kind: str) -> None:
    told = json.loads((SHARED_PAYLOADS / "shoper" / "signature-vectors.json").read_text())
    headers = {"X-Webhook-Id": told["webhook_id"], "X-Webhook-SHA1": told[kind]["x-webhook-sha1"]}
    secret = told[kind].get("key", told[kind]["secret"])
    shoper.verify(a_request(told["raw_body"].encode(), headers), [secret])


@pytest.mark.parametrize("missing", ["X-Webhook-Id", "X-Webhook-SHA1"])
def test_a_webhook_without_its_headers_is_refused(missing: str) -> None:
    request = signed("order.create", a.an_order())
    left = {name: value for name, value in request.headers.items() if name != missing}
    with pytest.raises(SignatureError, match=missing):
        shoper.verify(a_request(request.body, left), [a.SECRET])


def test_what_is_appended_to_a_signed_body_is_never_read() -> None:
    """SHA-1 without HMAC can be extended by whoever saw a signature. The padding is no JSON."""
    extended = raw(a.an_order()) + b"\x80" + b"\x00" * 40 + b'{"order_id": "9"}'
    with pytest.raises(PayloadError):
        parsed("order.create", extended)


@pytest.mark.parametrize("given", ["", "adres", a.TOKEN[:-1], a.TOKEN + "x", "ł\ud800"])
def test_the_address_must_hold_the_token(given: str) -> None:
    shop = a_shop("https://kubek.example")
    check_address(shop, a.TOKEN)
    with pytest.raises(SignatureError, match="wracaj shop webhooks kubek"):
        check_address(shop, given)


def test_no_token_is_no_open_door() -> None:
    shop = a_shop("https://kubek.example")
    secrets = shop.secrets.model_copy(update={"address_tokens": ("", " ")})
    with pytest.raises(SignatureError):
        check_address(shop.model_copy(update={"secrets": secrets}), "")


def test_tokens_are_long_and_never_the_same() -> None:
    tokens = {new_address_token() for _ in range(100)}
    assert len(tokens) == 100
    assert min(map(len, tokens)) >= 32


# --- where to look


@pytest.mark.parametrize("topic", [topic for topic in shoper.TOPICS if topic.startswith("order.")])
def test_nothing_of_an_order_is_taken_from_its_webhook(topic: str) -> None:
    told = parsed(topic, {"order_id": 112, "email": "obcy@poczta.example", "sum": "1.00"})
    assert (told.told, told.to_read) == ((), (ToRead("order", "112", topic),))


def test_who_ordered_and_when_is_kept_to_stop_reminders_while_the_api_is_away() -> None:
    (what,) = parsed("order.create", a.an_order(registered="1")).to_read
    at = datetime(2026, 10, 14, 9, 20, tzinfo=UTC)
    shopper = Contact(email="ala.nowak@poczta.example", phone="+48601234567")
    assert what.meanwhile == OrderPlaced(at=at, order_id=None, placed_at=at, contact=shopper)


@pytest.mark.parametrize(
    "changes",
    [{"date": None}, {"date": "wczoraj"}, {"origin": "3"}, {"email": "x@allegromail.pl"}],
)
def test_an_order_without_a_date_or_of_allegro_s_stops_nothing_meanwhile(changes: Json) -> None:
    (what,) = parsed("order.create", a.an_order(**changes)).to_read
    assert what.meanwhile is None


@pytest.mark.parametrize("id_", [None, "", [], {}, True, "1" * 500, "abc", "1/2", "-1", "1.5"])
def test_an_order_without_a_number_is_refused(id_: Any) -> None:
    with pytest.raises(PayloadError, match="order_id"):
        parsed("order.create", a.an_order(order_id=id_))


@pytest.mark.parametrize(
    ("topic", "body", "kind"),
    [
        ("client.create", a.a_client(newsletter="1"), ("client", "7")),
        ("client.edit", a.a_client(newsletter="1"), ("client", "7")),
        ("subscriber.create", a.a_subscriber(), ("subscriber", "5")),
        ("subscriber.edit", a.a_subscriber(), ("subscriber", "5")),
    ],
)
def test_no_opt_in_is_taken_from_a_webhook(topic: str, body: Json, kind: tuple[str, str]) -> None:
    told = parsed(topic, body)
    assert told.told == ()
    assert told.to_read == (ToRead(*kind, topic),)


@pytest.mark.parametrize("id_", [112, "112", "0112", " 112 "])
def test_a_number_is_the_same_however_it_is_written(id_: Any) -> None:
    assert parsed("order.create", {"order_id": id_}).to_read[0].id == "112"


def test_a_subscriber_s_opt_out_without_a_number_is_kept_all_the_same() -> None:
    told = parsed("subscriber.delete", a.a_subscriber(subscriber_id=None))
    assert consents(told.told) == [(NO, None, "ala.nowak@poczta.example")]


@pytest.mark.parametrize("topic", ["client.edit", "client.delete"])
def test_a_client_s_opt_out_without_a_number_is_kept_and_told(topic: str) -> None:
    told = parsed(topic, a.a_client(user_id=None))
    assert consents(told.told) == [(NO, None, "ala.nowak@poczta.example")]
    assert told.to_read == ()
    assert [name for name, _ in told.warnings] == ["user_id"]


def test_a_client_without_a_number_and_without_an_opt_out_is_refused() -> None:
    with pytest.raises(PayloadError, match="user_id: must be a number"):
        parsed("client.create", a.a_client(user_id=None))


def test_a_topic_that_is_not_used_is_ignored_whatever_its_body() -> None:
    assert parsed("product.edit", b"\xff").told == Ignored("topic 'product.edit' is not used")


def test_a_webhook_without_a_topic_is_refused() -> None:
    with pytest.raises(PayloadError, match="X-Webhook-Name: is missing"):
        shoper.parse(a_request(raw(a.an_order())), SETTINGS)


# --- opt-outs


def test_a_client_s_opt_out_counts_at_once_for_the_account_and_for_the_address() -> None:
    told = parsed("client.edit", a.a_client(newsletter="0"))
    assert consents(told.told) == [(NO, "7", None), (NO, None, "ala.nowak@poczta.example")]
    assert all(event.at == NOW for event in told.told)  # type: ignore[union-attr]
    assert told.to_read == (ToRead("client", "7", "client.edit"),)


def test_a_guest_s_opt_out_counts_for_the_address() -> None:
    told = parsed("client.edit", a.a_client(newsletter=0, registered="0"))
    assert consents(told.told) == [(NO, None, "ala.nowak@poczta.example")]


def test_a_box_left_empty_at_the_beginning_is_no_opt_out() -> None:
    assert parsed("client.create", a.a_client(newsletter="0")).told == ()


def test_an_account_that_is_deleted_gets_no_more_mails_and_its_absence_is_looked_up() -> None:
    told = parsed("client.delete", a.a_client(newsletter="1"))
    assert consents(told.told) == [(NO, "7", None), (NO, None, "ala.nowak@poczta.example")]
    assert told.to_read == (ToRead("client", "7", "client.delete"),)


@pytest.mark.parametrize(
    ("topic", "changes"), [("subscriber.edit", {"active": "0"}), ("subscriber.delete", {})]
)
def test_a_subscriber_who_left_gets_no_more_mails(topic: str, changes: Json) -> None:
    told = parsed(topic, a.a_subscriber(**changes))
    assert consents(told.told) == [(NO, None, "ala.nowak@poczta.example")]


def test_nobody_is_asked_for_a_subscriber_who_is_gone() -> None:
    assert parsed("subscriber.delete", a.a_subscriber()).to_read == ()


@pytest.mark.parametrize("email", [None, "", "to nie adres"])
def test_an_opt_out_of_nobody_is_refused_in_words(email: str | None) -> None:
    with pytest.raises(PayloadError, match="who wants no more mails"):
        parsed("subscriber.delete", a.a_subscriber(email=email))


@pytest.mark.parametrize(
    "changes", [{"origin": "3"}, {"email": "k2x9+1a@allegromail.pl"}, {"origin": 3}]
)
def test_buyers_from_allegro_are_no_clients_of_the_shop(changes: Json) -> None:
    assert isinstance(parsed("client.create", a.a_client(**changes)).told, Ignored)


# --- codes


def test_no_code_is_created_because_nobody_knows_what_its_fields_mean() -> None:
    voucher = DiscountCode(
        code="K7DM-4XRA-PL9C", percent=10, starts_at=NOW, expires_at=NOW + timedelta(days=3)
    )
    with pytest.raises(DiscountError, match="trying again will not help"):
        shoper.create_discount(a_shop("https://kubek.example"), voucher, "c1")
