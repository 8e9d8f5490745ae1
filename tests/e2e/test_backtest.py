"""`wracaj backtest` on what a stack archived: the unchanged timeline reproduces every decision, and
with two hours instead of three it says what a shop with two hours really got."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from support.frozen_timelines import FROZEN
from support.http_shop import an_http_shop
from support.local_stack import RunningStack
from support.timeline_on_stack import House, Shopper, a_house, a_shopper
from wracaj.settings.shop import Shop
from wracaj_cli.archive.reading import lines
from wracaj_cli.archive.source import Bucket
from wracaj_cli.main import app
from wracaj_cli.shops.registry import Given, put_shop
from wracaj_cli.shops.target import find_target, local_target

HOUR = timedelta(hours=1)
NIGHT = {"opens": "9:00", "closes": "20:00"}
TWO_HOURS = {"abandoned_cart": {"first_email_after_hours": 2}}
LATE = timedelta(minutes=20)  # of the stack's own clock
NAMES = ("leaves", "buys", "fills_two", "at_night")
Json = dict[str, Any]


@pytest.fixture(scope="module")
def house(stack: RunningStack) -> Iterator[House]:
    with an_http_shop() as codes:
        yield a_house(stack, codes, shop="kubek-past", send_window=NIGHT)


@pytest.fixture(scope="module")
def shops(house: House) -> tuple[Shop, Shop]:
    """One with the timeline's three hours, and one with two."""
    changes = {"shop": "kubek-two", "timings": TWO_HOURS}
    other = house.generic.settings.model_copy(update=changes)
    return house.generic, put_shop(local_target(house.stack.home), other, Given())


@pytest.fixture(scope="module")
def lived(house: House, shops: tuple[Shop, Shop]) -> dict[str, tuple[Shopper, Shopper]]:
    """The same shoppers in both shops: one leaves, one buys after two and a half hours, one fills
    another cart, one comes so late that the night begins before the message is due."""
    stack, people = house.stack, {name: (a_shopper(name), a_shopper(name)) for name in NAMES}
    _wait_until(stack, 10)

    def both(name: str, what: Any) -> None:
        for shop, shopper in zip(shops, people[name], strict=True):
            assert house.post(shop, *what(shop, shopper)).status == 200

    for name in ("leaves", "buys", "fills_two"):
        both(name, house.fills)
    stack.skip(2.5 * HOUR)
    both("buys", house.buys)
    both("fills_two", lambda shop, one: house.fills(shop, one, cart_id=f"{one.cart_id}-b"))
    _wait_until(stack, 17)
    stack.skip(0.5 * HOUR)
    both("at_night", house.fills)
    stack.skip(4 * 24 * HOUR)
    return people


def _wait_until(stack: RunningStack, hour: int) -> None:
    """Skip to the next full hour of this number in Warsaw."""
    local = stack.now().astimezone(ZoneInfo("Europe/Warsaw"))
    then = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    stack.skip((then if then > local else then + timedelta(days=1)) - local)


def told(monkeypatch: pytest.MonkeyPatch, stack: RunningStack, *arguments: str) -> str:
    monkeypatch.setattr(
        "wracaj_cli.archive.backtest.command.find_target",
        lambda name: find_target(name, home=stack.home),
    )
    result = CliRunner().invoke(app, ["backtest", *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def two_hours(folder: Path) -> Path:
    text = (FROZEN / "abandoned_cart.yaml").read_text(encoding="utf-8")
    file = folder / "abandoned_cart.yaml"
    file.write_text(
        text.replace("first_email_after_hours: 3 ", "first_email_after_hours: 2 "), "utf-8"
    )
    return file


def test_the_unchanged_timeline_reproduces_every_decision(
    house: House,
    shops: tuple[Shop, Shop],
    lived: Mapping[str, tuple[Shopper, Shopper]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    unchanged = str(FROZEN / "abandoned_cart.yaml")
    for shop in shops:
        found: Json = json.loads(
            told(monkeypatch, house.stack, shop.id, "--timeline", unchanged, "--json")
        )
        check = found["self_check"]
        assert check["decisions"] == check["same"] > 10
        assert not check["different"] and not check["changed"]
        assert found["as_it_was"] == found["with_file"]
        assert found["runs"] == len(NAMES) + 1
        assert not found["moves"]["listed"]


def test_two_hours_instead_of_three_move_what_a_shop_with_two_hours_really_got(
    house: House,
    shops: tuple[Shop, Shop],
    lived: Mapping[str, tuple[Shopper, Shopper]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    three, two = shops
    file = str(two_hours(tmp_path))
    found: Json = json.loads(told(monkeypatch, house.stack, three.id, "--timeline", file, "--json"))
    listed = found["moves"]["listed"]
    # before the order, and before the second cart
    new = [lived["buys"][0].cart_id, lived["fills_two"][0].cart_id]
    assert sorted(one["cart"] for one in listed if one["kind"] == "new") == new
    assert found["moves"]["more_before_order"] == 1
    for name in NAMES:
        mine, other = lived[name]
        walked = sent(house, three, mine) | moved(listed, mine)
        left = {key: at for key, at in walked.items() if at}
        really = {key: at for key, at in sent(house, two, other).items() if at}
        assert left.keys() == really.keys(), name
        for key, at in really.items():
            assert abs(left[key] - at) < LATE, (name, key, left[key], at)


Sent = dict[tuple[str, str], datetime | None]


def sent(house: House, shop: Shop, shopper: Shopper) -> Sent:
    """(which cart, step) → when the message left, as the archive has it and the outbox does."""
    since = house.stack.now() - timedelta(days=8)
    found: Sent = {
        (row["cart_id"].removeprefix(shopper.cart_id), row["step"]["name"]): datetime.fromisoformat(
            row["at"]
        )
        for row in lines(Bucket(local_target(house.stack.home)), shop.id, since, house.stack.now())
        if row["kind"] == "decision"
        and row["outcome"] == "sent"
        and row["cart_id"].startswith(shopper.cart_id)
    }
    assert len(found) == len(house.outbox(shopper))
    return found


def moved(listed: list[Json], shopper: Shopper) -> Sent:
    return {
        (one["cart"].removeprefix(shopper.cart_id), one["step"]): one["now_at"]
        and datetime.fromisoformat(one["now_at"])
        for one in listed
        if one["cart"].startswith(shopper.cart_id)
    }


def test_the_command_shows_it_in_both_languages(
    house: House,
    shops: tuple[Shop, Shop],
    lived: Mapping[str, tuple[Shopper, Shopper]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    asked = (shops[0].id, "--timeline", str(two_hours(tmp_path)))
    english = told(monkeypatch, house.stack, *asked, "--locale", "en")
    assert "archived decisions come out the same" in english
    assert lived["leaves"][0].cart_id in english
    polish = told(monkeypatch, house.stack, *asked)  # the shop's own language
    assert "decyzji z archiwum wychodzi tak samo" in polish
