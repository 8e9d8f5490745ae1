"""The module's page in PrestaShop's back office."""

from typing import Any

import pytest

from support.http_shop import HttpShop
from support.prestashop import NEEDS_PHP, PrestaShop, a_key, accepted
from support.webhook_bodies import GENERIC_SECRET

pytestmark = NEEDS_PHP
NO_KEY = "To nie jest klucz: zaczyna się on od wracaj1."
CUT = "Klucz jest niepełny."
WEBHOOK = "https://api.example/webhooks/generic/kubek"


def page(shop: PrestaShop, language: str = "pl", **form: Any) -> str:
    step = {"do": "settings", "form": form}
    html: str = shop.do(step, language=language, admin="1")[0]
    assert "Deprecated" not in html
    return html


def paste(shop: PrestaShop, key: str, language: str = "pl") -> str:
    return page(shop, language, submitWracajKey="1", wracaj_key=key)


def test_a_pasted_key_connects_the_shop(unconnected: PrestaShop, wracaj: HttpShop) -> None:
    html = paste(unconnected, a_key(f"{wracaj.url}/webhooks/generic/kubek"))
    assert "Klucz został zapisany." in html
    assert "Wracaj przyjmuje ten klucz: sklep jest połączony." in html
    (call,) = wracaj.calls
    with pytest.raises(AssertionError):  # verified, and a type that is not used
        accepted(call)
    assert GENERIC_SECRET not in html
    unconnected.a_cart()
    assert "1 delivered" in unconnected.deliver()


def test_what_copying_adds_to_a_key_does_no_harm(unconnected: PrestaShop, wracaj: HttpShop) -> None:
    key = a_key(f"{wracaj.url}/webhooks/generic/kubek")
    pasted = f'\u200b "{key[:40]}\r\n  {key[40:]}"\n'
    assert "sklep jest połączony" in paste(unconnected, pasted)
    unconnected.a_cart()
    assert unconnected.waiting()


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("", NO_KEY),
        ("haslo123", NO_KEY),
        (WEBHOOK, NO_KEY),
        (GENERIC_SECRET, "To sam sekret."),
        ("wracaj2.e30", "Ten klucz jest dla nowszej wersji modułu."),
        ("wracaj1.", CUT),
        ("wracaj1.!!!", CUT),
        ("wracaj1.e30", "W kluczu nie ma adresu"),
        (a_key(WEBHOOK)[:-20], CUT),
        (a_key("http://api.example/x"), "W kluczu nie ma adresu, który zaczyna się od https://."),
        (a_key("https://user:pass@api.example/x"), "W kluczu nie ma adresu"),
        (a_key("file:///etc/passwd"), "W kluczu nie ma adresu"),
        (a_key(WEBHOOK, "whsec_"), "W kluczu nie ma poprawnego sekretu."),
        (a_key(WEBHOOK, "whsec_QUJD"), "W kluczu nie ma poprawnego sekretu."),
    ],
)
def test_a_bad_key_is_refused_in_words(unconnected: PrestaShop, key: str, sentence: str) -> None:
    html = paste(unconnected, key)
    assert f'<div class="error">{sentence}' in html
    unconnected.a_cart()
    assert unconnected.waiting() == []


def test_a_key_that_wracaj_does_not_accept_is_saved_and_told_of(
    unconnected: PrestaShop, wracaj: HttpShop
) -> None:
    wracaj.says(401)
    html = paste(unconnected, a_key(f"{wracaj.url}/webhooks/generic/kubek"), "en")
    assert "Wracaj does not accept the key." in html


def test_the_key_can_be_removed(shop: PrestaShop) -> None:
    html = page(shop, submitWracajKey="1", wracaj_disconnect="1")
    assert "Moduł niczego teraz nie zbiera." in html
    shop.a_cart()
    assert shop.waiting() == []


def test_the_page_shows_what_waits_and_what_was_delivered(
    shop: PrestaShop, wracaj: HttpShop
) -> None:
    shop.a_cart()
    assert "Jeszcze nic nie wysłano." in page(shop)
    wracaj.says(200, {"warnings": [{"field": "data.totl", "problem": "did you mean total?"}]})
    html = page(shop, submitWracajSend="1")
    assert "Dostarczono teraz: 1." in html
    assert "cart.updated" in html
    assert "did you mean total?" in html


def test_the_page_names_the_addresses(shop: PrestaShop) -> None:
    html = page(shop, "en")
    assert "https://kubek.example/module/wracaj/discount" in html
    token = shop.sql("SELECT value FROM ps_configuration WHERE name = 'WRACAJ_CRON_TOKEN'")[0]
    assert f"https://kubek.example/module/wracaj/cron?token={token['value']}" in html


def test_of_several_shops_one_must_be_chosen(shop: PrestaShop) -> None:
    shop.do({"do": "configure", "name": "TEST_SHOPS", "value": "1,2"})
    answer = shop.call("POST", "/steps?all_shops=1", b'[{"do": "settings"}]', language="en")
    assert "Choose one shop above" in answer.body


def test_an_answer_cannot_put_markup_into_the_page(shop: PrestaShop, wracaj: HttpShop) -> None:
    wracaj.says(422, {"problem": "<script>alert(1)</script>"})
    shop.a_cart()
    html = page(shop, submitWracajSend="1")
    if html.rstrip().endswith("}"):
        pytest.skip("Smarty is missing: apt-get install smarty4")
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_the_line_of_the_command_is_read(unconnected: PrestaShop, wracaj: HttpShop) -> None:
    command = pytest.importorskip("wracaj_cli.shops.plugin_key", reason="no `wracaj shop key` yet")
    clock = {"real": 1.0, "shows": 1.0, "speed": 60.0}
    webhook = f"{wracaj.url}/webhooks/generic/kubek"
    for key in (
        command.key_line(webhook, "kubek", GENERIC_SECRET),
        command.key_line(webhook, "kubek", GENERIC_SECRET, clock),
    ):
        assert "sklep jest połączony" in paste(unconnected, key)
