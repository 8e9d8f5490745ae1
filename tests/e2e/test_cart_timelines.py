"""One shop, four carts, three timelines. A rule in the shop's settings decides which timeline a
cart takes."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from support.http_shop import an_http_shop
from support.local_stack import RunningStack
from support.timeline_on_stack import House, Shopper, a_house, a_shopper
from wracaj_cli.main import app
from wracaj_cli.shops.target import find_target, local_target

RULES = {
    "shop": "kubek-r",
    "timelines": ["abandoned_cart", "high_value_cart", "regular_cart"],
    "cart_timelines": [
        {"timeline": "high_value_cart", "cart_total_from": "2000", "currency": "PLN"},
        {"timeline": "regular_cart", "customer": "returning"},
        {"timeline": "none", "cart_total_below": "30", "currency": "PLN"},
    ],
}
TAKES = {"plain": "abandoned_cart", "expensive": "high_value_cart", "regular": "regular_cart"}
SUBJECTS = {
    "plain": "Twój koszyk na Ciebie czeka",
    "expensive": "Twój koszyk jest bezpieczny",
    "regular": "Dobrze Cię znowu widzieć",
}
WORTH = {"plain": "199.00", "expensive": "2499.00", "regular": "199.00", "small": "19.00"}


@pytest.fixture(scope="module")
def house(stack: RunningStack) -> Iterator[House]:
    with an_http_shop() as codes:
        yield a_house(stack, codes, **RULES)


@pytest.fixture(scope="module")
def played(house: House) -> dict[str, Shopper]:
    """All carts wait together; each shopper orders after the first message, and every timeline then
    learns of it."""
    shop, people = house.generic, {name: a_shopper(name) for name in WORTH}
    house.post(
        shop,
        *house.buys(
            shop, people["regular"], cart_id="long-ago", at=house.stack.now() - timedelta(days=40)
        ),
    )
    for name, total in WORTH.items():
        for _ in range(2):  # a shop that sends everything twice
            assert house.post(shop, *house.fills(shop, people[name], total=total)).status == 200
    house.stack.skip(timedelta(hours=8))
    for name in TAKES:
        assert house.post(shop, *house.buys(shop, people[name])).status == 200
    house.stack.skip(timedelta(days=4))
    assert [
        name
        for name, timeline in TAKES.items()
        if not house.has_ended(shop, people[name], timeline)
    ] == []
    return people


def test_three_carts_of_one_shop_take_three_timelines(
    house: House, played: dict[str, Shopper]
) -> None:
    assert {name: house.runs_on(house.generic, played[name]) for name in TAKES} == {
        name: [TAKES[name]] for name in TAKES
    }


def test_each_gets_the_first_mail_of_its_own_timeline_and_none_after_the_order(
    house: House, played: dict[str, Shopper]
) -> None:
    for name, timeline in TAKES.items():
        (mail,) = house.outbox(played[name])
        assert (mail.subject, mail.tags["timeline"], mail.tags["step"]) == (
            SUBJECTS[name],
            timeline,
            "first_email",
        )
        assert house.states(house.generic, played[name], timeline)[-1] == "Order completed"


def test_the_counters_name_the_timeline(house: House, played: dict[str, Shopper]) -> None:
    store, days = local_target(house.stack.home).store(), range(12)
    counted: dict[str, int] = {}
    for back in days:
        day = f"{house.stack.now() - timedelta(days=back):%Y-%m-%d}"
        for step, outcomes in store.counters.of_day(house.generic.id, day).items():
            counted[step] = (
                counted.get(step, 0) + outcomes.get("sent", 0) + outcomes.get("carts", 0)
            )
    assert {f"{timeline}#first_email": 1 for timeline in TAKES.values()}.items() <= counted.items()
    assert counted["no timeline#rule 3"] == 1


def test_a_cart_that_the_rules_leave_alone_gets_nothing_and_says_why(
    house: House, played: dict[str, Shopper], monkeypatch: pytest.MonkeyPatch
) -> None:
    small = played["small"]
    assert (house.runs_on(house.generic, small), house.outbox(small)) == ([], [])
    monkeypatch.setattr(
        "wracaj_cli.shops.commands.find_target",
        lambda name: find_target(name, home=house.stack.home),
    )
    told = (
        CliRunner(env={"COLUMNS": "160"})
        .invoke(app, ["shop", "cart", house.generic.id, small.cart_id])
        .stdout
    )
    assert "none: rule 3 of the shop's `cart_timelines` says so" in told
