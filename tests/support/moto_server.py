"""moto's server on a port of this machine, until its standard input is closed: `moto_server.py HOST
PORT`.

The answers are moto's own. The way of serving them is changed:

- One request at a time. moto has no locks. Two threads would see each other's unfinished
  transactions, and a transaction that is rolled back would undo what others wrote meanwhile.
  DynamoDB does neither.
- A transaction copies the items that it touches, and a query sorts the items that it may find. moto
  copies the whole table for each action of a transaction, and sorts the whole table for each query.
  That takes minutes for some hundred carts.
"""

import copy
import sys
from contextlib import suppress
from threading import Lock, Thread
from typing import Any

from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

Partition = dict[DynamoType, Item]

transact, query = DynamoDBBackend.transact_write_items, Table.query


def one_at_a_time(app: Any) -> Any:
    turn = Lock()

    def answer(environ: Any, start_response: Any) -> list[bytes]:
        with turn:
            return list(app(environ, start_response))

    return answer


def transact_keeping_what_it_touches(
    backend: DynamoDBBackend, actions: list[dict[str, Any]]
) -> None:
    places = [place for action in actions for place in _places(backend, *action.values())]
    before = [(partition, key, copy.deepcopy(partition.get(key))) for partition, key in places]
    try:
        transact(backend, actions)
    except Exception:
        for partition, key, item in before:
            partition.pop(key, None)
            if item is not None:
                partition[key] = item
        raise


def _places(backend: DynamoDBBackend, action: dict[str, Any]) -> list[tuple[Partition, DynamoType]]:
    with suppress(KeyError):  # moto reports the error itself
        table, key = backend.tables[action["TableName"]], action.get("Key") or action["Item"]
        return [(table.items[DynamoType(key["PK"])], DynamoType(key["SK"]))]
    return []


def query_of_what_it_may_find(table: Table, *asked: Any, **more: Any) -> Any:
    ((name, value),) = more["hash_key_conditions"]
    few: Any = copy.copy(table)
    if name == "PK":
        few.items = {value: table.items.get(value, {})}
    else:
        few.items = {pk: _having(name, value, partition) for pk, partition in table.items.items()}
    return query(few, *asked, **more)


def _having(name: str, value: DynamoType, partition: Partition) -> Partition:
    return {
        key: item
        for key, item in partition.items()
        if name in item.attrs and item.attrs[name] == value
    }


SERVED = (
    (DynamoDBBackend, "transact_write_items", transact_keeping_what_it_touches),
    (Table, "__deepcopy__", lambda table, _: table),  # moto's copy for a roll-back
    (Table, "query", query_of_what_it_may_find),
    (MotoRequestHandler, "protocol_version", "HTTP/1.1"),  # so that a client keeps its connection
    (MotoRequestHandler, "log_request", lambda *_: None),
)

if __name__ == "__main__":
    for owner, name, ours in SERVED:
        setattr(owner, name, ours)
    app = one_at_a_time(DomainDispatcherApplication(create_backend_app))
    serving = make_server(
        sys.argv[1], int(sys.argv[2]), app, threaded=True, request_handler=MotoRequestHandler
    )
    Thread(target=serving.serve_forever, daemon=True).start()
    sys.stdin.read()
