"""A webhook is answered 2xx only once what it told is on its way into the archive."""

import json

import pytest

from support.lambdas import Json, Lambdas, a_cart_body
from support.local_stack import Emulator
from wracaj.aws import archive_queue
from wracaj.settings.shop import Shop


@pytest.fixture
def shop(lambdas: Lambdas) -> Shop:
    return lambdas.register("generic")


@pytest.fixture
def queue_url(emulator: Emulator, lambdas: Lambdas) -> str:
    url: str = emulator.client("sqs").create_queue(QueueName="handlers-archive")["QueueUrl"]
    lambdas.monkeypatch.setenv("WRACAJ_ARCHIVE_QUEUE_URL", url)
    lambdas.monkeypatch.setattr(archive_queue, "_waiting", [])
    return url


def queued(emulator: Emulator, url: str) -> list[list[Json]]:
    told = emulator.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    return [json.loads(message["Body"]) for message in told.get("Messages", [])]


def test_a_cart_is_one_write_and_one_queued_message(
    emulator: Emulator, lambdas: Lambdas, shop: Shop, queue_url: str
) -> None:
    assert lambdas.post(shop, *a_cart_body("generic", "c1"))["statusCode"] == 200
    (rows,) = queued(emulator, queue_url)
    assert [row["kind"] for row in rows] == ["start", "event"]
    assert rows[1]["event"]["cart_id"] == "c1"


def test_where_the_queue_takes_nothing_the_shop_sends_it_again(
    emulator: Emulator, lambdas: Lambdas, shop: Shop, queue_url: str
) -> None:
    lambdas.monkeypatch.setenv("WRACAJ_ARCHIVE_QUEUE_URL", f"{queue_url}-gone")
    assert lambdas.post(shop, *a_cart_body("generic", "c1"))["statusCode"] == 503
    lambdas.monkeypatch.setenv("WRACAJ_ARCHIVE_QUEUE_URL", queue_url)
    assert lambdas.post(shop, *a_cart_body("generic", "c1"))["statusCode"] == 200
    events = [row for rows in queued(emulator, queue_url) for row in rows if row["kind"] == "event"]
    assert {row["event"]["cart_id"] for row in events} == {"c1"}
    assert lambdas.executions(shop) == [{"shop": shop.id, "cart_id": "c1", "episode": 1}]


def test_a_webhook_that_is_refused_leaves_nothing_in_the_archive(
    emulator: Emulator, lambdas: Lambdas, shop: Shop, queue_url: str
) -> None:
    topic, body = a_cart_body("generic", "c1")
    forged = lambdas.post(shop, topic, body, secret="whsec_" + "A" * 32)
    assert forged["statusCode"] == 401
    assert queued(emulator, queue_url) == []
