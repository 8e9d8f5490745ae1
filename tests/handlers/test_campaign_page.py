"""A page of a campaign, called as its dispatch calls it, with the real settings, kill switch, queue
and Step Functions."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

import campaign_page.app
import reminder_step.app
from handlers.conftest import SLEEPS
from support.builders import an_order, yes
from support.lambdas import CONTEXT, STAGE, Json, Lambdas, unique
from support.scenes import Scene
from support.scripted_provider import a_provider, answers
from wracaj import store
from wracaj.aws import shop_config
from wracaj.aws.step_functions import machine_arn
from wracaj.consent.channel import Channel
from wracaj.errors import StepFailedError, UnavailableError
from wracaj.events import ConsentChanged, Contact
from wracaj.settings.shop import Shop
from wracaj.timelines.campaign import Campaign

NOW = datetime.now(UTC)
THROTTLED = answers(400, b'{"__type": "ThrottlingException", "message": "slow down"}')
BROKEN = answers(500, b'{"__type": "InternalServerError"}')


@pytest.fixture
def shop(lambdas: Lambdas) -> Shop:
    """With one customer, and a campaign that has begun."""
    shop = lambdas.register()
    scene, who, before = (
        Scene(store.open_store(), shop),
        Contact(email=f"{unique('ala')}@poczta.example"),
        NOW - timedelta(days=9),
    )
    scene.take(an_order(contact=who, placed_at=before, total=Decimal(99)))
    scene.take(ConsentChanged(at=before, contact=who, channel=Channel.EMAIL, consent=yes(before)))
    told = {
        "id": "winter_2026",
        "template": "campaign_season",
        "rate": 60,
        "begins_at": NOW,
        "until": NOW + timedelta(days=1),
    }
    store.open_store().campaigns.create(shop.id, Campaign.model_validate(told), 1, NOW)
    return shop


def page(shop_id: str, campaign: str = "winter_2026") -> Json:
    answer: Json = campaign_page.app.handler({"shop": shop_id, "campaign": campaign}, CONTEXT)
    json.dumps(answer)
    return answer


def inputs(lambdas: Lambdas, shop: Shop) -> list[Any]:
    machines = lambdas.client("stepfunctions")
    machine = machines.create_state_machine(
        name=machine_arn("campaign").rpartition(":")[2],
        definition=json.dumps(SLEEPS),
        roleArn="arn:aws:iam::000000000000:role/any",
    )["stateMachineArn"]
    pages = machines.get_paginator("list_executions").paginate(stateMachineArn=machine)
    runs = [run for page in pages for run in page["executions"]]
    told = [
        json.loads(machines.describe_execution(executionArn=run["executionArn"])["input"])
        for run in runs
    ]
    return [one for one in told if one["shop"] == shop.id]


def test_a_page_starts_the_messages_and_says_that_it_was_the_last(
    lambdas: Lambdas, shop: Shop
) -> None:
    assert inputs(lambdas, shop) == []
    told = page(shop.id)
    assert (told["outcome"], told["asked"]) == ("through", 1)
    assert 55 <= told["wait_seconds"] <= 60  # a busy machine may need some seconds of the minute
    (told,) = inputs(lambdas, shop)
    message = {
        "name": "winter_2026",
        "channel": "email",
        "template": "campaign_season",
        "discount": None,
    }
    assert told == {"shop": shop.id, "cart_id": told["cart_id"], "episode": 1, "message": message}
    assert page(shop.id)["outcome"] == "through"
    assert len(inputs(lambdas, shop)) == 1


def test_a_start_that_is_throttled_is_queued_with_what_it_sends_and_drained(
    lambdas: Lambdas, shop: Shop
) -> None:
    inputs(lambdas, shop)  # makes the machine
    with a_provider() as provider:
        provider.script = [THROTTLED]
        lambdas.redirect(provider.url, "SFN")
        assert page(shop.id)["asked"] == 1
        lambdas.redirect(None, "SFN")
    (queued,) = lambdas.queued(shop)
    assert json.loads(queued)["message"]["template"] == "campaign_season"
    assert lambdas.drain(queued, queued) == []
    assert [told["message"]["name"] for told in inputs(lambdas, shop)] == ["winter_2026"]


def test_a_campaign_of_a_shop_that_was_removed_is_stopped(lambdas: Lambdas, shop: Shop) -> None:
    lambdas.forget(shop)
    assert page(shop.id)["outcome"] == "stopped"


def test_a_campaign_that_there_is_not_is_stopped(lambdas: Lambdas, shop: Shop) -> None:
    assert page(shop.id, "summer_2027")["outcome"] == "stopped"


def test_while_the_switch_is_off_nobody_is_asked_and_nobody_is_lost(
    lambdas: Lambdas, shop: Shop
) -> None:
    inputs(lambdas, shop)
    lambdas.switch("off")
    try:
        assert page(shop.id) == {"outcome": "more", "wait_seconds": 300, "asked": 0}
    finally:
        lambdas.switch("on")
    assert page(shop.id)["asked"] == 1


def test_a_service_that_does_not_answer_is_told_by_a_name_that_the_machine_retries(
    lambdas: Lambdas, shop: Shop
) -> None:
    with a_provider() as provider:
        provider.script = [BROKEN] * 9
        lambdas.redirect(provider.url, "DYNAMODB")
        with pytest.raises(UnavailableError):
            page(shop.id)


def test_what_breaks_says_where_and_nothing_of_what_it_worked_on(
    lambdas: Lambdas, shop: Shop
) -> None:
    name = shop_config.settings_name(STAGE, shop.id)
    lambdas.client("ssm").put_parameter(
        Name=name, Value='{"name": "anna@poczta.example"}', Type="String", Overwrite=True
    )
    with pytest.raises(StepFailedError) as failed:
        page(shop.id)
    assert str(failed.value).startswith("ValidationError at ") and "anna" not in str(failed.value)


def test_a_payload_that_is_none_is_told_by_its_field(lambdas: Lambdas) -> None:
    with pytest.raises(ValidationError):
        campaign_page.app.handler({"shop": "kubek"}, CONTEXT)


@pytest.mark.parametrize(
    ("template", "channel", "missing"),
    [
        ("campaign_season", "email", []),
        ("campaign_easter", "sms", ["pl/campaign_easter.sms.j2", "en/campaign_easter.sms.j2"]),
        ("campaign_season", "sms", ["pl/campaign_season.sms.j2", "en/campaign_season.sms.j2"]),
    ],
)
def test_the_step_says_which_texts_it_was_deployed_without(
    lambdas: Lambdas, template: str, channel: str, missing: list[str]
) -> None:
    assert reminder_step.app.handler({"template": template, "channel": channel}, CONTEXT) == {
        "missing": missing
    }
