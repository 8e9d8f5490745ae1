"""loyalty_check and its messages on a real table. What a customer reaches is given once, announced
once, and taken back if it is no longer reached."""

import itertools
import os
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.builders import ANNA, HOUR, NOON, a_cart_event, a_step, some_content, yes
from support.clocks import Clock
from support.loyalty_club import (
    ANNAS,
    DAY,
    FIFTEEN,
    LOYALTY,
    NUDGE,
    REWARD,
    a_club,
    about,
    balance,
    bought,
    grants,
    refund,
    subjects,
    text_of,
    who,
)
from support.scenes import Scene, a_scene
from wracaj.consent.channel import Channel
from wracaj.errors import ConflictError, DiscountError, NotTakenError
from wracaj.events import (
    CartContent,
    ConsentChanged,
    Contact,
    CustomerUpdated,
    OrderCancelled,
    PrivacyKind,
    PrivacyRequested,
    ReviewWritten,
    ShopEvent,
)
from wracaj.timelines.occasion import OccasionKind, an_occasion, occasion_id
from wracaj.timelines.steps import LoyaltyOutcome, Outcome, Reason

_shops = itertools.count()


@pytest.fixture
def scene(store: Any, shop_id: str, clock: Clock) -> Scene:
    return a_club(store, shop_id)


def test_an_order_that_reaches_a_reward_brings_its_code_once(scene: Scene, clock: Clock) -> None:
    scene.take(bought("o1", "310"))
    assert scene.timelines == ["loyalty"]
    clock.time = NOON + FIFTEEN
    assert scene.check(about("o1")).outcome is LoyaltyOutcome.REWARD
    assert scene.step(REWARD, about("o1")).outcome is Outcome.SENT
    (voucher,) = scene.created
    assert (voucher.amount, voucher.currency, voucher.expires_at) == (
        Decimal(20),
        "PLN",
        clock.time + 30 * DAY,
    )
    assert subjects(scene) == ["Twoja nagroda: 20 zł na zakupy"] and voucher.code in text_of(scene)
    assert "„300 zł w kwartale”: cel osiągnięty" in text_of(scene)

    clock.time += DAY
    scene.take(bought("o2", "50", clock.time))
    clock.time += FIFTEEN
    assert scene.check(about("o2")).outcome is LoyaltyOutcome.NOTHING
    assert (
        scene.step(REWARD.model_copy(update={"name": "again"}), about("o2")).reason
        is Reason.NO_CONTENT
    )
    assert len(scene.created) == 1


def test_cashback_of_a_currency_without_cents_becomes_a_code(
    store: Any, shop_id: str, clock: Clock
) -> None:
    scene = a_scene(
        store,
        shop_id,
        timelines=["loyalty"],
        loyalty={"currency": "JPY", "margin_percent": 50, "cashback": {"percent": 3}},
    )
    scene.take(
        ConsentChanged(at=NOON - 100 * HOUR, contact=ANNA, channel=Channel.EMAIL, consent=yes())
    )
    scene.take(bought("o1", "5050", currency="JPY"))
    clock.time = NOON + FIFTEEN
    assert scene.check(about("o1")).outcome is LoyaltyOutcome.REWARD
    assert [str(voucher.discount) for voucher in scene.created] == ["151 JPY"]


def test_checks_at_any_time_and_any_number_give_one_code(scene: Scene, clock: Clock) -> None:
    scene.take(bought("o1", "310"), bought("o2", "310", NOON + HOUR))
    clock.time = NOON + FIFTEEN + HOUR
    for _ in range(3):
        scene.check(about("o1"))
        scene.check(about("o2"))
    assert len(scene.created) == 1 and len(grants(scene)) == 1


def test_half_past_midnight_is_the_new_year_and_its_first_quarter_on_the_shops_clock(
    scene: Scene, clock: Clock
) -> None:
    clock.time = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    scene.take(bought("o1", "310", clock.time))
    reviewed = ReviewWritten(at=clock.time, contact=ANNA, review_id="77")
    scene.take(reviewed)
    assert (
        scene.check(occasion_id(OccasionKind.LOYALTY, "review~77")).outcome is LoyaltyOutcome.REWARD
    )
    clock.time += FIFTEEN
    scene.check(about("o1"))
    assert set(grants(scene)) == {"reward#300 zł w kwartale#2027-Q1", "achievement#Opinia#2027-01"}


def test_a_code_that_the_shop_could_not_create_is_the_same_code_when_it_can(
    scene: Scene, clock: Clock
) -> None:
    scene.take(bought("o1", "310"))
    clock.time = NOON + FIFTEEN
    asked = []

    def out_of_order(shop: Any, voucher: Any, cart_id: str) -> Any:
        asked.append(voucher.code)
        if len(asked) < 3:
            raise DiscountError("the shop is closed")
        return voucher

    scene.on_discount = out_of_order
    for _ in range(2):
        with pytest.raises(NotTakenError):
            scene.check(about("o1"))
        assert scene.step(REWARD, about("o1")).reason is Reason.NO_CONTENT
        scene.store.table.delete(
            {"PK": f"SHOP#{scene.shop.id}#CART#{about('o1')}", "SK": "MESSAGE#1#reward"}
        )
    assert scene.check(about("o1")).outcome is LoyaltyOutcome.REWARD
    assert len(set(asked)) == 1


def test_whoever_gave_no_consent_earns_and_gets_no_code_until_there_is_one(
    store: Any, shop_id: str, clock: Clock
) -> None:
    scene = a_scene(store, shop_id, timelines=["loyalty"], loyalty=LOYALTY)
    scene.take(bought("o1", "310"))
    clock.time = NOON + FIFTEEN
    assert scene.check(about("o1")).outcome is LoyaltyOutcome.NOTHING
    assert scene.created == [] and len(grants(scene)) == 1
    scene.take(
        ConsentChanged(at=clock.time, contact=ANNA, channel=Channel.EMAIL, consent=yes(clock.time))
    )
    assert scene.check(about("o1")).outcome is LoyaltyOutcome.REWARD
    assert len(scene.created) == 1


def test_an_order_that_was_sent_back_before_the_check_reaches_nothing(
    scene: Scene, clock: Clock
) -> None:
    scene.take(bought("o1", "310"), refund("o1", "310"))
    clock.time = NOON + FIFTEEN
    assert scene.check(about("o1")).outcome is LoyaltyOutcome.NOTHING
    assert scene.created == [] and grants(scene) == {}


def test_a_refund_between_the_check_and_the_message_keeps_it_back(
    scene: Scene, clock: Clock
) -> None:
    scene.take(bought("o1", "310"))
    clock.time = NOON + FIFTEEN
    scene.check(about("o1"))
    scene.take(refund("o1", "50", clock.time))
    assert scene.step(REWARD, about("o1")).reason is Reason.NO_CONTENT
    assert scene.provider.sent == []


def test_buying_again_after_a_refund_does_not_bring_a_second_code(
    scene: Scene, clock: Clock
) -> None:
    scene.take(bought("o1", "310"))
    clock.time = NOON + FIFTEEN
    scene.check(about("o1"))
    scene.step(REWARD, about("o1"))
    scene.take(refund("o1", "310", clock.time), bought("o2", "310", clock.time))
    clock.time += FIFTEEN
    assert scene.check(about("o2")).outcome is LoyaltyOutcome.NOTHING
    assert len(scene.created) == 1


def test_points_of_an_achievement_go_with_the_order_that_made_it(
    scene: Scene, clock: Clock
) -> None:
    scene.take(*(bought(f"o{number}", "10", NOON + number * DAY) for number in range(3)))
    clock.time = NOON + FIFTEEN + 2 * DAY
    assert scene.check(about("o2")).outcome is LoyaltyOutcome.REWARD
    assert scene.step(REWARD, about("o2")).outcome is Outcome.SENT
    assert "100 punktów" in text_of(scene)
    assert balance(scene) == 130
    scene.take(OrderCancelled(at=clock.time, order_id="o0"))
    assert balance(scene) == 20
    scene.take(OrderCancelled(at=clock.time, order_id="o0"), bought("o1", "10", NOON + DAY))
    assert balance(scene) == 20


def test_a_review_brings_its_points_however_often_it_is_told(scene: Scene, clock: Clock) -> None:
    review = ReviewWritten(at=NOON, contact=ANNA, review_id="77")
    scene.take(bought("o1", "30"), review, review)
    assert scene.timelines == ["loyalty", "loyalty"]
    clock.time = NOON + FIFTEEN
    occasion = about("review~77")
    assert scene.check(occasion).outcome is scene.check(occasion).outcome is LoyaltyOutcome.REWARD
    assert balance(scene) == 80


def test_a_nudge_is_told_once_for_each_threshold_and_period(scene: Scene, clock: Clock) -> None:
    scene.take(bought("o1", "200"), bought("o2", "62", NOON + HOUR))
    clock.time = NOON + FIFTEEN + HOUR
    assert (
        scene.check(about("o1")).outcome is scene.check(about("o2")).outcome is LoyaltyOutcome.NUDGE
    )
    assert scene.step(NUDGE, about("o1")).outcome is Outcome.SENT
    assert subjects(scene) == ["Do nagrody brakuje 38,00 zł"]
    assert scene.step(NUDGE, about("o2")).outcome is not Outcome.SENT
    assert scene.check(about("o2")).outcome is LoyaltyOutcome.NOTHING


def test_a_nudge_that_the_provider_did_not_take_is_sent_by_the_next_try(
    scene: Scene, clock: Clock
) -> None:
    scene.take(bought("o1", "262"))
    clock.time = NOON + FIFTEEN
    scene.provider.script = [NotTakenError("closed")]
    with pytest.raises(NotTakenError):
        scene.step(NUDGE, about("o1"))
    assert scene.step(NUDGE, about("o1")).outcome is Outcome.SENT


def test_two_orders_at_once_tell_one_reward_once(scene: Scene, clock: Clock) -> None:
    scene.take(bought("o1", "310"), bought("o2", "5", NOON + HOUR))
    clock.time = NOON + FIFTEEN + HOUR
    scene.check(about("o1"))
    assert scene.step(REWARD, about("o2")).outcome is Outcome.SENT
    assert scene.step(REWARD, about("o1")).outcome is not Outcome.SENT
    assert len(scene.provider.sent) == 1


def test_a_refund_that_comes_while_the_check_writes_makes_it_look_again(
    scene: Scene, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.take(bought("o1", "310"))
    clock.time = NOON + FIFTEEN
    give, refunds = scene.store.grants.give, [refund("o1", "310", NOON + 2 * DAY)]

    def with_a_refund_in_between(*arguments: Any) -> None:
        while refunds:
            scene.take(refunds.pop())
        give(*arguments)

    monkeypatch.setattr(scene.store.grants, "give", with_a_refund_in_between)
    assert scene.check(about("o1")).outcome is LoyaltyOutcome.NOTHING
    assert grants(scene) == {} and scene.created == []


@pytest.mark.parametrize("dies_after", range(1, 4))
def test_a_check_that_dies_between_two_writes_is_finished_by_the_next(
    scene: Scene, clock: Clock, dies_after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.take(bought("o1", "310"), *(bought(f"s{number}", "1") for number in range(2)))
    clock.time = NOON + FIFTEEN
    transact, written = scene.store.table.transact, []

    def dying(actions: Any) -> None:
        transact(actions)
        written.append(actions)
        if len(written) == dies_after:
            raise KeyboardInterrupt

    monkeypatch.setattr(scene.store.table, "transact", dying)
    with pytest.raises(KeyboardInterrupt):
        scene.check(about("o1"))
        raise AssertionError("it should have died")
    assert scene.check(about("o1")).outcome is LoyaltyOutcome.REWARD
    assert {grant.kind for grant in grants(scene).values()} == {"reward", "achievement"}
    assert balance(scene) == 412 and len({voucher.code for voucher in scene.created}) == 1


def test_a_birthday_gift_is_given_once_a_year_and_told_on_the_day(
    store: Any, shop_id: str, clock: Clock
) -> None:
    scene = a_club(store, shop_id, birthday={"percent": 15})
    scene.take(CustomerUpdated(at=NOON - DAY, contact=ANNA, birthday="11-18"), bought("o1", "5"))
    (anna,) = who(scene)
    birthday = an_occasion(
        scene.shop.id, OccasionKind.BIRTHDAY, "2026-11-18", anna, NOON, CartContent(), contact=ANNAS
    )
    scene.store.carts.open_occasion(scene.shop.settings, birthday)
    step = a_step(name="gift", template="reward", after_seconds=3600, content="reward")
    clock.time = NOON + 2 * HOUR
    assert scene.check(birthday.cart_id).outcome is LoyaltyOutcome.REWARD
    assert scene.check(about("o1")).outcome is LoyaltyOutcome.NOTHING
    scene.take(bought("o2", "5", NOON + HOUR))
    assert scene.step(step, birthday.cart_id).outcome is Outcome.SENT
    assert scene.check(birthday.cart_id).outcome is LoyaltyOutcome.NOTHING
    assert [voucher.percent for voucher in scene.created] == [15]


def test_points_that_expire_soon_are_told(scene: Scene, clock: Clock) -> None:
    scene.take(bought("o1", "250", NOON))
    (anna,) = who(scene)
    clock.time = NOON.replace(year=2027) + DAY
    soon = an_occasion(
        scene.shop.id,
        OccasionKind.POINTS_EXPIRING,
        "2027-11-30",
        anna,
        clock.time,
        CartContent(),
        contact=ANNAS,
    )
    scene.store.carts.open_occasion(scene.shop.settings, soon)
    assert scene.check(soon.cart_id).outcome is LoyaltyOutcome.EXPIRING
    clock.time = NOON.replace(year=2027, month=12)
    assert scene.check(soon.cart_id).outcome is LoyaltyOutcome.NOTHING


def test_the_cart_mail_says_what_finishing_it_would_reach(scene: Scene, clock: Clock) -> None:
    scene.take(
        bought("o1", "210", NOON - 100 * HOUR),
        a_cart_event(content=some_content(total=Decimal("99.00"))),
    )
    clock.time = NOON + 4 * HOUR
    assert scene.step().outcome is Outcome.SENT
    assert (
        "Dokończ te zakupy, a dostaniesz kod na 20 zł: to nagroda „300 zł w kwartale”."
        in text_of(scene)
    )


def test_nobody_who_was_forgotten_is_given_anything(scene: Scene, clock: Clock) -> None:
    scene.take(bought("o1", "310"))
    clock.time = NOON + FIFTEEN
    scene.check(about("o1"))
    scene.take(PrivacyRequested(at=clock.time, kind=PrivacyKind.CUSTOMER_REDACT, contact=ANNA))
    assert scene.check(about("o1")).reason is Reason.ERASED
    assert scene.step(REWARD, about("o1")).reason is Reason.ERASED
    assert grants(scene) == {}


def test_two_who_turn_out_to_be_one_are_not_given_the_same_twice(
    scene: Scene, clock: Clock
) -> None:
    member, guest = Contact(platform_id="7"), Contact(email="guest@example.com")
    scene.take(bought("o1", "310", contact=member), bought("o2", "310", contact=guest))
    clock.time = NOON + FIFTEEN
    scene.check(about("o1"))
    scene.take(
        CustomerUpdated(at=NOON + DAY, contact=Contact(platform_id="7", email="guest@example.com"))
    )
    scene.check(about("o2"))
    (one,) = who(scene, member)
    assert len(scene.store.grants.of(scene.shop.id, one)) == 1


EVENTS: list[ShopEvent] = [
    bought("o1", "200"),
    bought("o2", "150", NOON - 3 * DAY),
    bought("o3", "40", NOON - 30 * DAY),
    refund("o2", "150"),
    OrderCancelled(at=NOON + DAY, order_id="o3"),
    ReviewWritten(at=NOON, contact=ANNA, review_id="77"),
]


@given(data=st.data())
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_order_replay_and_checks_in_between_give_the_same_balance(
    store: Any, clock: Clock, data: st.DataObject
) -> None:
    """Each check comes when it would, or is left out; the last one sees all."""
    chosen = data.draw(st.lists(st.sampled_from(EVENTS), min_size=1, unique_by=id))
    played = data.draw(
        st.permutations(chosen + data.draw(st.lists(st.sampled_from(chosen), max_size=3)))
    )
    once, replayed = (a_club(store, f"club-{os.getpid()}-{next(_shops)}") for _ in range(2))
    clock.time = NOON
    once.take(*chosen)
    for event in played:
        replayed.take(event)
        if data.draw(st.booleans()):
            check_all(replayed, clock)
    check_all(once, clock)
    check_all(replayed, clock)
    replayed.take(*played)
    assert balance(once) == balance(replayed)
    standing = [
        {key: g.posted.points for key, g in grants(one).items() if g.state != "reversed"}
        for one in (once, replayed)
    ]
    assert standing[0] == standing[1]


def check_all(scene: Scene, clock: Clock) -> None:
    clock.time = NOON + FIFTEEN
    for order in ("o1", "o2", "o3", "review~77"):
        scene.check(about(order))
    clock.time = NOON


def test_a_conflict_that_never_ends_is_told_as_one(
    scene: Scene, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.take(bought("o1", "310"))
    clock.time = NOON + FIFTEEN

    def refused(*_: Any) -> None:
        raise ConflictError("taken")

    monkeypatch.setattr(scene.store.grants, "give", refused)
    with pytest.raises(ConflictError, match="ask again"):
        scene.check(about("o1"))
