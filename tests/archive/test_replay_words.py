"""What `wracaj replay` says of each result, and that it says no more than happened."""

import ast
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

import archive_replay
from archive_replay.restoring import Restoring
from support.builders import NOON, some_settings
from wracaj.archive.rows import RowKind
from wracaj.clock import timestamp
from wracaj.store import Store
from wracaj_cli.archive.words import sentence

RETURNED_BY = {
    RowKind.EVENT: ("replay.py", "_take"),
    RowKind.LONG_WAIT: ("restoring.py", "long_wait"),
    RowKind.CLICK: ("restoring.py", "click"),
    RowKind.DELIVERY: ("restoring.py", "delivery"),
    RowKind.GRANT: ("restoring.py", "grant"),
    RowKind.STOP: ("restoring_stops.py", "stop"),
    RowKind.OPT_IN: ("restoring_opt_ins.py", "opt_in"),
}


def results(kind: RowKind) -> Iterator[str]:
    yield from ("erased", "failed")
    if kind is RowKind.DECISION:
        yield from ("done", "known", "nothing")
    if kind not in RETURNED_BY:
        return
    file, function = RETURNED_BY[kind]
    tree = ast.parse((Path(next(iter(archive_replay.__path__))) / file).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == function:
            for told in ast.walk(node):
                if isinstance(told, ast.Return) and told.value:
                    yield from (
                        one.value
                        for one in ast.walk(told.value)
                        if isinstance(one, ast.Constant)
                        and one.value in {"done", "known", "nothing", "suppressed"}
                    )


@pytest.mark.parametrize("kind", RowKind)
def test_each_result_of_each_kind_of_row_has_a_sentence(kind: RowKind) -> None:
    for result in set(results(kind)):
        name = f"{kind}_{result}"
        assert sentence(name) != name.replace("_", " ")


ARRIVED = {"shop": "kubek", "cart_id": "c1", "episode": 1, "step": "first_email"} | {
    "channel": "email",
    "address": "e-1",
    "mark": "delivered",
    "told_at": timestamp(NOON),
}
BOUNCED = ARRIVED | {"mark": "bounced", "suppresses": "bounce", "as_old_as": timestamp(NOON)}


def of_a_report(line: dict[str, Any], *, is_known: bool = True) -> str:
    """Return what is told of a provider's report about a message."""
    store = SimpleNamespace(
        message_links=SimpleNamespace(target=lambda _: "a message" if is_known else None),
        delivery_events=SimpleNamespace(note=lambda *_: None),
        customers=SimpleNamespace(amend_one=lambda *_: None),
    )
    result = Restoring(cast(Store, store), some_settings()).delivery(line)
    return sentence(f"{RowKind.DELIVERY}_{result}")


def test_a_mail_that_arrived_is_not_told_as_an_address_that_is_suppressed() -> None:
    assert "suppressed" not in of_a_report(ARRIVED)
    assert "change nothing" in of_a_report(ARRIVED, is_known=False)
    assert "suppressed" in of_a_report(BOUNCED)
