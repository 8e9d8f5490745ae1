"""What the release before left behind is read by this one: stored items, messages in queues, links
in mails that are sent, rows of the archive. They are in previous_release.json, which
keep_release.py wrote."""

import base64
import gzip
import json
import os
from datetime import timedelta

import pytest

import audience_sync.app
from handlers.keep_release import AT, read, stop_clock
from read_again.batch import Batch
from support.lambdas import STAGE, Lambdas, a_step
from support.webhook_bodies import a_generic_order, an_envelope
from wracaj.archive.rows import RowKind, unqueued
from wracaj.archive.sealing import opened
from wracaj.aws import shop_config
from wracaj.aws.archive_queue import unpacked
from wracaj.aws.read_again_queue import Queued
from wracaj.events import OrderPlaced
from wracaj.settings.shop import Shop, ShopSecrets
from wracaj.store import open_archive_keys, open_store

KEPT = read()


@pytest.fixture
def shop(lambdas: Lambdas, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """Its settings and all its items, as they were stored."""
    stop_clock(monkeypatch)
    dynamodb = lambdas.client("dynamodb")
    table = os.environ["WRACAJ_TABLE"]
    for item in dynamodb.scan(TableName=table)["Items"]:  # of the test before
        dynamodb.delete_item(TableName=table, Key={name: item[name] for name in ("PK", "SK")})
    for item in KEPT["items"]:
        dynamodb.put_item(TableName=table, Item=item)
    settings = shop_config.stored_settings(KEPT["settings"])
    name = shop_config.settings_name(STAGE, settings.shop)
    lambdas.client("ssm").put_parameter(
        Name=name, Value=KEPT["settings"], Type="String", Overwrite=True
    )
    vault, told = lambdas.client("secretsmanager"), shop_config.secrets_name(STAGE, settings.shop)
    try:
        vault.create_secret(Name=told, SecretString=KEPT["secrets"])
    except vault.exceptions.ResourceExistsException:
        vault.put_secret_value(SecretId=told, SecretString=KEPT["secrets"])
    return Shop(settings=settings, secrets=ShopSecrets.model_validate_json(KEPT["secrets"]))


def test_something_of_each_kind_is_kept() -> None:
    assert all(KEPT["queues"].values()) and len(KEPT["queues"]) == 4
    assert KEPT["archive"] and set(KEPT["links"]) >= {"CART", "UNSUBSCRIBE", "PREFERENCES"}
    kinds = {item["SK"]["S"].split("#")[0] for item in KEPT["items"]}
    assert kinds >= {"CART", "MESSAGE", "WHO", "LINK", "ORDER", "CONSENT", "STATE"}


@pytest.mark.parametrize(
    ("purpose", "status"), [("CART", 302), ("UNSUBSCRIBE", 200), ("PREFERENCES", 200)]
)
def test_a_link_in_a_mail_that_was_sent_still_leads_there(
    lambdas: Lambdas, shop: Shop, purpose: str, status: int
) -> None:
    letter = {"CART": "c", "UNSUBSCRIBE": "u", "PREFERENCES": "p"}[purpose]
    answer = lambdas.link("GET", f"/{letter}/{KEPT['links'][purpose]}")
    assert answer["statusCode"] == status
    assert purpose != "CART" or "kubek.example" in answer["headers"]["location"]


def test_an_opt_out_by_a_link_that_was_sent_before_counts(lambdas: Lambdas, shop: Shop) -> None:
    assert lambdas.link("POST", f"/u/{KEPT['links']['UNSUBSCRIBE']}")["statusCode"] in {200, 303}
    second = a_step("discount_email", template="cart_discount", after_hours=0)
    assert lambdas.step(shop.id, "kept-sent", second)["reason"] == "no_consent"


def test_a_message_that_was_sent_before_is_not_sent_again(lambdas: Lambdas, shop: Shop) -> None:
    answer = lambdas.step(shop.id, "kept-sent")
    assert (answer["outcome"], answer["reason"]) == ("sent", "already_sent")


def test_a_message_that_was_held_before_goes_out(
    lambdas: Lambdas, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert lambdas.step(shop.id, "kept-held")["outcome"] == "wait"
    stop_clock(monkeypatch, AT + timedelta(hours=2))
    assert lambdas.step(shop.id, "kept-held")["outcome"] == "sent"


def test_a_cart_that_waited_is_messaged_and_an_order_of_then_ends_its_timeline(
    lambdas: Lambdas, shop: Shop
) -> None:
    assert lambdas.step(shop.id, "kept-waits")["outcome"] == "sent"
    assert lambdas.step(shop.id, "kept-bought")["outcome"] == "ordered"


def test_an_order_now_finds_the_cart_of_then(lambdas: Lambdas, shop: Shop) -> None:
    at = AT.isoformat()
    order = a_generic_order(
        order_id="ZAM-now",
        cart_id=None,
        checkout_id=None,
        customer={"email": "waits@poczta.example"},
        created_at=at,
        updated_at=at,
    )
    told = an_envelope("order.created", order, timestamp=at)
    assert lambdas.post(shop, "order.created", told)["statusCode"] == 200
    assert lambdas.step(shop.id, "kept-waits")["outcome"] == "ordered"


def test_a_start_that_waited_in_its_queue_is_made(lambdas: Lambdas, shop: Shop) -> None:
    assert lambdas.drain(*KEPT["queues"]["START"]) == []
    assert [told["cart_id"] for told in lambdas.executions(shop)] == ["kept-queued"]


def test_an_order_that_waits_to_be_read_again_is_understood(lambdas: Lambdas, shop: Shop) -> None:
    (body,) = KEPT["queues"]["READ_AGAIN"]
    queued = Queued(**json.loads(body))
    assert OrderPlaced.model_validate_json(queued.meanwhile).order_id == "ZAM-again"
    batch = Batch(open_store(), lambda: 60.0)
    lambdas.forget(shop)
    record = {"messageId": "1", "body": body, "attributes": {"ApproximateReceiveCount": "1"}}
    assert batch.is_done(record)  # of a shop that is gone, there is nothing to read


def test_an_announcement_to_an_audience_is_understood() -> None:
    (body,) = KEPT["queues"]["AUDIENCE"]
    assert audience_sync.app._shop_of({"body": body}) == "kubek-kept"


def test_rows_on_their_way_into_the_archive_are_understood() -> None:
    rows = [row for body in KEPT["queues"]["ARCHIVE"] for row in unqueued(unpacked(body))]
    assert {row.kind for row in rows} >= {RowKind.START, RowKind.EVENT, RowKind.DECISION}


def test_what_lies_in_the_archive_is_opened(
    lambdas: Lambdas, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WRACAJ_ARCHIVE_KEYS", os.environ["WRACAJ_TABLE"])
    objects = [gzip.decompress(base64.b64decode(body)) for body in KEPT["archive"]]
    lines = [json.loads(line) for body in objects for line in body.splitlines()]
    names = sorted({name for line in lines for name in line.get("sealed", {})})
    keys = open_archive_keys().of(shop.id, names)
    found = [opened(line, keys) for line in lines]
    assert lines and "poczta.example" in json.dumps([line for line, _ in found], default=str)
    assert "poczta.example" not in json.dumps(lines)
