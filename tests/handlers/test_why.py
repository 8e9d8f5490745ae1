"""GET and POST /w/{token}: the abandonment reason. One click answers; a cart counts once, and a
shopper is asked once a year."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from support.builders import NOON
from support.inbox import Inbox, Seen
from support.lambdas import Lambdas, a_cart_body, a_step
from wracaj import store
from wracaj.carts.abandonment_reasons import AbandonmentReason
from wracaj.customers.customer import Customer
from wracaj.errors import NotTakenError
from wracaj.messages.links import Purpose

ASKS = a_step("discount_email", 0, template="regular_last", asks_reason=True)


@pytest.fixture
def inbox(lambdas: Lambdas) -> Inbox:
    return Inbox(lambdas)


def counted(inbox: Inbox) -> dict[AbandonmentReason, int]:
    days = [f"{datetime.now(UTC) - timedelta(days=back):%Y-%m-%d}" for back in (0, 1)]
    return store.open_store().abandonment_reasons.counted(inbox.shop.id, days)


def say(inbox: Inbox, reason: str) -> Seen:
    path = inbox.path(Purpose.WHY)
    return Seen(inbox.lambdas.after(path, inbox.lambdas.form(path, reason=reason)))


def test_looking_answers_nothing(inbox: Inbox) -> None:
    for _ in range(3):
        seen = Seen(inbox.lambdas.link("GET", inbox.path(Purpose.WHY)))
        assert seen.headings == ["Co stanęło na przeszkodzie?"]
    assert counted(inbox) == {}


def test_one_click_answers_thanks_and_leads_back_to_the_cart(inbox: Inbox) -> None:
    seen = say(inbox, "delivery_cost")
    assert seen.headings[0] == "Dziękujemy"
    assert seen.roles == {"status": "Zapisaliśmy odpowiedź: Koszt dostawy."}
    assert (
        'href="https://kubek.example/koszyk/12"'
        in inbox.lambdas.link("GET", inbox.path(Purpose.WHY))["body"]
    )
    assert counted(inbox) == {AbandonmentReason.DELIVERY_COST: 1}


def test_another_click_changes_the_answer_and_the_cart_is_counted_once(inbox: Inbox) -> None:
    for reason in ("price", "price", "trust", "trouble", "trouble"):
        say(inbox, reason)
    assert counted(inbox) == {AbandonmentReason.TROUBLE: 1}


def test_an_answer_that_dies_is_given_again_and_counted_once(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: Any) -> None:
        raise TimeoutError

    with monkeypatch.context() as broken:
        broken.setattr("wracaj.store.table.Table.transact", dies)
        assert inbox.lambdas.form(inbox.path(Purpose.WHY), reason="price")["statusCode"] == 503
    say(inbox, "price")
    assert counted(inbox) == {AbandonmentReason.PRICE: 1}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"reason=",
        b"reason=because",
        b"reason=price&reason=trust",
        b"reason=price&x=1",
        b"\xff",
    ],
)
def test_what_is_no_answer_is_counted_as_none(inbox: Inbox, body: bytes) -> None:
    assert inbox.lambdas.link("POST", inbox.path(Purpose.WHY), body)["statusCode"] == 303
    assert counted(inbox) == {}


def test_a_forged_link_answers_nothing(inbox: Inbox) -> None:
    token = inbox.token(Purpose.WHY)
    for forged in (inbox.token(Purpose.CART), token[:-1] + ("A" if token[-1] != "A" else "B")):
        assert inbox.lambdas.form(f"/w/{forged}", reason="price")["statusCode"] == 404
    assert counted(inbox) == {}


def test_only_the_last_message_asks_and_a_shopper_is_asked_once_a_year(lambdas: Lambdas) -> None:
    inbox = Inbox(
        lambdas, frequency_cap={"hours_between_same_channel": 0, "messages_in_7_days": 50}
    )
    assert lambdas.step(inbox.shop.id, "c1", ASKS)["outcome"] == "sent"
    first, last = inbox.mails()
    assert "/w/" not in first["BodyHtml"] and "/w/" not in first["BodyText"]
    (url,) = set(re.findall(r"https://wracaj\.example(/w/[\w-]+)", last["BodyHtml"]))
    assert url in last["BodyText"] and "Powiedz nam, dlaczego" in last["BodyText"].replace(
        "\u00a0", " "
    )
    assert lambdas.link("GET", url)["statusCode"] == 200
    asked_at = inbox.here.asked_reason_at
    assert asked_at is not None
    lambdas.post(inbox.shop, *a_cart_body("generic", "c2", email=inbox.email))
    lambdas.step(inbox.shop.id, "c2", ASKS)
    assert [mail for mail in inbox.mails()[2:] if "/w/" in mail["BodyHtml"]] == []
    assert inbox.here.asked_reason_at == asked_at


def test_a_message_that_was_not_taken_asks_again_on_its_next_try(
    lambdas: Lambdas, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = Inbox(
        lambdas, frequency_cap={"hours_between_same_channel": 0, "messages_in_7_days": 50}
    )

    def busy(_: Any) -> str:
        raise NotTakenError("come back later")

    with monkeypatch.context() as broken:
        broken.setattr("wracaj.channels.email.send", busy)
        with pytest.raises(NotTakenError):
            lambdas.step(inbox.shop.id, "c1", ASKS)
    assert lambdas.step(inbox.shop.id, "c1", ASKS)["outcome"] == "sent"
    assert "/w/" in inbox.mails()[-1]["BodyHtml"]


def test_a_year_later_a_shopper_may_be_asked_again() -> None:
    asked = Customer(id="e-anna", asked_reason_at=NOON)
    assert [asked.may_be_asked_reason(NOON + timedelta(days=days)) for days in (0, 364, 365)] == [
        False,
        False,
        True,
    ]
