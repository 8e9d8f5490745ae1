"""A load test throttles as AWS does, and names each cart that was lost or started twice."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from bench.load.audit import audit
from bench.load.carts import Cart, Webhook
from bench.load.quota import FRANKFURT, Bucket, Gate, Quota
from bench.load.run import with_repeats
from bench.load.sending import Sent, Step
from botocore.exceptions import ClientError

from support.local_stack import Emulator
from wracaj.store import Store
from wracaj.store.table import Table
from wracaj_cli.local.clients import client_at

SHOP: Any = SimpleNamespace(id="audited")
PASSES = json.dumps({"StartAt": "Pass", "States": {"Pass": {"Type": "Pass", "End": True}}})


def test_a_bucket_gives_what_is_in_it_and_then_what_it_refills() -> None:
    now = [0.0]
    bucket = Bucket(lambda: now[0])
    bucket.limit(Quota(bucket=3, refill=2))
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]
    now[0] = 1.0
    assert [bucket.take() for _ in range(3)] == [True, True, False]
    now[0] = 100.0
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]
    assert bucket.refused == 3


def test_a_scaled_bucket_lasts_as_long() -> None:
    scaled = FRANKFURT.scaled(0.02)
    assert scaled.bucket / scaled.refill == FRANKFURT.bucket / FRANKFURT.refill


def a_machine(emulator: Emulator, name: str) -> str:
    told = emulator.client("stepfunctions").create_state_machine(
        name=name, definition=PASSES, roleArn="arn:aws:iam::000000000000:role/any"
    )
    arn: str = told["stateMachineArn"]
    return arn


def test_the_gate_throttles_starts_and_hands_on_everything_else(emulator: Emulator) -> None:
    arn = a_machine(emulator, "gated")
    with Gate(emulator.url) as gate:
        gate.bucket.limit(Quota(bucket=1, refill=0))
        client = client_at(gate.url, "stepfunctions")
        client.start_execution(stateMachineArn=arn, name="first")
        with pytest.raises(ClientError) as refused:
            client.start_execution(stateMachineArn=arn, name="second")
        assert refused.value.response["Error"]["Code"] == "ThrottlingException"
        listed = client.list_executions(stateMachineArn=arn)["executions"]
    assert [execution["name"] for execution in listed] == ["first"]


def test_each_cart_that_was_lost_or_started_twice_is_named(emulator: Emulator) -> None:
    machines = emulator.client("stepfunctions")
    arn = a_machine(emulator, "audited")
    carts = {cart.key: cart for cart in (Cart(SHOP, name) for name in ("never", "once", "twice"))}
    for number, name in enumerate(("once", "twice", "twice", "foreign")):
        given = json.dumps({"shop": "audited", "cart_id": name})
        machines.start_execution(stateMachineArn=arn, name=str(number), input=given)
    store = Store(Table(emulator.table, emulator.client("dynamodb")))
    target: Any = SimpleNamespace(client=emulator.client, store=lambda: store)
    found = audit(target, [arn], carts, set())
    told = {line for line in found.problems if "dead letters" not in line}
    assert (found.carts, found.once, found.stored) == (3, 1, 0)
    assert told == {
        "never of audited: answered 2xx, but not started",
        "twice of audited: started more than once",
        "foreign of audited: started, but never reported",
        *(
            f"{name} of audited: answered 2xx, but its newest content is not stored"
            for name in ("never", "once", "twice")
        ),
    }


def test_a_tenth_of_a_burst_is_sent_twice() -> None:
    carts = [Webhook(Cart(SHOP, str(number)), "", {}) for number in range(20)]
    sent = with_repeats(carts)
    assert len(sent) == 22
    assert {webhook.cart.id for webhook in sent} == {str(number) for number in range(20)}


def test_percentiles_are_of_what_was_measured() -> None:
    webhook: Any = None
    sent = [Sent(webhook, seconds / 1000, 1, taken=True) for seconds in range(1, 101)]
    step = Step("any", rate=10, sent=sent, lasted=10)
    assert [step.milliseconds(percent) for percent in (50, 95, 99)] == [50, 95, 99]
    assert step.held == 10
