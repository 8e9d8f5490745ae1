"""What must not be kept in a snapshot, from which many processes begin: nothing that must be
unique, nothing that ages, and no connection. Only functions behind the API may start from one."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.sam_template import resources
from wracaj_cli.house import ROOT

FUNCTIONS = ROOT / "functions"
SNAPSHOT = {"AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start"}
HANDLERS = sorted(
    one["Handler"].removesuffix(".handler")
    for one in resources("AWS::Serverless::Function").values()
    if "SnapStart" in one
)
# Moments, numbers that nobody may guess or repeat, and connections. `random` is not used at all.
NOT_WHILE_IMPORTED = {
    *("now", "real_now", "utcnow", "today", "monotonic", "perf_counter"),
    *("uuid4", "token_hex", "token_bytes", "token_urlsafe", "randbelow", "choice", "urandom"),
    *("client", "resource", "open_store", "link_keys", "identifiers_key", "load_shop"),
}
SHOW = """
import importlib, json, sys
importlib.import_module(sys.argv[1])
from wracaj.aws import clients, link_secret, shop_config
import socket, gc
print(json.dumps({
    "clients": clients.client.cache_info().currsize,
    "settings": len(shop_config._cached),
    "switch": shop_config._switch,
    "keys of links": link_secret._cached,
    "sockets": sum(isinstance(one, socket.socket) for one in gc.get_objects()),
    "client's code": "botocore.session" in sys.modules,
}))
"""


def imported(handler: str, **environment: str) -> dict[str, object]:
    """What a process holds after its handler was imported, and before it was called."""
    told = {
        "PYTHONPATH": str(FUNCTIONS),
        "PATH": os.environ["PATH"],
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        **environment,
    }
    done = subprocess.run(
        [sys.executable, "-c", SHOW, handler], env=told, capture_output=True, text=True, check=True
    )
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize("handler", HANDLERS)
def test_a_snapshot_holds_no_settings_no_switch_no_key_and_no_connection(handler: str) -> None:
    assert imported(handler, **SNAPSHOT) == {
        "clients": 0,
        "settings": 0,
        "switch": None,
        "keys of links": None,
        "sockets": 0,
        "client's code": True,
    }


def called_while_imported(file: Path) -> set[str]:
    """Functions that a module calls outside of functions, by their last name."""
    found: set[str] = set()
    waiting: list[ast.AST] = [ast.parse(file.read_text(encoding="utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting += getattr(node, "decorator_list", [])
            continue
        if isinstance(node, ast.Call):
            named = node.func
            found.add(getattr(named, "attr", getattr(named, "id", "")))
        waiting += ast.iter_child_nodes(node)
    return found


def test_no_module_asks_for_the_time_or_a_secret_number_while_it_is_imported() -> None:
    modules = sorted(FUNCTIONS.rglob("*.py"))
    found = {str(file): called_while_imported(file) & NOT_WHILE_IMPORTED for file in modules}
    assert len(modules) > 200
    assert not {name: calls for name, calls in found.items() if calls}


def test_no_number_comes_from_a_generator_whose_state_a_snapshot_would_share() -> None:
    for file in FUNCTIONS.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                assert "random" not in [alias.name for alias in node.names], file
            elif isinstance(node, ast.ImportFrom):
                asked = {alias.name for alias in node.names} if node.module == "random" else set()
                assert asked <= {"SystemRandom"}, file


def test_the_test_above_would_notice(tmp_path: Path) -> None:
    file = tmp_path / "module.py"
    lines = ("AT = clock.now()", "def f():", "    monotonic()", "class C:", "    x = uuid4()")
    file.write_text("\n".join(lines))
    assert called_while_imported(file) & NOT_WHILE_IMPORTED == {"now", "uuid4"}
