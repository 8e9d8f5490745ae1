"""GET and POST /y/{token}: the click that confirms an opt-in in a shop with double opt-in."""

from datetime import UTC, datetime
from functools import partial

import pytest

from support.inbox import KEY, Inbox, Seen
from support.lambdas import Json, Lambdas
from support.preference_pages import PHONE, agrees, data_links, log, page, press
from wracaj import store
from wracaj.consent.channel import Channel
from wracaj.consent.wording import yes_to
from wracaj.customers.customer import Customer
from wracaj.customers.identity import identifier_reached_by
from wracaj.messages.links import Purpose, make_token
from wracaj.store.message_links import message_id


@pytest.fixture
def inbox(lambdas: Lambdas) -> Inbox:
    return Inbox(lambdas)


def confirming(lambdas: Lambdas) -> tuple[Inbox, str]:
    """Ala ticked a box in a shop that wants a click; the link of the mail that asks for it."""
    inbox = Inbox(lambdas, double_opt_in=["sms"], who={"id": "7", "phone": PHONE})
    press(inbox, "Zgadzam się na SMS-y")
    (asked,) = lambdas.executions(inbox.shop, "confirm_consent")
    step = asked["message"] | {"after_seconds": 0}
    told = lambdas.step(inbox.shop.id, asked["cart_id"], step, timeline="confirm_consent")
    assert told["outcome"] == "sent"
    token = make_token(
        KEY,
        Purpose.CONFIRM,
        message_id(inbox.shop.id, asked["cart_id"], 1, "confirm_sms"),
        datetime.now(UTC),
    )
    return inbox, f"/y/{token}"


def test_a_yes_for_another_address_waits_for_a_click_there_and_looking_at_the_page_is_none(
    lambdas: Lambdas,
) -> None:
    inbox, path = confirming(lambdas)
    for _ in range(2):
        seen = Seen(lambdas.link("GET", path))
        assert seen.headings == ["Potwierdź zgodę"]
        assert (
            yes_to(Channel.SMS, "Kubek i Spółka", "pl").text in seen.text
            and "+48 ••• 567" in seen.text
        )
    assert not agrees(inbox, Channel.SMS)
    for _ in range(2):
        assert Seen(lambdas.after(path, lambdas.form(path))).headings == ["Zgoda jest potwierdzona"]
    assert agrees(inbox, Channel.SMS)
    (proof,) = [item for item in log(inbox, Channel.SMS, PHONE) if item["state"] == "subscribed"]
    assert (proof["source"], proof["wording"]) == (
        "confirmed by link",
        yes_to(Channel.SMS, "Kubek i Spółka", "pl").text,
    )


def sms_questions(inbox: Inbox) -> list[Json]:
    return inbox.lambdas.executions(inbox.shop, "confirm_consent")


def test_who_confirmed_and_withdrew_gets_a_new_link_at_the_next_yes(lambdas: Lambdas) -> None:
    inbox, path = confirming(lambdas)
    lambdas.form(path)
    press(inbox, "Wycofuję zgodę na SMS-y")
    assert not agrees(inbox, Channel.SMS)
    sent = press(inbox, "Zgadzam się na SMS-y").roles
    assert sent == {
        "status": "Wysłaliśmy link do potwierdzenia. Zgoda zacznie działać, gdy go klikniesz."
    }
    assert len(sms_questions(inbox)) == 2


def test_a_link_that_was_sent_before_is_not_said_to_be_sent_now(lambdas: Lambdas) -> None:
    """Nobody is to get one after another by somebody else's yes and no; the first one
    still works."""
    inbox, path = confirming(lambdas)
    before, seen = inbox.shopper.at(Channel.SMS, PHONE), page(inbox)
    lambdas.link("POST", inbox.path(Purpose.UNSUBSCRIBE))
    for _ in range(2):
        assert (
            press(inbox, "Zgadzam się na SMS-y", seen=seen)
            .roles["status"]
            .startswith("Link do potwierdzenia już wysłaliśmy i wciąż działa")
        )
    assert len(sms_questions(inbox)) == 1
    assert inbox.shopper.at(Channel.SMS, PHONE).asked_to_confirm == before.asked_to_confirm
    assert Seen(lambdas.after(path, lambdas.form(path))).headings == ["Zgoda jest potwierdzona"]
    assert agrees(inbox, Channel.SMS)


def test_where_no_link_can_be_sent_no_yes_is_kept_and_the_page_says_so(lambdas: Lambdas) -> None:
    inbox = Inbox(lambdas, double_opt_in=["sms"], who={"id": "7", "phone": PHONE})
    customers, phone = store.open_store().customers, inbox.shopper.at(Channel.SMS, PHONE)
    customers.amend_one(
        inbox.shop.id, phone.id, lambda known: known.suppressing(Channel.SMS, "bounce")
    )
    before = inbox.shopper
    assert (
        press(inbox, "Zgadzam się na SMS-y")
        .roles["alert"]
        .startswith("Nie możemy wysłać linku do potwierdzenia")
    )
    assert (inbox.shopper, sms_questions(inbox), log(inbox, Channel.SMS, PHONE)) == (before, [], [])
    lambdas.put_settings(
        inbox.shop.settings.model_copy(update={"enabled": False, "double_opt_in": ("email", "sms")})
    )
    customers.amend_one(
        inbox.shop.id,
        phone.id,
        lambda known: known.with_suppression_lifted(Channel.SMS, datetime.now(UTC)),
    )
    assert "alert" in press(inbox, "Zgadzam się na SMS-y").roles
    assert sms_questions(inbox) == []


def test_what_did_not_arrive_for_one_customer_is_not_sent_for_another_who_has_the_same_address(
    lambdas: Lambdas,
) -> None:
    inbox = Inbox(lambdas, double_opt_in=["sms"], who={"id": "7", "phone": PHONE})
    inbox.is_recorded({"id": "8", "email": inbox.email, "phone": PHONE})
    customers = store.open_store().customers
    for channel, address in ((Channel.SMS, PHONE), (Channel.EMAIL, inbox.email)):
        name = identifier_reached_by(inbox.shop.id, channel, address)
        customers.amend_one(
            inbox.shop.id, name, partial(Customer.suppressing, channel=channel, why="bounce")
        )
    for button in ("Zgadzam się na SMS-y", "Wyślij mi link do moich danych"):
        assert "alert" in press(inbox, button).roles
    assert (sms_questions(inbox), data_links(inbox)) == ([], [])


def test_a_no_since_leaves_nothing_to_confirm(lambdas: Lambdas) -> None:
    inbox, path = confirming(lambdas)
    lambdas.link("POST", inbox.path(Purpose.UNSUBSCRIBE))
    assert Seen(lambdas.after(path, lambdas.form(path))).headings == ["Nie ma czego potwierdzać"]
    assert not agrees(inbox, Channel.SMS)


def test_a_yes_for_the_address_that_the_link_was_mailed_to_needs_no_second_click(
    lambdas: Lambdas,
) -> None:
    inbox = Inbox(lambdas)
    press(inbox, "Wycofuję zgodę na e-maile")
    lambdas.put_settings(inbox.shop.settings.model_copy(update={"double_opt_in": ("email",)}))
    press(inbox, "Zgadzam się na e-maile")
    assert agrees(inbox)
    assert lambdas.executions(inbox.shop, "confirm_consent") == []


@pytest.mark.parametrize("wants_clicks", [False, True])
def test_a_yes_for_an_address_that_somebody_typed_always_waits_for_a_click_there(
    lambdas: Lambdas, wants_clicks: bool
) -> None:
    """Nobody vouches for it: the shop's record does not name it, and whoever reads the mail may not
    read the SMS."""
    inbox = Inbox(lambdas, double_opt_in=["sms"] if wants_clicks else [], who={"phone": PHONE})
    assert (
        press(inbox, "Zgadzam się na SMS-y")
        .roles["status"]
        .startswith("Wysłaliśmy link do potwierdzenia.")
    )
    assert not agrees(inbox, Channel.SMS)
    (asked,) = sms_questions(inbox)
    assert lambdas.cart(inbox.shop, asked["cart_id"]).contact.phone == PHONE


def test_a_yes_for_an_address_of_the_shops_record_is_the_customers_own_word(
    lambdas: Lambdas,
) -> None:
    inbox = Inbox(lambdas, who={"id": "7", "phone": PHONE})
    press(inbox, "Zgadzam się na SMS-y")
    assert agrees(inbox, Channel.SMS)
    assert sms_questions(inbox) == []


def test_a_link_of_another_purpose_confirms_nothing(inbox: Inbox) -> None:
    assert inbox.lambdas.form(f"/y/{inbox.token(Purpose.PREFERENCES)}")["statusCode"] == 404
