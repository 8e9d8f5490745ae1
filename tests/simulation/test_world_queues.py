"""SQS and Lambda's polling in the world."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from simulation.world import running
from simulation.world.deployment import deployed
from simulation.world.world import World

from support.worlds import a_world, only

Json = dict[str, Any]
QUEUE = "StartQueue"  # 180 seconds invisible, 240 tries


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch) -> list[list[Json]]:
    """What the function got, one list for each invocation. It says that all went well."""
    return answering(monkeypatch, lambda _: {"batchItemFailures": []})


def answering(monkeypatch: pytest.MonkeyPatch, answer: Callable[[Json], Any]) -> list[list[Json]]:
    batches: list[list[Json]] = []

    def handler(event: Json, _: object) -> Any:
        batches.append(event["Records"])
        return answer(event)

    monkeypatch.setattr(running, "handler_of", lambda _: handler)
    return batches


def bodies(batches: list[list[Json]]) -> list[list[str]]:
    return [[record["body"] for record in batch] for batch in batches]


def failing(*wanted: str) -> Callable[[Json], Json]:
    """Return a function that cannot do some messages."""
    return lambda event: {
        "batchItemFailures": [
            {"itemIdentifier": record["messageId"]}
            for record in event["Records"]
            if record["body"] in wanted
        ]
    }


def test_what_is_done_is_gone(batches: list[list[Json]]) -> None:
    with a_world() as world:
        world.queues.put(QUEUE, "one")
        world.run()
        assert bodies(batches) == [["one"]]
        assert not world.queues.waiting[QUEUE].messages


def test_what_failed_comes_back_after_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    batches = answering(monkeypatch, failing("two"))
    with a_world() as world:
        world.queues.put(QUEUE, "one")
        world.queues.put(QUEUE, "two")
        begun = world.now
        world.run(begun + timedelta(seconds=179))
        assert bodies(batches) == [["one", "two"]]
        world.run(begun + timedelta(seconds=183))
        assert bodies(batches) == [["one", "two"], ["two"]]
        assert [batch[-1]["attributes"]["ApproximateReceiveCount"] for batch in batches] == [
            "1",
            "2",
        ]


def test_a_function_that_fails_brings_back_the_whole_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Json) -> None:
        raise ValueError

    batches = answering(monkeypatch, fail)
    with a_world() as world:
        world.queues.put(QUEUE, "one")
        world.queues.put(QUEUE, "two")
        world.run(world.now + timedelta(seconds=200))
        assert bodies(batches) == [["one", "two"]] * 2


def test_what_never_works_ends_in_the_dead_letters_and_can_be_redriven(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    batches = answering(monkeypatch, failing("one"))
    with a_world() as world:
        message = world.queues.put(QUEUE, "one")
        world.run()
        assert len(batches) == deployed().queues[QUEUE].most_received
        assert [name for name, _ in world.queues.dead()] == ["StartDeadLetters"]
        again = answering(monkeypatch, failing())
        assert world.queues.redrive() == 1
        world.run()
        assert bodies(again) == [["one"]]
        assert world.queues.dead() == []
        assert message.handled is not None


def test_messages_gather_and_come_in_batches(batches: list[list[Json]]) -> None:
    with a_world() as world:
        for number in range(25):
            world.queues.put(QUEUE, str(number))
        world.run()
        assert [len(batch) for batch in batches] == [10, 10, 5]
        world.queues.put("ArchiveQueue", "row")
        world.run(world.now + timedelta(seconds=50))
        assert len(batches) == 3, "the archive waits for a minute for more rows"
        world.queues.put("ArchiveQueue", "row")
        world.run()
        assert [len(batch) for batch in batches[3:]] == [2]


def test_a_message_may_come_twice(batches: list[list[Json]]) -> None:
    with a_world() as world:
        kinds = ["twice", ""]
        only(world, at_queue=lambda: kinds.pop() if kinds else "")
        world.queues.put(QUEUE, "one")
        world.run()
        assert bodies(batches) == [["one"], ["one"]]


def test_a_function_can_say_how_long_its_message_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    with a_world() as world:
        batches = answering(monkeypatch, lambda event: rest(world, event, seconds=900))
        world.queues.put("ReadAgainQueue", "one")
        begun = world.now
        world.run(begun + timedelta(seconds=880))
        assert len(batches) == 1
        world.run(begun + timedelta(seconds=930))
        assert len(batches) == 2


def rest(world: World, event: Json, seconds: int) -> Json:
    for record in event["Records"]:
        world.client("sqs").change_message_visibility(
            QueueUrl=deployed().queues["ReadAgainQueue"].url,
            ReceiptHandle=record["receiptHandle"],
            VisibilityTimeout=seconds,
        )
    return failing("one")(event)


def test_a_message_is_not_kept_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, failing("one"))
    with a_world() as world:
        world.queues.put("StartDeadLetters", "one")
        world.run(world.now + timedelta(days=13))
        assert len(world.queues.dead()) == 1
