"""A Shoper shop's webhook, from its address to what came of it: queued, read again from the API,
taken."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

import read_again.app
from support import shoper_bodies as a
from support.lambdas import Json, Lambdas, unique
from support.page_carts import BASKET, STOREFRONT, a_report
from support.shoper_reading import a_shop
from support.shoper_shop import ShoperShop, a_shoper_shop
from wracaj.customers.contact import contact
from wracaj.platforms.shoper import api, api_reader
from wracaj.platforms.shoper import webhooks as shoper
from wracaj.settings.shop import Shop
from wracaj.settings.storefront import StorefrontSettings
from wracaj.store import open_store
from wracaj.store.accounts import entry_from

EMAIL = "ala.nowak@poczta.example"


@dataclass
class Desk:
    """A shop, its API, and the queue between them and us."""

    lambdas: Lambdas
    shop: Shop
    shoper: ShoperShop
    seconds_left: float = 60

    def webhook(
        self, topic: str, body: Any, token: str = a.TOKEN, secret: str = a.SECRET, **headers: str
    ) -> Json:
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        signed = shoper.sign(topic, sent, self.shop.settings, secret, datetime.now(UTC))
        asked = {"queryStringParameters": {"token": token}} if token else {}
        return self.lambdas.webhook("shoper", self.shop.id, sent, signed | headers, **asked)

    def queued(self) -> list[Json]:
        """Take all messages from the queue, as Lambda gets them."""
        told = self.lambdas.client("sqs").receive_message(
            QueueUrl=os.environ["WRACAJ_READ_AGAIN_QUEUE_URL"],
            MaxNumberOfMessages=10,
            AttributeNames=["All"],
            VisibilityTimeout=1,
        )
        return [
            {
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "body": message["Body"],
                "attributes": message["Attributes"],
            }
            for message in told.get("Messages", [])
        ]

    def drain(self, records: list[Json], times: int | None = None) -> list[str]:
        """Hand messages over, and return the ids of those that go back to the queue."""
        for record in records:
            if times:
                record["attributes"]["ApproximateReceiveCount"] = str(times)
        left = SimpleNamespace(get_remaining_time_in_millis=lambda: self.seconds_left * 1000)
        answer = read_again.app.handler({"Records": records}, left)
        failed = [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]
        for record in records:
            if record["messageId"] not in failed:
                self.lambdas.client("sqs").delete_message(
                    QueueUrl=os.environ["WRACAJ_READ_AGAIN_QUEUE_URL"],
                    ReceiptHandle=record["receiptHandle"],
                )
        return failed

    def is_ordered(self) -> bool:
        return bool(self.lambdas.cart(self.shop, "wracaj-test-cart").ordered)

    def shopper(self) -> Any:
        return open_store().customers.shopper(self.shop.id, contact("PL", emails=[EMAIL]))

    def problems(self) -> str:
        return str(open_store().webhook_problems.recent(self.shop.id))


@pytest.fixture
def desk(lambdas: Lambdas, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(api, "sleep", lambda _: None)
    monkeypatch.setattr(api_reader, "_lists", {})
    with a_shoper_shop() as found:
        found.bucket_of = 1000
        told = a_shop(found.url)
        settings = told.settings.model_copy(update={"shop": unique("kubek")})
        lambdas.put(settings, told.secrets)
        queue = lambdas.client("sqs").create_queue(QueueName=unique("read-again"))["QueueUrl"]
        monkeypatch.setenv("WRACAJ_READ_AGAIN_QUEUE_URL", queue)
        yield Desk(lambdas, told.model_copy(update={"settings": settings}), found)


@pytest.fixture
def cart(desk: Desk) -> None:
    """An open cart of the shopper, whose order is in the shop."""
    at = datetime.now(UTC)
    body = a.a_trial_cart(
        cart_id="wracaj-test-cart",
        at=(at - timedelta(minutes=30)).isoformat(),
        email=EMAIL,
    )
    assert desk.webhook("wracaj.test", body)["statusCode"] == 200
    placed_at = (at - timedelta(minutes=5)).astimezone(desk.shop.settings.zone)
    text = f"{placed_at:%Y-%m-%d %H:%M:%S}"
    desk.shoper.keep("orders", a.an_order(date=text, status_date=text))


@pytest.mark.usefixtures("cart")
def test_an_order_counts_once_the_api_told_it(desk: Desk) -> None:
    answer = desk.webhook("order.create", a.an_order(email="ktos.inny@poczta.example"))
    assert (answer["statusCode"], answer["json"]) == (200, {"status": "accepted"})
    assert not desk.is_ordered()
    assert desk.drain(desk.queued()) == []
    assert desk.is_ordered()


def test_an_order_ends_the_cart_that_a_page_reported_with_the_same_address(desk: Desk) -> None:
    told = StorefrontSettings.model_validate(STOREFRONT)
    desk.lambdas.put_settings(desk.shop.settings.model_copy(update={"storefront": told}))
    report = a_report("from-a-page", EMAIL, at=datetime.now(UTC))
    cart_id = desk.lambdas.report_cart(desk.shop.id, report)["json"]["cart_id"]
    cart = desk.lambdas.cart(desk.shop, cart_id)
    assert cart.content.recovery_url == BASKET
    assert not cart.ordered
    soon = datetime.now(desk.shop.settings.zone) + timedelta(seconds=2)
    at = f"{soon:%Y-%m-%d %H:%M:%S}"
    desk.shoper.keep("orders", a.an_order(date=at, status_date=at))
    desk.webhook("order.create", a.an_order())
    assert desk.drain(desk.queued()) == []
    assert desk.lambdas.cart(desk.shop, cart_id).ordered


@pytest.mark.usefixtures("cart")
def test_the_same_webhook_many_times_is_read_and_changes_nothing_more(desk: Desk) -> None:
    for topic in ("order.create", "order.paid", "order.status", "order.create"):
        desk.webhook(topic, a.an_order())
    records = desk.queued()
    assert len(records) == 4
    assert desk.drain(records) == []
    once = open_store().accounts.order_with_credits(desk.shop.id, "112")
    asked = [path for path in desk.shoper.asked if path.startswith("/webapi/rest/orders/")]
    assert len(asked) == 1
    desk.webhook("order.create", a.an_order())
    assert desk.drain(desk.queued()) == []
    again = open_store().accounts.order_with_credits(desk.shop.id, "112")
    assert again[1] == once[1]
    assert desk.is_ordered()


@pytest.mark.parametrize("topic", ["order.edit", "order.paid", "order.status", "order.delete"])
@pytest.mark.usefixtures("cart")
def test_an_order_whose_first_webhook_was_lost_comes_with_any_other(desk: Desk, topic: str) -> None:
    desk.webhook(topic, a.an_order())
    assert desk.drain(desk.queued()) == []
    assert desk.is_ordered()


@pytest.mark.usefixtures("cart")
def test_whatever_order_webhooks_come_in_the_order_is_what_the_api_says_last(desk: Desk) -> None:
    for topic in ("order.status", "order.create"):
        desk.webhook(topic, a.an_order())
    last, first = desk.queued()
    assert desk.drain([first]) == []
    order = desk.shoper.entries["orders"][0]
    later = f"{datetime.now(desk.shop.settings.zone):%Y-%m-%d %H:%M:%S}"
    desk.shoper.keep("orders", order | {"status_id": "8", "status_date": later})
    assert desk.drain([last]) == []
    told = open_store().accounts.order_with_credits(desk.shop.id, "112")[0]
    assert entry_from(told).state.cancelled  # type: ignore[union-attr]
    assert desk.is_ordered()  # a cart that was ordered is not reminded of again


@pytest.mark.usefixtures("cart")
def test_an_old_webhook_that_is_sent_again_later_stops_no_cart_since(desk: Desk) -> None:
    """Whoever captured a webhook may send it for ever: it only makes us look at that order."""
    long_ago = "2026-01-02 10:00:00"
    desk.shoper.keep("orders", a.an_order(date=long_ago, status_date=long_ago))
    desk.webhook("order.create", a.an_order())
    assert desk.drain(desk.queued()) == []
    assert not desk.is_ordered()


@pytest.mark.usefixtures("cart")
def test_a_message_in_the_queue_says_who_ordered_and_when_and_nothing_else(desk: Desk) -> None:
    desk.webhook("order.create", a.an_order(email=EMAIL))
    desk.webhook("client.create", a.a_client())
    first, second = sorted((record["body"] for record in desk.queued()), key=len, reverse=True)
    assert EMAIL in first
    assert "112.99" not in first
    assert "Nowak" not in first
    assert EMAIL not in second


# --- forged


@pytest.mark.parametrize(
    "how",
    [
        {"token": ""},
        {"token": "another"},
        {"secret": "another"},
        {"X-Webhook-Id": "77"},
        {"X-Webhook-SHA1": "0" * 40},
    ],
    ids=str,
)
@pytest.mark.usefixtures("cart")
def test_a_forged_webhook_is_refused_and_asks_nobody(desk: Desk, how: dict[str, str]) -> None:
    assert desk.webhook("order.create", a.an_order(), **how)["statusCode"] == 401
    assert desk.queued() == []
    assert not desk.is_ordered()


@pytest.mark.usefixtures("cart")
def test_a_refusal_tells_neither_token_nor_secret(desk: Desk, logged: Any) -> None:
    answer = desk.webhook("order.create", a.an_order(), token=a.TOKEN + "x")
    for text in (json.dumps(answer), logged.getvalue(), desk.problems()):
        assert a.TOKEN not in text
        assert a.SECRET not in text
    assert "the token in the webhook's address is missing or wrong" in desk.problems()


@pytest.mark.usefixtures("cart")
def test_an_order_that_the_api_does_not_know_changes_nothing(desk: Desk) -> None:
    """Signed or not: nobody but the API says that there is an order."""
    desk.webhook("order.create", a.an_order(order_id="666", email=EMAIL))
    records = desk.queued()
    assert desk.drain(records, times=1) == [records[0]["messageId"]]  # perhaps in a minute
    assert desk.drain(records, times=4) == []
    assert not desk.is_ordered()
    assert open_store().accounts.order_with_credits(desk.shop.id, "666")[0] == {}
    assert "knows no order" in desk.problems()


@pytest.mark.parametrize("topic", sorted(a.BODIES))
def test_whatever_is_signed_gets_an_answer_and_is_never_a_fault(desk: Desk, topic: str) -> None:
    garbage: list[Any] = [
        None,
        True,
        -1,
        10**25,
        1.5,
        "",
        "ł\x00",
        "9" * 400,
        [],
        [None],
        {"a": [{}]},
    ]
    for name in a.BODIES[topic]:
        for number, value in enumerate(garbage):
            if (len(name) + number) % 4 == 0:  # some of all pairs: each is a request or two
                answer = desk.webhook(topic, a.BODIES[topic] | {name: value})
                assert answer["statusCode"] in {200, 422}, (name, value)


@pytest.mark.parametrize("body", [b"", b'{"order_id": "11', b"[]", b"\xff\xfe{}"])
def test_a_body_that_is_none_is_refused(desk: Desk, body: bytes) -> None:
    assert desk.webhook("order.create", body)["statusCode"] == 422
    assert desk.queued() == []


def test_a_body_that_is_too_large_is_refused(desk: Desk) -> None:
    assert desk.webhook("order.create", b" " * (1024 * 1024 + 1))["statusCode"] == 413


def test_letters_that_are_not_utf_8_do_not_cost_the_order(desk: Desk) -> None:
    desk.shoper.keep("orders", a.an_order())
    body = '{"order_id": "112", "notes": "żółć"}'.encode("cp1250")
    assert desk.webhook("order.create", body)["statusCode"] == 200
    assert desk.drain(desk.queued()) == []
    assert open_store().accounts.order_with_credits(desk.shop.id, "112")[0]


def test_the_token_alone_is_enough_where_the_settings_say_so(desk: Desk) -> None:
    lenient = desk.shop.settings.shoper.model_copy(update={"check_signature": False})
    desk.lambdas.put_settings(desk.shop.settings.model_copy(update={"shoper": lenient}))
    assert desk.webhook("order.create", a.an_order(), secret="another")["statusCode"] == 200
    assert desk.webhook("order.create", a.an_order(), token="")["statusCode"] == 401


def test_our_test_event_is_believed_only_where_it_is_signed(desk: Desk) -> None:
    lenient = desk.shop.settings.shoper.model_copy(update={"check_signature": False})
    desk.lambdas.put_settings(desk.shop.settings.model_copy(update={"shoper": lenient}))
    cart = {"cart_id": "somebody-made-it-up", "email": "ania@poczta.example", "agrees": True}
    assert desk.webhook("wracaj.test", cart, secret="another")["statusCode"] == 401
    assert desk.webhook("wracaj.test", cart)["statusCode"] != 401


# --- the API is away


@pytest.mark.parametrize("status", [429, 500, 503, 401, 403])
@pytest.mark.usefixtures("cart")
def test_what_the_api_did_not_answer_is_kept_and_read_later(desk: Desk, status: int) -> None:
    assert desk.webhook("order.create", a.an_order())["statusCode"] == 200
    records = desk.queued()
    desk.shoper.answers = [status]
    assert desk.drain(records) == [records[0]["messageId"]]
    assert str(status) in desk.problems()
    assert open_store().accounts.order_with_credits(desk.shop.id, "112")[0] == {}
    assert desk.drain(records) == []
    assert open_store().accounts.order_with_credits(desk.shop.id, "112")[0] != {}


def reported_today(desk: Desk, **changes: Any) -> Json:
    """The order's webhook, with the date that the API has."""
    return a.an_order(date=desk.shoper.entries["orders"][0]["date"], email=EMAIL) | changes


@pytest.mark.parametrize("status", [429, 503, 401])
@pytest.mark.usefixtures("cart")
def test_while_the_api_is_away_an_order_stops_its_shopper_s_reminders_and_nothing_else(
    desk: Desk, status: int
) -> None:
    desk.webhook("order.create", reported_today(desk, registered="1", user_id="7"))
    desk.shoper.answers = [status]
    desk.drain(desk.queued())
    assert desk.is_ordered()
    assert open_store().accounts.order_with_credits(desk.shop.id, "112")[0] == {}
    account = open_store().customers.shopper(desk.shop.id, contact("PL", platform_id="7"))
    assert account is None or account.last_order_at is None


@pytest.mark.parametrize(
    "changes",
    [
        {"date": "2026-01-02 10:00:00"},
        {"date": None},
        {"email": "ktos.inny@poczta.example", "billing_address": None},
        {"origin": "3"},
    ],
    ids=str,
)
@pytest.mark.usefixtures("cart")
def test_an_old_order_or_another_s_stops_nothing_meanwhile(desk: Desk, changes: Json) -> None:
    desk.webhook("order.create", reported_today(desk, **changes))
    desk.shoper.answers = [503]
    desk.drain(desk.queued())
    assert not desk.is_ordered()


@pytest.mark.usefixtures("cart")
def test_an_order_that_cannot_be_read_stops_its_shopper_s_reminders_too(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.webhook("order.create", reported_today(desk))
    monkeypatch.setattr("read_again.batch.Batch._take", _fails)
    assert len(desk.drain(desk.queued())) == 1
    assert desk.is_ordered()


def _fails(*_: Any) -> None:
    raise RuntimeError("a fault of ours")


@pytest.mark.usefixtures("cart")
def test_what_the_token_may_not_read_holds_no_order_back(desk: Desk) -> None:
    desk.shoper.keep("orders", a.an_order())
    desk.webhook("subscriber.create", a.a_subscriber())
    desk.webhook("order.create", a.an_order())
    desk.shoper.answers = [403]
    assert desk.drain(desk.queued()) == []
    assert "403" in desk.problems()
    assert open_store().accounts.order_with_credits(desk.shop.id, "112")[0] != {}


@pytest.mark.usefixtures("cart")
def test_what_was_stopped_meanwhile_is_not_archived_a_hundred_times(desk: Desk) -> None:
    desk.webhook("order.create", reported_today(desk))
    desk.shoper.answers = [503]
    desk.drain(desk.queued(), times=6)
    assert not desk.is_ordered()


@pytest.mark.usefixtures("cart")
def test_a_shop_that_gave_no_answer_is_left_alone_for_the_rest_of_the_batch(desk: Desk) -> None:
    for number in (112, 113, 114):
        desk.webhook("order.create", a.an_order(order_id=str(number)))
    desk.shoper.answers = [429]
    desk.shoper.asked.clear()
    records = desk.queued()
    assert desk.drain(records) == [record["messageId"] for record in records]
    assert len(desk.shoper.asked) == 1


@pytest.mark.parametrize(
    ("times", "asked_for", "waits"),
    [(1, "3", 15), (1, "120", 120), (3, "3", 60), (40, "3", 900), (1, "99999", 900)],
)
def test_a_message_rests_as_long_as_the_shop_asks_or_longer_each_time(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, times: int, asked_for: str, waits: int
) -> None:
    rested: list[int] = []
    monkeypatch.setattr(
        "read_again.batch.try_again_later", lambda _, seconds: rested.append(seconds)
    )
    desk.webhook("order.create", a.an_order())
    desk.shoper.answers, desk.shoper.retry_after = [429], asked_for
    desk.drain(desk.queued(), times=times)
    assert rested == [waits]


def test_what_has_no_time_left_waits_for_the_next_batch(desk: Desk) -> None:
    desk.webhook("order.create", a.an_order())
    desk.seconds_left = 10
    records = desk.queued()
    assert desk.drain(records) == [records[0]["messageId"]]
    assert desk.shoper.asked == []


def test_a_shop_that_is_gone_is_not_asked_for_a_day(desk: Desk) -> None:
    desk.webhook("order.create", a.an_order())
    desk.lambdas.forget(desk.shop)
    assert desk.drain(desk.queued()) == []


def test_a_message_that_is_none_of_ours_ends_among_the_dead_letters(desk: Desk) -> None:
    record = {"messageId": "1", "receiptHandle": "r", "body": "{}", "attributes": {}}
    assert desk.drain([record]) == ["1"]


# --- consents


def test_an_opt_out_counts_before_anybody_is_asked(desk: Desk) -> None:
    desk.shoper.keep("subscribers", a.a_subscriber())
    desk.webhook("subscriber.create", a.a_subscriber())
    desk.drain(desk.queued())
    assert "subscribed" in str(desk.shopper().at("email", EMAIL).consent)
    desk.shoper.answers = [503] * 9
    assert desk.webhook("subscriber.delete", a.a_subscriber())["statusCode"] == 200
    assert "unsubscribed" in str(desk.shopper().at("email", EMAIL).consent)


def test_an_opt_in_that_the_api_does_not_confirm_is_none(desk: Desk) -> None:
    desk.shoper.keep("subscribers", a.a_subscriber(active="0"))
    desk.webhook("subscriber.create", a.a_subscriber(active="1"))
    assert desk.drain(desk.queued()) == []
    assert "subscribed" not in str(desk.shopper())


def test_an_order_of_allegro_leaves_no_trace_of_its_buyer(desk: Desk) -> None:
    desk.shoper.keep("orders", a.an_order(origin="3"))
    desk.webhook("order.create", a.an_order(origin="3"))
    assert desk.drain(desk.queued()) == []
    assert open_store().accounts.order_with_credits(desk.shop.id, "112")[0] == {}
    assert desk.shopper().last_order_at is None


def test_a_deleted_account_is_erased(desk: Desk) -> None:
    desk.shoper.keep("users", a.a_client())
    desk.webhook("client.create", a.a_client())
    desk.drain(desk.queued())
    account = contact("PL", platform_id="7")
    known = open_store().customers.shopper(desk.shop.id, account)
    assert known is not None
    assert known.record.email == EMAIL
    desk.shoper.drop("users", "7")
    desk.webhook("client.delete", a.a_client())
    assert desk.drain(desk.queued()) == []
    gone = open_store().customers.shopper(desk.shop.id, account)
    assert gone is None or gone.record.email is None
