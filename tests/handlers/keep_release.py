"""Records what this release leaves behind: stored items, messages in queues, links in mails, rows
of the archive. `make keep-release` runs it, and test_previous_release.py reads what it wrote.

It is not collected as a test, since its name does not begin with test_.
"""

import base64
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

import archive_writer.app
from support.lambdas import CONTEXT, Lambdas, a_cart_body, a_step
from support.scripted_provider import a_provider, answers
from support.webhook_bodies import a_generic_order, an_envelope
from wracaj import clock
from wracaj.aws import archive_queue, shop_config
from wracaj.aws.read_again_queue import Queued, read_later
from wracaj.customers.contact import contact
from wracaj.events import OrderPlaced
from wracaj.messages.links import Purpose, make_token
from wracaj.services.announce_audiences import announce
from wracaj.settings.shop import Shop
from wracaj.store import open_store

FILE = Path(__file__).with_name("previous_release.json")
AT = datetime(2026, 11, 30, 10, tzinfo=UTC)
KEY = b"k" * 64


def stop_clock(monkeypatch: pytest.MonkeyPatch, at: datetime = AT) -> None:
    monkeypatch.setenv(clock.STARTED_AT, at.isoformat())
    monkeypatch.setenv(clock.SPEED, "0")


def in_base64(value: bytes) -> dict[str, str]:
    return {"base64": base64.b64encode(value).decode()}


def read() -> dict[str, Any]:
    """What the release before wrote."""

    def bytes_again(told: dict[str, Any]) -> Any:
        return base64.b64decode(told["base64"]) if set(told) == {"base64"} else told

    kept: dict[str, Any] = json.loads(FILE.read_text(), object_hook=bytes_again)
    return kept


def ago(**how_long: float) -> str:
    return (AT - timedelta(**how_long)).isoformat()


@pytest.fixture
def queues(lambdas: Lambdas, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """Queues of its own."""
    stop_clock(monkeypatch)
    urls = {
        name: lambdas.client("sqs").create_queue(QueueName=f"kept-{name}")["QueueUrl"]
        for name in ("START", "READ_AGAIN", "ARCHIVE", "AUDIENCE")
    }
    for name, url in urls.items():
        monkeypatch.setenv(f"WRACAJ_{name}_QUEUE_URL", url)
    monkeypatch.setattr(archive_queue, "_waiting", [])
    lambdas.client("s3").create_bucket(
        Bucket="kept", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    monkeypatch.setenv("WRACAJ_ARCHIVE_BUCKET", "kept")
    monkeypatch.setenv("WRACAJ_ARCHIVE_KEYS", os.environ["WRACAJ_TABLE"])
    yield urls


def carts(lambdas: Lambdas, shop: Shop) -> None:
    """One was messaged, one is held, one waits, one was ordered."""
    for name, hours in (("sent", 4), ("held", 2), ("waits", 4), ("bought", 4)):
        body = a_cart_body(
            "generic",
            f"kept-{name}",
            at=ago(hours=hours),
            created_at=ago(hours=5),
            email=f"{name}@poczta.example",
        )
        assert lambdas.post(shop, *body)["statusCode"] == 200
    assert lambdas.step(shop.id, "kept-sent", a_step())["outcome"] == "sent"
    assert lambdas.step(shop.id, "kept-held", a_step())["outcome"] == "wait"
    order = a_generic_order(
        order_id="ZAM-kept",
        cart_id="kept-bought",
        checkout_id=None,
        customer={"email": "bought@poczta.example"},
        created_at=ago(hours=1),
        updated_at=ago(hours=1),
    )
    told = an_envelope("order.created", order, timestamp=ago(hours=1))
    assert lambdas.post(shop, "order.created", told)["statusCode"] == 200


def a_start_that_waits(lambdas: Lambdas, shop: Shop) -> None:
    body = a_cart_body(
        "generic",
        "kept-queued",
        at=ago(hours=4),
        created_at=ago(hours=5),
        email="queued@poczta.example",
    )
    with a_provider() as throttling:
        throttling.script = [answers(400, b'{"__type": "ThrottlingException"}')] * 5
        lambdas.redirect(throttling.url, "SFN")
        assert lambdas.post(shop, *body)["statusCode"] == 200
        lambdas.redirect(None, "SFN")


def an_order_to_read_again(shop: Shop) -> None:
    to = contact("PL", emails=["sent@poczta.example"])
    order = OrderPlaced(at=AT, placed_at=AT, order_id="ZAM-again", contact=to)
    read_later(
        Queued(shop.id, "order", "17", "order.created", AT.isoformat(), order.model_dump_json())
    )


def taken(lambdas: Lambdas, url: str) -> list[str]:
    found: list[str] = []
    while some := lambdas._taken_from(url):
        found += some
    return found


def written(lambdas: Lambdas, bodies: list[str]) -> list[str]:
    """Objects of the archive, in base64."""
    records = [{"messageId": str(number), "body": body} for number, body in enumerate(bodies)]
    told = archive_writer.app.handler({"Records": records}, CONTEXT)
    assert told == {"batchItemFailures": []}
    s3 = lambdas.client("s3")
    names = [one["Key"] for one in s3.list_objects_v2(Bucket="kept")["Contents"]]
    objects = [s3.get_object(Bucket="kept", Key=name)["Body"].read() for name in names]
    return [base64.b64encode(body).decode() for body in objects]


def test_keep(lambdas: Lambdas, queues: dict[str, str]) -> None:
    shop = lambdas.register(shop="kubek-kept")
    carts(lambdas, shop)
    a_start_that_waits(lambdas, shop)
    an_order_to_read_again(shop)
    store = open_store()
    store.audiences.table.unannounced.add(shop.id)
    announce(store)
    bodies = {name: taken(lambdas, url) for name, url in queues.items()}
    assert all(bodies[name] for name in queues), bodies
    message = lambdas.message_id(shop.id, "kept-sent", "first_email")
    links = {purpose.name: make_token(KEY, purpose, message, AT) for purpose in Purpose}
    objects = written(lambdas, bodies["ARCHIVE"])
    table = lambdas.client("dynamodb").scan(TableName=os.environ["WRACAJ_TABLE"])["Items"]
    settings = shop_config.settings_name(os.environ["WRACAJ_STAGE"], shop.id)
    kept = {
        "release": version("wracaj"),
        "at": AT.isoformat(),
        "settings": lambdas.client("ssm").get_parameter(Name=settings)["Parameter"]["Value"],
        "secrets": shop.secrets.model_dump_json(),
        "queues": bodies,
        "links": links,
        "archive": objects,
        "items": table,
    }
    text = json.dumps(kept, ensure_ascii=False, indent=1, sort_keys=True, default=in_base64)
    FILE.write_text(text + "\n")
