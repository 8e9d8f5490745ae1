"""A replay brings back what readers agreed to on our own pages: the preference page, the click of
double opt-in, the browser's push."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from handlers.test_confirming import confirming
from handlers.test_push_subscribe import a_subscription, asks
from support.inbox import Inbox, Seen
from support.kept_archive import KeptArchive, compared
from support.lambdas import Lambdas, a_cart_body, unique
from support.preference_pages import PHONE, agrees, press, send
from wracaj import store
from wracaj.clock import now
from wracaj.consent.channel import Channel
from wracaj.consent.consent import Consent, ConsentState
from wracaj.consent.preferences import Pace, Topic
from wracaj.customers.consents import Speaker
from wracaj.events import Contact
from wracaj.settings.shop import Shop

SAID = ("CONSENT#", "WHO")
CLUB = {"currency": "PLN", "margin_percent": 50, "birthday": {"percent": 10, "valid_days": 14}}


class Kept:
    """An archive of what a shop's functions note from now on."""

    def __init__(self, lambdas: Lambdas, monkeypatch: pytest.MonkeyPatch) -> None:
        self.lambdas, self.monkeypatch = lambdas, monkeypatch
        self._archive = KeptArchive.of(store.open_store(), None, monkeypatch)  # type: ignore[arg-type]

    def of(self, shop: Shop) -> KeptArchive:
        self._archive.shop = shop.settings
        return self._archive


@pytest.fixture
def kept(lambdas: Lambdas, monkeypatch: pytest.MonkeyPatch) -> Kept:
    return Kept(lambdas, monkeypatch)


def test_a_yes_on_the_preference_page_comes_back_with_its_proof(
    lambdas: Lambdas, kept: Kept
) -> None:
    inbox = Inbox(lambdas, who={"id": "7", "phone": PHONE})
    archive = kept.of(inbox.shop)
    press(inbox, "Zgadzam się na SMS-y")
    press(inbox, "Wycofuję zgodę na e-maile")
    press(inbox, "Zgadzam się na e-maile")
    assert agrees(inbox, Channel.SMS) and agrees(inbox)
    before = archive.items()
    archive.go_back_to({})
    results = archive.replay()
    assert results["opt_in_done"] == 2
    assert agrees(inbox, Channel.SMS) and agrees(inbox)
    said = compared(before, *SAID)
    assert {key: compared(archive.items(), *SAID).get(key) for key in said} == said
    assert sum("wording" in item for item in said.values()) == 3
    again = archive.replay()
    assert again["opt_in_known"] == 2 and "opt_in_done" not in again
    assert {key: compared(archive.items(), *SAID).get(key) for key in said} == said


def test_a_yes_that_was_taken_back_since_stays_taken_back(lambdas: Lambdas, kept: Kept) -> None:
    inbox = Inbox(lambdas, who={"id": "7", "phone": PHONE})
    archive = kept.of(inbox.shop)
    press(inbox, "Zgadzam się na SMS-y")
    yes = archive.lines()
    press(inbox, "Wycofuję zgodę na SMS-y")
    before = archive.items()
    assert archive.replay(yes)["opt_in_known"] == 1
    assert not agrees(inbox, Channel.SMS)
    assert archive.items() == before
    archive.go_back_to({})
    archive.replay()
    assert not agrees(inbox, Channel.SMS)


def test_a_newer_word_of_the_shop_is_not_overwritten(lambdas: Lambdas, kept: Kept) -> None:
    inbox = Inbox(lambdas, who={"phone": PHONE}, agrees_to=("email", "sms"))
    archive = kept.of(inbox.shop)
    press(inbox, "Wycofuję zgodę na e-maile")
    press(inbox, "Zgadzam się na e-maile")
    lines = archive.lines()
    archive.go_back_to({})
    no = Consent(state=ConsentState.UNSUBSCRIBED, at=now() + timedelta(hours=1), source="shop")
    store.open_store().customers.amend_one(
        inbox.shop.id, inbox_name(lines), lambda one: one.with_consent(EMAIL, Speaker.READER, no)
    )
    assert archive.replay(lines)["opt_in_known"] == 1
    assert not agrees(inbox)


EMAIL = Channel.EMAIL


def inbox_name(lines: list[Any]) -> str:
    (line,) = [line for line in lines if line["kind"] == "opt_in"]
    return str(line["address"])


def test_a_question_and_its_click_come_back_and_nothing_is_asked_twice(
    lambdas: Lambdas, kept: Kept
) -> None:
    inbox, path = confirming(lambdas)
    archive = kept.of(inbox.shop)
    questions = lambdas.executions(inbox.shop, "confirm_consent")
    waiting, backup = archive.lines(), archive.items()
    archive.go_back_to({})
    assert archive.replay()["opt_in_done"] == 1
    assert lambdas.executions(inbox.shop, "confirm_consent") == questions
    assert Seen(lambdas.link("GET", path)).headings == ["Potwierdź zgodę"]
    assert not agrees(inbox, Channel.SMS)
    archive.go_back_to(backup)
    lambdas.form(path)
    assert agrees(inbox, Channel.SMS)
    before = compared(archive.items(), *SAID)
    for lost in ({}, backup):
        archive.go_back_to(lost)
        archive.replay()
        assert agrees(inbox, Channel.SMS)
        after = compared(archive.items(), *SAID)
        assert {key: after.get(key) for key in before} == before
    assert archive.replay(waiting).get("opt_in_done", 0) == 0  # an older question waits no more
    assert Seen(lambdas.link("GET", path)).headings == ["Zgoda jest potwierdzona"]
    assert lambdas.executions(inbox.shop, "confirm_consent") == questions


def test_whoever_was_erased_has_agreed_to_nothing(lambdas: Lambdas, kept: Kept) -> None:
    inbox, path = confirming(lambdas)
    archive = kept.of(inbox.shop)
    lambdas.form(path)
    lines = archive.lines()
    for who in (Contact(platform_id="7"), Contact(phone=PHONE), Contact(email=inbox.email)):
        archive.store.erasure.erase(inbox.shop.id, who, datetime.now(UTC))
    archive.go_back_to({})
    results = archive.replay(lines)
    assert results["opt_in_erased"] == 2 and "opt_in_done" not in results
    assert not compared(archive.items(), "CONSENT#")
    assert PHONE not in str(archive.items()) and inbox.email not in str(archive.items())


def test_the_address_of_an_opt_in_lies_sealed(lambdas: Lambdas, kept: Kept) -> None:
    inbox, path = confirming(lambdas)
    lambdas.form(path)
    lines = kept.of(inbox.shop).lines()
    assert [line["given"] for line in lines if line["kind"] == "opt_in"] == ["asked", "confirmed"]
    assert PHONE not in str(lines) and inbox.email not in str(lines)


def test_a_browsers_yes_comes_back(lambdas: Lambdas, kept: Kept) -> None:
    shop = lambdas.register(web_push={"contact": "mailto:sklep@kubek.example"})
    archive, cart_id = kept.of(shop), unique("cart-with-a-long-name")
    subscription = a_subscription()
    lambdas.post(shop, *a_cart_body("generic", cart_id))
    lambdas.push(shop.id, asks(cart_id, subscription))
    assert agrees_to_push(lambdas, shop, cart_id)
    before = archive.items()
    archive.go_back_to({})
    archive.replay()
    assert agrees_to_push(lambdas, shop, cart_id)
    assert compared(archive.items(), "CONSENT#web_push").keys() == (
        compared(before, "CONSENT#web_push").keys()
    )
    lambdas.push(shop.id, {"cart_id": cart_id, "subscription": subscription, "unsubscribe": True})
    archive.go_back_to({})
    archive.replay()
    assert not agrees_to_push(lambdas, shop, cart_id)


def agrees_to_push(lambdas: Lambdas, shop: Shop, cart_id: str) -> bool:
    cart = lambdas.cart(shop, cart_id)
    shopper = store.open_store().customers.shopper(shop.id, cart.contact)
    return shopper is not None and shopper.agrees(cart, Channel.WEB_PUSH)


def test_a_birthday_that_a_shopper_told_comes_back_sealed_and_a_newer_one_stays(
    lambdas: Lambdas, kept: Kept
) -> None:
    inbox = Inbox(lambdas, loyalty=CLUB, timelines=["abandoned_cart", "birthday"])
    archive = kept.of(inbox.shop)
    press(inbox, "Zapisz datę", ("day", "14"), ("month", "3"))
    first = archive.lines()
    assert inbox.customer.birthday == "03-14" and "03-14" not in str(first)
    archive.go_back_to({})
    archive.replay()
    assert inbox.customer.birthday == "03-14"
    press(inbox, "Zapisz datę", ("day", "15"), ("month", "3"))
    archive.replay(first)
    assert inbox.customer.birthday == "03-15"


def test_the_newest_choice_of_pace_and_topics_stays_or_comes_back(
    lambdas: Lambdas, kept: Kept
) -> None:
    inbox = Inbox(lambdas)
    archive = kept.of(inbox.shop)
    choose_pace(inbox, "monthly")
    press(inbox, "Zapisz tematy")
    choose_topics(inbox)
    older = archive.lines()
    choose_pace(inbox, "shop")
    choose_topics(inbox, Topic.CARTS)
    chosen = (inbox.here.pace, inbox.here.declined)
    assert chosen == (None, frozenset(set(Topic) - {Topic.CARTS}))
    archive.replay(older)
    assert (inbox.here.pace, inbox.here.declined) == chosen
    archive.go_back_to({})
    archive.replay(older)
    assert (inbox.here.pace, inbox.here.declined) == (Pace.MONTHLY, frozenset(Topic))
    archive.replay()
    assert (inbox.here.pace, inbox.here.declined) == chosen


def choose_pace(inbox: Inbox, pace: str) -> None:
    send(inbox, ("section", "pace"), ("pace", pace))


def choose_topics(inbox: Inbox, *topics: Topic) -> None:
    send(inbox, ("section", "topics"), *(("topic", topic) for topic in topics))


def test_each_answer_on_a_page_is_one_queued_message(
    lambdas: Lambdas, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = Inbox(lambdas, who={"id": "7", "phone": PHONE}, double_opt_in=["sms"])
    sent: list[list[Any]] = []
    monkeypatch.setattr("wracaj.aws.archive_queue._send", sent.append)
    press(inbox, "Zgadzam się na SMS-y")
    press(inbox, "Wycofuję zgodę na e-maile")
    press(inbox, "Zgadzam się na e-maile")
    kinds = [sorted(str(row.kind) for row in rows) for rows in sent]
    assert kinds == [["opt_in", "start"], ["stop", "stop"], ["opt_in"]]
