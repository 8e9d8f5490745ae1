import pytest

from support.demo_evidence import A_CODE, a_link, a_sent
from wracaj.messages.links import Purpose, link
from wracaj.store.message_links import message_id
from wracaj_cli.demo.delivered import Delivered, Origin, possible_origins, told_apart
from wracaj_cli.demo.week import KUBEK

ORIGINS = possible_origins(KUBEK, "1001", "Paweł", "1") | possible_origins(
    KUBEK, "10012", "Roma", "1"
)


@pytest.mark.parametrize("cart_id, shopper", [("1001", "Paweł"), ("10012", "Roma")])
def test_a_message_belongs_to_the_cart_that_its_link_names(cart_id: str, shopper: str) -> None:
    at = a_sent().at
    made = link(
        "https://w.example", b"k" * 32, Purpose.CART, message_id(KUBEK, cart_id, 1, "sms"), at
    )

    (found,) = told_apart(
        [a_sent("sms", text=f"Kubek: {made}\nRezygnacja: {made.replace('/c/', '/u/')}")], ORIGINS
    )

    assert found.origin == Origin(shopper, "1", 1, "sms")
    assert found.cart_link == made


@pytest.mark.parametrize(
    "text",
    ["no link", a_link("00" * 10), "https://w.example/c/short", "https://w.example/c/" + "A" * 36],
)
def test_a_message_without_a_link_of_ours_belongs_to_nobody(text: str) -> None:
    assert told_apart([a_sent(text=text)], ORIGINS)[0].origin is None


@pytest.mark.parametrize(
    "text, code", [(f"Kod: {A_CODE}.", A_CODE), (f"x{A_CODE}", None), (f"/c/{A_CODE}-AAAA", None)]
)
def test_a_code_is_found_where_it_stands_alone(text: str, code: str | None) -> None:
    assert Delivered(a_sent(text=text), None).code == code


def test_the_way_out_is_the_one_that_mail_programs_use() -> None:
    assert Delivered(a_sent(), None).unsubscribe_link == "https://w.example/u/x"
    assert Delivered(a_sent("sms"), None).unsubscribe_link is None
