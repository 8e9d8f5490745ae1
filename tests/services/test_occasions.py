"""The timelines after an order and for a new subscriber: what starts them, what ends them, what
they send."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from support.builders import ANNA, HOUR, NOON, a_cart_event, a_step, an_order, no, some_content, yes
from support.clocks import Clock
from support.scenes import Scene, a_scene
from wracaj.consent.channel import Channel
from wracaj.consent.consent import Consent
from wracaj.events import (
    ConsentChanged,
    Contact,
    OrderCancelled,
    OrderRefunded,
    PrivacyKind,
    PrivacyRequested,
)
from wracaj.timelines.occasion import OccasionKind, occasion_id
from wracaj.timelines.steps import Outcome, Reason

ALL = ("after_purchase", "win_back", "welcome")
AFTER_ORDER = ["after_purchase", "win_back"]
DAY = 24 * HOUR
THANKS, SILENCE = (
    occasion_id(OccasionKind.AFTER_PURCHASE, "o1"),
    occasion_id(OccasionKind.WIN_BACK, "o1"),
)
THANK_YOU = a_step(name="thank_you", template="thank_you", after_seconds=3600)
REVIEW = a_step(name="review_request", template="review_request", after_seconds=14 * 86_400)
MISSED = a_step(name="first_email", template="win_back", after_seconds=30 * 86_400)
WELCOME = a_step(
    name="welcome_email",
    template="welcome",
    after_seconds=900,
    discount={"percent": 10, "valid_days": 14},
)
WELCOME_SMS = a_step(
    name="welcome_sms",
    channel="sms",
    template="welcome_sms",
    after_seconds=900,
    discount={"percent": 10, "valid_days": 14},
    instead_of="welcome_email",
)
REMINDER = a_step(
    name="code_reminder",
    template="welcome_reminder",
    after_seconds=3 * 86_400,
    discount={"percent": 10, "valid_days": 14},
)
LOYALTY = {"currency": "PLN", "margin_percent": 8, "points": {"per_unit": 1, "value": "0.01"}}
SUBSCRIBER = Contact(email="ola@example.com", first_name="Ola")
ORDER = an_order(placed_at=NOON, cart_ids=("c1",))


@pytest.fixture
def scene(store: Any, shop_id: str, clock: Clock) -> Scene:
    """A shopper who agreed long ago, in a shop that runs all timelines but that of carts."""
    scene = a_scene(store, shop_id, timelines=ALL)
    agree(scene)
    return scene


def agree(scene: Scene) -> None:
    scene.take(said(yes(), ANNA))


def said(
    word: Consent, who: Contact = SUBSCRIBER, channel: Channel = Channel.EMAIL
) -> ConsentChanged:
    return ConsentChanged(at=word.at, contact=who, channel=channel, consent=word)


def subscribed(at: datetime = NOON, source: str = "newsletter") -> ConsentChanged:
    return said(yes(at, source))


def refund(order: str = "o1", amount: str = "999.00") -> OrderRefunded:
    return OrderRefunded(
        at=NOON + DAY, order_id=order, refund_id="r1", currency="PLN", amount=Decimal(amount)
    )


# What starts them


def test_an_order_starts_both_timelines_once_however_often_it_is_told(scene: Scene) -> None:
    scene.take(ORDER, ORDER.model_copy(update={"at": NOON + HOUR / 2}), ORDER)
    assert scene.timelines == AFTER_ORDER
    assert scene.started == [(THANKS, 1), (SILENCE, 1)]


def test_each_order_has_timelines_of_its_own(scene: Scene) -> None:
    scene.take(ORDER, an_order(placed_at=NOON + HOUR, order_id="o2"))
    assert scene.timelines == AFTER_ORDER * 2
    assert len(set(scene.started)) == 4


def test_an_import_of_old_orders_starts_nothing(scene: Scene) -> None:
    scene.take(an_order(placed_at=NOON - 49 * HOUR, at=NOON))
    assert scene.timelines == []


def test_only_what_the_settings_list_is_started(store: Any, shop_id: str, clock: Clock) -> None:
    none, one = a_scene(store, shop_id), a_scene(store, f"{shop_id}-b", timelines=("win_back",))
    for scene in (none, one):
        scene.take(ORDER, subscribed())
    assert (none.timelines, one.timelines) == ([], ["win_back"])


def test_a_shop_that_is_switched_off_starts_nothing(store: Any, shop_id: str, clock: Clock) -> None:
    off = a_scene(store, shop_id, timelines=ALL, enabled=False)
    off.take(ORDER, subscribed())
    assert off.timelines == []


@pytest.mark.parametrize(
    "undone", [OrderCancelled(at=NOON, order_id="o1"), refund()], ids=["cancelled", "refunded"]
)
def test_an_order_that_was_undone_before_it_was_told_starts_nothing(
    scene: Scene, undone: Any
) -> None:
    scene.take(undone, ORDER)
    assert scene.timelines == []


def test_an_order_of_nobody_starts_nothing(scene: Scene) -> None:
    scene.take(an_order(placed_at=NOON, contact=Contact()))
    assert scene.timelines == []


def test_a_webhook_that_died_before_the_start_starts_it_when_it_comes_again(
    scene: Scene, monkeypatch: Any
) -> None:
    start = scene._start

    def dies(*_: Any) -> None:
        monkeypatch.setattr(scene, "_start", start)
        raise TimeoutError

    monkeypatch.setattr(scene, "_start", dies)
    with pytest.raises(TimeoutError):
        scene.take(ORDER)
    assert scene.timelines == []
    scene.take(ORDER)
    assert scene.timelines == AFTER_ORDER
    assert scene.cart(THANKS).episode == 1


# What ends them


def test_an_order_does_not_end_its_own_timelines(scene: Scene, clock: Clock) -> None:
    scene.take(ORDER)
    clock.time = NOON + HOUR + timedelta(seconds=1)
    assert scene.step(THANK_YOU, THANKS).outcome is Outcome.SENT
    clock.time = NOON + 30 * DAY + timedelta(seconds=1)
    assert scene.step(MISSED, SILENCE).outcome is Outcome.SENT


def test_the_next_order_ends_both(scene: Scene, clock: Clock) -> None:
    scene.take(ORDER)
    clock.time = NOON + 10 * DAY
    scene.take(an_order(placed_at=NOON + 9 * DAY, order_id="o2"))
    clock.time = NOON + 30 * DAY
    assert [scene.step(REVIEW, THANKS).outcome, scene.step(MISSED, SILENCE).outcome] == [
        Outcome.ORDERED
    ] * 2
    assert scene.provider.sent == []


@pytest.mark.parametrize(
    "undone",
    [OrderCancelled(at=NOON + DAY, order_id="o1"), refund()],
    ids=["cancelled", "refunded"],
)
def test_who_sends_it_back_is_not_asked_for_a_review_and_may_still_be_won_back(
    scene: Scene, clock: Clock, undone: Any
) -> None:
    scene.take(ORDER, undone)
    clock.time = NOON + 14 * DAY + HOUR
    result = scene.step(REVIEW, THANKS)
    assert (result.outcome, result.reason) == (Outcome.STOPPED, Reason.ORDER_UNDONE)
    clock.time = NOON + 30 * DAY + HOUR
    assert scene.step(MISSED, SILENCE).outcome is Outcome.SENT


def test_the_replay_of_a_refunded_order_starts_nothing_again(scene: Scene) -> None:
    scene.take(ORDER, refund(), ORDER, refund())
    assert scene.timelines == AFTER_ORDER


# What they send


def test_without_consent_a_message_is_skipped(store: Any, shop_id: str, clock: Clock) -> None:
    silent = a_scene(store, shop_id, timelines=ALL)
    silent.take(ORDER)
    clock.time = NOON + 1.1 * HOUR
    result = silent.step(THANK_YOU, THANKS)
    assert (result.outcome, result.reason) == (Outcome.SKIPPED, Reason.NO_CONSENT)


def test_the_thank_you_tells_the_points_earned_and_shows_what_was_bought_without_prices(
    store: Any, shop_id: str, clock: Clock
) -> None:
    generous = a_scene(store, shop_id, timelines=ALL, loyalty=LOYALTY)
    agree(generous)
    generous.take(
        an_order(
            placed_at=NOON - 40 * DAY, at=NOON - 40 * DAY, order_id="o0", total=Decimal("21.00")
        )
    )
    generous.take(a_cart_event(at=NOON - HOUR), ORDER)
    clock.time = NOON + 1.1 * HOUR
    generous.step(THANK_YOU, THANKS)
    text = generous.provider.sent[0].rendered.text.replace("\u00a0", " ")
    assert "Za te zakupy masz u nas 99 punktów, a w sumie już 120." in text
    assert "- Kubek w kropki (2 szt.)\n" in text
    assert "zł" not in text
    assert generous.provider.sent[0].to == "anna@example.com"


def test_without_a_programme_no_points_are_told(scene: Scene, clock: Clock) -> None:
    scene.take(ORDER)
    clock.time = NOON + 1.1 * HOUR
    scene.step(THANK_YOU, THANKS)
    assert "punkt" not in scene.provider.sent[0].rendered.text


@pytest.mark.parametrize(
    ("loyalty", "percent"),
    [(None, 15), (LOYALTY, 7)],
    ids=["no margin stated", "8 % less a point of 1 %"],
)
def test_an_offer_grows_only_as_far_as_the_margin(
    store: Any, shop_id: str, clock: Clock, loyalty: Any, percent: int
) -> None:
    shop = a_scene(store, shop_id, timelines=ALL, loyalty=loyalty)
    agree(shop)
    shop.take(ORDER)
    clock.time = NOON + 180 * DAY + HOUR
    offer = a_step(
        name="fifth_email",
        template="win_back_offer",
        after_seconds=180 * 86_400,
        discount={"percent": 15, "valid_days": 7},
    )
    assert shop.step(offer, SILENCE).outcome is Outcome.SENT
    assert [voucher.percent for voucher in shop.created] == [percent]
    assert shop.provider.sent[0].rendered.subject == f"Kolejne zakupy {percent}% taniej"


@pytest.mark.parametrize(("if_unavailable", "sent"), [("send_without", 1), ("skip", 0)])
def test_an_offer_that_cannot_be_afforded_is_left_out(
    store: Any, shop_id: str, clock: Clock, if_unavailable: str, sent: int
) -> None:
    shop = a_scene(store, shop_id, timelines=ALL, loyalty=LOYALTY | {"margin_percent": "1.5"})
    agree(shop)
    shop.take(ORDER)
    clock.time = NOON + 180 * DAY + HOUR
    gives = {"percent": 15, "valid_days": 7, "if_unavailable": if_unavailable}
    offer = a_step(
        name="fifth_email", template="win_back_offer", after_seconds=180 * 86_400, discount=gives
    )
    for _ in range(2):
        assert shop.step(offer, SILENCE).reason in {
            Reason.DUE,
            Reason.ALREADY_SENT,
            Reason.NO_DISCOUNT,
        }
    assert (shop.created, len(shop.provider.sent)) == ([], sent)
    assert all("%" not in message.rendered.text for message in shop.provider.sent)


def test_an_erased_shopper_gets_nothing_and_nothing_is_kept_of_the_occasions(
    scene: Scene, clock: Clock
) -> None:
    scene.take(a_cart_event(at=NOON - HOUR), ORDER)
    scene.take(PrivacyRequested(at=NOON + HOUR, kind=PrivacyKind.CUSTOMER_REDACT, contact=ANNA))
    clock.time = NOON + 1.1 * HOUR
    assert scene.step(THANK_YOU, THANKS).reason is Reason.ERASED
    late = ORDER.model_copy(update={"at": NOON + 2 * HOUR})
    scene.take(ORDER, late)
    kept = [
        scene.store.table.query({"PK": f"SHOP#{scene.shop.id}#CART#{id_}"})
        for id_ in (THANKS, SILENCE)
    ]
    assert "anna" not in str(kept).lower() and "Kubek" not in str(kept)
    assert scene.timelines == AFTER_ORDER


# The welcome


def welcome_of(scene: Scene, who: Contact = SUBSCRIBER) -> str:
    (shopper,) = scene.store.customers.behind(scene.shop.id, who)
    return occasion_id(OccasionKind.WELCOME, shopper.id)


def test_a_first_yes_is_welcomed_with_the_code_and_reminded_of_the_same_one(
    scene: Scene, clock: Clock
) -> None:
    scene.take(subscribed())
    assert scene.timelines == ["welcome"]
    welcome = welcome_of(scene)
    clock.time = NOON + timedelta(minutes=15, seconds=1)
    assert scene.step(WELCOME, welcome).outcome is Outcome.SENT
    clock.time += 3 * DAY
    assert scene.step(REMINDER, welcome).outcome is Outcome.SENT
    (code,) = {voucher.code for voucher in scene.created}
    assert [code in message.rendered.text for message in scene.provider.sent] == [True, True]
    assert scene.provider.sent[0].to == "ola@example.com"


def test_whom_no_mail_reaches_is_welcomed_by_sms_and_everybody_else_is_not(
    scene: Scene, clock: Clock
) -> None:
    by_phone, by_both = (
        Contact(phone="+48600100300"),
        Contact(email="ola@example.com", phone="+48600100400"),
    )
    word = yes(NOON, "newsletter")
    scene.take(
        said(word, by_phone, Channel.SMS), said(word, by_both), said(word, by_both, Channel.SMS)
    )
    for who, mail, sms in (
        (by_phone, Reason.NO_ADDRESS, Reason.DUE),
        (by_both, Reason.DUE, Reason.SENT_ON_ANOTHER_CHANNEL),
    ):
        welcome = welcome_of(scene, who)
        clock.time = NOON + timedelta(minutes=15, seconds=1)
        assert scene.step(WELCOME, welcome).reason is mail
        clock.time += timedelta(minutes=15, seconds=1)
        assert scene.step(WELCOME_SMS, welcome).reason is sms
    assert [message.to for message in scene.provider.sent] == ["+48600100300", "ola@example.com"]
    assert scene.created[0].code in scene.provider.sent[0].rendered.text


def test_an_order_ends_the_welcome(scene: Scene, clock: Clock) -> None:
    scene.take(subscribed())
    clock.time = NOON + HOUR
    scene.take(an_order(placed_at=NOON + HOUR / 2, contact=SUBSCRIBER))
    assert scene.step(REMINDER, welcome_of(scene)).outcome is Outcome.ORDERED


@pytest.mark.parametrize("source", ["order", "checkout"])
def test_a_yes_said_while_buying_is_not_welcomed(scene: Scene, source: str) -> None:
    scene.take(subscribed(source=source))
    assert scene.timelines == []


def test_a_yes_that_came_with_an_order_is_not_welcomed_whatever_its_source_says(
    scene: Scene,
) -> None:
    scene.take(an_order(placed_at=NOON, contact=SUBSCRIBER), subscribed(NOON, "shop"))
    assert scene.timelines == AFTER_ORDER


@pytest.mark.parametrize(
    "source", ["import", "CSV_Import_2026", "imported list", "shopify, undated"]
)
def test_whoever_stands_in_an_imported_list_is_welcomed_only_where_the_shop_asks_for_it(
    store: Any, shop_id: str, clock: Clock, source: str
) -> None:
    silent = a_scene(store, f"{shop_id}-a", timelines=ALL)
    asked = a_scene(store, f"{shop_id}-b", timelines=ALL, welcome_imported=True)
    for scene in (silent, asked):
        scene.take(subscribed(source=source), subscribed(source=source))
    assert (silent.timelines, asked.timelines) == ([], ["welcome"])
    silent.take(subscribed(NOON + HOUR, "newsletter"))
    assert silent.timelines == []  # not the first word


def test_a_no_is_not_welcomed(scene: Scene) -> None:
    scene.take(said(no(NOON)))
    assert scene.timelines == []


@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.SMS])
def test_a_yes_after_an_earlier_no_is_not_welcomed_however_often_it_is_told(
    scene: Scene, channel: Channel
) -> None:
    scene.take(said(no(NOON - 2 * HOUR), channel=channel), subscribed(), subscribed())
    assert scene.timelines == []


def test_a_shopper_is_welcomed_once(scene: Scene) -> None:
    scene.take(subscribed(), subscribed(), said(yes(NOON, "newsletter"), channel=Channel.SMS))
    scene.take(said(no(NOON + HOUR)), subscribed(NOON + 2 * HOUR))
    assert scene.timelines == ["welcome"]


def test_a_yes_in_a_cart_comes_before_a_later_newsletter(scene: Scene) -> None:
    cart = a_cart_event(
        at=NOON - HOUR,
        contact=SUBSCRIBER,
        consent={Channel.EMAIL: yes(NOON - HOUR)},
        content=some_content(),
    )
    scene.take(cart, subscribed())
    assert scene.timelines == []


def test_an_old_yes_that_is_told_late_is_not_welcomed(scene: Scene) -> None:
    scene.take(subscribed(NOON - 49 * HOUR))
    assert scene.timelines == []


def test_whoever_may_have_sent_everything_back_is_not_asked_about_it_until_it_is_known_to_be_a_part(
    scene: Scene,
) -> None:
    unknown = refund().model_copy(update={"amount": None})
    thanks = occasion_id(OccasionKind.AFTER_PURCHASE, "o1")
    scene.take(ORDER, unknown)
    assert scene.cart(thanks).called_off
    scene.take(refund(amount="20.00"), unknown)
    assert not scene.cart(thanks).called_off
    scene.take(refund().model_copy(update={"at": NOON + 2 * DAY}))
    assert scene.cart(thanks).called_off


def test_who_sends_a_part_back_is_thanked_for_the_rest(scene: Scene) -> None:
    scene.take(ORDER, refund(amount="20.00"))
    assert not scene.cart(occasion_id(OccasionKind.AFTER_PURCHASE, "o1")).called_off


def test_an_order_that_is_paid_later_is_not_a_newer_order(scene: Scene) -> None:
    scene.take(an_order(placed_at=NOON), an_order(placed_at=NOON + HOUR))
    (shopper,) = scene.store.customers.behind(scene.shop.id, ANNA)
    assert shopper.ordered == {"": NOON}
