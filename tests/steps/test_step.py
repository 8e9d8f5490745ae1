"""One step on a real table: it decides, claims, sends, and records."""

from datetime import timedelta
from typing import Any

import pytest

from support.builders import HOUR, NOON, a_cart_event, a_step, an_item, an_order, some_content
from support.clocks import Clock
from support.scenes import Scene, a_scene
from wracaj.consent.channel import Channel
from wracaj.customers.consents import Speaker
from wracaj.discounts.code import DiscountCode, DiscountTerms, mint
from wracaj.errors import DiscountError, NotTakenError, OutcomeUnknownError, RefusedError
from wracaj.events import CartContent
from wracaj.timelines.steps import Outcome, Reason, RecordState

DISCOUNT = a_step(
    name="discount_email",
    template="cart_discount",
    discount={"percent": 10, "valid_days": 3, "if_unavailable": "send_without"},
)
SMS = a_step(name="sms", channel="sms", template="cart_sms", after_seconds=24 * 3600)
SKIP_WITHOUT = DISCOUNT.model_copy(
    update={"discount": DISCOUNT.discount.model_copy(update={"if_unavailable": "skip"})}  # type: ignore[union-attr]
)


@pytest.fixture
def scene(store: Any, shop_id: str, clock: Clock) -> Scene:
    scene = a_scene(store, shop_id)
    scene.take(a_cart_event(at=NOON - 4 * HOUR))
    return scene


def refuse(*_: Any) -> Any:
    raise DiscountError("the shop does not answer")


def test_the_mail_shows_the_cart_as_it_is_when_it_is_sent(scene: Scene) -> None:
    scene.take(
        a_cart_event(
            at=NOON - 3.5 * HOUR, content=some_content(items=(an_item(title="Filiżanka w paski"),))
        )
    )
    scene.step()
    (message,) = scene.provider.sent
    assert message.to == "anna@example.com"
    assert "Filiżanka w paski" in (message.rendered.html or "") and "Kubek w kropki" not in (
        message.rendered.html or ""
    )
    assert message.tags["step"] == "first_email"


def test_what_was_sent_is_written_down_and_counted(scene: Scene) -> None:
    scene.step()
    record = scene.cart().record(1, "first_email")
    assert (record.state, record.provider_id) == (RecordState.SENT, "provider-1")
    assert scene.store.counters.of_day(scene.shop.id, "2026-11-18") == {
        "abandoned_cart#first_email": {"sent": 1}
    }


def test_the_same_step_twice_sends_once(scene: Scene) -> None:
    first, second = scene.step(), scene.step()
    assert (first.reason, second.reason) == (Reason.DUE, Reason.ALREADY_SENT)
    assert len(scene.provider.sent) == 1


def test_nothing_is_sent_after_an_order_and_the_reason_stays(scene: Scene) -> None:
    scene.take(an_order(placed_at=NOON))
    assert scene.step().outcome is Outcome.ORDERED
    assert scene.provider.sent == []
    assert scene.cart().record(1, "first_email").reason is Reason.ORDERED


def test_an_order_between_the_decision_and_the_claim_stops_the_message(
    scene: Scene, monkeypatch: Any
) -> None:
    claim = scene.store.step_records.claim

    def order_comes_first(*arguments: Any) -> Any:
        monkeypatch.setattr(scene.store.step_records, "claim", claim)
        scene.take(an_order(placed_at=NOON, contact=a_cart_event().contact))
        return claim(*arguments)

    monkeypatch.setattr(scene.store.step_records, "claim", order_comes_first)
    assert scene.step().outcome is Outcome.ORDERED
    assert scene.provider.sent == []


def test_an_order_while_the_code_is_created_stops_the_message(scene: Scene) -> None:
    def order_comes_first(shop: Any, voucher: Any, cart_id: str) -> Any:
        scene.take(an_order(placed_at=NOON))
        return voucher

    scene.on_discount = order_comes_first
    assert scene.step(DISCOUNT).outcome is Outcome.ORDERED
    assert scene.provider.sent == []


def test_an_unsubscribe_while_the_code_is_created_stops_the_message(scene: Scene) -> None:
    from support.builders import no

    def unsubscribe_comes_first(shop: Any, voucher: Any, cart_id: str) -> Any:
        scene.store.customers.amend_one(
            shop.id,
            scene.shopper().id,
            lambda c: c.with_consent(Channel.EMAIL, Speaker.READER, no(NOON)),
        )
        return voucher

    scene.on_discount = unsubscribe_comes_first
    assert scene.step(DISCOUNT).reason is Reason.NO_CONSENT
    assert scene.provider.sent == []


def test_a_message_that_the_provider_did_not_take_is_tried_again(scene: Scene) -> None:
    scene.provider.script = [NotTakenError("throttled")]
    with pytest.raises(NotTakenError):
        scene.step()
    assert scene.cart().record(1, "first_email").state is RecordState.RELEASED
    assert scene.step().reason is Reason.DUE
    assert len(scene.provider.sent) == 1


def test_a_message_whose_fate_is_unknown_is_never_sent_again_and_counted(scene: Scene) -> None:
    scene.provider.script = [OutcomeUnknownError("timed out")]
    assert scene.step().reason is Reason.OUTCOME_UNKNOWN
    assert scene.step().reason is Reason.OUTCOME_UNKNOWN
    assert scene.provider.sent == []
    assert scene.store.counters.of_day(scene.shop.id, "2026-11-18") == {
        "abandoned_cart#first_email": {"unknown": 1}
    }


def test_a_message_that_the_provider_refuses_is_skipped_for_good(scene: Scene) -> None:
    scene.provider.script = [RefusedError("MessageRejected")]
    assert scene.step().reason is Reason.REFUSED
    assert scene.step().reason is Reason.REFUSED
    assert scene.provider.sent == []


def test_a_code_is_created_before_the_mail_that_tells_it_and_stored(scene: Scene) -> None:
    scene.step(DISCOUNT)
    (voucher,) = scene.created
    assert voucher.code in scene.provider.sent[0].rendered.text
    assert scene.cart().record(1, "discount_email").voucher == voucher
    assert voucher.expires_at == NOON + timedelta(days=3)


def test_a_retry_reuses_the_stored_code(scene: Scene) -> None:
    scene.provider.script = [NotTakenError("throttled")]
    with pytest.raises(NotTakenError):
        scene.step(DISCOUNT)
    scene.step(DISCOUNT)
    assert len({voucher.code for voucher in scene.created}) == 1
    assert scene.created[0].code in scene.provider.sent[0].rendered.text


def test_a_retry_asks_for_the_code_again_that_the_shop_may_have_created(scene: Scene) -> None:
    asked = []

    def answer_lost(shop: Any, voucher: DiscountCode, cart_id: str) -> DiscountCode:
        asked.append(voucher)
        raise DiscountError("the shop gave no answer")

    scene.on_discount = answer_lost
    scene.provider.script = [NotTakenError("throttled")]
    with pytest.raises(NotTakenError):
        scene.step(DISCOUNT)
    scene.on_discount = None
    assert scene.step(DISCOUNT).outcome is Outcome.SENT
    assert scene.created == asked
    assert asked[0].code in scene.provider.sent[0].rendered.text


def test_when_the_shop_cannot_create_the_code_the_mail_goes_without_it_and_is_counted(
    scene: Scene,
) -> None:
    scene.on_discount = refuse
    assert scene.step(DISCOUNT).outcome is Outcome.SENT
    record = scene.cart().record(1, "discount_email")
    assert record.without_discount
    assert "10%" not in scene.provider.sent[0].rendered.text.replace(" ", "").replace("\u00a0", "")
    counted = scene.store.counters.of_day(scene.shop.id, "2026-11-18")[
        "abandoned_cart#discount_email"
    ]
    assert counted == {"sent": 1, "without_discount": 1}


def test_or_the_step_is_skipped_where_it_says_so(scene: Scene) -> None:
    scene.on_discount = refuse
    assert scene.step(SKIP_WITHOUT).reason is Reason.NO_DISCOUNT
    assert scene.provider.sent == []
    counted = scene.store.counters.of_day(scene.shop.id, "2026-11-18")[
        "abandoned_cart#discount_email"
    ]
    assert counted == {"skipped_no_discount": 1}


def test_codes_of_a_pool_are_each_given_once(store: Any, shop_id: str, clock: Clock) -> None:
    scene = a_scene(store, shop_id, discount={"source": "pool"})
    assert (
        scene.store.codes.upload(shop_id, DiscountTerms(percent=10), ["AAAA", "BBBB", "AAAA"]) == 2
    )
    for number in range(3):
        contact = a_cart_event().contact.model_copy(
            update={"email": f"a{number}@example.com", "phone": f"+4860010020{number}"}
        )
        scene.take(a_cart_event(cart_id=f"p{number}", at=NOON - 4 * HOUR, contact=contact))
        assert scene.step(DISCOUNT, cart_id=f"p{number}").outcome is Outcome.SENT
    codes = [scene.cart(f"p{number}").record(1, "discount_email").code_told for number in range(3)]
    first, second, third = (voucher and voucher.code for voucher in codes)
    assert {first, second} == {"AAAA", "BBBB"} and third is None
    assert scene.store.codes.upload(shop_id, DiscountTerms(percent=10), ["AAAA"]) == 0


def test_a_pool_gives_a_retry_the_same_code(store: Any, shop_id: str) -> None:
    store.codes.upload(shop_id, DiscountTerms(percent=10), ["AAAA", "BBBB"])
    voucher = mint(DiscountTerms(percent=10), NOON, NOON + 72 * HOUR)
    taken = [store.codes.take(shop_id, voucher, "c1").code for _ in range(3)]
    assert len(set(taken)) == 1 and taken[0] in {"AAAA", "BBBB"}


def test_a_step_that_waits_says_until_when_and_is_tried_again(scene: Scene, clock: Clock) -> None:
    scene.take(a_cart_event(at=NOON - HOUR))
    result = scene.step()
    assert (result.outcome, result.reason, result.wait_seconds) == (
        Outcome.WAIT,
        Reason.SHOPPER_ACTIVE,
        7200,
    )
    assert scene.cart().record(1, "first_email").until == NOON + 2 * HOUR
    clock.time = NOON + 2 * HOUR
    assert scene.step().outcome is Outcome.SENT


def test_two_carts_of_one_shopper_cannot_both_pass_the_cap(scene: Scene, monkeypatch: Any) -> None:
    """The second claims with what it read before the first claimed."""
    scene.take(a_cart_event(cart_id="c2", at=NOON - 4 * HOUR))
    claim = scene.store.step_records.claim

    def other_claims_first(*arguments: Any) -> Any:
        monkeypatch.setattr(scene.store.step_records, "claim", claim)
        scene.step(cart_id="c2")
        return claim(*arguments)

    monkeypatch.setattr("wracaj.store.carts.Carts.open_carts", lambda *_, **__: [])
    monkeypatch.setattr(scene.store.step_records, "claim", other_claims_first)
    assert scene.step().reason is Reason.FREQUENCY_CAP
    assert len(scene.provider.sent) == 1


def test_of_two_open_carts_only_the_newer_goes_on(scene: Scene) -> None:
    scene.take(a_cart_event(cart_id="c2", at=NOON - 3.5 * HOUR))
    assert scene.step(cart_id="c1").reason is Reason.NEWER_CART
    assert scene.step(cart_id="c2").outcome is Outcome.SENT


def test_an_emptied_cart_and_one_that_is_gone_stop_the_timeline(scene: Scene) -> None:
    scene.take(a_cart_event(at=NOON - HOUR, content=CartContent()))
    assert scene.step().reason is Reason.CART_EMPTIED
    assert scene.step(cart_id="never told").reason is Reason.ERASED


def test_every_skip_leaves_its_reason(scene: Scene) -> None:
    assert scene.step(switched_on=False).reason is Reason.SWITCHED_OFF
    assert scene.cart().record(1, "first_email").reason is Reason.SWITCHED_OFF
    counted = scene.store.counters.of_day(scene.shop.id, "2026-11-18")["abandoned_cart#first_email"]
    assert counted == {"skipped_switched_off": 1}


def test_an_sms_goes_to_the_phone_in_plain_letters(scene: Scene, clock: Clock) -> None:
    clock.time = NOON + 22 * HOUR
    scene.step(SMS)
    (message,) = scene.provider.sent
    assert message.to == "+48600100200"
    assert message.rendered.text.isascii()
    assert scene.cart().record(1, "sms").segments == message.rendered.segments


def test_two_discount_steps_of_one_episode_give_the_same_code(scene: Scene, clock: Clock) -> None:
    scene.step(DISCOUNT)
    clock.time = NOON + 24 * HOUR
    scene.step(DISCOUNT.model_copy(update={"name": "last_call"}))
    assert len({voucher.code for voucher in scene.created}) == 1
    assert len(scene.provider.sent) == 2


def test_a_code_leads_back_to_whom_it_was_given(scene: Scene) -> None:
    scene.step(DISCOUNT)
    (item,) = scene.store.table.query({"PK": f"SHOP#{scene.shop.id}#CODE#{scene.created[0].code}"})
    assert (item["cart_id"], item["step"]) == ("c1", "discount_email")
