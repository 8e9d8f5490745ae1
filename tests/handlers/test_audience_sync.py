"""From the step that joins an audience over the queue to Meta, with the functions as the stack runs
them."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

import audience_sync.app
import delivery_events.app
from support.lambdas import CONTEXT, Json, Lambdas, a_cart_body, a_step, ago
from support.provider_events import queued, ses_event
from support.webhook_bodies import a_word, an_envelope
from wracaj import store
from wracaj.customers.audiences import email_hash
from wracaj.settings.shop import Shop
from wracaj_cli.local.fake_meta import FakeMeta, GraphRefusedError, serving

RESCUE = "238000111"
ALA = "ala.nowak@poczta.example"
JOINS = {"name": "join", "channel": "audience", "audience": "cart_rescue", "after_seconds": 3600}


@pytest.fixture
def meta() -> Iterator[FakeMeta]:
    with serving(
        FakeMeta(app_secret="5ecret", ads_token="EAAads", audiences={RESCUE: set()})
    ) as fake:
        yield fake


@pytest.fixture
def shop(lambdas: Lambdas, meta: FakeMeta) -> Shop:
    shop = lambdas.register(audiences={"cart_rescue": {"id": RESCUE, "graph_url": meta.url}})
    lambdas.add_secrets(shop, ads_token="EAAads", app_secret="5ecret")
    lambdas.announced()
    consent = {"email": a_word(updated_at=ago(days=1)), "audience": a_word(updated_at=ago(days=1))}
    assert (
        lambdas.post(shop, *a_cart_body("generic", "c-1", consent=consent, email=ALA))["statusCode"]
        == 200
    )
    return shop


def drain(*bodies: str, seconds: float = 60) -> list[str]:
    """Which of these announcements go back to the queue."""
    records = [{"messageId": str(number), "body": body} for number, body in enumerate(bodies)]
    context: Any = SimpleNamespace(
        aws_request_id="r", get_remaining_time_in_millis=lambda: seconds * 1000
    )
    answer = audience_sync.app.handler({"Records": records}, context)
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def joined(lambdas: Lambdas, shop: Shop, meta: FakeMeta) -> None:
    assert lambdas.step(shop.id, "c-1", JOINS)["outcome"] == "sent"
    announced = lambdas.announced()
    assert [json.loads(body) for body in announced] == [{"shop": shop.id}]
    assert drain(*announced) == []
    assert meta.audiences[RESCUE] == {(email_hash(ALA), "")}


def test_a_step_joins_and_an_order_leaves(lambdas: Lambdas, shop: Shop, meta: FakeMeta) -> None:
    joined(lambdas, shop, meta)
    body = an_envelope(
        "order.created",
        {"schema": 1, "order_id": "o-1", "cart_id": "c-1", "updated_at": ago(minutes=1)},
    )
    assert lambdas.post(shop, "order.created", body)["statusCode"] == 200
    assert drain(*lambdas.announced()) == []
    assert meta.audiences[RESCUE] == set()


def test_a_click_on_unsubscribe_leaves(lambdas: Lambdas, shop: Shop, meta: FakeMeta) -> None:
    joined(lambdas, shop, meta)
    mail = lambdas.step(shop.id, "c-1", a_step("first_email", 0))
    assert mail["outcome"] == "sent"
    link = unsubscribe_link(lambdas, shop)
    assert lambdas.link("POST", link, "List-Unsubscribe=One-Click")["statusCode"] == 200
    assert drain(*lambdas.announced()) == []
    assert meta.audiences[RESCUE] == set()


def test_a_complaint_leaves(lambdas: Lambdas, shop: Shop, meta: FakeMeta) -> None:
    joined(lambdas, shop, meta)
    assert lambdas.step(shop.id, "c-1", a_step("first_email", 0))["outcome"] == "sent"
    tags = {
        "shop": shop.id,
        "step": "first_email",
        "message": lambdas.message_id(shop.id, "c-1", "first_email"),
    }
    told = queued(ses_event("Complaint", tags, to=ALA, at=datetime.now(UTC)))
    assert delivery_events.app.handler(told, CONTEXT) == {"batchItemFailures": []}
    assert drain(*lambdas.announced()) == []
    assert meta.audiences[RESCUE] == set()


def unsubscribe_link(lambdas: Lambdas, shop: Shop) -> str:
    from wracaj.aws.link_secret import link_keys
    from wracaj.messages.links import Purpose, link

    record = lambdas.cart(shop, "c-1").record(1, "first_email")
    return link(
        "https://wracaj.example",
        link_keys().signing(record.at),
        Purpose.UNSUBSCRIBE,
        record.message_id,
        record.at,
    )


def test_the_close_of_the_timeline_leaves(lambdas: Lambdas, shop: Shop, meta: FakeMeta) -> None:
    joined(lambdas, shop, meta)
    assert lambdas.close(shop.id, "c-1")["outcome"] == "closed"
    assert drain(*lambdas.announced()) == []
    assert meta.audiences[RESCUE] == set()


def test_what_is_not_announced_goes_with_the_next_one(
    lambdas: Lambdas, shop: Shop, meta: FakeMeta
) -> None:
    lambdas.redirect("http://127.0.0.1:9", "SQS")
    assert lambdas.step(shop.id, "c-1", JOINS)["outcome"] == "sent"
    lambdas.redirect(None, "SQS")
    assert lambdas.announced() == []
    assert drain(json.dumps({"shop": shop.id})) == []
    assert len(meta.audiences[RESCUE]) == 1


def test_an_event_about_nobody_in_an_audience_announces_nothing(
    lambdas: Lambdas, shop: Shop
) -> None:
    lambdas.post(shop, *a_cart_body("generic", "c-2", email="inny@poczta.example"))
    lambdas.step(shop.id, "c-2", a_step("first_email", 0))
    assert lambdas.announced() == []


def test_a_shop_that_meta_refuses_and_one_that_is_gone_hold_up_no_other(
    lambdas: Lambdas, shop: Shop, meta: FakeMeta
) -> None:
    lambdas.step(shop.id, "c-1", JOINS)
    told: list[Json] = [{"shop": "gone"}, {"shop": shop.id}, {"shop": shop.id}]
    bodies = [*map(json.dumps, told), "no json", "[]"]
    meta.answers_next = [GraphRefusedError(190, "Invalid OAuth access token.")]
    assert drain(*bodies) == ["0", "1", "2", "3", "4"]
    assert len(store.open_store().audiences.to_tell(shop.id)) == 1
    assert drain(*bodies) == ["0", "3", "4"]
    assert len(meta.audiences[RESCUE]) == 1


def test_nothing_that_is_logged_or_queued_tells_who_it_is(
    lambdas: Lambdas, shop: Shop, meta: FakeMeta, capsys: pytest.CaptureFixture[str]
) -> None:
    lambdas.step(shop.id, "c-1", JOINS)
    (announced,) = lambdas.announced()
    meta.answers_next = [GraphRefusedError(100, f"invalid row {email_hash(ALA)}")]
    drain(announced)
    said = announced + capsys.readouterr().out
    assert ALA not in said and email_hash(ALA) not in said and "EAAads" not in said
