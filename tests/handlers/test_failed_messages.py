"""A message that fails for good is always recorded as failed, and is never sent again if it may
have been sent."""

from datetime import UTC, datetime
from typing import Any

import pytest

import reminder_step.app
import reminder_step.send
from handlers.test_own_data import an_order_of
from handlers.test_reminder_step import a_waiting_cart, mails_to
from support.lambdas import CONTEXT, Lambdas, a_cart_body, a_step, ago
from support.scripted_provider import a_provider, answers
from wracaj.clock import now, timestamp
from wracaj.errors import NotTakenError, StepFailedError
from wracaj.messages.template_mistakes import TemplateError
from wracaj.settings.shop import Shop
from wracaj.store import open_store
from wracaj.timelines.steps import Reason, RecordState, StepRecord

SECOND = a_step("second_email", template="cart_discount")
EXPECTED = (RecordState.SKIPPED, Reason.FAILED)


def the_record(lambdas: Lambdas, shop: Shop, step: str = "first_email") -> StepRecord:
    record = lambdas.cart(shop, "c1").record(1, step)
    assert isinstance(record, StepRecord)
    return record


def counted(shop: Shop, step: str = "first_email") -> dict[str, int]:
    today = timestamp(now())[:10]  # not of the tests' beginning: midnight may have passed
    return open_store().counters.of_day(shop.id, today).get(f"abandoned_cart#{step}", {})


@pytest.fixture
def shop(lambdas: Lambdas) -> Shop:
    return lambdas.register()


def fails(lambdas: Lambdas, shop: Shop) -> None:
    with pytest.raises(TemplateError):
        lambdas.step(shop.id, "c1", a_step(template="no_such_mail"))


@pytest.mark.parametrize("end", [{}, {"step": SECOND}], ids=["the end", "the next step"])
def test_what_failed_says_so_with_its_error_once_the_timeline_goes_on(
    lambdas: Lambdas, shop: Shop, end: Any
) -> None:
    a_waiting_cart(lambdas, shop)
    fails(lambdas, shop)
    fails(lambdas, shop)
    tried = the_record(lambdas, shop)
    assert (tried.state, tried.reason) == (RecordState.FAILED, Reason.FAILED)
    assert tried.error is not None
    assert tried.error.startswith("TemplateError: pl/no_such_mail.email.j2: there is no such file.")
    assert counted(shop) == {}
    for _ in range(2):
        goes_on(lambdas, shop, **end)
    lost = the_record(lambdas, shop)
    assert (lost.state, lost.reason, lost.error) == (*EXPECTED, tried.error)
    assert counted(shop) == {"skipped_failed": 1}


def goes_on(lambdas: Lambdas, shop: Shop, **step: Any) -> None:
    lambdas.step(shop.id, "c1", step["step"]) if step else lambdas.close(shop.id, "c1")


def test_a_later_try_that_works_sends_and_nothing_of_the_failure_stays(
    lambdas: Lambdas, shop: Shop
) -> None:
    email = a_waiting_cart(lambdas, shop)
    fails(lambdas, shop)
    assert lambdas.step(shop.id, "c1")["outcome"] == "sent"
    lambdas.close(shop.id, "c1")
    sent = the_record(lambdas, shop)
    assert (sent.state, sent.reason, sent.error) == (RecordState.SENT, Reason.DUE, None)
    assert counted(shop) == {"sent": 1}
    assert mails_to(lambdas, email) == 1


def test_an_order_that_comes_after_a_failure_still_ends_it(lambdas: Lambdas, shop: Shop) -> None:
    email = a_waiting_cart(lambdas, shop)
    fails(lambdas, shop)
    lambdas.post(shop, "order.created", an_order_of(email))
    assert lambdas.step(shop.id, "c1")["outcome"] == "ordered"
    assert the_record(lambdas, shop).state is RecordState.ORDERED
    assert mails_to(lambdas, email) == 0


def test_a_code_that_was_claimed_before_the_failure_is_the_one_that_is_sent(
    lambdas: Lambdas, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    email = a_waiting_cart(lambdas, shop)
    step = a_step(template="cart_discount", discount={"percent": 10, "valid_days": 3})
    monkeypatch.setattr(reminder_step.app, "create_discount", lambda *_: 1 / 0)
    with pytest.raises(StepFailedError):
        lambdas.step(shop.id, "c1", step)
    failed = the_record(lambdas, shop)
    assert failed.state is RecordState.FAILED
    assert failed.error is not None and "StepFailedError: ZeroDivisionError at " in failed.error
    monkeypatch.setattr(reminder_step.app, "create_discount", lambda _, __, voucher, ___: voucher)
    assert lambdas.step(shop.id, "c1", step)["outcome"] == "sent"
    sent = the_record(lambdas, shop)
    assert (sent.voucher, sent.without_discount) == (failed.voucher, False)
    assert mails_to(lambdas, email) == 1


def test_a_failure_after_the_provider_was_asked_is_unknown_and_never_sent_again(
    lambdas: Lambdas, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    email = a_waiting_cart(lambdas, shop)
    with monkeypatch.context() as broken:
        broken.setattr(reminder_step.send.Try, "_concluded", lambda *_: 1 / 0)
        with pytest.raises(StepFailedError):
            lambdas.step(shop.id, "c1")
    assert the_record(lambdas, shop).state is RecordState.SENDING
    lambdas.step(shop.id, "c1", SECOND)
    assert the_record(lambdas, shop).state is RecordState.UNKNOWN
    assert counted(shop) == {"unknown": 1}
    assert lambdas.step(shop.id, "c1")["reason"] == "outcome_unknown"
    assert mails_to(lambdas, email) == 1


def test_a_provider_that_never_took_it_is_told_as_the_failure(lambdas: Lambdas, shop: Shop) -> None:
    email = a_waiting_cart(lambdas, shop)
    with a_provider() as provider:
        provider.script = [answers(429, b"{}", x_amzn_ErrorType="TooManyRequestsException")]
        lambdas.redirect(provider.url, "SESV2")
        with pytest.raises(NotTakenError):
            lambdas.step(shop.id, "c1")
        lambdas.redirect(None, "SESV2")
    lambdas.close(shop.id, "c1")
    lost = the_record(lambdas, shop)
    assert (lost.state, lost.reason) == EXPECTED
    assert counted(shop) == {"skipped_failed": 1}
    assert mails_to(lambdas, email) == 0


def test_what_was_lost_is_sent_after_all_once_the_provider_says_so(
    lambdas: Lambdas, shop: Shop
) -> None:
    """It had answered that it did not take it. Counted once, as sent."""
    a_waiting_cart(lambdas, shop)
    with a_provider() as provider:
        provider.script = [answers(429, b"{}", x_amzn_ErrorType="TooManyRequestsException")]
        lambdas.redirect(provider.url, "SESV2")
        with pytest.raises(NotTakenError):
            lambdas.step(shop.id, "c1")
        lambdas.redirect(None, "SESV2")
    lambdas.close(shop.id, "c1")
    target = open_store().message_links.target(lambdas.message_id(shop.id, "c1", "first_email"))
    assert target is not None
    open_store().delivery_events.note(target, "delivered", datetime.now(UTC))
    assert the_record(lambdas, shop).state is RecordState.SENT
    assert counted(shop) == {"sent": 1, "skipped_failed": 0, "delivered": 1}


@pytest.mark.parametrize("times", [1, 3])
def test_a_step_whose_function_never_answered_is_told_by_the_state_machine(
    lambdas: Lambdas, shop: Shop, times: int
) -> None:
    """It was killed in each try, say, before it wrote anything down."""
    a_waiting_cart(lambdas, shop)
    cart = lambdas.cart(shop, "c1")
    missed = {"name": "first_email", "channel": "email", "template": "cart_reminder"}
    told = {"shop": shop.id, "cart_id": "c1", "missed": [missed]}
    number = open_store().carts.get_with_records(shop.id, "c1").episode  # type: ignore[union-attr]
    for _ in range(times):
        reminder_step.app.handler(told | {"episode": number, "close": True}, CONTEXT)
    lost = the_record(lambdas, shop)
    assert cart.records == {}
    assert (lost.state, lost.reason) == EXPECTED
    assert lost.error is not None and "gave no answer" in lost.error
    assert counted(shop) == {"skipped_failed": 1}


def test_what_the_state_machine_gave_up_but_was_sent_stays_sent(
    lambdas: Lambdas, shop: Shop
) -> None:
    a_waiting_cart(lambdas, shop)
    lambdas.step(shop.id, "c1")
    number = open_store().carts.get_with_records(shop.id, "c1").episode  # type: ignore[union-attr]
    missed = {"name": "first_email", "channel": "email"}
    told = {"shop": shop.id, "cart_id": "c1", "episode": number, "missed": [missed]}
    reminder_step.app.handler(told | {"close": True}, CONTEXT)
    assert the_record(lambdas, shop).state is RecordState.SENT
    assert counted(shop) == {"sent": 1}


def test_a_message_after_one_that_was_missed_is_not_too_late(lambdas: Lambdas) -> None:
    """The wait of the missed one was of days, and nothing was written when it was over."""
    shop = lambdas.register(start_within_hours=720)
    lambdas.post(shop, *a_cart_body("generic", "c1", at=ago(days=6)))
    number = open_store().carts.get_with_records(shop.id, "c1").episode  # type: ignore[union-attr]
    told = {"shop": shop.id, "cart_id": "c1", "episode": number, "step": a_step("second_email")}
    missed = {"name": "first_email", "channel": "email", "template": "cart_reminder"}
    answer = reminder_step.app.handler(told | {"missed": [missed]}, CONTEXT)
    assert answer["outcome"] == "sent"
    assert (the_record(lambdas, shop).state, the_record(lambdas, shop).reason) == EXPECTED
