"""`wracaj privacy`: exports data, and erases a shopper or a shop."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from typer.testing import Result

from support.builders import NOON, a_cart_event, an_order, some_settings
from support.clocks import Clock
from support.local_stack import Emulator
from support.scenes import Scene, a_scene, items_of
from support.shop_files import run
from wracaj.aws.shop_config import settings_name
from wracaj.errors import UnknownShopError
from wracaj.events import Contact, CustomerUpdated, PrivacyKind, PrivacyRequested
from wracaj.store import Store

Privacy = Callable[..., Result]
STAGE = "privacy"
ANNA = "anna@example.com"


@pytest.fixture
def connected(
    monkeypatch: pytest.MonkeyPatch, emulator: Emulator, store: Store, clock: Clock
) -> set[str]:
    """The shops whose settings are stored."""
    there = SimpleNamespace(
        archive=None,
        client=emulator.client,
        table=emulator.table,
        stage=STAGE,
        store=lambda: store,
        now=clock,
    )
    shops: set[str] = set()

    def get_shop(_target: Any, name: str) -> Any:
        if name not in shops:
            raise UnknownShopError(f"there is no shop {name!r} here")
        return SimpleNamespace(settings=some_settings(shop=name))

    monkeypatch.setattr("wracaj_cli.privacy.commands.find_target", lambda _: there)
    monkeypatch.setattr("wracaj_cli.privacy.commands.get_shop", get_shop)
    return shops


@pytest.fixture
def privacy(connected: set[str]) -> Iterator[Privacy]:
    yield lambda *arguments, **how: run("privacy", *arguments, **how)


def a_shop_with_a_shopper(store: Store, connected: set[str], name: str) -> Scene:
    scene = a_scene(store, name)
    connected.add(name)
    scene.take(a_cart_event(at=NOON.replace(hour=6)))
    scene.step()
    scene.take(an_order(placed_at=NOON))
    return scene


def test_all_that_is_known_of_a_shopper_is_handed_over(
    store: Store, shop_id: str, connected: set[str], privacy: Privacy, tmp_path: Path
) -> None:
    a_shop_with_a_shopper(store, connected, shop_id)
    (told,) = json.loads(privacy("export", shop_id, ANNA).stdout)
    assert told["contact"]["email"] == ANNA and [order["order_id"] for order in told["orders"]] == [
        "o1"
    ]
    assert told["carts"][0]["items"][0]["title"] == "Kubek w kropki" and told["consents"]
    file = tmp_path / "anna.json"
    assert privacy("export", shop_id, ANNA, "--output", str(file)).exit_code == 0
    assert json.loads(file.read_text(encoding="utf-8")) == [told]


@pytest.mark.parametrize("place", ["nowhere/anna.json", ".", "file/anna.json"])
def test_a_file_that_cannot_be_written_is_said_in_a_sentence(
    store: Store,
    shop_id: str,
    connected: set[str],
    privacy: Privacy,
    tmp_path: Path,
    place: str,
) -> None:
    a_shop_with_a_shopper(store, connected, shop_id)
    (tmp_path / "file").touch()
    told = privacy("export", shop_id, ANNA, "--output", str(tmp_path / place))
    assert told.exit_code == 1
    assert f"{tmp_path / place}: cannot be written (" in told.stderr
    assert "Name another file with --output" in told.stderr
    assert "Traceback" not in told.output and "Written" not in told.output


def test_a_shopper_is_forgotten_and_nobody_else(
    store: Store, shop_id: str, connected: set[str], privacy: Privacy
) -> None:
    scene = a_shop_with_a_shopper(store, connected, shop_id)
    scene.take(a_cart_event(cart_id="c2", contact=Contact(email="ola@example.com")))
    assert privacy("erase", shop_id, ANNA, answer="n\n").exit_code == 1
    assert not scene.cart().erased
    assert privacy("erase", shop_id, ANNA, "--yes").exit_code == 0
    assert scene.cart().erased and not scene.cart("c2").erased
    assert ANNA not in str(items_of(store, shop_id))
    assert "asked to be forgotten" in privacy("export", shop_id, ANNA).stderr


def test_of_two_customers_with_one_address_the_shop_says_which(
    store: Store, shop_id: str, connected: set[str], privacy: Privacy
) -> None:
    scene = a_shop_with_a_shopper(store, connected, shop_id)
    for id_ in ("1", "2"):
        scene.take(
            CustomerUpdated(
                at=NOON, contact=Contact(platform_id=id_, email=ANNA, record_email=ANNA)
            )
        )
    refused = privacy("erase", shop_id, ANNA, "--yes")
    assert refused.exit_code == 1 and "1, 2" in refused.stderr
    assert privacy("erase", shop_id, "1", "--yes").exit_code == 0
    assert not scene.cart().erased  # the other customer's record has the address, too
    (left,) = (
        one
        for one in json.loads(privacy("export", shop_id, ANNA).stdout)
        if one["contact"].get("platform_id")
    )
    assert left["contact"]["platform_id"] == "2"


def test_a_shop_is_forgotten_once_it_is_disconnected_and_no_other(
    store: Store, shop_id: str, connected: set[str], privacy: Privacy
) -> None:
    a_shop_with_a_shopper(store, connected, shop_id)
    a_shop_with_a_shopper(store, connected, f"{shop_id}-2")
    before = len(items_of(store, f"{shop_id}-2"))
    refused = privacy("erase-shop", shop_id, "--yes")
    assert refused.exit_code == 1 and "wracaj shop remove" in refused.stderr
    assert len(items_of(store, shop_id)) == before > 8
    connected.remove(shop_id)
    assert f"{before} items deleted" in privacy("erase-shop", shop_id, "--yes").stdout
    assert (items_of(store, shop_id), len(items_of(store, f"{shop_id}-2"))) == ([], before)


def test_what_was_asked_for_is_listed_without_names(
    store: Store, shop_id: str, connected: set[str], privacy: Privacy
) -> None:
    scene = a_shop_with_a_shopper(store, connected, shop_id)
    asked = PrivacyRequested(
        at=NOON, kind=PrivacyKind.DATA_REQUEST, contact=Contact(email=ANNA), order_ids=("o1",)
    )
    assert "Nothing" in privacy("requests", shop_id).stdout
    scene.take(asked)
    (told,) = json.loads(privacy("requests", shop_id, "--json").stdout)
    assert (
        datetime.fromisoformat(told["at"]) == NOON
        and told["kind"] == "data_request"
        and told["order_ids"] == ["o1"]
    )
    shown = privacy("requests", shop_id).stdout
    assert (
        "Times of Europe/Warsaw" in shown
        and f"{NOON.astimezone(ZoneInfo('Europe/Warsaw')):%Y-%m-%d %H:%M} " in shown
    )
    assert "a shopper's data" in shown and "orders o1" in shown and ANNA not in shown
    connected.remove(shop_id)
    assert "Times of UTC" in privacy("requests", shop_id).stdout


def test_what_was_erased_by_the_shops_people_is_listed_as_theirs(
    store: Store, shop_id: str, connected: set[str], privacy: Privacy
) -> None:
    a_shop_with_a_shopper(store, connected, shop_id)
    privacy("erase", shop_id, ANNA, "--yes")
    (told,) = json.loads(privacy("requests", shop_id, "--json").stdout)
    assert (told["kind"], told["by"]) == ("customer_redact", "people") and told["names"]
    shown = privacy("requests", shop_id).stdout
    assert " erasure " in shown and "the shop's people" in shown and ANNA not in shown


def test_of_a_shop_that_was_never_there_nothing_is_listed_or_erased(
    store: Store, shop_id: str, connected: set[str], privacy: Privacy, emulator: Emulator
) -> None:
    emulator.client("ssm").put_parameter(
        Name=settings_name(STAGE, shop_id), Value="{}", Type="String"
    )
    refused = privacy("erase-shop", f"{shop_id}x", "--yes")
    assert refused.exit_code == 1 and "items deleted" not in refused.output
    assert f"nothing was found under '{shop_id}x'; did you mean `{shop_id}`?" in refused.stderr
    assert privacy("requests", f"{shop_id}x").exit_code == 1
