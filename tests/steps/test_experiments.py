"""A step of a shopper in an experiment, on a real table."""

from datetime import timedelta
from typing import Any

import pytest

from support.builders import HOUR, NOON, a_cart_event, a_holdout, a_step, a_test, an_order, no, yes
from support.clocks import Clock
from support.scenes import Requests, Scene, a_scene
from wracaj.consent.channel import Channel
from wracaj.customers.consents import Speaker
from wracaj.settings.experiments import HELD_OUT, TREATED
from wracaj.store import Store
from wracaj.store.customer_keys import entries_of_day, entry_key
from wracaj.timelines.steps import Outcome, Reason
from wracaj_cli.experiments.showing import look

DAY = timedelta(days=1)
SMS = a_step(name="sms", channel="sms", template="cart_sms", after_seconds=24 * 3600)
LATER = {"now": {}, "later": {"timings": {"first_email_after_hours": 5}}}


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that decides which arm is drawn from now on."""

    def to(arm: str) -> None:
        monkeypatch.setattr("reminder_step.experiments.drawn_arm", lambda *_: arm)

    return to


def a_shop_that_tries(store: Store, shop_id: str, **experiments: Any) -> Scene:
    scene = a_scene(store, shop_id, experiments=experiments)
    scene.take(a_cart_event(at=NOON - 4 * HOUR))
    return scene


@pytest.fixture
def scene(store: Store, shop_id: str, clock: Clock) -> Scene:
    return a_shop_that_tries(store, shop_id, does_it_pay=a_holdout(20))


def entries(scene: Scene, name: str = "does_it_pay") -> list[dict[str, Any]]:
    return scene.store.table.query({"PK": entries_of_day(scene.shop.id, name, NOON.date())})


@pytest.mark.parametrize(("arm", "messages"), [(HELD_OUT, 0), (TREATED, 1)])
def test_each_arm_is_recorded_by_its_first_step(
    scene: Scene, drawn: Any, arm: str, messages: int
) -> None:
    drawn(arm)
    scene.step()
    assert len(scene.provider.sent) == messages
    (entry,) = entries(scene)
    assert (entry["arm"], entry["cart_id"]) == (arm, "c1")
    assert entry["SK"] == scene.shopper().person
    assert scene.cart().record(1, "first_email").arms == {"does_it_pay": arm}


def test_a_held_out_shopper_gets_no_message_on_any_channel(scene: Scene, drawn: Any) -> None:
    drawn(HELD_OUT)
    first = scene.step()
    assert (first.outcome, first.reason) == (Outcome.SKIPPED, Reason.IN_HOLDOUT)
    drawn(TREATED)  # a new draw would be another one
    assert scene.step(SMS).reason is Reason.IN_HOLDOUT
    assert scene.provider.sent == [] and len(entries(scene)) == 1


@pytest.mark.parametrize("arm", [HELD_OUT, TREATED])
def test_a_message_that_has_to_wait_enters_at_once_in_each_arm(
    scene: Scene, clock: Clock, drawn: Any, arm: str
) -> None:
    """Else those who buy during the night would count for one arm only."""
    drawn(arm)
    clock.time = NOON + 10 * HOUR  # 22 in Warsaw
    scene.take(a_cart_event(at=NOON + 6 * HOUR))
    result = scene.step()
    assert result.outcome is (Outcome.SKIPPED if arm == HELD_OUT else Outcome.WAIT)
    (entry,) = entries(scene)
    assert entry["arm"] == arm and entry["entered_at"].startswith("2026-11-18T21:00")


@pytest.mark.parametrize(
    "refused",
    ["no consent", "ordered", "stale", "suppressed", "switched off"],
)
def test_who_would_get_no_message_anyway_does_not_enter(
    scene: Scene, clock: Clock, drawn: Any, refused: str
) -> None:
    drawn(HELD_OUT)
    how: dict[str, Any] = {}
    customer = scene.shopper().id
    if refused == "no consent":
        scene.store.customers.amend_one(
            scene.shop.id,
            customer,
            lambda one: one.with_consent(Channel.EMAIL, Speaker.READER, no(NOON)),
        )
    elif refused == "ordered":
        scene.take(an_order(placed_at=NOON - HOUR))
    elif refused == "stale":
        clock.time = NOON + 48 * HOUR
    elif refused == "suppressed":
        scene.store.customers.amend_one(
            scene.shop.id, customer, lambda one: one.suppressing(Channel.EMAIL, "bounce")
        )
    else:
        how = {"switched_on": False}
    result = scene.step(**how)
    assert result.reason is not Reason.IN_HOLDOUT and result.outcome is not Outcome.SENT
    assert scene.store.experiments.sums(scene.shop.id, "does_it_pay") == []


def test_a_person_enters_once_with_whatever_cart(scene: Scene, drawn: Any, clock: Clock) -> None:
    drawn(TREATED)
    scene.step()
    drawn(HELD_OUT)
    clock.time = NOON + 2 * DAY
    scene.take(a_cart_event(cart_id="c2", at=NOON + 2 * DAY - 4 * HOUR))
    assert scene.step(cart_id="c2").reason is Reason.DUE
    assert len(entries(scene)) == 1


def test_of_two_steps_at_once_the_second_finds_the_arm_of_the_first(
    scene: Scene, drawn: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second cart of the same person is decided at the same moment."""
    enter = scene.store.experiments.enter

    def other_comes_first(*arguments: Any) -> Any:
        monkeypatch.setattr(scene.store.experiments, "enter", enter)
        drawn(HELD_OUT)
        scene.step(SMS)
        drawn(TREATED)
        return enter(*arguments)

    drawn(TREATED)
    monkeypatch.setattr(scene.store.experiments, "enter", other_comes_first)
    assert scene.step().reason is Reason.IN_HOLDOUT
    (entry,) = entries(scene)
    assert entry["arm"] == HELD_OUT


def test_a_process_that_dies_after_the_entry_finds_it_again(
    scene: Scene, drawn: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn(TREATED)
    with monkeypatch.context() as patch:
        patch.setattr(scene.store.step_records, "claim", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            scene.step()
    drawn(HELD_OUT)
    assert scene.step().reason is Reason.DUE
    (entry,) = entries(scene)
    assert entry["arm"] == TREATED


def test_an_arm_with_other_timings_is_told_before_anything_leaves(
    store: Store, shop_id: str, clock: Clock, drawn: Any
) -> None:
    scene = a_shop_that_tries(store, shop_id, five_hours=a_test(LATER))
    drawn("later")
    result = scene.step()
    assert (result.outcome, result.reason) == (Outcome.WAIT, Reason.OTHER_TIMINGS)
    assert result.timings == {"first_email_after_hours": 5}
    asked_again = a_step(after_seconds=5 * 3600)
    request = scene.request(asked_again).model_copy(update={"timings": result.timings})
    held = scene.stepper().run(scene.shop, request, asked_again)
    assert (held.outcome, held.wait_seconds) == (Outcome.WAIT, 3600)
    assert held.timings == result.timings
    clock.time = NOON + HOUR
    assert scene.stepper().run(scene.shop, request, asked_again).reason is Reason.DUE
    assert len(scene.provider.sent) == 1


def test_a_state_machine_of_an_earlier_release_is_not_asked_again_for_ever(
    store: Store, shop_id: str, clock: Clock, drawn: Any
) -> None:
    scene = a_shop_that_tries(store, shop_id, five_hours=a_test(LATER))
    drawn("later")
    step = a_step()
    request = scene.request(step).model_copy(update={"timings": None})
    assert scene.stepper().run(scene.shop, request, step).reason is Reason.DUE


def test_an_arm_has_its_own_text(store: Store, shop_id: str, clock: Clock, drawn: Any) -> None:
    texts = {"now": {}, "last": {"templates": {"first_email": "regular_reminder"}}}
    scene = a_shop_that_tries(store, shop_id, another_text=a_test(texts))
    drawn("last")
    assert scene.step().reason is Reason.DUE
    assert scene.cart().record(1, "first_email").template == "regular_reminder"


def test_who_is_held_out_from_everything_enters_no_test(
    store: Store, shop_id: str, clock: Clock, drawn: Any
) -> None:
    experiments = {"does_it_pay": a_holdout(50), "five_hours": a_test(LATER)}
    scene = a_shop_that_tries(store, shop_id, **experiments)
    drawn(HELD_OUT)
    scene.step()
    assert len(entries(scene)) == 1 and entries(scene, "five_hours") == []


def test_an_entry_is_one_request_and_none_without_an_experiment(
    store: Store, shop_id: str, clock: Clock, drawn: Any
) -> None:
    def requests(scene: Scene, cart_id: str) -> list[str]:
        scene.take(a_cart_event(cart_id=cart_id, at=NOON - 4 * HOUR))
        with Requests(store.table.dynamodb) as made:
            scene.step(cart_id=cart_id)
        return list(made)

    drawn(TREATED)
    plain = requests(a_scene(store, shop_id), "c1")
    trying = a_scene(store, shop_id + "-2", experiments={"does_it_pay": a_holdout(20)})
    first, again = requests(trying, "c2"), requests(trying, "c3")
    assert len(first) == len(plain) + 1 and first.count("TransactWriteItems") == 2
    assert len(again) <= len(plain)


def test_an_erasure_leaves_no_entry(scene: Scene, drawn: Any) -> None:
    drawn(TREATED)
    scene.step()
    person = scene.shopper().person
    scene.store.erasure.erase(scene.shop.id, scene.cart().contact, NOON + HOUR)
    key = entry_key(scene.shop.id, "does_it_pay", NOON.date(), person)
    assert scene.store.table.get(key) is None and entries(scene) == []


@pytest.mark.parametrize(
    ("begins", "enters"), [(NOON - DAY, False), (NOON + 5 * DAY, True)], ids=["since", "before"]
)
def test_who_was_erased_since_it_began_and_comes_back_does_not_enter_again(
    store: Store, shop_id: str, clock: Clock, drawn: Any, begins: Any, enters: bool
) -> None:
    """They count already, and nothing is left that says so but the time of the erasure."""
    drawn(HELD_OUT)
    scene = a_shop_that_tries(store, shop_id, one=a_holdout(50, begins=NOON - 2 * DAY))
    scene.step()
    scene.store.erasure.erase(scene.shop.id, scene.cart().contact, NOON + DAY)
    clock.time = NOON + 10 * DAY
    back = a_scene(store, shop_id, experiments={"another": a_holdout(50, begins=begins)})
    consent = {Channel.EMAIL: yes(NOON + 9 * DAY)}
    back.take(a_cart_event(cart_id="c2", at=NOON + 10 * DAY - 4 * HOUR, consent=consent))
    assert back.step(cart_id="c2").reason is (Reason.IN_HOLDOUT if enters else Reason.DUE)
    assert bool(store.experiments.sums(shop_id, "another")) == enters


SOONER = {"now": {}, "sooner": {"timings": {"first_email_after_hours": 2}}}
OWN = {"first_email_after_hours": 3}


@pytest.mark.parametrize("how", ["over", "decided"])
def test_a_timeline_that_started_for_an_arm_waits_as_the_shop_says_once_there_are_no_arms(
    store: Store, shop_id: str, clock: Clock, drawn: Any, how: str
) -> None:
    """It started with the shorter wait of an arm, and the experiment ended before the first
    step."""
    decided = {"at": NOON - HOUR, "what": "keep it", "why": "no difference"}
    ended = {"ends": NOON - HOUR} if how == "over" else {"decided": decided}
    scene = a_scene(store, shop_id, experiments={"hours": a_test(SOONER, **ended)})
    scene.take(a_cart_event(at=NOON - 2 * HOUR))
    result = scene.step(a_step(after_seconds=2 * 3600))
    assert (result.outcome, result.reason) == (Outcome.WAIT, Reason.OTHER_TIMINGS)
    assert result.timings == OWN
    asked_again = a_step(after_seconds=3 * 3600)
    request = scene.request(asked_again).model_copy(update={"timings": result.timings})
    held = scene.stepper().run(scene.shop, request, asked_again)
    assert (held.outcome, held.wait_seconds, held.timings) == (Outcome.WAIT, 3600, OWN)
    clock.time = NOON + HOUR
    assert scene.stepper().run(scene.shop, request, asked_again).reason is Reason.DUE
    clock.time = NOON + DAY
    request = scene.request(SMS).model_copy(update={"timings": OWN})
    assert scene.stepper().run(scene.shop, request, SMS).reason is Reason.DUE
    assert len(scene.provider.sent) == 2 and entries(scene, "hours") == []


def test_a_timeline_that_started_with_the_shops_own_wait_is_not_asked_again(
    store: Store, shop_id: str, clock: Clock
) -> None:
    scene = a_shop_that_tries(store, shop_id, hours=a_test(SOONER, ends=NOON - HOUR))
    assert scene.step(a_step(after_seconds=3 * 3600)).reason is Reason.DUE


def test_messages_are_counted_for_the_arm_and_taken_off_its_contribution(
    store: Store, shop_id: str, clock: Clock, drawn: Any
) -> None:
    experiments = {"does_it_pay": a_holdout(50, metric="contribution")}
    prices = {"margin_percent": 40, "sms_part": "0.10", "thousand_emails": "1.00"}
    scene = a_scene(store, shop_id, experiments=experiments, economics=prices)
    scene.take(a_cart_event(at=NOON - 4 * HOUR))
    drawn(TREATED)
    scene.step()
    clock.time = NOON + DAY
    scene.step(SMS)
    parts = scene.cart().record(1, "sms").segments
    sent = store.counters.of_arms(shop_id, "does_it_pay", ["2026-11-18", "2026-11-19"])
    assert sent == {
        "treated": {
            "abandoned_cart#first_email": {"email": 1},
            "abandoned_cart#sms": {"sms": 1, "parts": parts},
        }
    }
    assert store.counters.of_day(shop_id, "2026-11-18")["abandoned_cart#first_email"] == {"sent": 1}
    shown = look(store, scene.shop.settings, "does_it_pay", NOON + 2 * DAY)
    assert (
        shown.costs == {"treated": pytest.approx(0.001 + parts * 0.1)}
        and not shown.sms_without_price
    )
