"""What a shop told and what was decided lies in the archive, sealed, and an erasure makes it
unreadable for ever."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from support.http_shop import an_http_shop
from support.local_stack import RunningStack
from support.timeline_on_stack import House, a_house, a_shopper
from wracaj_cli.archive.reading import lines, settle
from wracaj_cli.shops.target import local_target

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(scope="module")
def house(stack: RunningStack) -> Iterator[House]:
    with an_http_shop() as codes:
        yield a_house(stack, codes, shop="kubek-keeps")


def test_all_of_a_shopper_is_archived_and_unreadable_after_their_erasure(house: House) -> None:
    shop, stack, target = house.generic, house.stack, local_target(house.stack.home)
    began, ania, other = stack.now(), a_shopper("archived"), a_shopper("stays")
    for shopper in (ania, other):
        assert house.post(shop, *house.fills(shop, shopper)).status == 200
    stack.skip(4 * HOUR)
    assert house.post(shop, *house.buys(shop, ania)).status == 200
    stack.skip(2 * DAY)
    assert settle(target) == 0

    rows = list(lines(target, shop.id, began, stack.now()))
    for row in rows:
        print(row)
    assert 0
