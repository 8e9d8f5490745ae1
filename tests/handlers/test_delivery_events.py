"""The queue of delivery events: which go back to it, which are counted, and what is never
logged."""

import io
import json
from typing import Any

import pytest

from delivery_events.app import handler
from support.lambdas import CONTEXT, Lambdas, a_cart_body, unique
from support.provider_events import DETAIL_TYPES, queued, ses_event, sms_event
from support.scripted_provider import a_provider, answers
from wracaj import store
from wracaj.settings.shop import Shop

SECRETS = ("tajna.ala", "600123123", "smtp; 550", "Twój koszyk")


def mailed(lambdas: Lambdas, email: str) -> tuple[Shop, dict[str, str]]:
    shop, cart_id = lambdas.register(), unique("koszyk")
    lambdas.post(shop, *a_cart_body("generic", cart_id, email=email))
    assert lambdas.step(shop.id, cart_id)["outcome"] == "sent"
    return shop, {
        "shop": shop.id,
        "step": "first_email",
        "message": lambdas.message_id(shop.id, cart_id, "first_email"),
    }


def failed(*events: Any) -> list[str]:
    """Which of them, numbered from 0, go back to the queue."""
    answer = handler(json.loads(json.dumps(queued(*events))), CONTEXT)
    return [one["itemIdentifier"] for one in answer["batchItemFailures"]]


def metrics_in(text: str) -> dict[str, float]:
    found = [
        json.loads(line) for line in text.splitlines() if line.startswith("{") and '"_aws"' in line
    ]
    return {name: sum(one[name]) for one in found for name in one if isinstance(one[name], list)}


def test_one_that_is_not_understood_goes_back_and_the_others_are_heard(
    lambdas: Lambdas, logged: io.StringIO
) -> None:
    email = f"{unique('tajna.ala')}@poczta.example"
    shop, tags = mailed(lambdas, email)
    broken = ses_event("Bounce", tags, to=email, bounceType="tajna.ala@poczta.example")
    assert failed(
        broken, ses_event("Bounce", tags, to=email), ses_event("Delivery", {}, to=email)
    ) == ["0"]
    target = store.open_store().message_links.target(tags["message"])
    assert target is not None
    here = store.open_store().customers.get(shop.id, target.address)
    assert here is not None and here.suppressed == {"email": "bounce"}
    counted = metrics_in(logged.getvalue())
    assert (counted["MessageBounced"], counted["DeliveryEventIgnored"]) == (1, 1)
    assert (
        "delivery event not understood" in logged.getvalue()
        and "bounce.bounceType" in logged.getvalue()
    )


@pytest.mark.parametrize("answered", [400, 500])
def test_where_the_table_does_not_answer_all_goes_back(
    lambdas: Lambdas, logged: io.StringIO, answered: int
) -> None:
    events = [
        ses_event(
            name, {"shop": "kubek", "step": "s", "message": "0" * 20}, to="tajna.ala@poczta.example"
        )
        for name in DETAIL_TYPES
    ]
    with a_provider() as refusing:
        refusing.script = [
            answers(
                answered,
                b'{"__type": "ThrottlingException", "message": "tajna.ala@poczta.example"}',
            )
        ]
        lambdas.redirect(refusing.url, "DYNAMODB")
        assert failed(*events) == [str(number) for number in range(len(events))]
        lambdas.redirect(None, "DYNAMODB")
    assert "delivery event not worked on" in logged.getvalue()
    assert not [secret for secret in SECRETS if secret in logged.getvalue()]


def test_nothing_personal_is_logged_whatever_is_told(lambdas: Lambdas, logged: io.StringIO) -> None:
    email = f"{unique('tajna.ala')}@poczta.example"
    _, tags = mailed(lambdas, email)
    events = [ses_event(name, tags, to=email) for name in DETAIL_TYPES]
    events += [
        sms_event("TEXT_INVALID", tags, to="+48600123123"),
        sms_event("TEXT_600123123", tags),
    ]
    for event in list(events):
        for part in ("detail", "context", "eventTimestamp"):
            events.append({**event, part: email})
    failed(*events, email)
    assert "delivery event not understood" in logged.getvalue()
    told = logged.getvalue().encode().decode("unicode_escape", errors="ignore") + logged.getvalue()
    assert not [secret for secret in SECRETS if secret in told]
