"""The restore, rehearsed: AWS's own call copies the table, the live one loses its items, and what
`wracaj restore` and `wracaj replay` make of both is as if nothing had been lost."""

import json
import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from support.http_shop import an_http_shop
from support.local_stack import RunningStack
from support.timeline_on_stack import House, Shopper, a_house, a_shopper, links_in, visit
from wracaj.events import Contact
from wracaj.store.wire import from_wire
from wracaj_cli.archive.reading import settle
from wracaj_cli.main import app
from wracaj_cli.shops.target import Target, local_target

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
COPY = "wracaj-rehearsed"
Items = dict[tuple[str, str], dict[str, Any]]
# Counts changes, when an item goes, when a page was looked at, and how far a shop was read: these
# differ after a replay.
NO_MATTER = {"revision", "expires_at", "recorded_at", "choice", "at", "link_p"}
CLUB = {"currency": "PLN", "margin_percent": 50, "points": {"per_unit": 1, "value": "0.01"}}


@pytest.fixture(scope="module")
def house(stack: RunningStack) -> Iterator[House]:
    with an_http_shop() as codes:
        yield a_house(stack, codes, shop="kubek-rehearsed", loyalty=CLUB)


@pytest.fixture
def target(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[Target]:
    found = local_target(house.stack.home)
    for module in ("archive.replay", "restore.command", "loyalty.command"):
        monkeypatch.setattr(f"wracaj_cli.{module}.find_target", lambda _: found)
    yield found
    found.client("dynamodb").delete_table(TableName=COPY)
    switch(found, "on")


def switch(target: Target, value: str) -> None:
    target.client("ssm").put_parameter(
        Name=f"/wracaj/{target.stage}/switch", Value=value, Overwrite=True
    )


def say(*arguments: str, code: int = 0) -> Result:
    done = CliRunner(env={"COLUMNS": "200"}).invoke(app, list(arguments))
    assert done.exit_code == code, done.output
    return done


def items(target: Target, shop: str) -> Items:
    pages = target.client("dynamodb").get_paginator("scan").paginate(TableName=target.table)
    found = [from_wire(item) for page in pages for item in page["Items"]]
    return {
        (item["PK"], item["SK"]): told_of(item)
        for item in found
        if item["PK"].startswith(f"SHOP#{shop}#") or item.get("shop") == shop
    }


def told_of(item: dict[str, Any]) -> dict[str, Any]:
    """An item without what may differ: the address of an address is written with its next word."""
    told = {name: value for name, value in item.items() if name not in NO_MATTER}
    if "known" in told:
        known = json.loads(told["known"])
        is_account = known["id"].startswith("a-")
        told["known"] = {n: v for n, v in known.items() if is_account or n != "contact"}
    return told


def lose(target: Target, lost: Items | list[tuple[str, str]]) -> None:
    for pk, sk in lost:
        target.client("dynamodb").delete_item(
            TableName=target.table, Key={"PK": {"S": pk}, "SK": {"S": sk}}
        )


def bring_back(house: House, target: Target, at: str) -> list[dict[str, Any]]:
    shop = house.generic.id
    arguments = ("restore", COPY, "--moment", at, "--shop", shop)
    told: list[dict[str, Any]] = json.loads(say(*arguments, "--yes", "--json").stdout)
    say("replay", shop, "--from", at)
    return told


def is_counted(key: tuple[str, str]) -> bool:
    """Counters of what an erased shopper's messages did are not promised."""
    return "#STATS#" in key[0] or key[0].endswith("#ACTIVITY")


@pytest.mark.timeout(900)
def test_a_restored_table_and_the_archive_make_up_for_all_that_was_lost(
    house: House, target: Target
) -> None:
    shop, stack = house.generic, house.stack
    people = [a_shopper("rehearsed") for _ in range(6)]
    buys, bought, stops, erased, *others = people
    for shopper in people:
        assert house.post(shop, *house.fills(shop, shopper)).status == 200
    stack.skip(4 * HOUR)
    assert house.post(shop, *house.buys(shop, bought)).status == 200
    target.client("dynamodb").restore_table_to_point_in_time(
        SourceTableName=target.table, TargetTableName=COPY, UseLatestRestorableTime=True
    )
    at = stack.now().isoformat()

    assert house.post(shop, *house.buys(shop, buys)).status == 200
    assert visit(links_in(house.outbox(stops)[0])["u"], "POST")[0] == 200
    target.store().erasure.erase(shop.id, Contact(email=erased.email), stack.now())
    fresh = a_shopper("rehearsed")
    assert house.post(shop, *house.fills(shop, fresh)).status == 200
    stack.skip(3 * HOUR + HOUR / 2)
    assert settle(target) == 0
    everybody = [*people, fresh]
    mails = {one: texts(house, one) for one in everybody}
    assert [len(mails[one]) for one in everybody] == [1] * 7
    before, points = items(target, shop.id), points_of(shop.id, [buys, bought])

    assert any(key[0].endswith("#ACTIVITY") for key in before)  # the writer may count

    asks = say("restore", COPY, "--moment", at, "--shop", shop.id, code=1)
    assert "switched on" in asks.output
    switch(target, "off")
    lose(target, before)
    dry = say("restore", COPY, "--moment", at, "--shop", shop.id, "--dry-run")
    assert items(target, shop.id) == {} and "brought back" in dry.stdout
    told = bring_back(house, target, at)
    assert {row["comes_of_it"] for row in told} >= {"brought_back", "erased", "erased_again"}
    after = items(target, shop.id)
    assert erased.email not in str(after)
    alike = {key for key in before if not is_counted(key) and before[key] == after.get(key)}
    differing = [key for key in before.keys() - alike if not is_counted(key)]
    others_differ = [key for key in differing if not is_of(erased, before[key])]
    assert [f"{before[key]} became {after.get(key)}" for key in others_differ] == []

    lost = random.Random(7).sample(sorted(before), len(before) // 2)
    lose(target, lost)
    bring_back(house, target, at)
    assert points_of(shop.id, [buys, bought]) == points
    assert erased.email not in str(items(target, shop.id))

    switch(target, "on")
    stack.skip(5 * DAY)
    for shopper in (buys, bought, stops, erased):
        assert texts(house, shopper) == mails[shopper]
    for shopper in (*others, fresh):
        sent = texts(house, shopper)
        assert sent[:1] == mails[shopper] and len(sent) == len(set(sent)) == 3


def texts(house: House, shopper: Shopper) -> list[str]:
    return [message.subject or message.text for message in house.outbox(shopper)]


def points_of(shop: str, shoppers: list[Shopper]) -> list[str]:
    return [say("loyalty", shop, shopper.email, "--json").stdout for shopper in shoppers]


def is_of(shopper: Shopper, item: dict[str, Any]) -> bool:
    return shopper.cart_id in (item.get("cart_id"), item["PK"].rpartition("#")[2]) or (
        "WHO#" in item["PK"] and "erased_at" in str(item)
    )
