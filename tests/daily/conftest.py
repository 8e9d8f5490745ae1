import pytest

from support.clocks import Clock
from support.daily_club import MORNING, a_club
from support.scenes import Scene
from wracaj.store import Store


@pytest.fixture
def clock(clock: Clock) -> Clock:
    clock.time = MORNING
    return clock


@pytest.fixture
def scene(store: Store, shop_id: str, clock: Clock) -> Scene:
    return a_club(store, shop_id)
