"""How a mail shows the codes that it gives."""

import re
from decimal import Decimal

import pytest

from support.mail_reading import Mail
from support.mails import (
    CODE,
    a_cart,
    a_gift,
    a_shop,
    a_voucher,
    an_amount,
    every_email,
    every_locale,
    facts,
    free_delivery,
    html_of,
    mail,
    shown,
    text_of,
)
from wracaj.discounts.code import DiscountCode
from wracaj.messages.rendering import render_email


def test_the_code_stands_alone_in_its_box_and_can_be_marked_at_once() -> None:
    seen = mail("cart_discount", voucher=a_voucher(minimum_total=Decimal(150), currency="PLN"))
    (box,) = [element for element in seen.all("p") if element.text == CODE]
    assert box.style("user-select") == "all"
    assert "Twój kod na 10%" in shown(seen)
    assert "Działa raz, do środy, 25 listopada, 14:00. Przy zakupach od 150,00 zł." in shown(seen)


def test_the_expiry_is_told_in_the_zone_of_the_shop() -> None:
    told = text_of(
        "cart_discount", locale="en", voucher=a_voucher(), shop=a_shop(time_zone="Europe/London")
    )
    assert "until Wednesday 25 November, 13:00." in told


def test_a_minimum_is_told_even_when_no_currency_is_known() -> None:
    told = text_of(
        "cart_discount",
        voucher=a_voucher(minimum_total=Decimal(150)),
        content=a_cart(currency=None),
    )
    assert "Przy zakupach od 150,00." in told


def test_the_subject_of_the_discount_mail() -> None:
    assert (
        render_email("cart_discount", facts(voucher=a_voucher(percent=15))).subject
        == "Cały koszyk 15% taniej"
    )
    assert render_email("cart_discount", facts()).subject == "Twój koszyk wciąż tu jest"


LABELS = {
    ("pl", a_voucher()): "Twój kod na 10%",
    ("pl", an_amount()): "Twój kod na 20 zł",
    ("pl", an_amount("1234.5")): "Twój kod na 1 234,50 zł",
    ("pl", a_gift()): "Twój prezent: Kubek w kropki",
    ("pl", free_delivery()): "Twój kod na darmową dostawę",
    ("en", a_voucher()): "Your code for 10% off",
    ("en", an_amount()): "Your code for PLN 20 off",
    ("en", an_amount("20.5", "EUR")): "Your code for €20.50 off",
    ("en", a_gift("Dotted mug")): "Your gift: Dotted mug",
    ("en", free_delivery()): "Your code for free delivery",
}


@every_email
@pytest.mark.parametrize(("locale", "voucher"), LABELS, ids=LABELS.values())
def test_a_code_says_what_it_gives(template: str, locale: str, voucher: DiscountCode) -> None:
    label = LABELS[locale, voucher]
    assert f"{label} {CODE} " in shown(mail(template, locale=locale, voucher=voucher))
    told = text_of(template, locale=locale, voucher=voucher)
    assert f"\n{label}" in told
    assert "None" not in told


@every_locale
def test_a_gift_says_how_it_is_taken(locale: str) -> None:
    told = text_of("cart_discount", locale=locale, voucher=a_gift())
    how = {
        "pl": "Włóż prezent do koszyka i wpisz kod, a jedna sztuka",
        "en": "Put the gift in your cart and enter the code",
    }[locale]
    assert how in told
    assert how not in text_of("cart_discount", locale=locale, voucher=a_voucher())


@every_email
@every_locale
def test_several_codes_have_each_a_box_of_their_own(template: str, locale: str) -> None:
    more = (
        an_amount(code="TUL3-HA7R-9XMC"),
        a_gift(code="FYKE-P4NW-D7JV"),
        free_delivery(code="MYDH-W3LA-4KCX"),
    )
    for first, *rest in ((a_voucher(), *more), (None, *more)):
        codes = [voucher.code for voucher in (first, *rest) if voucher]
        seen = mail(template, locale=locale, voucher=first, more_vouchers=tuple(rest))
        assert not seen.unbalanced
        assert [
            element.text for element in seen.all("p") if element.style("user-select") == "all"
        ] == codes
        text = text_of(template, locale=locale, voucher=first, more_vouchers=tuple(rest))
        assert [line.strip() for line in text.splitlines() if line.strip() in codes] == codes


SUBJECTS = {
    "cart_discount": (
        "Cały koszyk 20 zł taniej",
        "Prezent do Twojego koszyka",
        "Twój koszyk z darmową dostawą",
    ),
    "welcome": (
        "Witaj! Oto Twój kod na 20 zł",
        "Witaj! Mamy dla Ciebie prezent",
        "Witaj! Oto Twój kod na darmową dostawę",
    ),
    "welcome_reminder": (
        "Twój kod na 20 zł czeka",
        "Twój prezent czeka",
        "Twój kod na darmową dostawę czeka",
    ),
    "win_back_offer": (
        "Kolejne zakupy 20 zł taniej",
        "Prezent do kolejnych zakupów",
        "Kolejne zakupy z darmową dostawą",
    ),
    "high_value_discount": (
        "Na ułatwienie decyzji: 20 zł taniej",
        "Coś ekstra do Twojego koszyka",
        "Na ułatwienie decyzji: darmowa dostawa",
    ),
    "birthday": (
        "Urodzinowy prezent: zakupy 20 zł taniej",
        "Masz u nas urodzinowy prezent",
        "Urodzinowy prezent: darmowa dostawa",
    ),
    "reward": (
        "Twoja nagroda: 20 zł na zakupy",
        "Masz u nas prezent",
        "Twoja nagroda: darmowa dostawa",
    ),
}


@pytest.mark.parametrize("template", SUBJECTS)
def test_the_subject_says_what_the_code_gives(template: str) -> None:
    said = [
        render_email(template, facts(voucher=voucher)).subject.replace("\u00a0", " ")
        for voucher in (an_amount(), a_gift(), free_delivery())
    ]
    assert tuple(said) == SUBJECTS[template]


FREE = {"pl": r"darmow\w+ dostaw\w+", "en": "[Ff]ree delivery"}
OF_MONEY = {"pl": r"taniej|rabatem na wszystko|kod rabatowy", "en": r"\boff\b|on everything"}


@every_email
@every_locale
def test_a_mail_with_free_delivery_says_nothing_of_money_off(template: str, locale: str) -> None:
    rendered = render_email(template, facts(locale=locale, voucher=free_delivery()))
    told = f"{rendered.subject}\n{rendered.text}"
    assert re.search(FREE[locale], told)
    without = render_email(template, facts(locale=locale))
    elsewhere = re.findall(OF_MONEY[locale], f"{without.subject}\n{without.text}")
    assert re.findall(OF_MONEY[locale], told) == elsewhere
    if locale == "pl":
        assert "darmową dostawa" not in told
        assert not re.search(r"na darmowa|na darmową dostawa", told)


@every_locale
def test_free_delivery_says_from_which_total_it_is_free(locale: str) -> None:
    voucher = free_delivery(minimum_total=Decimal(150), currency="PLN")
    told = text_of("cart_discount", locale=locale, voucher=voucher)
    assert {"pl": "Przy zakupach od 150,00 zł.", "en": "On orders from PLN 150.00."}[locale] in told


@every_email
@every_locale
def test_a_gift_is_called_what_it_is_and_nothing_more(template: str, locale: str) -> None:
    rendered = render_email(
        template, facts(locale=locale, voucher=a_gift('<b>Kubek</b> "7" ' + "x" * 200))
    )
    seen = Mail(html_of(rendered))
    assert not seen.unbalanced
    assert '<b>Kubek</b> "7"' in shown(seen)
    assert "x" * 70 not in rendered.text


def test_an_answer_is_only_invited_where_somebody_reads_it() -> None:
    assert "Odpisz" in text_of()
    assert "Odpisz" not in text_of(shop=a_shop(email={"sender": "Kubek <sklep@kubek.example>"}))
