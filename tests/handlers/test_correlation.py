"""One id from the webhook to what became of the message: `execution` in the logs of every function,
which is the name of the execution in the logs of Step Functions, too."""

import io
import json
from datetime import timedelta
from typing import Any

import pytest

import delivery_events.app
import reminder_step.app
from support.lambdas import CONTEXT, Lambdas, a_cart_body, a_step, unique
from support.provider_events import queued, ses_event
from support.scripted_provider import a_provider, answers
from wracaj import clock
from wracaj.aws import step_functions
from wracaj.aws.observability import logger
from wracaj.aws.step_functions import execution_name
from wracaj.settings.shop import Shop

Line = dict[str, Any]


@pytest.fixture(autouse=True)
def every_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logger._logger, "level", 20)


def lines(logged: io.StringIO) -> list[Line]:
    """What a query in Logs Insights would read."""
    told = (line for line in logged.getvalue().splitlines() if line.startswith("{"))
    return [line for line in map(json.loads, told) if "message" in line]


def execution_of(lambdas: Lambdas, shop: Shop, cart_id: str) -> str:
    return execution_name(shop.id, cart_id, lambdas._number(shop.id, cart_id, 1))


def heard(tags: dict[str, str], email: str) -> None:
    event = queued(ses_event("Delivery", tags, to=email))
    delivery_events.app.handler(json.loads(json.dumps(event)), CONTEXT)


def test_one_query_finds_all_of_a_timeline_from_webhook_to_delivery(
    lambdas: Lambdas, logged: io.StringIO
) -> None:
    shop, cart_id, other = lambdas.register(), unique("koszyk"), unique("inny")
    email = f"{unique('ala')}@poczta.example"
    lambdas.post(shop, *a_cart_body("generic", cart_id, email=email))
    lambdas.post(shop, *a_cart_body("generic", other, email=f"{unique('ola')}@poczta.example"))
    assert lambdas.step(shop.id, cart_id)["outcome"] == "sent"
    message = lambdas.message_id(shop.id, cart_id, "first_email")
    heard({"shop": shop.id, "step": "first_email", "message": message}, email)
    lambdas.close(shop.id, cart_id)
    execution = execution_of(lambdas, shop, cart_id)
    found = [line for line in lines(logged) if line.get("execution") == execution]
    assert [line["message"] for line in found] == [
        "timeline started",
        "step taken",
        "delivery event",
        "step taken",
    ]
    assert [line.get("message_id") for line in found[1:3]] == [message, message]
    assert found[0]["correlation_id"] == "r"  # the request, as the API's own log names it
    shown = json.dumps(found)
    assert cart_id not in shown and email not in shown


def test_a_start_that_has_to_wait_is_found_by_it_and_so_is_its_start_later(
    lambdas: Lambdas, logged: io.StringIO
) -> None:
    shop, cart_id = lambdas.register(), unique("koszyk")
    body = a_cart_body("generic", cart_id, email=f"{unique('ala')}@poczta.example")
    with a_provider() as throttling:
        throttling.script = [answers(400, b'{"__type": "ThrottlingException"}')] * 5
        lambdas.redirect(throttling.url, "SFN")
        lambdas.post(shop, *body)
        lambdas.redirect(None, "SFN")
    assert lambdas.drain(*lambdas.queued(shop)) == []
    execution = execution_of(lambdas, shop, cart_id)
    found = [line["message"] for line in lines(logged) if line.get("execution") == execution]
    assert found == ["timeline waits to be started", "timeline started"]


def test_a_part_after_a_long_wait_is_found_by_the_timeline_and_by_its_own_execution(
    lambdas: Lambdas, logged: io.StringIO
) -> None:
    shop, cart_id = lambdas.register(), unique("koszyk")
    lambdas.post(shop, *a_cart_body("generic", cart_id, email=f"{unique('ala')}@poczta.example"))
    number, timeline = lambdas._number(shop.id, cart_id, 1), "abandoned_cart"
    at = (clock.now() + timedelta(hours=2)).isoformat()
    resume = {"part": 2, "step": "first_email", "timings": {}, "at": at}
    step_functions.start_now(shop.id, cart_id, number, timeline, resume=resume)
    event = {"shop": shop.id, "timeline": timeline, "cart_id": cart_id, "episode": number}
    reminder_step.app.handler(event | {"step": a_step(), "part": 2}, CONTEXT)
    lambdas.post(shop, "cart.updated", b"{}")
    first, second = (execution_name(shop.id, cart_id, number, part) for part in (1, 2))
    found = [line for line in lines(logged) if line.get("execution") == first]
    assert [(line["message"], line.get("part_execution")) for line in found] == [
        ("timeline started", None),
        ("timeline started", second),
        ("step taken", second),
    ]
    assert (
        second
        == lambdas.client("stepfunctions").describe_execution(
            executionArn=step_functions.machine_arn(timeline).replace("stateMachine", "execution")
            + f":{second}"
        )["name"]
    )


def test_an_invocation_does_not_carry_the_timeline_of_the_one_before(
    lambdas: Lambdas, logged: io.StringIO
) -> None:
    shop, cart_id = lambdas.register(), unique("koszyk")
    lambdas.post(shop, *a_cart_body("generic", cart_id, email=f"{unique('ala')}@poczta.example"))
    lambdas.step(shop.id, cart_id)
    lambdas.post(shop, "cart.updated", b"{}")
    refused = [line for line in lines(logged) if line["message"] == "webhook not understood"]
    assert refused and not [line for line in refused if "execution" in line]
