"""One task of the daily search, called as its state machine calls it."""

import json
from typing import Any

import pytest

import daily_occasions.app
from support.lambdas import CONTEXT, Lambdas, unique
from support.local_stack import free_port
from support.scripted_provider import a_provider, answers
from wracaj import store
from wracaj.clock import now
from wracaj.errors import StepFailedError, UnavailableError, UnknownShopError
from wracaj.events import Contact
from wracaj.settings.shop import Shop
from wracaj.store.customer_keys import who_key

PROGRAMME = {"currency": "PLN", "margin_percent": 40, "birthday": {"percent": 10}}
SLEEPS = {
    "StartAt": "Sleep",
    "States": {"Sleep": {"Type": "Wait", "Seconds": 100_000, "End": True}},
}


def ask(**task: Any) -> Any:
    context: Any = CONTEXT
    return daily_occasions.app.handler(task, context)


@pytest.fixture
def machine(lambdas: Lambdas) -> str:
    made = lambdas.client("stepfunctions").create_state_machine(
        name="handlers-birthday",
        definition=json.dumps(SLEEPS),
        roleArn="arn:aws:iam::000000000000:role/any",
    )
    arn: str = made["stateMachineArn"]
    return arn


@pytest.fixture
def shop(lambdas: Lambdas) -> Shop:
    return lambdas.register(loyalty=PROGRAMME, timelines=["birthday"])


def born_on(shop: Shop, day: str) -> str:
    """The e-mail of a customer whose birthday it is."""
    email = f"{unique('ala')}@poczta.example"
    version = f"{now().isoformat()}#x"
    customers = store.open_store().customers
    customers.amend(
        shop.id, Contact(email=email), lambda known: known.changed(known.owner.born(day, version))
    )
    return email


def parts_of(shop: Shop) -> tuple[str, list[Any]]:
    """Of whatever day it is now: its first customer is born then."""
    empty = ask(task="plan", shop=shop.id)
    day: str = empty["searched"]["birthday"]
    assert empty["parts"] == []
    email = born_on(shop, day[5:])
    return email, ask(task="plan", shop=shop.id)["parts"]


def test_the_tasks_of_a_day_begin_a_timeline_with_ids_only(
    lambdas: Lambdas, shop: Shop, machine: str
) -> None:
    assert shop.id in ask(task="shops")["shops"]
    email, (part,) = parts_of(shop)
    for _ in range(2):
        left = ask(task="begin", shop=shop.id, part=part)
    assert left["after"] == ""
    executions = lambdas.client("stepfunctions").list_executions(stateMachineArn=machine)[
        "executions"
    ]
    described = [
        lambdas.client("stepfunctions").describe_execution(executionArn=one["executionArn"])
        for one in executions
    ]
    (started,) = [
        told for one in described if (told := json.loads(one["input"]))["shop"] == shop.id
    ]
    assert set(started) == {"shop", "cart_id", "episode"} and email not in str(started)
    assert ask(task="done", shop=shop.id, searched={"birthday": part["on"]}) is None
    assert ask(task="plan", shop=shop.id)["parts"] == []


def test_a_throttled_start_is_queued_and_the_search_goes_on(lambdas: Lambdas, shop: Shop) -> None:
    email, (part,) = parts_of(shop)
    with a_provider() as provider:
        busy = answers(
            400, b'{"__type": "ThrottlingException"}', Content_Type="application/x-amz-json-1.0"
        )
        provider.script = [busy] * 10
        lambdas.redirect(provider.url, "SFN")
        assert ask(task="begin", shop=shop.id, part=part)["after"] == ""
    (queued,) = lambdas.queued(shop)
    assert json.loads(queued)["timeline"] == "birthday"
    (customer,) = store.open_store().customers.behind(shop.id, Contact(email=email))
    assert store.open_store().carts.any_started(
        shop.id, store.open_store().pointers.all_of(shop.id, customer.id)
    )


def test_a_service_that_does_not_answer_is_told_by_a_name_that_is_tried_again(
    lambdas: Lambdas, shop: Shop
) -> None:
    lambdas.redirect(f"http://127.0.0.1:{free_port()}", "DYNAMODB")
    with pytest.raises(UnavailableError):
        ask(task="plan", shop=shop.id)


def test_a_fault_tells_its_place_and_nothing_of_the_shopper(lambdas: Lambdas, shop: Shop) -> None:
    email, (part,) = parts_of(shop)
    (customer,) = store.open_store().customers.behind(shop.id, Contact(email=email))
    store.open_store().table.put(
        who_key(shop.id, customer.id)
        | {"revision": 1, "known": f'{{"id": "x", "contact": "{email}"}}'}
    )
    with pytest.raises(StepFailedError, match="ValidationError at ") as failure:
        ask(task="begin", shop=shop.id, part=part)
    assert email not in str(failure.value)
    assert failure.value.__suppress_context__


def test_a_shop_that_is_not_there_is_told_by_its_name(lambdas: Lambdas) -> None:
    with pytest.raises(UnknownShopError, match="there is no shop 'nobody'"):
        ask(task="plan", shop="nobody")
