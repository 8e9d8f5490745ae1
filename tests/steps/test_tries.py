"""One try of a message: how often it is decided, what it says without its code, and what follows
from each answer of the provider."""

from typing import Any

import pytest

from support.builders import ANNA, HOUR, NOON, a_cart_event, a_step, yes
from support.clocks import Clock
from support.scenes import Scene, a_scene
from wracaj.consent.channel import Channel
from wracaj.discounts.code import DiscountTerms
from wracaj.errors import (
    AddressGoneError,
    ConflictError,
    NotTakenError,
    OutcomeUnknownError,
    RefusedError,
    WindowClosedError,
)
from wracaj.events import CartContent, Contact
from wracaj.store.message_links import link_key
from wracaj.timelines.steps import Outcome, Reason, RecordState

DAY = "2026-11-18"
PUSH = a_step(name="push", channel="web_push", template="cart_push")
DISCOUNT: dict[str, Any] = {"percent": 10, "valid_days": 3}
# points and cashback take the whole margin
SPENT: dict[str, Any] = {
    "currency": "PLN",
    "margin_percent": 20,
    "points": {"per_unit": 1, "value": "0.05"},
    "cashback": {"percent": 15},
}
JOINS = a_step(name="join", channel="audience", template=None, audience="rescue")


@pytest.fixture
def scene(store: Any, shop_id: str, clock: Clock) -> Scene:
    scene = a_scene(store, shop_id)
    scene.take(a_cart_event(at=NOON - 4 * HOUR))
    return scene


def counted(scene: Scene, step: str) -> dict[str, int]:
    return scene.store.counters.of_day(scene.shop.id, DAY).get(f"abandoned_cart#{step}", {})


# --- how often it is decided ----------------------------------------------------------------------


@pytest.mark.parametrize(("conflicts", "is_sent"), [(1, True), (2, True), (3, False), (4, False)])
def test_a_step_is_decided_three_times_before_its_state_machine_tries_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, conflicts: int, is_sent: bool
) -> None:
    claim, left = scene.store.step_records.claim, [*range(conflicts)]

    def in_the_way(*arguments: Any) -> Any:
        if not left:
            return claim(*arguments)
        left.pop()
        raise ConflictError("somebody else")

    monkeypatch.setattr(scene.store.step_records, "claim", in_the_way)
    if is_sent:
        assert scene.step().outcome is Outcome.SENT
    else:
        with pytest.raises(ConflictError):
            scene.step()
    assert (len(left), len(scene.provider.sent)) == (max(conflicts - 3, 0), int(is_sent))


# --- its code -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("if_unavailable", "reason", "count"),
    [
        ("send_without", Reason.DUE, {"sent": 1, "without_discount": 1}),
        ("skip", Reason.NO_DISCOUNT, {"skipped_no_discount": 1}),
    ],
)
def test_a_discount_that_the_shop_cannot_afford_is_left_out_or_with_it_the_message(
    store: Any, shop_id: str, clock: Clock, if_unavailable: str, reason: Reason, count: Any
) -> None:
    scene = a_scene(store, shop_id, loyalty=SPENT, timelines=["abandoned_cart", "loyalty"])
    scene.take(a_cart_event(at=NOON - 4 * HOUR))
    told = DISCOUNT | {"if_unavailable": if_unavailable}
    step = a_step(name="discount_email", template="cart_discount", discount=told)
    assert scene.step(step).reason is reason
    assert scene.step(step).reason in {Reason.ALREADY_SENT, Reason.NO_DISCOUNT}
    assert counted(scene, "discount_email") == count
    assert scene.created == []


def test_a_message_tells_the_code_that_the_shop_gave_and_no_other(
    store: Any, shop_id: str, clock: Clock
) -> None:
    scene = a_scene(store, shop_id, discount={"source": "pool"})
    scene.store.codes.upload(shop_id, DiscountTerms(percent=10), ["KUBEK-7"])
    scene.take(a_cart_event(at=NOON - 4 * HOUR))
    scene.step(a_step(name="discount_email", template="cart_discount", discount=DISCOUNT))
    assert "KUBEK-7" in scene.provider.sent[0].rendered.text


def test_a_message_without_a_discount_lacks_none(scene: Scene) -> None:
    scene.step()
    assert not scene.cart().record(1, "first_email").without_discount
    assert counted(scene, "first_email") == {"sent": 1}


# --- what the provider answers --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "waits"),
    [(0, 300), (299, 300), (301, 301), (21599, 21599), (21601, 21600), (10**6, 21600)],
)
def test_a_busy_provider_gets_the_time_it_asks_for_between_five_minutes_and_six_hours(
    scene: Scene, asked: int, waits: int
) -> None:
    scene.provider.script = [NotTakenError("429", retry_after_seconds=asked)]
    result = scene.step()
    assert (result.outcome, result.reason) == (Outcome.WAIT, Reason.PROVIDER_THROTTLED)
    assert result.wait_seconds == waits
    assert scene.cart().record(1, "first_email").state is RecordState.RELEASED
    assert scene.step().outcome is Outcome.SENT
    assert len(scene.provider.sent) == len(scene.shopper().sent) == 1


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (RefusedError("no"), Reason.REFUSED),
        (WindowClosedError("too late"), Reason.WINDOW_CLOSED),
        (AddressGoneError("410"), Reason.ADDRESS_GONE),
        (OutcomeUnknownError("timed out"), Reason.OUTCOME_UNKNOWN),
    ],
)
def test_a_message_that_is_skipped_says_what_the_provider_said(
    scene: Scene, answer: Exception, reason: Reason
) -> None:
    scene.provider.script = [answer]
    result = scene.step()
    assert (result.outcome, result.reason) == (Outcome.SKIPPED, reason)
    assert scene.cart().record(1, "first_email").reason is reason
    assert scene.step().outcome is Outcome.SKIPPED
    assert scene.provider.sent == []
    gone = scene.shopper().is_suppressed(Channel.EMAIL, "anna@example.com")
    assert gone is (reason is Reason.ADDRESS_GONE)


def test_a_browser_that_is_gone_leaves_its_cart_and_an_e_mail_address_stays(
    store: Any, shop_id: str, clock: Clock
) -> None:
    """A newer subscription of the browser will be reported; an e-mail address is suppressed."""
    scene = a_scene(store, shop_id, web_push={"contact": "mailto:sklep@kubek.example"})
    both = Contact(email="anna@example.com", web_push="subscription one")
    said = {Channel.EMAIL: yes(), Channel.WEB_PUSH: yes()}
    scene.take(a_cart_event(at=NOON - 4 * HOUR, contact=both, consent=said))
    for step in (a_step(), PUSH):
        scene.provider.script = [AddressGoneError("410")]
        assert scene.step(step).reason is Reason.ADDRESS_GONE
    contact = scene.cart().contact
    assert (contact.email, contact.web_push) == ("anna@example.com", None)


# --- a cart of nobody, and the end of a timeline --------------------------------------------------


def test_a_cart_of_nobody_gets_nothing(scene: Scene) -> None:
    scene.take(a_cart_event(cart_id="c2", at=NOON - 4 * HOUR, contact=Contact(), consent={}))
    result = scene.step(cart_id="c2")
    assert (result.outcome, result.reason) == (Outcome.STOPPED, Reason.ERASED)


def test_a_timeline_that_ends_says_so_of_the_messages_that_it_left_open(scene: Scene) -> None:
    scene.take(a_cart_event(at=NOON - HOUR))
    assert scene.step().outcome is Outcome.WAIT
    scene.close()
    record = scene.cart().record(1, "first_email")
    assert (record.state, record.reason) == (RecordState.SKIPPED, Reason.FAILED)
    assert scene.cart().episode_ended_at == NOON
    again = scene.stepper().close(scene.request(a_step()))
    assert again.outcome is Outcome.CLOSED


def test_the_timeline_of_a_cart_that_is_gone_ends_too(scene: Scene) -> None:
    assert scene.stepper().close(scene.request(a_step(), "gone")).outcome is Outcome.CLOSED


# --- advertising audiences ------------------------------------------------------------------------


@pytest.fixture
def advertised(store: Any, shop_id: str, clock: Clock) -> Scene:
    """Anna is in an audience, and got no message yet."""
    scene = a_scene(store, shop_id, audiences={"rescue": {"id": "238000111"}})
    said = {Channel.EMAIL: yes(), Channel.AUDIENCE: yes()}
    scene.take(a_cart_event(at=NOON - 4 * HOUR, contact=ANNA, consent=said))
    assert scene.step(JOINS).outcome is Outcome.SENT
    assert audiences(scene) == ["rescue"]
    return scene


def audiences(scene: Scene) -> list[str]:
    return [one.audience.name for one in scene.shopper().known.values() if one.audience]


def test_to_join_an_audience_is_no_message_that_counts_for_caps(advertised: Scene) -> None:
    assert advertised.shopper().sent == ()
    assert advertised.step().outcome is Outcome.SENT


def test_who_joined_is_out_at_the_end_of_the_timeline(advertised: Scene) -> None:
    advertised.close()
    assert audiences(advertised) == []


def test_and_where_a_step_ends_it(advertised: Scene) -> None:
    advertised.take(a_cart_event(at=NOON, content=CartContent()))
    assert advertised.step().outcome is Outcome.STOPPED
    assert audiences(advertised) == []


def test_but_not_where_a_step_sends_nothing_and_the_timeline_goes_on(advertised: Scene) -> None:
    assert advertised.step(switched_on=False).outcome is Outcome.SKIPPED
    advertised.take(a_cart_event(at=NOON - HOUR))
    assert advertised.step(a_step(name="second_email")).outcome is Outcome.WAIT
    assert audiences(advertised) == ["rescue"]


def test_a_timeline_ends_though_the_link_of_a_message_is_gone(advertised: Scene) -> None:
    """It works for half a year, and a shop may keep its carts for longer."""
    advertised.store.table.delete(link_key(advertised.message_id("join")))
    advertised.close()
    assert advertised.cart().episode_ended_at == NOON


# --- a process that died while the provider had the message ---------------------------------------


def died_while_it_was_sent(scene: Scene) -> None:
    scene.provider.script = [SystemExit()]
    with pytest.raises(SystemExit):
        scene.step()


def test_nobody_knows_whether_it_left_and_it_is_not_sent_again(scene: Scene) -> None:
    died_while_it_was_sent(scene)
    result = scene.step()
    assert (result.outcome, result.reason) == (Outcome.SKIPPED, Reason.OUTCOME_UNKNOWN)
    assert scene.cart().record(1, "first_email").state is RecordState.UNKNOWN
    assert scene.provider.sent == []


def test_it_left_where_the_provider_reported_it(scene: Scene) -> None:
    died_while_it_was_sent(scene)
    link = scene.store.message_links.target(scene.message_id("first_email"))
    assert link
    scene.store.delivery_events.note(link, None, NOON)
    result = scene.step()
    assert (result.outcome, result.reason) == (Outcome.SENT, Reason.DUE)
    assert scene.cart().record(1, "first_email").state is RecordState.SENT
