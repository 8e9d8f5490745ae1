"""GET and POST /d/{token}: what is known of a shopper, shown to nobody but them, taken away and erased."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from handlers.inbox import Inbox, Seen
from handlers.lambdas import Json, Lambdas, a_cart_body, a_step, ago
from playing import items_of
from shops.builders import a_generic_order, a_word, an_envelope
from wracaj import store
from wracaj.links import Purpose

PHONE = "+48601234567"
A_STEP = a_step("data_link_email", 0, template="data_link")


class Asked(Inbox):
    """Ala asked for the link to her data, and has it."""

    def __init__(self, lambdas: Lambdas, *before: Any, **how: Any) -> None:
        super().__init__(lambdas, **how)
        for topic, body in before:
            self.lambdas.post(self.shop, topic, body(self.email))
        self.path_to_data = self.asks()

    def asks(self) -> str:
        assert self.lambdas.form(self.path(Purpose.PREFERENCES), section="data")["statusCode"] == 303
        (asked,) = self.lambdas.executions(self.shop, "data_link")
        self.link_id = asked["cart_id"]
        assert self.lambdas.step(self.shop.id, self.link_id, A_STEP)["outcome"] == "sent"
        mail = self.mails()[-1]
        (url,) = set(re.findall(r"https://wracaj\.example(/d/[\w-]+)", mail["BodyHtml"]))
        assert url in mail["BodyText"]
        return str(url)

    def send(self, section: str) -> Json:
        answer = self.lambdas.form(self.path_to_data, section=section)
        assert answer["statusCode"] == 200, answer
        return answer


def an_order_of(email: str) -> Json:
    told = {"customer": {"email": email}, "created_at": ago(minutes=30), "updated_at": ago(minutes=30), "checkout_id": None}
    return an_envelope("order.created", a_generic_order(cart_id="c9", **told))


@pytest.fixture
def asked(lambdas: Lambdas) -> Asked:
    return Asked(lambdas, ("order.created", an_order_of))


def test_the_link_in_the_mail_leads_to_a_page_that_tells_nothing_until_asked(asked: Asked) -> None:
    """Mail scanners and link previews open pages, too."""
    answer = asked.lambdas.link("GET", asked.path_to_data)
    assert Seen(answer).headings == ["Twoje dane", "Usunięcie danych"]
    assert asked.email not in answer["body"] and "Kubek w" not in answer["body"]


def test_what_is_known_is_shown_in_tables(asked: Asked) -> None:
    answer = asked.send("show")
    seen = Seen(answer)
    assert seen.headings == [
        *("Twoje dane", "O Tobie", "Koszyki", "Wiadomości", "Zgody i odmowy", "Zamówienia", "Historia punktów")
    ]
    assert asked.email in seen.text and "cart_reminder" in seen.text and "wysłana" in seen.text
    assert answer["headers"]["cache-control"] == "no-store"


def test_the_file_holds_carts_messages_consents_with_their_wording_and_orders(asked: Asked) -> None:
    form = Seen(asked.lambdas.link("GET", asked.path(Purpose.PREFERENCES))).form("Wycofuję zgodę na e-maile")
    asked.lambdas.form(asked.path(Purpose.PREFERENCES), *form)
    answer = asked.send("download")
    told = answer["json"]
    assert re.fullmatch(r'attachment; filename="kubek-[\w-]+\.json"', answer["headers"]["content-disposition"])
    assert told["contact"]["email"] == asked.email
    assert {cart["cart_id"]: [one["step"] for one in cart["messages"]] for cart in told["carts"]}["c1"] == ["first_email"]
    assert [(word["state"], word["wording"]) for word in told["consents"] if "wording" in word] == [
        ("unsubscribed", "Wycofuję zgodę")
    ]
    assert len(told["orders"]) == 1


def test_an_erasure_is_asked_twice_and_leaves_nothing_but_hashes(asked: Asked) -> None:
    customer, before = asked.customer, asked.items("")
    assert "Tak, usuń moje dane" in Seen(asked.send("erase")).text
    assert asked.items("") == before
    answer = asked.send("erase_now")
    assert Seen(answer).headings == ["Dane są usunięte", "Co musi zrobić sklep"]
    table = store.open_store().table
    assert table.query({"PK": f"SHOP#{asked.shop.id}#CUSTOMER#{customer.id}"}) == []
    left = str(items_of(store.open_store(), asked.shop.id))
    assert asked.email not in left and "Ala" not in left


def test_the_shop_hears_of_an_erasure(asked: Asked) -> None:
    asked.send("erase_now")
    (request,) = store.open_store().table.query({"PK": f"SHOP#{asked.shop.id}#PRIVACY"})
    assert request["kind"] == "customer_redact"
    assert asked.email not in str(request)


def test_an_erasure_that_dies_is_the_same_request_when_asked_again(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(*_: Any) -> None:
        raise TimeoutError

    with monkeypatch.context() as broken:
        broken.setattr("wracaj.store.erasure.Erasure.erase", dies)
        assert asked.lambdas.form(asked.path_to_data, section="erase_now")["statusCode"] == 503
    asked.send("erase_now")
    assert len(store.open_store().table.query({"PK": f"SHOP#{asked.shop.id}#PRIVACY"})) == 1


def test_after_the_erasure_every_link_says_that_nothing_is_known(asked: Asked) -> None:
    paths = [asked.path_to_data, asked.path(Purpose.PREFERENCES)]
    asked.send("erase_now")
    for path in paths:
        for answer in (asked.lambdas.link("GET", path), asked.lambdas.form(path, section="erase_now")):
            assert Seen(answer).headings == ["Nic już o Tobie nie wiemy"]


def test_the_link_dies_after_an_hour_though_its_token_knows_whole_hours_only(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = datetime.now(UTC) + timedelta(minutes=62)
    monkeypatch.setattr("preferences.data.now", lambda: later)
    for answer in (asked.lambdas.link("GET", asked.path_to_data), asked.lambdas.form(asked.path_to_data, section="show")):
        assert (answer["statusCode"], Seen(answer).headings) == (410, ["Ten link już wygasł"])


def test_a_link_that_stood_in_another_mail_is_none(asked: Asked) -> None:
    """Whoever can make nothing of the key cannot turn the link of an old mail into one to the data."""
    assert asked.lambdas.link("GET", f"/d/{asked.token(Purpose.PREFERENCES)}")["statusCode"] == 404


@pytest.mark.parametrize("body", [b"", b"section=show&section=erase_now", b"section=all", b"section=erase_now&sure=1"])
def test_a_form_that_is_none_erases_nothing(asked: Asked, body: bytes) -> None:
    before = asked.items("")
    assert asked.lambdas.link("POST", asked.path_to_data, body)["statusCode"] == 303
    assert asked.items("") == before


# --- one profile, two people -----------------------------------------------------------------------------------------


class Neighbours:
    """Ala is a customer of the shop; Ewa typed Ala's phone number into a checkout, beside an address of her own."""

    def __init__(self, lambdas: Lambdas) -> None:
        self.lambdas = lambdas
        self.ewa = Inbox(lambdas)
        self.ala = "ala@poczta.example"
        words = {"email": a_word(updated_at=ago(days=1))}
        for cart_id, email in (("c2", self.ala), ("c1", self.ewa.email)):
            who = {"id": None, "email": email, "phone": PHONE, "first_name": email[:3], "locale": "pl"}
            body = a_cart_body("generic", cart_id, email=email, customer=who, consent=words, at=ago(hours=3))
            assert lambdas.post(self.ewa.shop, *body)["statusCode"] == 200
        lambdas.post(self.ewa.shop, "order.created", an_order_of(self.ala))
        assert lambdas.form(self.ewa.path(Purpose.PREFERENCES), section="data")["statusCode"] == 303
        (asked,) = lambdas.executions(self.ewa.shop, "data_link")
        assert lambdas.step(self.ewa.shop.id, asked["cart_id"], A_STEP)["outcome"] == "sent"
        (self.path,) = set(re.findall(r"https://wracaj\.example(/d/[\w-]+)", self.ewa.mails()[-1]["BodyHtml"]))


def test_whoever_typed_somebodys_phone_number_sees_nothing_of_them(lambdas: Lambdas) -> None:
    both = Neighbours(lambdas)
    owner = lambdas.cart(both.ewa.shop, "c2").customer_id
    assert both.ewa.customer == store.open_store().customers.get(both.ewa.shop.id, owner)
    answers = [lambdas.form(both.path, section=section) for section in ("show", "download")]
    answers.append(lambdas.link("GET", both.path))
    for answer in answers:
        assert answer["statusCode"] == 200
        assert both.ala not in answer["body"] and '"c2"' not in answer["body"]
    told = answers[1]["json"]
    assert (told["complete"], [cart["cart_id"] for cart in told["carts"] if not cart.get("occasion")]) == (False, ["c1"])
    assert told["orders"] == []


def test_whoever_typed_somebodys_phone_number_erases_nothing_of_them(lambdas: Lambdas) -> None:
    both = Neighbours(lambdas)
    answer = lambdas.form(both.path, section="erase_now")
    assert Seen(answer).headings == ["Prośba jest zapisana", "Co musi zrobić sklep"]
    assert both.ewa.customer.erased_at is None
    assert not lambdas.cart(both.ewa.shop, "c2").erased
    (request,) = store.open_store().table.query({"PK": f"SHOP#{both.ewa.shop.id}#PRIVACY"})
    assert len(request["aliases"]) == 1
