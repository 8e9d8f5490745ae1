"""The writer seals rows, puts them by shop and day, and loses none."""

import gzip
import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

from archive_writer import app
from archive_writer.writing import Writer
from support.builders import NOON, some_settings
from support.local_stack import Emulator
from wracaj.archive.events import cart_identifier, event_row
from wracaj.archive.rows import Row, RowKind, queued
from wracaj.aws import archive_queue
from wracaj.aws.observability import metrics
from wracaj.events import CartUpdated, Contact
from wracaj.store import Store
from wracaj.store.activity import Activities
from wracaj.store.archive_keys import ERASURE_KEPT_DAYS, ArchiveKeys
from wracaj.store.customer_keys import ERASURE_REMEMBERED_DAYS
from wracaj.store.table import Table

EMAIL = "ala@poczta.example"


@dataclass
class Bucket:
    """S3, as far as the writer uses it."""

    objects: dict[str, bytes] = field(default_factory=dict)
    refuses: str = "nothing"

    def put_object(self, **told: Any) -> None:
        if self.refuses in told["Key"]:
            raise ConnectionError
        self.objects[told["Key"]] = told["Body"]

    def lines(self) -> list[dict[str, Any]]:
        texts = (gzip.decompress(body) for body in self.objects.values())
        return [json.loads(line) for text in texts for line in text.splitlines()]


@pytest.fixture
def keys(emulator: Emulator) -> ArchiveKeys:
    return ArchiveKeys(Table(emulator.table, emulator.client("dynamodb")))


@pytest.fixture
def bucket() -> Bucket:
    return Bucket()


@pytest.fixture
def writer(keys: ArchiveKeys, bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> Writer:
    found = Writer(keys, bucket, "the-archive", Activities(keys.table))
    monkeypatch.setattr(Writer, "of_this_stack", lambda: found)
    monkeypatch.setattr(metrics.provider, "namespace", "Wracaj")
    return found


def a_row(shop: str, email: str = EMAIL, **changes: Any) -> Row:
    event = CartUpdated(at=NOON, cart_id="c1", contact=Contact(email=email))
    return event_row(some_settings(shop=shop), event, NOON, changes.get("at", NOON))


def told(**messages: str) -> dict[str, Any]:
    records = [{"messageId": name, "body": body} for name, body in messages.items()]
    return {"Records": records}


def test_rows_lie_by_shop_and_day(writer: Writer, bucket: Bucket, shop_id: str) -> None:
    tomorrow = NOON + timedelta(days=1)
    rows = [a_row(shop_id), a_row(f"{shop_id}-2"), a_row(shop_id, at=tomorrow), a_row(shop_id)]
    assert writer.write(rows) == set()
    days = {(name.split("/")[1], name.split("/")[2]) for name in bucket.objects}
    first, second = NOON.date().isoformat(), tomorrow.date().isoformat()
    assert days == {(shop_id, first), (shop_id, second), (f"{shop_id}-2", first)}
    assert sorted(line["id"] for line in bucket.lines()) == sorted(row.id for row in rows)
    assert EMAIL not in str(bucket.lines())


def test_only_messages_that_were_not_written_come_back(
    writer: Writer, bucket: Bucket, shop_id: str
) -> None:
    bucket.refuses = f"{shop_id}-2"
    good, bad = a_row(shop_id), a_row(f"{shop_id}-2")
    answer = app.handler(
        told(good=queued([good]), both=queued([a_row(shop_id), bad]), odd="what?"), LambdaContext()
    )
    failed = {one["itemIdentifier"] for one in answer["batchItemFailures"]}
    assert failed == {"both", "odd"}
    assert good.id in {line["id"] for line in bucket.lines()}


def test_two_writers_at_once_use_one_key(keys: ArchiveKeys, shop_id: str) -> None:
    first, second = keys.make(shop_id, ["e-1"]), keys.make(shop_id, ["e-1"])
    assert first == second == keys.of(shop_id, ["e-1"])


def test_a_key_made_while_its_shopper_is_erased_seals_nothing_older(
    keys: ArchiveKeys, writer: Writer, bucket: Bucket, shop_id: str
) -> None:
    """The erasure comes between the writer's look for keys and its making of a new one."""
    row = a_row(shop_id)
    (name,) = row.personal

    class Slow(ArchiveKeys):
        def make(self, shop: str, names: Any) -> Any:
            self.forget(shop, name, NOON + timedelta(minutes=1))
            return super().make(shop, names)

    Writer(Slow(keys.table), bucket, "the-archive", Activities(keys.table)).write([row])
    (line,) = bucket.lines()
    assert line["sealed"] == {name: None}


def test_whoever_comes_back_after_an_erasure_gets_a_new_key(
    keys: ArchiveKeys, writer: Writer, bucket: Bucket, shop_id: str
) -> None:
    row = a_row(shop_id)
    (name,) = row.personal
    writer.write([row])
    old = keys.of(shop_id, [name])[name]
    keys.forget(shop_id, name, NOON + timedelta(minutes=1))
    event = CartUpdated(at=NOON + timedelta(days=2), cart_id="c2", contact=Contact(email=EMAIL))
    later = event.at
    writer.write([event_row(some_settings(shop=shop_id), event, later, later)])
    new = keys.of(shop_id, [name])[name]
    assert new.secret
    assert new.secret != old.secret
    assert [shut[0] for line in bucket.lines() for shut in line["sealed"].values()] == [
        old.id,
        new.id,
    ]


def test_an_erasure_deletes_the_keys_of_the_shopper_and_of_their_carts(
    emulator: Emulator, keys: ArchiveKeys, shop_id: str
) -> None:
    table = Table(emulator.table, emulator.client("dynamodb"))
    store, shop = Store(table, table), some_settings(shop=shop_id)
    contact = Contact(email=EMAIL)
    store.carts.apply(shop, CartUpdated(at=NOON, cart_id="c1", contact=contact))
    shopper = store.customers.amend(shop_id, contact, lambda one: one)
    assert shopper
    store.pointers.remember_cart(shop_id, shopper.names.values(), "c1", NOON)
    names = [shopper.id, cart_identifier(shop_id, "c1"), cart_identifier(shop_id, "c2")]
    keys.make(shop_id, names)
    store.erasure.erase(shop_id, contact, NOON + timedelta(hours=1))
    left = {name for name, key in keys.of(shop_id, names).items() if key.secret}
    assert left == {cart_identifier(shop_id, "c2")}
    since = NOON
    assert {name for _, name in keys.erased_since(shop_id, since)} == set(names[:2])


def test_an_erasure_is_known_as_long_as_a_backup_and_not_after_the_table_forgot_it() -> None:
    """After that, a replay would erase whoever came back since."""
    backup_days = 35  # of point-in-time recovery
    assert backup_days < ERASURE_KEPT_DAYS < ERASURE_REMEMBERED_DAYS


class Queue:
    def __init__(self) -> None:
        self.sent: list[str] = []
        self.works = True

    def send_message(self, **told: Any) -> None:
        if not self.works:
            raise ConnectionError
        self.sent.append(told["MessageBody"])


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Queue:
    found = Queue()
    monkeypatch.setattr(archive_queue, "client", lambda _: found)
    monkeypatch.setattr(archive_queue, "_waiting", [])
    monkeypatch.setenv("WRACAJ_ARCHIVE_QUEUE_URL", "https://sqs.example/archive")
    return found


def a_click(number: int, text: str = "") -> Row:
    return Row(RowKind.CLICK, "kubek", NOON, {"number": number, "text": text})


def test_one_invocation_is_one_message(queue: Queue) -> None:
    for number in range(3):
        archive_queue.note(a_click(number))
    archive_queue.flush()
    archive_queue.flush()
    (message,) = queue.sent
    assert [row["number"] for row in json.loads(message)] == [0, 1, 2]


def test_rows_that_fit_no_message_together_are_split(queue: Queue) -> None:
    noise = [f"{number}" + "".join(map(str, range(number, 90_000, 7))) for number in range(6)]
    for number, text in enumerate(noise):
        archive_queue.note(a_click(number, text))
    archive_queue.flush()
    texts = [archive_queue.unpacked(message) for message in queue.sent]
    assert [row["number"] for text in texts for row in json.loads(text)] == list(range(6))
    assert all(len(message.encode()) <= archive_queue.MOST_BYTES for message in queue.sent)


def test_rows_wait_where_the_queue_takes_none(queue: Queue) -> None:
    queue.works = False
    archive_queue.note(a_click(1))
    with pytest.raises(ConnectionError):
        archive_queue.flush()
    queue.works = True
    archive_queue.note(a_click(2))
    archive_queue.flush()
    (message,) = queue.sent
    assert [row["number"] for row in json.loads(message)] == [1, 2]


def test_what_an_invocation_came_to_does_not_depend_on_the_queue(queue: Queue) -> None:
    @archive_queue.archived
    def sends(event: dict[str, Any], context: LambdaContext) -> str:
        archive_queue.note(a_click(1))
        return "sent"

    queue.works = False
    assert sends({}, LambdaContext()) == "sent"
    queue.works = True
    assert sends({}, LambdaContext()) == "sent"
    (message,) = queue.sent
    assert len(json.loads(message)) == 2


def test_no_more_rows_wait_than_fit(queue: Queue) -> None:
    queue.works = False
    for number in range(archive_queue.MOST_WAITING + 5):
        archive_queue.note(a_click(number))
    with pytest.raises(ConnectionError):
        archive_queue.flush()
    queue.works = True
    archive_queue.flush()
    numbers = [row["number"] for message in queue.sent for row in json.loads(message)]
    assert numbers == list(range(5, archive_queue.MOST_WAITING + 5))


def test_where_there_is_no_archive_nothing_is_kept(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WRACAJ_ARCHIVE_QUEUE_URL")
    archive_queue.note(a_click(1))
    archive_queue.flush()
    assert queue.sent == []
