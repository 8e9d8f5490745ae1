"""Text messages."""

from collections.abc import Callable
from pathlib import Path

import pytest

from support.mails import (
    CODE,
    RECOVERY,
    UNSUBSCRIBE,
    a_gift,
    a_shop,
    a_voucher,
    an_amount,
    every_locale,
    facts,
    free_delivery,
)
from wracaj.discounts.code import DiscountCode
from wracaj.messages.rendering import render_sms
from wracaj.text.sms_segments import encoding, segments


@every_locale
@pytest.mark.parametrize("plain", [True, False])
def test_an_sms_says_who_what_where_and_how_to_stop(locale: str, plain: bool) -> None:
    rendered = render_sms(
        "cart_sms", facts(locale=locale, shop=a_shop(sms={"plain_letters": plain}))
    )
    assert (rendered.subject, rendered.html) == ("", None)
    assert rendered.text.startswith("Kubek i Spolka: " if plain else "Kubek i Spółka: ")
    assert f": {RECOVERY}\n" in rendered.text
    assert rendered.text.endswith(UNSUBSCRIBE)
    assert encoding(rendered.text) == ("GSM-7" if plain else "UCS-2")


@every_locale
def test_an_sms_takes_two_segments_with_the_longest_shop_name_and_long_links(locale: str) -> None:
    link = f"https://api.example/c/{'x' * 78}"
    rendered = render_sms(
        "cart_sms",
        facts(locale=locale, shop=a_shop(name="Ż" * 60), recovery_link=link, unsubscribe_link=link),
    )
    assert segments(rendered.text) <= 2
    assert rendered.segments == 2


@every_locale
def test_an_sms_can_carry_a_code(locale: str) -> None:
    rendered = render_sms(
        "cart_sms",
        facts(
            locale=locale,
            voucher=a_voucher(),
            shop=a_shop(sms={"plain_letters": False}, name="Mug & Co"),
        ),
    )
    assert f"10%: {CODE}: " in rendered.text.replace("10% off", "10%")
    assert "Mug & Co" in rendered.text


@pytest.mark.parametrize(
    ("locale", "voucher", "said"),
    [
        ("pl", an_amount(), "Kod na 20 zl"),
        ("en", an_amount("20.5"), "Code for PLN 20.50 off"),
        ("pl", a_gift("Żółty kubek " * 9), "Prezent (Zolty kubek Zolty kubek Zolty...), kod"),
        ("en", a_gift("Dotted mug"), "Gift (Dotted mug), code"),
        ("pl", free_delivery(), "Kod na darmowa dostawe"),
        ("en", free_delivery(), "Code for free delivery"),
    ],
)
def test_an_sms_says_what_its_code_gives(locale: str, voucher: DiscountCode, said: str) -> None:
    rendered = render_sms("cart_sms", facts(locale=locale, voucher=voucher))
    assert f". {said}: {CODE}: {RECOVERY}\n" in rendered.text
    assert encoding(rendered.text) == "GSM-7"


@every_locale
@pytest.mark.parametrize("template", ["cart_sms", "welcome_sms"])
def test_free_delivery_takes_no_more_segments_than_a_percent(template: str, locale: str) -> None:
    link = f"https://api.example/c/{'x' * 44}"
    parts = [
        render_sms(
            template,
            facts(locale=locale, voucher=voucher, recovery_link=link, unsubscribe_link=link),
        ).segments
        for voucher in (a_voucher(), free_delivery())
    ]
    assert parts == [2, 2]


def test_a_price_does_not_make_an_sms_dear(edited: Callable[[str, str], Path]) -> None:
    templates = edited("en/cart_sms.sms.j2", "{{ shop.name }}: {{ items[0].price }}")
    shop = a_shop(name="Mug", sms={"plain_letters": False})
    rendered = render_sms("cart_sms", facts(locale="en", shop=shop), templates)
    assert (rendered.text, encoding(rendered.text)) == ("Mug: PLN 49.50", "GSM-7")
