"""A code that expired before it was announced is created again. A grant that can no longer be
announced does not block a nudge."""

from decimal import Decimal
from typing import Any

import pytest

from support.builders import NOON
from support.clocks import Clock
from support.loyalty_club import DAY, FIFTEEN, NUDGE, REWARD, a_club, about, bought, grants
from support.scenes import Scene
from wracaj.errors import DiscountError, NotTakenError
from wracaj.timelines.steps import LoyaltyOutcome, Outcome, Reason


@pytest.fixture
def scene(store: Any, shop_id: str, clock: Clock) -> Scene:
    return a_club(store, shop_id)


def test_a_reward_whose_code_expired_untold_comes_with_a_new_code_of_the_same_worth(
    scene: Scene, clock: Clock
) -> None:
    scene.take(bought("o1", "310"))
    clock.time = NOON + FIFTEEN
    scene.check(about("o1"))  # its message never gets out
    clock.time += 120 * DAY
    scene.take(bought("o2", "280", clock.time))
    clock.time += FIFTEEN
    assert scene.check(about("o2")).outcome is LoyaltyOutcome.REWARD
    assert scene.step(REWARD, about("o2")).outcome is Outcome.SENT
    old, new = scene.created
    assert (old.amount, new.amount, new.expires_at) == (
        Decimal(20),
        Decimal(20),
        clock.time + 30 * DAY,
    )
    assert (
        new.code in scene.provider.sent[0].rendered.text
        and old.code not in scene.provider.sent[0].rendered.text
    )


def test_a_code_that_still_works_is_not_made_anew(scene: Scene, clock: Clock) -> None:
    scene.take(bought("o1", "310"))
    clock.time = NOON + FIFTEEN
    scene.check(about("o1"))
    scene.take(bought("o2", "5", clock.time))
    clock.time += FIFTEEN
    assert scene.check(about("o2")).outcome is LoyaltyOutcome.REWARD
    assert len(scene.created) == 1


def test_no_code_is_created_that_has_expired_already(scene: Scene, clock: Clock) -> None:
    scene.take(bought("o1", "310"))
    clock.time = NOON + FIFTEEN

    def closed(*_: Any) -> Any:
        raise DiscountError("the shop is closed")

    scene.on_discount = closed
    with pytest.raises(NotTakenError):
        scene.check(about("o1"))
    scene.on_discount = None
    clock.time += 60 * DAY
    scene.take(bought("o2", "5", clock.time))
    clock.time += FIFTEEN
    assert scene.check(about("o2")).outcome is LoyaltyOutcome.REWARD
    assert [voucher.expires_at for voucher in scene.created] == [clock.time + 30 * DAY]
    assert scene.step(REWARD, about("o2")).outcome is Outcome.SENT


def test_a_code_that_could_not_be_told_for_most_of_a_year_is_over_and_blocks_no_nudge(
    scene: Scene, clock: Clock
) -> None:
    scene.take(bought("o1", "310"))
    clock.time = NOON + FIFTEEN
    scene.check(about("o1"))
    clock.time += 305 * DAY
    scene.take(bought("o2", "280", clock.time))
    clock.time += FIFTEEN
    assert scene.check(about("o2")).outcome is LoyaltyOutcome.NUDGE
    assert scene.step(REWARD, about("o2")).reason is Reason.NO_CONTENT
    assert (
        scene.step(NUDGE.model_copy(update={"name": "later"}), about("o2")).outcome is Outcome.SENT
    )
    assert len(scene.created) == 1


def test_a_code_that_was_told_is_never_made_anew(scene: Scene, clock: Clock) -> None:
    scene.take(bought("o1", "310"))
    clock.time = NOON + FIFTEEN
    scene.check(about("o1"))
    assert scene.step(REWARD, about("o1")).outcome is Outcome.SENT
    clock.time += 60 * DAY
    scene.take(bought("o2", "5", clock.time))
    clock.time += FIFTEEN
    assert scene.check(about("o2")).outcome is LoyaltyOutcome.NOTHING
    assert len(scene.created) == 1 and next(iter(grants(scene).values())).announced_by is not None
