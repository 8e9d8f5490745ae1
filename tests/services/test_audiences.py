"""Advertising audiences, from the step that joins to the members at Meta, in any order of events
and with any failure."""

import json
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audience_sync.sync import Sync
from delivery_events.app import read
from delivery_events.event import DeliveryEvent
from delivery_events.processing import DeliveryEventProcessor, Processed
from support.builders import ANNA, HOUR, NOON, a_cart_event, a_step, an_order, no, some_content, yes
from support.clocks import Clock
from support.provider_events import about
from support.scenes import Scene, a_scene, everything, items_of
from wracaj.clock import real_now
from wracaj.consent.channel import Channel
from wracaj.customers.audiences import email_hash, phone_hash
from wracaj.customers.customer import Customer
from wracaj.errors import UnavailableError
from wracaj.events import (
    CartContent,
    ConsentChanged,
    Contact,
    CustomersMerged,
    CustomerUpdated,
    PrivacyKind,
    PrivacyRequested,
)
from wracaj.outgoing.meta_audiences import tell
from wracaj.store import Store
from wracaj.timelines.steps import Outcome, Reason, Step
from wracaj_cli.local.fake_meta import FakeMeta, GraphRefusedError, serving

RESCUE, WINTER = "238000111", "238000222"
JOINS = a_step(
    name="join_audience",
    channel="audience",
    template=None,
    audience="cart_rescue",
    after_seconds=3600,
)
JOINS_WINTER = JOINS.model_copy(update={"audience": "winter"})
AGREED = {Channel.EMAIL: yes(), Channel.SMS: yes(), Channel.AUDIENCE: yes()}
ANNAS_ROW = (email_hash("anna@example.com"), phone_hash("+48600100200"))
JAN = Contact(email="jan@example.com")


@pytest.fixture
def meta() -> Iterator[FakeMeta]:
    fake = FakeMeta(
        app_secret="5ecret", ads_token="EAAads", audiences={RESCUE: set(), WINTER: set()}
    )
    with serving(fake):
        yield fake


def a_scene_at(meta: FakeMeta, store: Store, shop_id: str) -> Scene:
    where = {
        "cart_rescue": {"id": RESCUE, "graph_url": meta.url},
        "winter": {"id": WINTER, "graph_url": meta.url},
    }
    scene = a_scene(store, shop_id, audiences=where)
    tokens = scene.shop.secrets.model_copy(update={"ads_token": "EAAads", "app_secret": "5ecret"})
    scene.shop = scene.shop.model_copy(update={"secrets": tokens})
    return scene


@pytest.fixture
def scene(meta: FakeMeta, store: Store, shop_id: str, clock: Clock) -> Scene:
    scene = a_scene_at(meta, store, shop_id)
    scene.take(a_cart_event(at=NOON - 4 * HOUR, consent=AGREED))
    return scene


def sync(scene: Scene, seconds_left: float = 60) -> bool:
    return Sync(scene.store.audiences, tell, lambda: seconds_left).run(scene.shop)


def join(scene: Scene, step: Step = JOINS, cart_id: str = "c1") -> Reason:
    return scene.step(step, cart_id).reason


def joined(scene: Scene, meta: FakeMeta) -> None:
    assert join(scene) is Reason.DUE
    assert sync(scene)
    assert meta.audiences[RESCUE] == {ANNAS_ROW}


def customer(scene: Scene, cart_id: str = "c1") -> Customer:
    """Whom the cart belongs to."""
    return scene.shopper(cart_id).owner


def test_whoever_joins_is_told_to_meta_by_hashes_and_nothing_stays_to_be_told(
    scene: Scene, meta: FakeMeta
) -> None:
    joined(scene, meta)
    assert meta.refused == []
    assert scene.store.audiences.to_tell(scene.shop.id) == []
    member = customer(scene).audience
    assert member is not None and (member.name, member.cart_id) == ("cart_rescue", "c1")
    assert scene.cart().record(1, "join_audience").state == "sent"


def test_without_a_word_on_advertising_nobody_joins(scene: Scene, meta: FakeMeta) -> None:
    scene.take(
        a_cart_event(at=NOON - 3 * HOUR, cart_id="c2", contact=JAN, consent={Channel.EMAIL: yes()})
    )
    assert join(scene, cart_id="c2") is Reason.NO_CONSENT
    assert scene.store.audiences.to_tell(scene.shop.id) == []


def test_whoever_is_in_one_does_not_join_another(scene: Scene, meta: FakeMeta) -> None:
    joined(scene, meta)
    again = JOINS_WINTER.model_copy(update={"name": "join_another"})
    assert join(scene, again) is Reason.IN_AUDIENCE


# --- every way out --------------------------------------------------------------------------------


def is_out(scene: Scene, meta: FakeMeta) -> None:
    assert sync(scene)
    assert meta.audiences[RESCUE] == set()
    assert ANNAS_ROW[0] not in everything(scene)
    assert scene.store.audiences.to_tell(scene.shop.id) == []


def test_an_order_takes_the_shopper_out(scene: Scene, meta: FakeMeta) -> None:
    joined(scene, meta)
    scene.take(an_order(placed_at=NOON))
    assert customer(scene).audience is None
    is_out(scene, meta)


def test_an_order_from_before_the_cart_leaves_the_shopper_in(scene: Scene, meta: FakeMeta) -> None:
    joined(scene, meta)
    scene.take(an_order(placed_at=NOON - 500 * HOUR))
    assert customer(scene).audience is not None


def test_a_no_to_advertising_takes_the_shopper_out(scene: Scene, meta: FakeMeta) -> None:
    joined(scene, meta)
    scene.take(ConsentChanged(at=NOON, contact=ANNA, channel=Channel.AUDIENCE, consent=no(NOON)))
    is_out(scene, meta)
    assert join(scene, JOINS.model_copy(update={"name": "join_again"})) is Reason.NO_CONSENT


def test_a_no_to_sms_leaves_the_shopper_in(scene: Scene, meta: FakeMeta) -> None:
    joined(scene, meta)
    scene.take(ConsentChanged(at=NOON, contact=ANNA, channel=Channel.SMS, consent=no(NOON)))
    assert customer(scene).audience is not None


def test_a_no_to_e_mail_leaves_the_shopper_in(scene: Scene, meta: FakeMeta) -> None:
    joined(scene, meta)
    scene.take(ConsentChanged(at=NOON, contact=ANNA, channel=Channel.EMAIL, consent=no(NOON)))
    assert customer(scene).audience is not None


def test_who_calls_a_mail_spam_is_taken_out_and_joins_no_more(scene: Scene, meta: FakeMeta) -> None:
    joined(scene, meta)
    complain(scene, NOON + HOUR)
    is_out(scene, meta)
    assert join(scene, JOINS.model_copy(update={"name": "join_again"})) is Reason.NO_CONSENT


def test_a_complaint_that_is_told_again_leaves_alone_who_said_yes_since(
    scene: Scene, meta: FakeMeta, clock: Clock
) -> None:
    joined(scene, meta)
    complaint = complain(scene, NOON + HOUR)
    later = NOON + 3 * HOUR
    scene.take(ConsentChanged(at=later, contact=ANNA, channel=Channel.AUDIENCE, consent=yes(later)))
    assert join(scene, JOINS.model_copy(update={"name": "join_again"})) is Reason.DUE
    DeliveryEventProcessor(scene.store).process(complaint)
    assert customer(scene).audience is not None


def complain(scene: Scene, at: datetime) -> DeliveryEvent:
    assert scene.step().outcome is Outcome.SENT
    complaint = read(json.dumps(about(scene.provider.sent[-1], "Complaint", at=at)))
    assert DeliveryEventProcessor(scene.store).process(complaint) is Processed.DONE
    return complaint


def test_whoever_is_forgotten_is_taken_out_and_the_hashes_go_once_meta_was_told(
    scene: Scene, meta: FakeMeta
) -> None:
    joined(scene, meta)
    asked = PrivacyRequested(at=NOON, kind=PrivacyKind.CUSTOMER_REDACT, contact=ANNA)
    meta.answers_next = [GraphRefusedError(190, "Invalid OAuth access token.")]
    scene.take(asked)
    assert not sync(scene)
    (left,) = scene.store.audiences.to_tell(scene.shop.id)
    assert (left.place.email, left.joins) == (ANNAS_ROW[0], False)
    scene.take(asked)
    is_out(scene, meta)


def test_the_end_of_the_timeline_takes_the_shopper_out_and_only_of_its_own(
    scene: Scene, meta: FakeMeta
) -> None:
    joined(scene, meta)
    scene.close(cart_id="another")
    scene.close(episode=2)
    assert customer(scene).audience is not None
    scene.close()
    scene.close()
    is_out(scene, meta)


@pytest.mark.parametrize("change", ["emptied", "ordered"])
def test_a_step_that_ends_the_timeline_takes_the_shopper_out(
    scene: Scene, meta: FakeMeta, monkeypatch: Any, change: str
) -> None:
    joined(scene, meta)
    if change == "emptied":
        scene.take(a_cart_event(at=NOON, content=CartContent(), consent=AGREED))
    else:
        scene.store.carts.mark_ordered(scene.shop.settings, "c1", "2026-11-18T11:00:00.000000Z#o1")
    outcome = scene.step(a_step(name="sms", channel="sms", template="cart_sms")).outcome
    assert outcome is (Outcome.STOPPED if change == "emptied" else Outcome.ORDERED)
    is_out(scene, meta)


def test_a_step_that_died_while_it_ended_the_timeline_takes_the_shopper_out_when_tried_again(
    scene: Scene, meta: FakeMeta, monkeypatch: pytest.MonkeyPatch
) -> None:
    joined(scene, meta)
    scene.take(a_cart_event(at=NOON, content=CartContent(), consent=AGREED))

    def dies(*_: Any) -> None:
        raise UnavailableError("the table does not answer")

    sms = a_step(name="sms", channel="sms", template="cart_sms")
    for place in ("customers.amend_one", "step_records.note"):
        where, name = place.split(".")
        with monkeypatch.context() as broken:
            broken.setattr(getattr(scene.store, where), name, lambda *_, **__: dies())
            with pytest.raises(UnavailableError):
                scene.step(sms)
    assert scene.step(sms).outcome is Outcome.STOPPED
    is_out(scene, meta)


def logged_in(number: str, contact: Contact) -> Contact:
    return contact.model_copy(update={"platform_id": number})


def test_two_customers_in_two_audiences_whom_the_shop_merges_stay_in_one(
    scene: Scene, meta: FakeMeta
) -> None:
    scene.take(a_cart_event(at=NOON - 4 * HOUR, contact=logged_in("1", ANNA), consent=AGREED))
    scene.take(
        a_cart_event(at=NOON - 4 * HOUR, cart_id="c2", contact=logged_in("2", JAN), consent=AGREED)
    )
    joined(scene, meta)
    assert join(scene, JOINS_WINTER, "c2") is Reason.DUE
    assert sync(scene)
    assert (len(meta.audiences[RESCUE]), len(meta.audiences[WINTER])) == (1, 1)
    scene.take(CustomersMerged(at=NOON, kept="2", gone="1"))
    assert customer(scene).id == customer(scene, "c2").id
    assert sync(scene)
    assert len(meta.audiences[RESCUE] | meta.audiences[WINTER]) == 1


def test_a_cart_s_new_address_takes_the_old_one_out(scene: Scene, meta: FakeMeta) -> None:
    joined(scene, meta)
    scene.take(
        a_cart_event(
            at=NOON, contact=ANNA.model_copy(update={"email": "a.nowak@example.com"}), consent={}
        )
    )
    is_out(scene, meta)


def test_a_shopper_who_logs_in_stays_in_and_an_order_of_the_customer_takes_them_out(
    scene: Scene, meta: FakeMeta
) -> None:
    joined(scene, meta)
    scene.take(a_cart_event(at=NOON - 3 * HOUR, contact=logged_in("7", ANNA), consent={}))
    assert sync(scene)
    assert meta.audiences[RESCUE] == {ANNAS_ROW}
    scene.take(
        an_order(placed_at=NOON, contact=Contact(platform_id="7", email="a.nowak@example.com"))
    )
    is_out(scene, meta)


def test_a_customer_who_joined_by_the_record_s_address_is_taken_out_by_an_order_as_a_guest(
    scene: Scene, meta: FakeMeta
) -> None:
    record = Contact(platform_id="7", record_email=ANNA.email, record_phone=ANNA.phone)
    scene.take(CustomerUpdated(at=NOON - 9 * HOUR, contact=record))
    scene.take(
        ConsentChanged(
            at=NOON - 9 * HOUR,
            contact=record,
            channel=Channel.AUDIENCE,
            consent=yes(NOON - 9 * HOUR),
        )
    )
    scene.take(
        a_cart_event(at=NOON - 3 * HOUR, contact=Contact(platform_id="7"), cart_id="c7", consent={})
    )
    assert join(scene, cart_id="c7") is Reason.DUE
    assert sync(scene)
    assert meta.audiences[RESCUE] == {ANNAS_ROW}
    scene.take(an_order(placed_at=NOON, contact=Contact(email=ANNA.email)))
    is_out(scene, meta)


def test_a_no_of_a_guest_at_an_address_takes_out_the_customer_who_joined_by_it(
    scene: Scene, meta: FakeMeta
) -> None:
    """Told by the shop, it holds for all who use the address."""
    scene.take(a_cart_event(at=NOON - 3 * HOUR, contact=logged_in("7", ANNA), consent={}))
    joined(scene, meta)
    scene.take(
        ConsentChanged(
            at=NOON, contact=Contact(email=ANNA.email), channel=Channel.AUDIENCE, consent=no(NOON)
        )
    )
    is_out(scene, meta)


def test_the_end_of_the_timeline_takes_out_who_was_put_in_whatever_became_of_the_cart(
    scene: Scene, meta: FakeMeta
) -> None:
    joined(scene, meta)
    scene.take(a_cart_event(at=NOON - 3 * HOUR, contact=logged_in("7", ANNA), consent={}))
    scene.take(
        PrivacyRequested(
            at=NOON, kind=PrivacyKind.CUSTOMER_REDACT, contact=Contact(platform_id="7")
        )
    )
    assert scene.cart().erased
    scene.close()
    is_out(scene, meta)


def test_under_whichever_name_nobody_joins_a_second_one(scene: Scene, meta: FakeMeta) -> None:
    joined(scene, meta)
    scene.take(
        a_cart_event(at=NOON - 2 * HOUR, cart_id="c2", contact=logged_in("7", ANNA), consent=AGREED)
    )
    assert join(scene, JOINS_WINTER, "c2") is Reason.IN_AUDIENCE


# --- when Meta is not told ------------------------------------------------------------------------


@pytest.mark.parametrize("code", [190, 17, 613, 80003, 100, 200, 2])
def test_what_meta_did_not_take_is_told_again(scene: Scene, meta: FakeMeta, code: int) -> None:
    join(scene)
    meta.answers_next = [GraphRefusedError(code, "no", status=500 if code == 2 else 400)]
    assert not sync(scene)
    assert meta.audiences[RESCUE] == set()
    assert sync(scene)
    assert meta.audiences[RESCUE] == {ANNAS_ROW}


def test_where_meta_does_not_answer_it_is_told_again(scene: Scene, meta: FakeMeta) -> None:
    join(scene)
    where, gone = (
        scene.shop,
        scene.shop.settings.audiences["cart_rescue"].model_copy(
            update={"graph_url": "http://127.0.0.1:9"}
        ),
    )
    settings_ = where.settings.model_copy(update={"audiences": {"cart_rescue": gone}})
    scene.shop = where.model_copy(update={"settings": settings_})
    assert not sync(scene)
    scene.shop = where
    assert sync(scene)
    assert meta.audiences[RESCUE] == {ANNAS_ROW}


def test_whoever_could_not_leave_one_does_not_join_another(scene: Scene, meta: FakeMeta) -> None:
    joined(scene, meta)
    scene.close()
    scene.take(a_cart_event(at=NOON - HOUR, cart_id="c2", consent=AGREED))
    scene.store.carts.mark_ordered(scene.shop.settings, "c1", "2026-11-18T01:00:00.000000Z#o0")
    assert join(scene, JOINS_WINTER, "c2") is Reason.DUE
    scene.take(a_cart_event(at=NOON - 4 * HOUR, cart_id="c3", contact=JAN, consent=AGREED))
    assert join(scene, JOINS_WINTER, "c3") is Reason.DUE
    jans_row = (email_hash(JAN.email), "")
    meta.answers_next = [
        GraphRefusedError(80003, "There have been too many calls to this ad-account")
    ]
    assert not sync(scene)
    assert meta.audiences == {RESCUE: {ANNAS_ROW}, WINTER: {jans_row}}
    assert sync(scene)
    assert meta.audiences == {RESCUE: set(), WINTER: {ANNAS_ROW, jans_row}}


def in_winter_unless_told_of(scene: Scene, meta: FakeMeta) -> None:
    """Jan left one audience, which Meta has not heard of, and Anna joins another, which it has not
    heard of either."""
    scene.take(a_cart_event(at=NOON - 3 * HOUR, contact=logged_in("1", ANNA), consent=AGREED))
    scene.take(
        a_cart_event(at=NOON - 4 * HOUR, cart_id="c2", contact=logged_in("2", JAN), consent=AGREED)
    )
    assert join(scene, cart_id="c2") is Reason.DUE
    assert sync(scene)
    scene.close("c2")
    assert join(scene, JOINS_WINTER) is Reason.DUE


def test_nor_does_whoever_turns_out_to_be_the_same_meanwhile(scene: Scene, meta: FakeMeta) -> None:
    in_winter_unless_told_of(scene, meta)
    scene.take(CustomersMerged(at=NOON, kept="1", gone="2"))
    assert customer(scene).id == customer(scene, "c2").id
    meta.answers_next = [
        GraphRefusedError(80003, "There have been too many calls to this ad-account")
    ]
    assert not sync(scene)
    assert meta.audiences == {RESCUE: {(email_hash(JAN.email), "")}, WINTER: set()}
    assert sync(scene)
    assert meta.audiences == {RESCUE: set(), WINTER: {ANNAS_ROW}}


def test_nor_does_whoever_was_forgotten_and_comes_back(
    scene: Scene, meta: FakeMeta, clock: Clock
) -> None:
    joined(scene, meta)
    scene.take(PrivacyRequested(at=NOON, kind=PrivacyKind.CUSTOMER_REDACT, contact=ANNA))
    clock.time = NOON + 24 * HOUR
    back = {Channel.AUDIENCE: yes(NOON + HOUR)}
    scene.take(
        a_cart_event(
            at=NOON + HOUR, created_at=NOON + HOUR, cart_id="c2", contact=ANNA, consent=back
        )
    )
    assert join(scene, JOINS_WINTER, "c2") is Reason.DUE
    meta.answers_next = [
        GraphRefusedError(80003, "There have been too many calls to this ad-account")
    ]
    assert not sync(scene)
    assert meta.audiences == {RESCUE: {ANNAS_ROW}, WINTER: set()}
    assert sync(scene)
    assert meta.audiences == {RESCUE: set(), WINTER: {ANNAS_ROW}}


def a_crowd(scene: Scene, meta: FakeMeta, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five who leave an audience that is read last, one who joins that which is read first; more
    than are read at once."""
    for number in range(5):
        shopper = Contact(email=f"shopper{number}@example.com")
        scene.take(
            a_cart_event(at=NOON - 4 * HOUR, cart_id=f"m{number}", contact=shopper, consent=AGREED)
        )
        assert join(scene, JOINS_WINTER, f"m{number}") is Reason.DUE
    assert sync(scene)
    meta.told.clear()
    for number in range(5):
        scene.close(f"m{number}")
    assert join(scene) is Reason.DUE
    query = scene.store.table.dynamodb.query
    monkeypatch.setattr(
        scene.store.table.dynamodb, "query", lambda **asked: query(**{**asked, "Limit": 2})
    )
    monkeypatch.setattr("wracaj.store.audience_outbox.MOST_READ", 2, raising=False)
    monkeypatch.setattr("audience_sync.sync.MOST_AT_ONCE", 2)


def test_however_many_there_are_all_leave_before_anybody_joins(
    scene: Scene, meta: FakeMeta, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_crowd(scene, meta, monkeypatch)
    assert sync(scene)
    assert [(audience, count) for _, audience, count in meta.told] == [
        (WINTER, 2),
        (WINTER, 2),
        (WINTER, 1),
        (RESCUE, 1),
    ]
    assert meta.audiences == {RESCUE: {ANNAS_ROW}, WINTER: set()}


def test_where_time_runs_out_while_they_leave_nobody_joins_and_it_is_not_through(
    scene: Scene, meta: FakeMeta, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_crowd(scene, meta, monkeypatch)

    def left() -> float:
        return 60 if not meta.told else 10

    assert not Sync(scene.store.audiences, tell, left).run(scene.shop)
    assert [(audience, count) for _, audience, count in meta.told] == [(WINTER, 2)]
    while not sync(scene):
        pass
    assert meta.audiences == {RESCUE: {ANNAS_ROW}, WINTER: set()}


def test_who_leaves_and_joins_while_others_leave_is_told_with_the_next(
    scene: Scene, meta: FakeMeta
) -> None:
    joined(scene, meta)
    scene.take(a_cart_event(at=NOON - 4 * HOUR, cart_id="c2", contact=JAN, consent=AGREED))
    assert join(scene, cart_id="c2") is Reason.DUE
    assert sync(scene)
    scene.close("c2")

    def anna_moves_meanwhile(*given: Any, **named: Any) -> int:
        invalid = tell(*given, **named)
        if not named["joins"]:
            scene.close()
            scene.take(a_cart_event(at=NOON - HOUR, cart_id="c4", consent=AGREED))
            assert join(scene, JOINS_WINTER, "c4") is Reason.DUE
        return invalid

    Sync(scene.store.audiences, anna_moves_meanwhile, lambda: 60).run(scene.shop)
    assert meta.audiences == {RESCUE: {ANNAS_ROW}, WINTER: set()}
    assert sync(scene)
    assert meta.audiences == {RESCUE: set(), WINTER: {ANNAS_ROW}}


def test_a_change_while_meta_is_told_is_told_afterwards(scene: Scene, meta: FakeMeta) -> None:
    join(scene)

    def leaves_meanwhile(*given: Any, **named: Any) -> int:
        invalid = tell(*given, **named)
        scene.close()
        return invalid

    assert Sync(scene.store.audiences, leaves_meanwhile, lambda: 60).run(scene.shop)
    assert meta.audiences[RESCUE] == {ANNAS_ROW}
    is_out(scene, meta)


@pytest.mark.parametrize("way", ["joins", "leaves"])
def test_who_dies_after_meta_was_told_leaves_it_to_be_told_again(
    scene: Scene, meta: FakeMeta, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    join(scene)
    if way == "leaves":
        assert sync(scene)
        scene.close()

    def dies(*_: Any) -> None:
        raise UnavailableError("the process ended")

    with monkeypatch.context() as dying:
        dying.setattr(scene.store.audiences, "told", dies)
        with pytest.raises(UnavailableError):
            sync(scene)
    wanted = {ANNAS_ROW} if way == "joins" else set()
    assert meta.audiences[RESCUE] == wanted
    assert len(scene.store.audiences.to_tell(scene.shop.id)) == 1
    assert sync(scene)
    assert (meta.audiences[RESCUE], scene.store.audiences.to_tell(scene.shop.id)) == (wanted, [])


def test_one_at_a_time_tells_meta_and_a_dead_one_is_not_waited_for_long(
    scene: Scene, meta: FakeMeta
) -> None:
    join(scene)
    assert scene.store.audiences.begin(scene.shop.id, real_now() - timedelta(seconds=60), 90)
    assert not sync(scene)
    assert meta.audiences[RESCUE] == set()
    lease = scene.store.audiences.begin(scene.shop.id, real_now() + timedelta(seconds=40), 1)
    assert lease
    scene.store.audiences.end(scene.shop.id, "another's mark")
    assert not sync(scene)
    scene.store.audiences.end(scene.shop.id, lease)
    assert sync(scene)
    assert meta.audiences[RESCUE] == {ANNAS_ROW}


def test_when_time_runs_out_nothing_is_begun_that_could_not_end(
    scene: Scene, meta: FakeMeta
) -> None:
    join(scene)
    assert not sync(scene, seconds_left=5)
    assert meta.told == []


def test_many_are_told_in_calls_of_ten_thousand_at_most(
    scene: Scene, meta: FakeMeta, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audience_sync.sync.MOST_AT_ONCE", 3)
    for number in range(7):
        shopper = Contact(email=f"shopper{number}@example.com")
        scene.take(
            a_cart_event(at=NOON - 4 * HOUR, cart_id=f"m{number}", contact=shopper, consent=AGREED)
        )
        assert join(scene, cart_id=f"m{number}") is Reason.DUE
    assert sync(scene)
    assert [count for _, _, count in meta.told] == [3, 3, 1]
    assert len(meta.audiences[RESCUE]) == 7


# --- any order ------------------------------------------------------------------------------------

LEAVES = ["close", "order", "no", "forget", "merge", "log in"]
DO = st.sampled_from(
    ["join", "join", "join winter", "join winter", "sync", "sync", "sync fails", "yes", *LEAVES]
)
APART = 3 * HOUR


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    deeds=st.lists(st.tuples(DO, st.sampled_from(["anna", "jan", "ola"])), min_size=6, max_size=16)
)
def test_whatever_happens_in_whatever_order_meta_ends_with_exactly_those_who_are_in(
    meta: FakeMeta, store: Store, clock: Clock, deeds: list[tuple[str, str]]
) -> None:
    meta.audiences, meta.answers_next, meta.refused, clock.time = (
        {RESCUE: set(), WINTER: set()},
        [],
        [],
        NOON,
    )
    scene = a_scene_at(meta, store, f"shop-{uuid.uuid4().hex[:20]}")
    ends = {
        name: Contact(platform_id=name, email=f"{name}@example.com") for name in ("anna", "jan")
    }
    ends |= {"ola": Contact(email="ola@example.com")}  # a guest
    for turn, (deed, name) in enumerate(deeds):
        act(scene, meta, deed, name, turn, ends[name])
        clock.time = NOON + (turn + 1) * APART
    meta.answers_next = []
    while not sync(scene):
        pass
    items = [item for item in items_of(scene.store, scene.shop.id) if item["SK"]["S"] == "WHO"]
    known = [
        store.customers.get(scene.shop.id, item["PK"]["S"].split("#WHO#")[1]) for item in items
    ]
    members = {one.audience.place for one in known if one and one.audience}
    held = {(audience, row) for audience, rows in meta.audiences.items() for row in rows}
    assert held == {(place.audience_id, (place.email, place.phone)) for place in members}
    assert len(held) == len({row for _, row in held}), "somebody is in two"
    assert not [why for why in meta.refused if why != "too many calls"]


def act(scene: Scene, meta: FakeMeta, deed: str, name: str, turn: int, who: Contact) -> None:
    at, cart_id = NOON + turn * APART, f"{name}-{turn}"
    match deed:
        case "join" | "join winter":
            content = some_content()
            scene.take(
                a_cart_event(
                    at=at - 2 * HOUR, cart_id=cart_id, contact=who, content=content, consent=AGREED
                )
            )
            scene.step(JOINS if deed == "join" else JOINS_WINTER, cart_id)
        case "close":
            for earlier in range(turn):
                scene.close(f"{name}-{earlier}")
        case "order":
            scene.take(an_order(placed_at=at, order_id=f"o{turn}", contact=who))
        case "no" | "yes":
            word = no(at) if deed == "no" else yes(at)
            scene.take(ConsentChanged(at=at, contact=who, channel=Channel.AUDIENCE, consent=word))
        case "sync":
            sync(scene)
        case "sync fails":
            meta.answers_next = [GraphRefusedError(80003, "too many calls")]
            sync(scene)
            meta.answers_next = []
        case "forget":
            scene.take(PrivacyRequested(at=at, kind=PrivacyKind.CUSTOMER_REDACT, contact=who))
        case "merge" if who.platform_id:
            scene.take(CustomersMerged(at=at, kept="7", gone=name))
        case "log in" if not who.platform_id:
            scene.take(
                a_cart_event(at=at, cart_id=f"x-{turn}", contact=logged_in("7", who), consent={})
            )
