"""The Python that operations.md gives for privacy requests, run as it stands there."""

import contextlib
import io
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from builders import NOON, a_cart_event, an_order
from clock import Clock
from docs.pages import blocks
from local_stack import Emulator
from playing import Scene, a_scene, items_of
from wracaj.events import Contact
from wracaj.store import Store
from wracaj.store.table import Table
from wracaj_cli.house import ROOT
from wracaj_cli.shops import target

SHOWING, DELETING = blocks((ROOT / "docs" / "operations.md").read_text(encoding="utf-8"), "python")


@pytest.fixture
def store(emulator: Emulator, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    found = Store(Table(emulator.table, emulator.client("dynamodb")))
    there = SimpleNamespace(client=emulator.client, table=emulator.table, store=lambda: found)
    monkeypatch.setattr(target, "find_target", lambda name: there)
    yield found
    run(DELETING)


def run(block: str) -> str:
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile(block, "docs/operations.md", "exec"), {})
    return output.getvalue()


def a_shop_with_a_shopper(store: Store, name: str) -> Scene:
    scene = a_scene(store, name)
    scene.take(a_cart_event(at=NOON.replace(hour=6)))
    scene.step()
    scene.take(an_order(placed_at=NOON))
    return scene


def test_all_that_is_known_of_a_shopper_is_shown(store: Store) -> None:
    a_shop_with_a_shopper(store, "kubek")
    shown = run(SHOWING)
    for known in ("anna@example.com", "+48600100200", "ORDER#o1", "CONSENT#email", "Kubek w kropki", "first_email"):
        assert known in shown


def test_all_of_a_shop_is_deleted_and_nothing_of_another(store: Store) -> None:
    a_shop_with_a_shopper(store, "kubek")
    other = a_shop_with_a_shopper(store, "kubek-2")
    before = len(items_of(store, "kubek-2"))
    assert len(items_of(store, "kubek")) == before > 8
    run(DELETING)
    assert items_of(store, "kubek") == []
    assert len(items_of(store, "kubek-2")) == before
    shopper = store.customers.shopper(other.shop.id, Contact(email="anna@example.com"))
    assert shopper and shopper.owner.exists
