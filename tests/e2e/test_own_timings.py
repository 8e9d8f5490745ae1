"""Two shops in one stack, one of them with its own timing. Each gets its mail at its own time."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from support.http_shop import an_http_shop
from support.local_stack import RunningStack
from support.timeline_on_stack import House, a_house, a_shopper
from wracaj.settings.shop import Shop
from wracaj_cli.shops.registry import Given, put_shop
from wracaj_cli.shops.target import local_target

HOUR = timedelta(hours=1)
CACHED = timedelta(minutes=10)  # the functions keep a shop's settings for five


def timings(hours: float) -> dict[str, dict[str, dict[str, float]]]:
    return {"timings": {"abandoned_cart": {"first_email_after_hours": hours}}}


@pytest.fixture(scope="module")
def house(stack: RunningStack) -> Iterator[House]:
    with an_http_shop() as codes:
        yield a_house(stack, codes, shop="kubek-own", **timings(2))


def first_mail_after(house: House, *shops: Shop) -> list[timedelta]:
    """How long after the cart was filled each shop's shopper got the first mail."""
    people = [a_shopper("own") for _ in shops]
    filled_at = house.stack.now()
    for shop, shopper in zip(shops, people, strict=True):
        assert house.post(shop, *house.fills(shop, shopper)).status == 200
    house.stack.skip(8 * HOUR)
    return [house.outbox(shopper)[0].at - filled_at for shopper in people]


def test_a_shop_with_two_hours_and_one_with_the_default_get_their_mail_at_their_own_time(
    house: House,
) -> None:
    own, default = first_mail_after(house, house.generic, house.shopify)
    assert 2 * HOUR <= own < 2.5 * HOUR
    assert 3 * HOUR <= default < 3.5 * HOUR


def test_a_changed_timing_needs_no_deploy_and_a_running_timeline_keeps_its_own(
    house: House,
) -> None:
    running = a_shopper("running")
    filled_at, settings = house.stack.now(), house.generic.settings
    house.post(house.generic, *house.fills(house.generic, running))
    changed = settings.model_copy(update=timings(5))
    shop = put_shop(local_target(house.stack.home), changed, Given())
    house.stack.skip(CACHED)

    (new,) = first_mail_after(house, shop)
    assert 5 * HOUR <= new < 5.5 * HOUR
    assert 2 * HOUR <= house.outbox(running)[0].at - filled_at < 2.5 * HOUR
