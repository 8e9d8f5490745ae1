"""Each kind of fault does what it says, and the product meets it as it would meet AWS's."""

from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError
from simulation.world import running
from simulation.world.errors import BrokenSimulationError
from simulation.world.faults import AWS_KINDS, Away, FaultPlan, Planned
from simulation.world.template import queue_url
from simulation.world.world import World

from support.worlds import SHOP, a_world, mails, only, put_cart, put_order, records
from wracaj.aws import clients

SEND = "send_email"


def sent(world: World) -> list[str]:
    put_cart(world)
    world.run()
    return mails(world)


def first_record(world: World) -> str:
    state: str = records(world)["MESSAGE#1#first_email"]["state"]["S"]
    return state


def test_a_send_that_is_cut_is_unknown_and_never_repeated() -> None:
    with a_world(Planned("cut", "sesv2", SEND)) as world:
        world.providers.delivers = False
        assert len(sent(world)) == 2  # this one left, and the discount
        assert first_record(world) == "unknown"


def test_a_delivery_report_settles_what_was_unknown() -> None:
    with a_world(Planned("cut", "sesv2", SEND)) as world:
        sent(world)
        assert first_record(world) == "sent"


def test_a_send_that_was_refused_is_tried_again() -> None:
    with a_world(
        Planned("throttled", "sesv2", SEND), Planned("unreachable", "sesv2", SEND)
    ) as world:
        assert len(sent(world)) == 2
        assert first_record(world) == "sent"


@pytest.mark.parametrize("kind", ["killed before", "killed after"])
def test_a_process_that_died_around_the_send_sends_nothing_twice(kind: str) -> None:
    with a_world(Planned(kind, "sesv2", SEND)) as world:
        left = sent(world)
        assert len(left) == (2 if kind == "killed after" else 1)
        assert world.executions[0].tasks[0].error == "Runtime.ExitError"


def test_whoever_was_killed_does_nothing_more() -> None:
    """Not in `finally` either: a transaction, a queue, a log line of its own."""
    with a_world(Planned("killed before", "dynamodb", "update_item")) as world:
        assert put_cart(world)["statusCode"] == 500
        assert list(world.table.items()) == []
        assert world.executions == []


def test_a_process_that_died_has_forgotten_everything() -> None:
    with a_world(Planned("killed before", "dynamodb", "update_item", 2)) as world:
        put_cart(world)
        one = world.lambdas.begun, world.calls
        put_cart(world)
        put_cart(world)
        numbers = world.lambdas.processes._begun
        assert numbers == 2, f"one process died, another came: {one}"


def test_botocore_repeats_what_is_not_a_send_and_a_transaction_is_done_once() -> None:
    claim = Planned("cut", "dynamodb", "transact_write_items")
    with a_world(claim) as world:
        assert len(sent(world)) == 2
        assert world.faults_counted == {"dynamodb: cut": 1}
        assert [one.error for one in world.executions[0].tasks] == ["", "", "", ""]


@pytest.mark.parametrize(
    ("kind", "errors", "taken"),
    [
        ("throttled", {"ClientError"}, False),
        ("unavailable", {"ClientError"}, False),
        ("unreachable", {"EndpointConnectionError", "ConnectTimeoutError"}, False),
        ("lost", {"ReadTimeoutError"}, False),
        ("cut", {"ReadTimeoutError"}, True),
    ],
)
def test_the_caller_sees_the_errors_of_botocore(
    kind: str, errors: set[str], taken: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both tries of a client fail, so its caller sees the second one."""

    def handler(_: object, __: object) -> str:
        try:
            queue = clients.client("sqs")
            queue.send_message(QueueUrl=queue_url("StartDeadLetters"), MessageBody="{}")
        except (ClientError, BotoCoreError) as error:
            return "ClientError" if isinstance(error, ClientError) else type(error).__name__
        return ""

    planned = [Planned(kind, "sqs", "send_message") for _ in range(2)]
    with a_world(*planned) as world:
        monkeypatch.setattr(running, "handler_of", lambda _: handler)
        monkeypatch.setattr(clients, "client", world.client)
        assert world.invoke("TimelineStartFunction", {}) in errors
        assert bool(world.queues.waiting["StartDeadLetters"].messages) == taken


def test_a_service_that_is_away_comes_back_and_nothing_is_lost() -> None:
    begins = World(1).now
    away = Away("dynamodb", begins + timedelta(hours=2), begins + timedelta(hours=5))
    with World(1, [SHOP], FaultPlan(away=(away,))) as world:
        left = sent(world)
        assert len(left) == 2
        assert world.outbox[0].at >= away.ends


def test_a_shop_sees_an_error_where_the_answer_was_lost_and_may_send_again() -> None:
    with a_world() as world:
        only(world, at_gateway=lambda: "answer lost")
        assert put_cart(world)["statusCode"] == 504
        assert len(world.executions) == 1


def test_an_unknown_call_is_a_fault_of_the_simulation_and_loud() -> None:
    with a_world() as world:
        put_cart(world)
        world.client("ssm")._do = lambda *_: dict[str, Any]()["nothing"]
        with pytest.raises(BrokenSimulationError, match=r"ssm\.get_parameter"):
            world.run()


def test_something_can_happen_just_before_a_certain_call() -> None:
    """An order comes between the decision and the claim of the first mail."""
    with a_world() as world:
        put_cart(world)
        world.before_call("dynamodb", "transact_write_items", 1, lambda: put_order(world))
        world.run()
        assert mails(world) == []
        assert world.executions[0].states[-1] == "Order completed"


def test_every_kind_of_fault_comes_in_a_run_of_many_worlds() -> None:
    seen: set[str] = set()
    for seed in range(60):
        with World(seed, [SHOP], FaultPlan(rate=0.1)) as world:
            put_cart(world)
            world.run(world.now + timedelta(hours=5))
            seen |= {kind.partition(": ")[2] for kind in world.faults_counted}
    assert set(AWS_KINDS) - {"unprocessed"} <= seen
