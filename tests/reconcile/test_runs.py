"""What one run asks, where it stops, and where the next one goes on."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

import reconcile.app
import reconcile.run
from support.losing_shops import a_shopify_story, with_secrets
from support.reconciling import CONTEXT, LosingStory
from support.scenes import Requests
from support.shopify_shop import Bucket, ShopifyShop, a_shopify_shop
from support.stories.bodies import Order, Who
from support.stories.cloud import Cloud
from support.stories.telling import a_story
from wracaj.aws import archive_queue, shop_config
from wracaj.errors import ConflictError
from wracaj.orders.order import OrderState
from wracaj.reconciliation.cursor import MOST_MARKS, Reconciliation
from wracaj.services.intake.dispatch import Intake
from wracaj.settings.sections import ShopifySettings
from wracaj.store import open_store

ALA: Any = {"id": "ala", "email": "ala@poczta.example"}
RICH = Bucket(most=1e6, points=1e6)
Metrics = list[dict[str, Any]]


@pytest.fixture
def shop() -> Iterator[ShopifyShop]:
    with a_shopify_shop() as shop:
        yield shop


@pytest.fixture
def story(cloud: Cloud, shop: ShopifyShop) -> LosingStory:
    return a_shopify_story(cloud, shop)


def lose_all(story: LosingStory) -> None:
    story.loses = lambda: True


def order_of(story: LosingStory, order: str = "o1") -> OrderState | None:
    entry = open_store().accounts.order(story.shop.id, story.id_of(order))
    return entry.state if entry else None


def many_orders(story: LosingStory, shop: ShopifyShop, number: int) -> list[str]:
    """Five a second, as by somebody who marks them all in the shop's admin."""
    lose_all(story)
    shop.bucket = RICH
    names = [f"o{each}" for each in range(number)]
    for place, name in enumerate(names):
        at = story.now + timedelta(seconds=place // 5)
        topic, body = story.bodies.order(an_order(story, name), at)
        shop.put(topic, body)
    story.player.play_until(story.now + timedelta(minutes=1))
    return names


def an_order(story: LosingStory, name: str) -> Any:
    return Order(name, Who(**ALA), "10.00", story.now)


def found(story: LosingStory, names: list[str]) -> int:
    return sum(order_of(story, name) is not None for name in names)


def emitted(printed: str) -> Metrics:
    lines = [line for line in printed.splitlines() if '"_aws"' in line]
    return [json.loads(line) for line in lines]


# --- what it costs --------------------------------------------------------------------------------


def test_nothing_new_costs_one_request_to_the_shop_and_two_to_the_table(
    story: LosingStory, shop: ShopifyShop
) -> None:
    story.order("o1", **ALA)
    story.quarters(2)
    shop.asked.clear()
    with Requests(open_store().table.dynamodb) as requests:
        told = story.reconcile()
    assert len(shop.asked) == 1
    assert requests == ["BatchGetItem", "UpdateItem"]
    assert (told["requests"], told["problem"], told["lag_seconds"]) == (1, "", 0)


def test_a_shop_without_a_token_is_not_asked(cloud: Cloud, shop: ShopifyShop) -> None:
    story = with_secrets(cloud, a_shopify_story(cloud, shop), api_token=None)
    assert story.reconcile() == {}
    assert shop.asked == []


def test_of_a_platform_without_an_api_not_even_the_secrets_are_read(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = a_story(cloud)
    del cloud.values[shop_config.secrets_name("handlers", story.shop.id)]
    shop_config._cached.clear()
    event = {"shops": [story.shop.id]}
    assert reconcile.app.handler(event, CONTEXT) == {}


def test_a_shop_that_does_not_want_it_is_not_asked(story: LosingStory, shop: ShopifyShop) -> None:
    settings = story.shop.settings.model_copy(update={"reconcile": False})
    story.cloud.put(story.shop.model_copy(update={"settings": settings}))
    assert story.reconcile() == {}
    assert shop.asked == []


def test_a_change_that_is_known_is_read_once(story: LosingStory, shop: ShopifyShop) -> None:
    story.order("o1", **ALA)
    story.quarters(1)
    shop.asked.clear()
    story.quarters(3)
    assert len(shop.asked) == 3


# --- where it stops -------------------------------------------------------------------------------


def test_a_run_that_is_over_is_continued_where_it_stopped(
    story: LosingStory, shop: ShopifyShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = many_orders(story, shop, 130)
    monkeypatch.setattr(reconcile.run, "MOST_REQUESTS", 4)
    counts = []
    for _ in range(8):
        story.quarters(1)
        counts.append(found(story, names))
    assert counts == [30, 60, 90, 110, 130, 130, 130, 130]
    assert story.reconcile()["problem"] == ""


def test_more_orders_at_once_than_marks_are_read_to_their_end_once(
    story: LosingStory, shop: ShopifyShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wracaj.reconciliation.cursor.MOST_MARKS", 20)
    assert MOST_MARKS > 20
    names = many_orders(story, shop, 130)
    story.quarters(1)
    assert found(story, names) == 130
    shop.asked.clear()
    story.quarters(2)
    assert len(shop.asked) == 2


def test_what_cannot_be_applied_is_tried_again_and_holds_up_nothing_else(
    story: LosingStory, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose_all(story)
    for name in ("o1", "o2", "o3"):
        story.order(name, **ALA)
    take = Intake.take

    def breaks(self: Intake, shop: Any, event: Any) -> None:
        if getattr(event, "order_id", None) == story.id_of("o2"):
            raise RuntimeError("as by a fault of ours")
        take(self, shop, event)

    monkeypatch.setattr(Intake, "take", breaks)
    told = story.reconcile()
    assert [order_of(story, name) is not None for name in ("o1", "o2", "o3")] == [True, False, True]
    assert "tries them again" in told["problem"]
    monkeypatch.setattr(Intake, "take", take)
    assert story.reconcile()["problem"] == ""
    assert order_of(story, "o2") is not None


def test_a_run_that_dies_is_repeated(story: LosingStory, monkeypatch: pytest.MonkeyPatch) -> None:
    lose_all(story)
    story.order("o1", **ALA)
    with monkeypatch.context() as patch:
        patch.setattr(Intake, "take", _dies)
        with pytest.raises(KeyboardInterrupt):
            story.reconcile()
    assert order_of(story) is None
    story.reconcile()
    assert order_of(story) is not None


def _dies(*_: Any) -> None:
    raise KeyboardInterrupt


def test_rows_of_the_archive_are_queued_before_the_cursor_moves(
    story: LosingStory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WRACAJ_ARCHIVE_QUEUE_URL", "https://sqs.example/archive")
    queued: list[Any] = []
    lose_all(story)
    story.order("o1", **ALA)
    with monkeypatch.context() as patch:
        patch.setattr(archive_queue, "_send", _dies)
        with pytest.raises(KeyboardInterrupt):
            story.reconcile()
    assert open_store().reconciliations.get(story.shop.id) == Reconciliation()
    archive_queue._waiting.clear()
    monkeypatch.setattr(archive_queue, "_send", queued.extend)
    story.reconcile()
    assert queued == []  # it was applied before it died: what is known by now was noted
    story.order("o2", **ALA)
    story.reconcile()
    assert [row.body["type"] for row in queued] == ["OrderPlaced"]


def test_of_two_runs_at_once_one_gives_way(story: LosingStory) -> None:
    reconciliations = open_store().reconciliations
    known = reconciliations.get(story.shop.id)
    reconciliations.put(story.shop.id, known)
    with pytest.raises(ConflictError):
        reconciliations.put(story.shop.id, known)


# --- shops that are down, slow or locked ----------------------------------------------------------


def test_a_throttled_run_waits_until_the_bucket_can_pay(
    story: LosingStory, shop: ShopifyShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        story.cloud.time += timedelta(seconds=seconds)

    monkeypatch.setattr("wracaj.platforms.api_calls.sleep", wait)
    names = many_orders(story, shop, 40)
    shop.bucket = Bucket(most=1000, points=1000)
    story.reconcile()
    assert found(story, names) == 40
    assert waited
    assert max(waited) < 10


def test_a_shop_that_is_down_is_asked_by_the_next_run(
    story: LosingStory, shop: ShopifyShop
) -> None:
    lose_all(story)
    story.order("o1", **ALA)
    shop.fails(503, b"<html>")
    assert "busy or broken (503)" in story.reconcile()["problem"]
    story.quarters(1)
    assert order_of(story) is not None


def test_a_shop_that_is_down_does_not_stop_another(
    cloud: Cloud, shop: ShopifyShop, story: LosingStory
) -> None:
    lose_all(story)
    story.order("o1", **ALA)
    gone = ShopifySettings(shop_domain="kubek.myshopify.com", admin_url="http://127.0.0.1:9")
    settings = story.shop.settings.model_copy(update={"shop": "aaa", "shopify": gone})
    cloud.put(story.shop.model_copy(update={"settings": settings}))
    told = reconcile.app.handler({}, CONTEXT)
    assert "no answer" in told["aaa"]["problem"]
    assert (told["losing"]["problem"], told["losing"]["untold"]) == ("", 0)
    assert order_of(story) is not None


def test_a_shop_whose_secrets_cannot_be_read_does_not_stop_another(
    cloud: Cloud, story: LosingStory
) -> None:
    lose_all(story)
    story.order("o1", **ALA)
    settings = story.shop.settings.model_copy(update={"shop": "aaa"})
    cloud.put(story.shop.model_copy(update={"settings": settings}))
    cloud.values[shop_config.secrets_name("handlers", "aaa")] = "no secrets"
    told = reconcile.app.handler({}, CONTEXT)
    assert list(told) == ["losing"]
    assert order_of(story) is not None


def test_a_shop_that_a_run_has_no_time_for_comes_first_in_the_next(
    story: LosingStory, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = story.shop.settings.model_copy(update={"shop": "zzz"})
    cloud.put(story.shop.model_copy(update={"settings": settings}))
    left = iter([100.0, 100.0, 1.0, 100.0, 100.0, 100.0, 100.0])
    monkeypatch.setattr(reconcile.run.Run, "_left", property(lambda _: next(left)))
    first = reconcile.app.handler({}, CONTEXT)
    assert "no time left" in first["zzz"]["problem"]
    story.cloud.time += timedelta(minutes=15)
    second = reconcile.app.handler({}, CONTEXT)
    assert [second[shop]["problem"] for shop in second] == ["", ""]
    assert list(second) == ["zzz", "losing"]


def test_a_place_that_the_shop_knows_no_more_begins_the_walk_anew(
    story: LosingStory, shop: ShopifyShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = many_orders(story, shop, 130)
    monkeypatch.setattr(reconcile.run, "MOST_REQUESTS", 12)
    story.quarters(1)
    known = open_store().reconciliations.get(story.shop.id)
    moved = known.cursors["orders"].model_copy(update={"place": "bm8gc3VjaCBwbGFjZQ=="})
    open_store().reconciliations.put(story.shop.id, known.with_cursors({"orders": moved}))
    story.quarters(2)
    assert found(story, names) == 130
    assert story.reconcile()["problem"] == ""


# --- what is noticed ------------------------------------------------------------------------------


def test_a_dead_subscription_is_noticed_by_the_next_run(
    story: LosingStory, capsys: pytest.CaptureFixture[str]
) -> None:
    lose_all(story)
    story.order("o1", **ALA)
    story.quarters(1)
    told = emitted(capsys.readouterr().out)
    assert [one["WebhooksSilent"] for one in told if "WebhooksSilent" in one] == [[1.0]]
    of_shop = [one for one in told if "shop" in one and "FoundByReconciliation" in one]
    assert [(one["shop"], one["FoundByReconciliation"]) for one in of_shop] == [("losing", [1.0])]


def test_a_lost_webhook_among_others_is_counted_and_no_silence(
    story: LosingStory, capsys: pytest.CaptureFixture[str]
) -> None:
    story.order("o1", **ALA)
    lose_all(story)
    story.order("o2", **ALA)
    story.quarters(1)
    told = emitted(capsys.readouterr().out)
    assert any(one.get("FoundByReconciliation") == [1.0] for one in told)
    assert not any("WebhooksSilent" in one for one in told)


def test_one_topic_that_died_is_noticed_beside_others_that_live(
    story: LosingStory, capsys: pytest.CaptureFixture[str]
) -> None:
    """As WooCommerce switches off each webhook on its own."""
    story.order("o1", **ALA)
    lose_all(story)
    story.checkout("c1", id="ola", email="ola@poczta.example")
    story.player.play_until(story.now + timedelta(minutes=15))
    assert story.reconcile()["silent"] == ["CartUpdated"]
    assert any(one.get("WebhooksSilent") == [1.0] for one in emitted(capsys.readouterr().out))


def test_a_webhook_that_may_still_come_is_not_counted(
    story: LosingStory, capsys: pytest.CaptureFixture[str]
) -> None:
    lose_all(story)
    story.order("o1", **ALA)
    story.reconcile()
    assert order_of(story) is not None
    assert not any("WebhooksSilent" in one for one in emitted(capsys.readouterr().out))


def test_what_changed_before_the_shop_was_switched_on_is_no_silence(
    story: LosingStory, capsys: pytest.CaptureFixture[str]
) -> None:
    lose_all(story)
    story.order("o1", **ALA)
    story.hours(0.2)
    settings = story.shop.settings.model_copy(update={"switched_on_at": story.now})
    story.cloud.put(story.shop.model_copy(update={"settings": settings}))
    story.quarters(1)
    assert order_of(story) is not None
    assert not any("WebhooksSilent" in one for one in emitted(capsys.readouterr().out))


def test_the_lag_grows_while_a_shop_refuses_and_ends_with_it(
    story: LosingStory, shop: ShopifyShop, capsys: pytest.CaptureFixture[str]
) -> None:
    story.quarters(1)
    shop.fails(401, {"errors": "[API] Invalid API key"}, times=5)
    story.quarters(5)
    told = emitted(capsys.readouterr().out)
    lags = [one["ReconcileLag"][0] for one in told if "ReconcileLag" in one and "shop" not in one]
    assert lags == [0, 900, 1800, 2700, 3600, 4500]
    assert [one["shop"] for one in told if "shop" in one] == ["losing"] * 3
    assert "refused the API token" in open_store().reconciliations.get("losing").problem
    assert story.reconcile()["lag_seconds"] == 0
