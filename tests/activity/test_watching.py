"""From what happens in a shop to the alarm: the archive's writer counts, the hourly look judges."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

import shop_watch.app
from shop_watch.watching import NoShopWatchedError, watch
from support.lambdas import CONTEXT, STAGE
from support.stories.cloud import Cloud
from support.stories.story import Story
from support.stories.telling import a_story
from wracaj.activity.hours import CAMPAIGN, Series, counted
from wracaj.archive.decisions import Decision, decision_row
from wracaj.archive.events import event_row
from wracaj.archive.rows import Row
from wracaj.aws import shop_config
from wracaj.aws.observability import metrics
from wracaj.carts.page_carts import page_cart_id
from wracaj.clock import hour_of
from wracaj.consent.channel import Channel
from wracaj.events import CartUpdated, OrderPlaced
from wracaj.store import open_store
from wracaj.store.activity import KEPT_DAYS, Activities
from wracaj.timelines.facts import Facts
from wracaj.timelines.steps import Outcome, Reason, Step, StepRequest, StepResult

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def shop(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Story:
    monkeypatch.setattr(metrics.provider, "namespace", "Wracaj")
    monkeypatch.setattr(shop_config, "_switch", None)
    return a_story(cloud)


def a_decision(story: Story, outcome: Outcome, reason: Reason, timeline: str) -> Row:
    step = Step(name="first_email", channel=Channel.EMAIL, template="t", after_seconds=60)
    request = StepRequest(shop=story.shop.id, cart_id="c1", episode=1, step=step, timeline=timeline)
    result = StepResult(outcome=outcome, reason=reason)
    return decision_row(story.shop.settings, request, step, Decision(result, Facts(), story.now))


def test_events_orders_and_messages_are_counted_by_the_hour(shop: Story) -> None:
    settings, now = shop.shop.settings, shop.now
    cart = CartUpdated(at=now, cart_id="c1")
    order = OrderPlaced(at=now, order_id="o1", placed_at=now)
    page = CartUpdated(at=now, cart_id=page_cart_id(shop.shop.id, "k" * 32))
    rows = [event_row(settings, event, now, now) for event in (cart, cart, order, page)]
    rows += [
        a_decision(shop, Outcome.SENT, Reason.DUE, "abandoned_cart"),
        a_decision(shop, Outcome.SENT, Reason.DUE, CAMPAIGN),
        a_decision(shop, Outcome.SKIPPED, Reason.SWITCHED_OFF, "abandoned_cart"),
        a_decision(shop, Outcome.SKIPPED, Reason.NO_CONSENT, "abandoned_cart"),
    ]
    assert counted(rows) == {
        (Series.EVENTS, hour_of(now)): 3,  # a page's report does not show that webhooks work
        (Series.ORDERS, hour_of(now)): 1,
        (Series.SENT, hour_of(now)): 1,
        (Series.OFF, hour_of(now)): 1,
    }


def test_what_is_counted_adds_up_and_is_read_as_it_was_written(shop: Story) -> None:
    activities, hour = Activities(open_store().table), hour_of(shop.now)
    activities.add(shop.shop.id, {(Series.EVENTS, hour): 3, (Series.SENT, hour - DAY): 2})
    activities.add(shop.shop.id, {(Series.EVENTS, hour): 4, (Series.EVENTS, hour + HOUR): 1})
    found = activities.of(shop.shop.id)
    assert found[Series.EVENTS] == {hour: 7, hour + HOUR: 1}
    assert found[Series.SENT] == {hour - DAY: 2}
    items = open_store().table.query({"PK": f"SHOP#{shop.shop.id}#ACTIVITY"})
    left = [float(item["expires_at"]) - shop.now.timestamp() for item in items]
    assert all((KEPT_DAYS - 2) * 86400 < seconds <= KEPT_DAYS * 86400 for seconds in left)


def a_busy_past(shop: Story, quiet_hours: int) -> None:
    end = hour_of(shop.now)
    numbers = {
        (series, end - ago * HOUR): number
        for ago in range(quiet_hours + 1, 40 * 24)
        for series, number in ((Series.EVENTS, 100), (Series.ORDERS, 10), (Series.SENT, 20))
    }
    Activities(open_store().table).add(shop.shop.id, numbers)


def look(shop: Story) -> dict[str, object]:
    found: dict[str, object] = shop_watch.app.handler({"shops": [shop.shop.id]}, CONTEXT)
    return found


def test_a_shop_that_fell_silent_is_counted_and_named_in_the_log(
    shop: Story, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    a_busy_past(shop, 5)
    found = look(shop)
    assert found == {
        shop.shop.id: {"silent": {"series": "events", "hours": 3, "found": 0, "usual": 300}}
    }
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    (metric,) = [line for line in told if "ShopSilent" in line]
    assert metric["ShopSilent"] == [1.0]
    (line,) = [one for one in caplog.records if one.message == "shop fell silent"]
    assert (line.__dict__["shop"], line.__dict__["usual"]) == (shop.shop.id, 300)


def test_a_shop_that_goes_on_is_not(shop: Story) -> None:
    a_busy_past(shop, 0)
    assert look(shop) == {}


def test_a_shop_that_is_switched_off_is_not(cloud: Cloud, shop: Story) -> None:
    off = a_story(cloud, enabled=False)
    a_busy_past(off, 24)
    assert look(off) == {}


def test_nothing_is_judged_while_all_messages_are_switched_off(
    cloud: Cloud, shop: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_busy_past(shop, 24)
    monkeypatch.setitem(cloud.values, "switch", "off")
    assert look(shop) == {}
    monkeypatch.setattr(shop_config, "_switch", None)


def test_a_shop_that_cannot_be_judged_keeps_no_other_from_it(cloud: Cloud, shop: Story) -> None:
    a_busy_past(shop, 24)
    cloud.values[f"/wracaj/{STAGE}/shops/broken"] = "{"
    event = {"shops": ["broken", "no-such-shop", shop.shop.id]}
    found = shop_watch.app.handler(event, CONTEXT)
    assert set(found) == {shop.shop.id}


def test_a_look_that_can_judge_no_shop_fails_as_a_whole(cloud: Cloud, shop: Story) -> None:
    cloud.values[f"/wracaj/{STAGE}/shops/broken"] = "{"
    with pytest.raises(NoShopWatchedError, match="none of 1 shops"):
        shop_watch.app.handler({"shops": ["no-such-shop", "broken"]}, CONTEXT)
    assert shop_watch.app.handler({"shops": ["no-such-shop"]}, CONTEXT) == {}


def test_a_look_that_is_killed_loses_nothing_of_the_shops_before(
    shop: Story, capsys: pytest.CaptureFixture[str]
) -> None:
    a_busy_past(shop, 5)

    def names() -> Iterator[str]:
        yield shop.shop.id
        raise KeyboardInterrupt  # its time is over

    with pytest.raises(KeyboardInterrupt):
        watch(open_store(), names())
    assert '"ShopSilent":[1.0]' in capsys.readouterr().out
