"""What `wracaj replay` says of each result."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import archive_replay
from wracaj.archive.rows import RowKind
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
                        and one.value in {"done", "known", "nothing"}
                    )


@pytest.mark.parametrize("kind", RowKind)
def test_each_result_of_each_kind_of_row_has_a_sentence(kind: RowKind) -> None:
    for result in set(results(kind)):
        name = f"{kind}_{result}"
        assert sentence(name) != name.replace("_", " ")
