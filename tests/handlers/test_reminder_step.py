"""One step, called as its state machine calls it, with the real settings, kill switch, store and
channels."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.request import ProxyHandler, build_opener

import pytest
from pydantic import ValidationError

import reminder_step.app
from support.lambdas import CONTEXT, Json, Lambdas, a_cart_body, a_step, ago, unique
from support.local_stack import free_port
from support.scripted_provider import a_provider, answers, hangs_up
from support.webhook_bodies import an_envelope
from wracaj import store
from wracaj.aws import link_secret, shop_config
from wracaj.discounts.code import DiscountTerms
from wracaj.errors import NotTakenError, StepFailedError, UnavailableError
from wracaj.messages.template_mistakes import TemplateError
from wracaj.settings.shop import Shop
from wracaj.store.customer_keys import who_key
from wracaj_cli.house import STATE_MACHINES

DISCOUNT = a_step(
    "discount_email",
    template="cart_discount",
    discount={"percent": 10, "valid_days": 3, "if_unavailable": "send_without"},
)


def a_waiting_cart(lambdas: Lambdas, shop: Shop, cart_id: str = "c1") -> str:
    """The address of a shopper whose first e-mail is due."""
    email = f"{unique('ala')}@poczta.example"
    assert (
        lambdas.post(shop, *a_cart_body(shop.settings.platform, cart_id, email=email))["statusCode"]
        == 200
    )
    return email


@pytest.fixture
def shop(lambdas: Lambdas) -> Shop:
    shop = lambdas.register()
    a_waiting_cart(lambdas, shop)
    return shop


def test_a_due_step_sends_and_says_so(lambdas: Lambdas, shop: Shop) -> None:
    assert lambdas.step(shop.id, "c1") == {
        "outcome": "sent",
        "reason": "due",
        "wait_seconds": 0,
        "timings": {},
        "moved_out": False,
    }
    assert lambdas.step(shop.id, "c1") == {
        "outcome": "sent",
        "reason": "already_sent",
        "wait_seconds": 0,
        "timings": {},
        "moved_out": False,
    }


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"shop": "kubek"},
        {"shop": "kubek", "cart_id": "c1", "episode": 0},
        {"shop": "kubek", "cart_id": "c1", "episode": 1, "step": {"name": "first_email"}},
        {"shop": "kubek", "cart_id": "c1", "episode": 1, "step": a_step(channel="pigeon")},
        {
            "shop": "kubek",
            "cart_id": "c1",
            "episode": 1,
            "step": a_step(template="../../etc/passwd"),
        },
        {"shop": "kubek", "cart_id": "c1", "episode": 1, "step": a_step(), "surprise": 1},
    ],
)
def test_a_payload_that_is_none_is_told_by_its_field(lambdas: Lambdas, payload: Json) -> None:
    with pytest.raises(ValidationError, match=r"shop|episode|step|surprise"):
        reminder_step.app.handler(payload, CONTEXT)


def test_a_shop_that_is_gone_messages_nobody(lambdas: Lambdas, shop: Shop) -> None:
    lambdas.forget(shop)
    assert lambdas.step(shop.id, "c1")["outcome"] == "stopped"


def test_a_cart_that_was_never_told_messages_nobody(lambdas: Lambdas, shop: Shop) -> None:
    """Peers send when the cart's row is missing."""
    assert lambdas.step(shop.id, "c1 that is not") == {
        "outcome": "stopped",
        "reason": "erased",
        "wait_seconds": 0,
        "timings": {},
        "moved_out": False,
    }


def test_a_shopper_who_asked_to_be_forgotten_is(lambdas: Lambdas) -> None:
    shop = lambdas.register()
    email = a_waiting_cart(lambdas, shop)
    asked = an_envelope(
        "privacy.customer_redact",
        {"customer": {"email": email}, "order_ids": []},
        timestamp=ago(hours=0),
    )
    assert lambdas.post(shop, "privacy.customer_redact", asked)["statusCode"] == 200
    assert lambdas.step(shop.id, "c1") == {
        "outcome": "stopped",
        "reason": "erased",
        "wait_seconds": 0,
        "timings": {},
        "moved_out": False,
    }


def test_the_switch_of_the_whole_installation_stops_sending_within_five_minutes(
    lambdas: Lambdas, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [0.0]
    monkeypatch.setattr(shop_config, "_seconds", lambda: clock[0])
    # the switch is read, and kept
    assert lambdas.step(shop.id, "never told")["outcome"] == "stopped"
    try:
        lambdas.client("ssm").put_parameter(
            Name="/wracaj/handlers/switch", Value="off", Type="String", Overwrite=True
        )
        clock[0] = 301.0
        assert lambdas.step(shop.id, "c1") == {
            "outcome": "skipped",
            "reason": "switched_off",
            "wait_seconds": 0,
            "timings": {},
            "moved_out": False,
        }
    finally:
        lambdas.switch("on")


def test_the_switch_of_one_shop_stops_that_shop_alone(lambdas: Lambdas, shop: Shop) -> None:
    other = lambdas.register(enabled=False)
    lambdas.post(other, *a_cart_body("generic", "c1"))
    assert lambdas.executions(other) == []
    assert lambdas.step(other.id, "c1")["outcome"] in ("skipped", "stopped")
    assert lambdas.step(shop.id, "c1")["outcome"] == "sent"


@pytest.mark.parametrize("service", ["SSM", "SECRETS_MANAGER", "DYNAMODB"])
def test_a_service_that_does_not_answer_is_a_fault_that_is_tried_again(
    lambdas: Lambdas, shop: Shop, service: str
) -> None:
    store.open_store.cache_clear()
    shop_config._switch = None
    link_secret.forget()
    lambdas.redirect(f"http://127.0.0.1:{free_port()}", service)
    with pytest.raises(UnavailableError):
        lambdas.step(shop.id, "c1")
    lambdas.redirect(None, service)
    assert lambdas.step(shop.id, "c1")["outcome"] == "sent"


def test_a_table_that_asks_for_patience_is_a_fault_that_is_tried_again(
    lambdas: Lambdas, shop: Shop
) -> None:
    with a_provider() as busy:
        busy.script = [answers(400, b'{"__type": "ProvisionedThroughputExceededException"}')]
        lambdas.redirect(busy.url, "DYNAMODB")
        with pytest.raises(UnavailableError, match="Query: ProvisionedThroughputExceededException"):
            lambdas.step(shop.id, "c1")
        lambdas.redirect(None, "DYNAMODB")


def test_every_fault_that_passes_is_tried_again_by_every_state_machine() -> None:
    files = sorted(STATE_MACHINES.glob("*.asl.json"))
    assert len(files) >= 15
    for file in files:
        for name, state in json.loads(file.read_text(encoding="utf-8"))["States"].items():
            if state["Type"] == "Task":
                retried = {error for retry in state["Retry"] for error in retry["ErrorEquals"]}
                assert {"UnavailableError", "NotTakenError", "ConflictError"} <= retried, name


def test_what_nobody_thought_of_is_told_without_what_it_worked_on(lambdas: Lambdas) -> None:
    """A validator's text quotes what is known, and the error of a Task stays in the history for 90
    days."""
    shop = lambdas.register()
    email = a_waiting_cart(lambdas, shop)
    table, customer_id = store.open_store().table, lambdas.cart(shop, "c1").customer_id
    table.put(
        who_key(shop.id, str(customer_id))
        | {"revision": 1, "known": f'{{"id": "x", "contact": "{email}"}}'}
    )
    with pytest.raises(StepFailedError, match="ValidationError at ") as failure:
        lambdas.step(shop.id, "c1")
    assert email not in str(failure.value)
    assert failure.value.__suppress_context__


@pytest.mark.parametrize(("broken", "outcome"), [("no_such_mail", "sent"), (None, "skipped")])
def test_a_message_that_failed_for_good_does_not_make_the_next_one_stale(
    lambdas: Lambdas, broken: str | None, outcome: str
) -> None:
    """Its wait was of days; the second row is a timeline that really is six days late."""
    shop = lambdas.register(start_within_hours=720)
    lambdas.post(shop, *a_cart_body("generic", "c1", at=ago(days=6)))
    if broken:
        with pytest.raises(TemplateError, match=broken):
            lambdas.step(shop.id, "c1", a_step(after_hours=132, template=broken))
    assert lambdas.step(shop.id, "c1", a_step("second_email"))["outcome"] == outcome


def test_a_provider_that_is_busy_is_tried_again_and_the_mail_goes_out_once(
    lambdas: Lambdas,
) -> None:
    shop = lambdas.register()
    email = a_waiting_cart(lambdas, shop)
    with a_provider() as provider:
        provider.script = [answers(429, b"{}", x_amzn_ErrorType="TooManyRequestsException")]
        lambdas.redirect(provider.url, "SESV2")
        with pytest.raises(NotTakenError):
            lambdas.step(shop.id, "c1")
        lambdas.redirect(None, "SESV2")
    assert lambdas.step(shop.id, "c1")["outcome"] == "sent"
    assert mails_to(lambdas, email) == 1


def test_a_provider_that_hangs_up_is_never_asked_again(lambdas: Lambdas) -> None:
    shop = lambdas.register()
    email = a_waiting_cart(lambdas, shop)
    with a_provider() as provider:
        provider.script = [hangs_up]
        lambdas.redirect(provider.url, "SESV2")
        assert lambdas.step(shop.id, "c1")["reason"] == "outcome_unknown"
        lambdas.redirect(None, "SESV2")
    assert lambdas.step(shop.id, "c1")["reason"] == "outcome_unknown"
    assert mails_to(lambdas, email) == 0


def test_a_code_of_a_pool_stays_this_shoppers_when_the_mail_has_to_be_tried_again(
    lambdas: Lambdas,
) -> None:
    shop = lambdas.register(discount={"source": "pool"})
    a_waiting_cart(lambdas, shop)
    store.open_store().codes.upload(shop.id, DiscountTerms(percent=10), ["KAWA-1", "KAWA-2"])
    with a_provider() as provider:
        provider.script = [answers(429, b"{}", x_amzn_ErrorType="TooManyRequestsException")]
        lambdas.redirect(provider.url, "SESV2")
        for _ in range(2):
            with pytest.raises(NotTakenError):
                lambdas.step(shop.id, "c1", DISCOUNT)
        lambdas.redirect(None, "SESV2")
    assert lambdas.step(shop.id, "c1", DISCOUNT)["outcome"] == "sent"
    record = lambdas.cart(shop, "c1").record(1, "discount_email")
    assert record.voucher.code == "KAWA-1"
    assert not record.without_discount


@pytest.mark.parametrize("platform", ["shopify", "generic"])
def test_a_shopper_who_agreed_to_nothing_is_left_alone(lambdas: Lambdas, platform: str) -> None:
    shop = lambdas.register(platform)
    silent = {"buyer_accepts_marketing": False} if platform == "shopify" else {"consent": None}
    lambdas.post(shop, *a_cart_body(platform, "c1", **silent))
    assert lambdas.step(shop.id, "c1") == {
        "outcome": "skipped",
        "reason": "no_consent",
        "wait_seconds": 0,
        "timings": {},
        "moved_out": False,
    }


@pytest.mark.parametrize("platform", ["shopify", "generic"])
def test_a_cart_older_than_the_shops_switching_on_is_never_messaged(
    lambdas: Lambdas, platform: str
) -> None:
    shop = lambdas.register(platform, switched_on_at=ago(hours=1))
    # an old cart, touched again
    lambdas.post(shop, *a_cart_body(platform, "c1", at=ago(minutes=30)))
    assert lambdas.executions(shop) == []
    assert lambdas.step(shop.id, "c1") == {
        "outcome": "stopped",
        "reason": "older_than_switch_on",
        "wait_seconds": 0,
        "timings": {},
        "moved_out": False,
    }


def test_workers_that_take_the_same_step_at_once_send_one_mail(lambdas: Lambdas) -> None:
    """Lambda may run a step twice, and Step Functions may try it again while the first try is still
    at work."""
    shop = lambdas.register()
    email = a_waiting_cart(lambdas, shop)
    with ThreadPoolExecutor(6) as workers:
        tries = [workers.submit(lambdas.step, shop.id, "c1") for _ in range(6)]
        answers_ = [
            one.result()["reason"] if one.exception() is None else type(one.exception()).__name__
            for one in tries
        ]
    # outcome_unknown: one met the claim while the mail was on its way, and gave it up for all
    assert answers_.count("due") == (0 if "outcome_unknown" in answers_ else 1)
    # frequency_cap: it read the cart before the other's claim and the shopper after it; it waits,
    # and then finds it sent
    assert set(answers_) <= {
        "due",
        "already_sent",
        "outcome_unknown",
        "frequency_cap",
        "ConflictError",
    }
    assert mails_to(lambdas, email) == 1


def test_the_end_of_a_timeline_lets_the_cart_start_anew(lambdas: Lambdas, shop: Shop) -> None:
    lambdas.close(shop.id, "c1")
    assert lambdas.cart(shop, "c1").episode_ended_at is not None


def mails_to(lambdas: Lambdas, address: str) -> int:
    with build_opener(ProxyHandler({})).open(
        f"{lambdas.emulator.url}/_ministack/ses/messages", timeout=60
    ) as response:
        boxes: dict[str, list[dict[str, Any]]] = json.load(response)["messages"]
    return sum(mail["To"] == [address] for box in boxes.values() for mail in box)
