"""Who gets a message some days before points expire."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from support.builders import ANNA, HOUR, NOON
from support.clocks import Clock
from support.daily_club import DAY, LOYALTY, REMINDER, a_club, begun, bought, days_from, entries
from support.daily_search import play_day
from support.scenes import Scene
from wracaj.events import OrderRefunded, ReviewWritten
from wracaj.store import Store
from wracaj.timelines.steps import LoyaltyOutcome, Outcome, Reason


def test_points_are_told_of_some_days_before_they_go(scene: Scene, clock: Clock) -> None:
    scene.take(bought(datetime(2025, 12, 30, 12, tzinfo=UTC)))  # good until 2026-12-31
    days_from(scene, clock, *range(10))  # until 30 November
    assert begun(scene) == []
    days_from(scene, clock, *range(10, 30))
    assert begun(scene) == [("points_expiring", "2026-12-31")]


def test_the_first_search_finds_whatever_goes_within_the_days_of_the_warning(scene: Scene) -> None:
    scene.take(
        bought(datetime(2025, 11, 3, 12, tzinfo=UTC)),
        bought(datetime(2025, 12, 3, 12, tzinfo=UTC), "o2"),
    )
    play_day(scene)
    assert begun(scene) == [("points_expiring", "2026-11-30")]


def test_a_warning_that_is_set_earlier_forgets_none_in_between(
    store: Store, shop_id: str, clock: Clock
) -> None:
    points = {**LOYALTY["points"], "warn_days": 7}
    late = a_club(store, shop_id, loyalty={**LOYALTY, "points": points})
    late.take(
        bought(datetime(2025, 11, 3, 12, tzinfo=UTC)),
        bought(datetime(2025, 12, 4, 12, tzinfo=UTC), "o2"),
    )
    play_day(late)
    assert begun(late) == []
    early = a_club(store, shop_id, loyalty={**LOYALTY, "points": {**points, "warn_days": 60}})
    clock.time += DAY
    play_day(early)
    assert begun(early) == [("points_expiring", "2026-11-30"), ("points_expiring", "2026-12-31")]
    days_from(late, clock, 2, 3)
    assert begun(late) == []


def test_each_reminder_tells_the_points_of_its_own_day(scene: Scene, clock: Clock) -> None:
    scene.take(
        bought(datetime(2025, 11, 3, 12, tzinfo=UTC), "o1", "200"),
        bought(datetime(2025, 12, 3, 12, tzinfo=UTC), "o2", "70"),
    )
    clock.time = datetime(2026, 11, 1, 3, tzinfo=UTC)
    play_day(scene)
    ((reminder, _),) = scene.started
    clock.time += 6 * HOUR
    assert scene.check(reminder).outcome is LoyaltyOutcome.EXPIRING
    assert scene.step(REMINDER, reminder).outcome is Outcome.SENT
    text = scene.provider.sent[0].rendered.text.replace("\u00a0", " ")
    assert "200 punktów" in text and "30 listopada" in text and "10,00 zł" in text


def test_points_that_were_used_or_given_back_are_not_warned_of(scene: Scene, clock: Clock) -> None:
    scene.take(bought(datetime(2025, 11, 3, 12, tzinfo=UTC), "o1", "200"))
    play_day(scene)
    ((reminder, _),) = scene.started
    scene.take(
        OrderRefunded(at=NOON, order_id="o1", refund_id="r", currency="PLN", amount=Decimal(200))
    )
    clock.time += 6 * HOUR
    assert scene.check(reminder).outcome is LoyaltyOutcome.NOTHING
    assert scene.step(REMINDER, reminder).reason is Reason.NO_CONTENT
    assert [name for name, _ in entries(scene) if "points" in name] == []


def test_points_of_an_achievement_are_warned_of_as_well(scene: Scene, clock: Clock) -> None:
    clock.time = NOON
    scene.take(
        bought(NOON - 30 * DAY, "o1", "100"), ReviewWritten(at=NOON, contact=ANNA, review_id="r1")
    )
    (*_, (review, _)) = scene.started
    clock.time = NOON + 15 * DAY
    assert scene.check(review).outcome is LoyaltyOutcome.REWARD
    assert [name for name, _ in entries(scene) if name.endswith("12-31")] == [
        "points_expiring#2027-12-31"
    ]
    (item,) = [item for item in all_items(scene) if "DAY#points_expiring#2027-12-31" in item["PK"]]
    assert datetime.fromtimestamp(int(item["expires_at"]), UTC) == datetime(2028, 1, 2, tzinfo=UTC)


def all_items(scene: Scene) -> list[dict[str, Any]]:
    listed = [(name.split("#"), customer) for name, customer in entries(scene)]
    shards = range(8)
    return [
        item
        for (kind, day), _ in listed
        for shard in shards
        for item in scene.store.table.query(
            {"PK": f"SHOP#{scene.shop.id}#DAY#{kind}#{day}#{shard:02d}"}
        )
    ]
