"""SQS and Lambda's polling of it: what is sent is delivered at least once, what fails comes back
after its time, and ends in the dead letters."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from simulation.world.deployment import Queue, deployed
from simulation.world.errors import FailedError
from simulation.world.services import Service

if TYPE_CHECKING:
    from simulation.world.world import World

Json = dict[str, Any]
MOST_BYTES = 1024 * 1024
MOST_IN_A_BATCH = 10


@dataclass
class Message:
    id: str
    body: str
    sent_at: float
    visible_at: float
    received: int = 0
    handle: str = ""
    handled: int | None = None  # the number of calls when it was worked on


@dataclass
class Waiting:
    """A queue and what is in it, in the order in which it was sent."""

    queue: Queue
    messages: dict[str, Message] = field(default_factory=dict)
    is_polled_at: float | None = None


class Queues(Service):
    """SQS."""

    def __init__(self, world: "World") -> None:
        super().__init__(world)
        self.waiting = {name: Waiting(queue) for name, queue in deployed().queues.items()}
        self._of_dead_letters = [
            name for name, queue in deployed().queues.items() if not queue.function
        ]

    # --- what the product calls -------------------------------------------------------------------

    def _send_message(self, *, QueueUrl: str, MessageBody: str) -> Json:  # noqa: N803
        assert 0 < len(MessageBody.encode()) <= MOST_BYTES
        return {"MessageId": self.put(QueueUrl.rpartition("/")[2], MessageBody).id}

    def _send_message_batch(self, *, QueueUrl: str, Entries: list[Json]) -> Json:  # noqa: N803
        assert 1 <= len(Entries) <= MOST_IN_A_BATCH
        for entry in Entries:
            self._send_message(QueueUrl=QueueUrl, MessageBody=entry["MessageBody"])
        return {"Successful": [{"Id": entry["Id"]} for entry in Entries], "Failed": []}

    def _change_message_visibility(
        self,
        *,
        QueueUrl: str,  # noqa: N803
        ReceiptHandle: str,  # noqa: N803
        VisibilityTimeout: int,  # noqa: N803
    ) -> Json:
        assert 0 <= VisibilityTimeout <= 43_200
        waiting = self.waiting[QueueUrl.rpartition("/")[2]]
        for message in waiting.messages.values():
            if message.handle == ReceiptHandle:
                message.visible_at = self.world.seconds + VisibilityTimeout
                self._poll_later(waiting, message.visible_at)
        return {}

    # --- what happens by itself -------------------------------------------------------------------

    def put(self, name: str, body: str) -> Message:
        now = self.world.seconds
        return self._add(name, Message(self.world.next_id("message"), body, now, now))

    def _add(self, name: str, message: Message) -> Message:
        now, waiting = self.world.seconds, self.waiting[name]
        message.sent_at, message.visible_at, message.received = now, now, 0
        waiting.messages[message.id] = message
        if waiting.queue.function:
            self._poll_later(waiting, now + self._gathering(waiting.queue))
        return message

    def _gathering(self, queue: Queue) -> float:
        late = 0.0
        if self.world.fault_at_queue() == "late":
            self.world.counted(f"{queue.name}: late")
            late = self.world.dice.choice((5.0, 60.0, 900.0))
        return self.world.dice.uniform(0.02, 1.0) + queue.window + late

    def _poll_later(self, waiting: Waiting, at: float) -> None:
        if waiting.is_polled_at is not None and waiting.is_polled_at <= at:
            return
        waiting.is_polled_at = at
        self.world.at_second(at, lambda: self._poll(waiting, at))

    def _poll(self, waiting: Waiting, at: float) -> None:
        if waiting.is_polled_at != at:
            return  # an earlier poll took its place
        waiting.is_polled_at = None
        now = self.world.seconds
        self._give_up_old(waiting, now)
        due = [one for one in waiting.messages.values() if one.visible_at <= now]
        if batch := due[: waiting.queue.batch]:
            self._deliver(waiting, batch)
        self._poll_again(waiting)

    def _poll_again(self, waiting: Waiting) -> None:
        if waiting.messages and waiting.queue.function:
            soonest = min(one.visible_at for one in waiting.messages.values())
            self._poll_later(waiting, max(soonest, self.world.seconds + 0.02))

    def _deliver(self, waiting: Waiting, batch: list[Message]) -> None:
        queue = waiting.queue
        for message in batch:
            message.received += 1
            message.handle = self.world.next_id("receipt")
            message.visible_at = self.world.seconds + queue.visible_after
        self._poll_again(waiting)  # others may come while these are worked on
        records = [_record(one, queue) for one in batch]
        failed = self._failed(queue, records)
        for message in batch:
            if message.id in failed:
                self._give_up(waiting, message)
                continue
            message.handled = message.handled or self.world.calls
            if self.world.fault_at_queue() == "twice":
                self.world.counted(f"{queue.name}: twice")
            else:
                waiting.messages.pop(message.id, None)

    def _failed(self, queue: Queue, records: list[Json]) -> set[str]:
        """Return the ids of the messages that go back to the queue."""
        try:
            answer = self.world.invoke(queue.function, {"Records": records})
        except FailedError:
            return {record["messageId"] for record in records}
        return {one["itemIdentifier"] for one in (answer or {}).get("batchItemFailures", ())}

    def _give_up(self, waiting: Waiting, message: Message) -> None:
        queue = waiting.queue
        if queue.dead_letters and message.received >= queue.most_received:
            waiting.messages.pop(message.id, None)
            self._add(queue.dead_letters, message)
            self.world.note("dead letter", queue.dead_letters)

    def _give_up_old(self, waiting: Waiting, now: float) -> None:
        kept = waiting.queue.kept_seconds
        for message in list(waiting.messages.values()):
            if now - message.sent_at > kept:
                del waiting.messages[message.id]
                self.world.note("message expired", waiting.queue.name)

    # --- what people do ---------------------------------------------------------------------------

    def dead(self) -> list[tuple[str, Message]]:
        """Return each queue of dead letters with each message in it."""
        return [
            (name, message)
            for name, waiting in self.waiting.items()
            if not waiting.queue.function
            for message in waiting.messages.values()
        ]

    def redrive(self) -> int:
        """Send all dead letters back to where they came from. Return how many."""
        many = 0
        if not any(self.waiting[name].messages for name in self._of_dead_letters):
            return 0
        for source, waiting in self.waiting.items():
            dead = self.waiting.get(waiting.queue.dead_letters)
            if dead is not None:
                for message in list(dead.messages.values()):
                    del dead.messages[message.id]
                    self._add(source, message)
                    many += 1
        return many


def _record(message: Message, queue: Queue) -> Json:
    """https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html"""
    return {
        "messageId": message.id,
        "receiptHandle": message.handle,
        "body": message.body,
        "attributes": {
            "ApproximateReceiveCount": str(message.received),
            "SentTimestamp": str(int(message.sent_at * 1000)),
            "SenderId": "AIDAEXAMPLE",
            "ApproximateFirstReceiveTimestamp": str(int(message.sent_at * 1000)),
        },
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:eu-west-1:000000000000:{queue.name}",
        "awsRegion": "eu-west-1",
    }
