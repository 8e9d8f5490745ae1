"""Mails after an order, after a long silence, and for a new subscriber."""

from typing import Any

import pytest

from support.mail_reading import Mail
from support.mails import (
    CODE,
    LEADS_TO_PRODUCTS,
    LOYALTY,
    a_cart,
    a_gift,
    a_voucher,
    an_item,
    every_email,
    every_locale,
    facts,
    free_delivery,
    html_of,
    mail,
    shown,
    text_of,
)
from wracaj.consent.channel import Channel
from wracaj.discounts.code import DiscountCode
from wracaj.events import CartContent
from wracaj.loyalty.progress import Near
from wracaj.messages.rendering import render_email, render_note
from wracaj.text.wording import NON_BREAKING_HYPHEN


@pytest.mark.parametrize(
    ("earned", "balance", "told"),
    [
        (1, 1, "Za te zakupy masz u nas 1 punkt."),
        (2, 480, "Za te zakupy masz u nas 2 punkty, a w sumie już 480."),
        (5, 1480, "Za te zakupy masz u nas 5 punktów, a w sumie już 1 480."),
        (1122, 1122, "Za te zakupy masz u nas 1 122 punkty."),
        (12, None, "Za te zakupy masz u nas 12 punktów."),
    ],
)
def test_the_thanks_tell_the_points(earned: int, balance: int | None, told: str) -> None:
    assert told in text_of("thank_you", points_earned=earned, points_balance=balance)
    assert told in shown(mail("thank_you", points_earned=earned, points_balance=balance))


@pytest.mark.parametrize(("earned", "balance"), [(None, None), (0, 480), (None, 480)])
def test_an_order_that_earned_nothing_is_thanked_for_without_points(
    earned: int | None, balance: int | None
) -> None:
    rendered = render_email("thank_you", facts(points_earned=earned, points_balance=balance))
    assert "punkt" not in rendered.text + html_of(rendered)


@pytest.mark.parametrize(
    ("balance", "told"), [(480, "480 punktów"), (1, "1 punkt"), (0, None), (None, None)]
)
def test_the_win_back_tells_what_is_left_on_the_account(
    balance: int | None, told: str | None
) -> None:
    text = text_of("win_back", points_balance=balance)
    assert (f"Wciąż masz u nas {told}." in text) if told else ("punkt" not in text)


def test_points_in_english() -> None:
    assert "earned you 1 point, which makes 1,480 in all." in text_of(
        "thank_you", locale="en", points_earned=1, points_balance=1480
    )


PROGRAMME: dict[str, Any] = {
    "currency": "PLN",
    "margin_percent": 30,
    "points": {"per_unit": "0.5", "value": 0, "expire_after_months": 3},
    "tiers": [
        {
            "name": "Złoty",
            "by": "points",
            "threshold": 2000,
            "within_months": 1,
            "points_factor": "1.25",
        }
    ],
    "rewards": [{"name": "300", "threshold": 300, "per": "month", "discount": {"amount": 20}}],
}


def test_the_invitation_tells_only_what_the_programme_has() -> None:
    text = text_of("programme_invitation", programme=PROGRAMME, tier="Złoty", points_balance=1)
    assert "Za każde wydane 100 zł dostajesz 50 punktów. Punkty są ważne 3 miesiące." in text
    assert "Masz już 1 punkt i poziom Złoty." in text
    assert (
        "Złoty: od 2 000 punktów zebranych w ciągu 1 miesiąca, a punkty liczą się wtedy razy 1,25."
        in text
    )
    assert "Wydaj 300 zł w miesiącu, a dostaniesz kod na 20 zł." in text


def test_the_invitation_tells_what_points_become_by_themselves() -> None:
    points = {"per_unit": "0.003", "exchange": {"points": 500, "discount": {"amount": 5}}}
    text = text_of(
        "programme_invitation",
        locale="en",
        programme={**PROGRAMME, "points": points, "tiers": [], "rewards": []},
    )
    assert (
        "Every PLN 1,000 spent earns you 3 points, and each 500 points bring you a code for PLN 5."
        in text
    )
    assert "better" not in text and "rewards" not in text and "already" not in text


def test_the_invitation_and_the_nudge_promise_free_delivery_in_the_right_case() -> None:
    free = {"free_shipping": True}
    points = {"per_unit": 1, "value": 0, "exchange": {"points": 500, "discount": free}}
    rewards = [{"name": "300", "threshold": 300, "per": "month", "discount": free}]
    programme = {**PROGRAMME, "points": points, "rewards": rewards}
    text = text_of("programme_invitation", programme=programme)
    assert "a każde 500 punktów zamienia się w kod na darmową dostawę." in text
    assert "Wydaj 300 zł w miesiącu, a dostaniesz kod na darmową dostawę." in text
    text = text_of("programme_invitation", locale="en", programme=programme)
    assert "each 500 points bring you a code for free delivery." in text
    assert "\nFree delivery for PLN 300 spent in a month." in text
    near = Near.model_validate(
        {"key": "r", "kind": "reward", "name": "300", "missing": 38, "discount": free}
    )
    loyalty = LOYALTY.model_copy(update={"near": near})
    told = "dostaniesz kod na darmową dostawę: to nagroda „300”"
    assert told in text_of("nudge", loyalty=loyalty)
    assert "the reward “300” is yours: free delivery." in text_of(
        "nudge", locale="en", loyalty=loyalty
    )


NOTES = {
    ("pl", "cart_push", "web_push"): "Kod na darmową dostawę: {code}.",
    ("en", "cart_push", "web_push"): "Your code for free delivery: {code}.",
    ("pl", "cart_push_last", "web_push"): "Kod na darmową dostawę {code} działa do",
    ("en", "cart_push_last", "web_push"): "Your code for free delivery, {code}, works until",
    ("pl", "cart_messenger", "messenger"): "Kod na darmową dostawę: {code}.",
    ("en", "cart_messenger", "messenger"): "Your code for free delivery: {code}.",
}


@pytest.mark.parametrize(("locale", "template", "channel"), NOTES)
def test_a_note_says_that_its_code_gives_free_delivery(
    locale: str, template: str, channel: str
) -> None:
    given = facts(locale=locale, voucher=free_delivery())
    text = render_note(template, Channel(channel), given).text
    assert NOTES[locale, template, channel].format(code=CODE) in text


@every_email
@every_locale
def test_products_lead_to_their_pages_unless_the_message_is_about_a_cart(
    template: str, locale: str
) -> None:
    page, elsewhere = "https://kubek.example/kubek-żółty", "https://evil.example/"
    rendered = render_email(
        template, facts(locale=locale, content=a_cart(an_item(url=page), an_item(url=elsewhere)))
    )
    links = {link.attributes.get("href") for link in Mail(html_of(rendered)).all("a")}
    encoded = "https://kubek.example/kubek-%C5%BC%C3%B3%C5%82ty"
    assert (encoded in links, encoded in rendered.text) == (template in LEADS_TO_PRODUCTS,) * 2
    assert elsewhere not in links


@every_email
@every_locale
def test_only_a_cart_s_message_says_that_a_cart_was_left(template: str, locale: str) -> None:
    rendered = render_email(template, facts(locale=locale, voucher=a_voucher()))
    told = (rendered.text + shown(Mail(html_of(rendered)))).lower()
    assert any(word in told for word in ("koszyk", "cart")) == template.startswith(
        ("cart_", "high_value_", "regular_")
    )


@every_email
@every_locale
@pytest.mark.parametrize(
    "voucher", [None, a_voucher(), a_gift()], ids=["no code", "percent", "gift"]
)
def test_html_and_text_say_the_same_sentences(
    template: str, locale: str, voucher: DiscountCode | None
) -> None:
    """All that the text part says, but for the marks that lay it out, is read in the same order in
    the other part."""
    rendered = render_email(
        template, facts(locale=locale, voucher=voucher, content=CartContent(), points_balance=480)
    )
    words = shown(Mail(html_of(rendered))).replace(NON_BREAKING_HYPHEN, "-")
    lines = [
        line.rstrip(":")
        for line in rendered.text.replace("\u00a0", " ").split("\n")
        if line and line != "---"
    ]
    said = [
        line.removesuffix(". Kod").removesuffix(". The code")
        for line in lines
        if "https://api.example/" not in line
    ]
    assert len(said) >= 8
    at = 0
    for line in said:
        assert line in words[at:], line
        at = words.index(line, at) + len(line)


@every_locale
def test_a_message_without_products_has_no_table_of_them(locale: str) -> None:
    rendered = render_email("thank_you", facts(locale=locale, content=CartContent()))
    assert not Mail(html_of(rendered)).all("img")
    assert "\n- " not in rendered.text
