"""A shop with a holdout and a test of a timing, on the whole stack: who gets which mail and when,
and what the experiments show of it."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from support.http_shop import an_http_shop
from support.local_stack import RunningStack
from support.timeline_on_stack import House, Shopper, a_house, a_shopper
from wracaj.settings.experiments import HELD_OUT
from wracaj_cli.experiments.showing import Shown, look
from wracaj_cli.shops.target import local_target

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PEOPLE = 12
HOURS = {"two": 2, "three": 3, "five": 5}


@pytest.fixture(scope="module")
def house(stack: RunningStack) -> Iterator[House]:
    begins = {"begins": stack.now() - DAY, "ends": stack.now() + 90 * DAY, "smallest_lift": 1}
    waits = {"two": 2, "five": 5}
    others = {
        name: {"share_percent": 33, "timings": {"first_email_after_hours": hours}}
        for name, hours in waits.items()
    }
    experiments: dict[str, Any] = {
        "does_it_pay": {"hold_out_percent": 50, "days": 1} | begins,
        "hours": {
            "timeline": "abandoned_cart",
            "arms": {"three": {"share_percent": 34}, **others},
        }
        | begins,
    }
    with an_http_shop() as codes:
        yield a_house(stack, codes, shop="kubek-tries", experiments=experiments)


def test_each_shopper_gets_what_their_arm_says_and_the_sums_say_what_came_of_it(
    house: House,
) -> None:
    shop, stack = house.generic, house.stack
    store, filled_at = local_target(stack.home).store(), stack.now()
    people = [a_shopper("arms") for _ in range(PEOPLE)]
    for shopper in people:
        assert house.post(shop, *house.fills(shop, shopper)).status == 200
    stack.skip(8 * HOUR)

    arms = {}
    for shopper in people:
        cart = store.carts.get_with_records(shop.id, shopper.cart_id)
        assert cart is not None
        (record,) = cart.records.values()
        arms[shopper] = record.arms
        mails = [one.at - filled_at for one in house.outbox(shopper)]
        if record.arms["does_it_pay"] == HELD_OUT:
            assert mails == [] and set(record.arms) == {"does_it_pay"}
        else:
            hours = HOURS[record.arms["hours"]]
            assert len(mails) == 1 and hours * HOUR <= mails[0] < (hours + 0.5) * HOUR
    assert {told["does_it_pay"] for told in arms.values()} == {"held_out", "treated"}

    buyers = people[: PEOPLE // 2]
    for shopper in buyers:
        assert house.post(shop, *house.buys(shop, shopper, total="123.00")).status == 200
    stack.skip(4 * DAY)
    for shopper in buyers:  # once more, when the day is frozen
        house.post(shop, *house.buys(shop, shopper, total="123.00"))
    shown = look(store, shop.settings, "does_it_pay", stack.now())
    assert_as_by_hand(shown, arms, set(buyers))


def assert_as_by_hand(
    shown: Shown, arms: dict[Shopper, dict[str, str]], buyers: set[Shopper]
) -> None:
    expected = Counter(told["does_it_pay"] for told in arms.values())
    assert shown.verdict.people == shown.verdict.entered == expected
    for arm in ("held_out", "treated"):
        ordered = sum(told["does_it_pay"] == arm for who, told in arms.items() if who in buyers)
        assert shown.verdict.sums[arm].total == ordered
