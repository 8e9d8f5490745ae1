"""GET and POST /y/{token}: the click that a yes waits for, where a shop wants one."""

from datetime import UTC, datetime

import pytest

from handlers.inbox import KEY, Inbox, Seen
from handlers.lambdas import Json, Lambdas
from handlers.preferences_in_hand import PHONE, agrees, data_links, log, page, press
from wracaj import store
from wracaj.consent import Channel, whose
from wracaj.consent_wording import yes_to
from wracaj.links import Purpose, make_token
from wracaj.store.change import Change
from wracaj.store.step_records import message_id


@pytest.fixture
def inbox(lambdas: Lambdas) -> Inbox:
    return Inbox(lambdas)


def confirming(lambdas: Lambdas) -> tuple[Inbox, str]:
    """Ala ticked a box in a shop that wants a click; the link of the mail that asks for it."""
    inbox = Inbox(lambdas, double_opt_in=["sms"], who={"id": "7", "phone": PHONE})
    press(inbox, "Zgadzam się na SMS-y")
    (asked,) = lambdas.executions(inbox.shop, "confirm_consent")
    assert lambdas.step(inbox.shop.id, asked["cart_id"], asked["message"] | {"after_seconds": 0})["outcome"] == "sent"
    token = make_token(KEY, Purpose.CONFIRM, message_id(inbox.shop.id, asked["cart_id"], 1, "confirm_sms"), datetime.now(UTC))
    return inbox, f"/y/{token}"


def test_a_yes_for_another_address_waits_for_a_click_there_and_looking_at_the_page_is_none(lambdas: Lambdas) -> None:
    inbox, path = confirming(lambdas)
    for _ in range(2):
        seen = Seen(lambdas.link("GET", path))
        assert seen.headings == ["Potwierdź zgodę"]
        assert yes_to(Channel.SMS, "Kubek i Spółka", "pl").text in seen.text and "+48 ••• 567" in seen.text
    assert not agrees(inbox, Channel.SMS)
    for _ in range(2):
        assert Seen(lambdas.after(path, lambdas.form(path))).headings == ["Zgoda jest potwierdzona"]
    assert agrees(inbox, Channel.SMS)
    (proof,) = [item for item in log(inbox, Channel.SMS) if item["state"] == "subscribed"]
    assert (proof["source"], proof["wording"]) == ("confirmed by link", yes_to(Channel.SMS, "Kubek i Spółka", "pl").text)


def sms_questions(inbox: Inbox) -> list[Json]:
    return inbox.lambdas.executions(inbox.shop, "confirm_consent")


def test_who_confirmed_and_withdrew_gets_a_new_link_at_the_next_yes(lambdas: Lambdas) -> None:
    inbox, path = confirming(lambdas)
    lambdas.form(path)
    press(inbox, "Wycofuję zgodę na SMS-y")
    assert not agrees(inbox, Channel.SMS)
    sent = press(inbox, "Zgadzam się na SMS-y").roles
    assert sent == {"status": "Wysłaliśmy link do potwierdzenia. Zgoda zacznie działać, gdy go klikniesz."}
    assert len(sms_questions(inbox)) == 2


def test_a_link_that_was_sent_before_is_not_said_to_be_sent_now(lambdas: Lambdas) -> None:
    """Nobody is to get one after another by somebody else's yes and no; the first one still works."""
    inbox, path = confirming(lambdas)
    before, seen = inbox.customer, page(inbox)
    lambdas.link("POST", inbox.path(Purpose.UNSUBSCRIBE))
    for _ in range(2):
        assert (
            press(inbox, "Zgadzam się na SMS-y", seen=seen)
            .roles["status"]
            .startswith("Link do potwierdzenia już wysłaliśmy i wciąż działa")
        )
    assert (len(sms_questions(inbox)), inbox.customer.asked_to_confirm) == (1, before.asked_to_confirm)
    assert Seen(lambdas.after(path, lambdas.form(path))).headings == ["Zgoda jest potwierdzona"]
    assert agrees(inbox, Channel.SMS)


def test_where_no_link_can_be_sent_no_yes_is_kept_and_the_page_says_so(lambdas: Lambdas) -> None:
    inbox = Inbox(lambdas, double_opt_in=["sms"], who={"id": "7", "phone": PHONE})
    store.open_store().customers.amend(
        inbox.shop.id, inbox.customer.id, lambda known: known.with_suppressed(Channel.SMS, PHONE, "bounce")
    )
    before = inbox.customer
    assert press(inbox, "Zgadzam się na SMS-y").roles["alert"].startswith("Nie możemy wysłać linku do potwierdzenia")
    assert (inbox.customer, sms_questions(inbox), log(inbox, Channel.SMS)) == (before, [], [])
    lambdas.put_settings(inbox.shop.settings.model_copy(update={"enabled": False, "double_opt_in": ("email", "sms")}))
    store.open_store().customers.amend(
        inbox.shop.id, before.id, lambda known: known.trusted_again(f"sms#{whose(PHONE)}", datetime.now(UTC))
    )
    assert "alert" in press(inbox, "Zgadzam się na SMS-y").roles
    assert sms_questions(inbox) == []


def test_no_link_is_promised_to_an_address_that_was_given_up_on_another_profile(lambdas: Lambdas) -> None:
    inbox = Inbox(lambdas, double_opt_in=["sms"], who={"id": "7", "phone": PHONE})
    held = Change().set(why="bounce").add(held_by={"somebody"})
    for channel, address in ((Channel.SMS, PHONE), (Channel.EMAIL, inbox.email)):
        key = {"PK": f"SHOP#{inbox.shop.id}#GIVEN_UP#{channel}#{whose(address)}", "SK": "GIVEN_UP"}
        store.open_store().table.update(key, held)
    for button in ("Zgadzam się na SMS-y", "Wyślij mi link do moich danych"):
        assert "alert" in press(inbox, button).roles
    assert (sms_questions(inbox), data_links(inbox)) == ([], [])


def test_a_no_since_leaves_nothing_to_confirm(lambdas: Lambdas) -> None:
    inbox, path = confirming(lambdas)
    lambdas.link("POST", inbox.path(Purpose.UNSUBSCRIBE))
    assert Seen(lambdas.after(path, lambdas.form(path))).headings == ["Nie ma czego potwierdzać"]
    assert not agrees(inbox, Channel.SMS)


def test_a_yes_for_the_address_that_the_link_was_mailed_to_needs_no_second_click(lambdas: Lambdas) -> None:
    inbox = Inbox(lambdas)
    press(inbox, "Wycofuję zgodę na e-maile")
    lambdas.put_settings(inbox.shop.settings.model_copy(update={"double_opt_in": ("email",)}))
    press(inbox, "Zgadzam się na e-maile")
    assert agrees(inbox)
    assert lambdas.executions(inbox.shop, "confirm_consent") == []


def test_a_link_of_another_purpose_confirms_nothing(inbox: Inbox) -> None:
    assert inbox.lambdas.form(f"/y/{inbox.token(Purpose.PREFERENCES)}")["statusCode"] == 404
