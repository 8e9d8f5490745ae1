"""The nightly scoring on the local stack: the real template, schedule and machine, with permissions
enforced."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from typer.testing import CliRunner

from support.builders import an_order, some_settings
from support.local_stack import RunningStack, running_stack
from support.scenes import Scene
from wracaj.aws.shop_config import settings_name
from wracaj.events import Contact
from wracaj.segments.rfm import Night, Segment
from wracaj.settings.shop import Shop
from wracaj_cli import local
from wracaj_cli.main import app
from wracaj_cli.shops.registry import Given, put_shop
from wracaj_cli.shops.target import Target, find_target, local_target

SHOPPERS = 25
EVENING = datetime(2026, 11, 17, 22, tzinfo=UTC)
NIGHT = datetime(2026, 11, 18, 2, tzinfo=UTC)  # 3 in the morning in Warsaw


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """Of its own: the night comes at a time of the day."""
    with running_stack(tmp_path_factory.mktemp("night"), begins_at=EVENING) as found:
        yield found


@pytest.fixture(scope="module")
def target(stack: RunningStack) -> Target:
    return local_target(stack.home)


def a_shop_on(target: Target, name: str, **settings: Any) -> Shop:
    return put_shop(target, some_settings(shop=name, **settings), Given())


def orders(target: Target, shop: Shop, currency: str = "PLN") -> None:
    """Each shopper bought a day later, and more, than the one before."""
    scene = Scene(target.store(), shop)
    for number in range(SHOPPERS):
        bought = {
            "placed_at": target.now() - timedelta(days=SHOPPERS - number),
            "total": Decimal(50 + number),
        }
        person = Contact(email=f"shopper{number}@example.com")
        scene.take(an_order(order_id=f"o{number}", contact=person, currency=currency, **bought))


@pytest.fixture(scope="module")
def shops(target: Target) -> Iterator[dict[str, Shop]]:
    loyalty = {"currency": "EUR", "margin_percent": 30}
    found = {
        "night-a": a_shop_on(target, "night-a"),
        "night-b": a_shop_on(target, "night-b", loyalty=loyalty),
    }
    orders(target, found["night-a"])
    orders(target, found["night-b"], "EUR")
    broken = settings_name(target.stage, "night-broken")
    target.client("ssm").put_parameter(Name=broken, Value='{"shop": "night-broken"}', Type="String")
    yield found
    target.client("ssm").delete_parameter(Name=broken)


@pytest.fixture(scope="module")
def played(
    stack: RunningStack, target: Target, shops: dict[str, Shop]
) -> dict[str, dict[str, Any]]:
    """What became of each execution, by the name of its shop; of the one that the schedule started,
    by the empty name."""
    assert stack.now() < NIGHT
    assert executions_of(target) == []
    local.skip_to(NIGHT + timedelta(minutes=30), stack.home)
    machines = target.client("stepfunctions")
    ended = [
        machines.describe_execution(executionArn=each["executionArn"])
        for each in executions_of(target)
    ]
    return {json.loads(each["input"]).get("shop", ""): each for each in ended}


def executions_of(target: Target) -> list[dict[str, Any]]:
    listed = target.client("stepfunctions").list_executions(
        stateMachineArn=target.nightly_rfm, maxResults=1000
    )
    found: list[dict[str, Any]] = listed["executions"]
    return found


def night_of(target: Target, shop: str) -> Night:
    (night,) = target.store().scoring.last_nights(shop, 1)
    return night


def test_every_customer_of_every_shop_is_scored_in_the_shops_own_currency(
    played: dict[str, Any], target: Target
) -> None:
    assert {name: played[name]["status"] for name in ("", "night-a", "night-b")} == dict.fromkeys(
        ("", "night-a", "night-b"), "SUCCEEDED"
    )
    for name, currency in (("night-a", "PLN"), ("night-b", "EUR")):
        shoppers = list(target.store().scoring.everybody(name))
        assert len(shoppers) == SHOPPERS
        scores = sorted(
            (one.rfm.recency, one.rfm.frequency, one.rfm.monetary) for one in shoppers if one.rfm
        )
        assert scores == sorted((n, 3, n) for n in range(1, 6) for _ in range(SHOPPERS // 5))
        night = night_of(target, name)
        assert (night.currency, sum(night.sizes.values())) == (currency, SHOPPERS)
        assert NIGHT <= night.at < NIGHT + timedelta(minutes=30)
        assert night.sizes[Segment.LOYAL] == SHOPPERS // 5 * 2


def test_a_shop_that_fails_is_alone_in_it_and_its_execution_has_failed(
    played: dict[str, Any],
) -> None:
    assert played["night-broken"]["status"] == "FAILED"
    assert "@" not in json.dumps(played["night-broken"], default=str)


def test_a_schedule_that_fires_twice_scores_once(
    stack: RunningStack, played: dict[str, Any], target: Target
) -> None:
    machines, before = target.client("stepfunctions"), len(executions_of(target))
    again = machines.start_execution(stateMachineArn=target.nightly_rfm, input="{}")["executionArn"]
    stack.skip(timedelta(minutes=30))
    assert machines.describe_execution(executionArn=again)["status"] == "SUCCEEDED"
    assert len(executions_of(target)) == before + 1


def test_a_history_holds_ids_only(played: dict[str, Any], target: Target) -> None:
    history = target.client("stepfunctions").get_execution_history(
        executionArn=played["night-a"]["executionArn"], maxResults=1000
    )
    told = json.dumps(history["events"], default=str)
    assert '\\"after\\":' in told
    assert "@" not in told and "+48" not in told


def test_the_command_scores_now_and_says_how_many(
    played: dict[str, Any], target: Target, stack: RunningStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "wracaj_cli.scoring.find_target", lambda name: find_target(name, home=stack.home)
    )
    before = night_of(target, "night-a").at
    told = CliRunner().invoke(app, ["score", "night-a"])
    assert (told.exit_code, told.output) == (
        0,
        f"Scored {SHOPPERS} customers of night-a. See them with `wracaj report night-a`.\n",
    )
    assert night_of(target, "night-a").at > before
    assert CliRunner().invoke(app, ["score", "nobody"]).exit_code == 1
    failed = CliRunner().invoke(app, ["score", "night-broken"])
    assert failed.exit_code == 1
