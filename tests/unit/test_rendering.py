import re
import shutil
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unit.mail_reading import Mail
from wracaj.events import CartContent, Item
from wracaj.rendering import (
    TEMPLATES,
    MessageFacts,
    Rendered,
    TemplateError,
    missing_files,
    render_email,
    render_sms,
    template_names,
)
from wracaj.settings import Locale, ShopSettings
from wracaj.settings_reading import parse_settings
from wracaj.sms_text import encoding, segments
from wracaj.vouchers import Voucher
from wracaj_cli.sample_loyalty import sample_loyalty

SAMPLES = [sample for name in ("reward", "nudge", "points_expiring") if (sample := sample_loyalty(name))]
LOYALTY = SAMPLES[0].model_copy(update={"near": SAMPLES[1].near, "expiring": SAMPLES[2].expiring})  # whatever a message may tell
RECOVERY = "https://api.example/c/token?a=1&b=2"
UNSUBSCRIBE = "https://api.example/u/token"
PICTURE = "https://cdn.example/kubek.jpg"
CODE = "K7DM-4XRA-PL9C"
LOCALES = get_args(Locale)
EMAILS = [name for name, channel in template_names("pl").items() if channel == "email"]
LEADS_TO_PRODUCTS = {"browse_reminder", "recommendations"}
every_email = pytest.mark.parametrize("template", EMAILS)
every_locale = pytest.mark.parametrize("locale", LOCALES)


def a_shop(**changes: Any) -> ShopSettings:
    return parse_settings(
        {
            "shop": "kubek",
            "platform": "generic",
            "name": "Kubek i Spółka",
            "postal_address": "ul. Gliniana 7\n31-042 Kraków",
            "url": "https://kubek.example",
            "recovery_hosts": ["kubek.example"],
            "email": {"sender": "Kubek <sklep@kubek.example>", "reply_to": "pomoc@kubek.example"},
        }
        | changes
    )


def an_item(**changes: Any) -> Item:
    return Item.model_validate({"title": "Kubek", "quantity": 1, "unit_price": Decimal("49.50"), "image_url": PICTURE} | changes)


def a_cart(*items: Item, **changes: Any) -> CartContent:
    return CartContent.model_validate({"items": items or (an_item(),), "currency": "PLN", "total": Decimal("1234.50")} | changes)


def a_voucher(**changes: Any) -> Voucher:
    known = {"starts_at": datetime(2026, 11, 22, tzinfo=UTC), "expires_at": datetime(2026, 11, 25, 13, tzinfo=UTC)}
    return Voucher.model_validate({"code": CODE, "percent": 10} | known | changes)


def an_amount(amount: str = "20", currency: str = "PLN", **changes: Any) -> Voucher:
    return a_voucher(percent=None, amount=amount, currency=currency, **changes)


def a_gift(title: str = "Kubek w kropki", **changes: Any) -> Voucher:
    return a_voucher(percent=None, product_id="7", product_title=title, **changes)


def facts(**changes: Any) -> MessageFacts:
    known = {"shop": a_shop(), "locale": "pl", "first_name": "Ania", "content": a_cart(), "voucher": None, "loyalty": LOYALTY}
    return MessageFacts.model_validate({"recovery_link": RECOVERY, "unsubscribe_link": UNSUBSCRIBE} | known | changes)


def html_of(rendered: Rendered) -> str:
    assert rendered.html is not None
    return rendered.html


def mail(template: str = "cart_reminder", **changes: Any) -> Mail:
    return Mail(html_of(render_email(template, facts(**changes))))


def text_of(template: str = "cart_reminder", **changes: Any) -> str:
    """Of the text part, with plain spaces."""
    return render_email(template, facts(**changes)).text.replace("\u00a0", " ")


def shown(seen: Mail) -> str:
    """What is read in the mail, with plain spaces."""
    return " ".join(" ".join(words.text for words in seen.seen).replace("\u00a0", " ").replace("\u200b", "").split())


# What every mail has


def test_every_template_exists_in_both_languages() -> None:
    assert template_names("pl") == template_names("en")
    assert {"cart_reminder": "email", "cart_discount": "email", "cart_sms": "sms"}.items() <= template_names("pl").items()
    assert not [
        file
        for name, channel in template_names("pl").items()
        for locale in LOCALES
        for file in missing_files(name, channel, locale)
    ]


@every_email
@every_locale
@pytest.mark.parametrize("voucher", [None, a_voucher(), an_amount(), a_gift()], ids=["no code", "percent", "amount", "gift"])
def test_a_mail_is_whole(template: str, locale: str, voucher: Voucher | None) -> None:
    seen = mail(template, locale=locale, voucher=voucher)
    assert not seen.unbalanced
    assert seen.all("html")[0].attributes["lang"] == locale
    assert len(seen.links_to(RECOVERY)) == 1
    assert [link for link in seen.all("a") if "button" in link.classes] == seen.links_to(RECOVERY)
    assert len(seen.links_to(UNSUBSCRIBE)) == 1
    assert "Kubek i Spółka" in shown(seen)
    assert "ul. Gliniana 7, 31-042 Kraków" in shown(seen)
    assert (CODE in shown(seen)) == bool(voucher)


@every_email
@every_locale
@pytest.mark.parametrize("voucher", [None, a_voucher(), an_amount(), a_gift()], ids=["no code", "percent", "amount", "gift"])
def test_the_text_part_says_the_same(template: str, locale: str, voucher: Voucher | None) -> None:
    text = text_of(template, locale=locale, voucher=voucher)
    for needed in (RECOVERY, UNSUBSCRIBE, "Ania", "- Kubek: ", "Kubek i Spółka", "ul. Gliniana 7, 31-042 Kraków"):
        assert needed in text
    assert (CODE in text) == bool(voucher)
    assert "<" not in text
    assert "&amp;" not in text
    assert "\n\n\n" not in text


@every_email
@every_locale
def test_without_a_code_no_discount_is_promised(template: str, locale: str) -> None:
    rendered = render_email(template, facts(locale=locale))
    told = rendered.subject + rendered.text + shown(Mail(html_of(rendered)))
    assert not [word for word in ("%", "rabat", "discount", "code", "kod ") if word in told.lower()]


@every_locale
@pytest.mark.parametrize("voucher", [None, a_voucher()], ids=["without code", "with code"])
def test_no_two_mails_say_the_same(locale: str, voucher: Voucher | None) -> None:
    said = [render_email(template, facts(locale=locale, voucher=voucher)) for template in EMAILS]
    assert len({mail.subject for mail in said}) == len(EMAILS)
    openings = {mail.text.split("\n\n")[1] for mail in said}
    assert len(openings) == len(EMAILS)


@every_email
@every_locale
def test_words_are_readable_in_light_and_in_dark(template: str, locale: str) -> None:
    seen = mail(
        template,
        locale=locale,
        voucher=a_voucher(),
        more_vouchers=(an_amount(), a_gift()),
        content=a_cart(an_item(), *[an_item(image_url=None, quantity=2)] * 12),
    )
    poor = [(words.text, dark) for words in seen.seen for dark in (False, True) if seen.contrast(words, dark=dark) < 4.5]
    assert not poor


@every_email
def test_every_class_for_dark_mode_is_used_and_every_colour_has_one(template: str) -> None:
    seen = mail(template, voucher=a_voucher(), shop=a_shop(logo_url="https://kubek.example/logo.png"))
    used = {name for element in seen.elements for name in element.classes}
    assert set(seen.dark) <= used
    for element in seen.elements:
        if element.style("background-color") not in (None, "#ffffff") or "card" in element.classes:
            assert {"page", "card", "tint", "button"} & set(element.classes), element
    assert [meta.attributes["content"] for meta in seen.all("meta") if meta.attributes.get("name") == "color-scheme"] == [
        "light dark"
    ]


@every_email
def test_every_table_is_for_layout_and_knows_its_width(template: str) -> None:
    tables = mail(template, voucher=a_voucher(), content=a_cart(an_item(), an_item(image_url=None))).all("table")
    assert tables
    assert not [table for table in tables if table.attributes.get("role") != "presentation" or "width" not in table.attributes]


@every_email
def test_outlook_gets_a_column_of_600_px_and_a_padded_button(template: str) -> None:
    seen = mail(template)
    assert any('width="600"' in comment and comment.startswith("[if mso]>") for comment in seen.comments)
    cells = [cell for cell in seen.all("td") if "button" in cell.classes]
    assert [(cell.attributes["bgcolor"], cell.style("mso-padding-alt")) for cell in cells] == [("#a63d1b", "14px 24px")]
    assert "flex" not in seen.html
    assert "grid" not in seen.html


def test_the_button_is_big_enough_for_a_thumb() -> None:
    (button,) = mail().links_to(RECOVERY)
    assert (button.style("padding"), button.style("line-height"), button.style("display")) == ("14px 24px", "24px", "block")


def test_nothing_is_loaded_but_pictures_of_the_shop() -> None:
    seen = mail(shop=a_shop(logo_url="https://kubek.example/logo.png"))
    assert {picture.attributes["src"] for picture in seen.all("img")} == {PICTURE, "https://kubek.example/logo.png"}
    assert not [element.tag for element in seen.elements if element.tag in ("link", "script", "iframe", "object", "svg")]
    assert "url(" not in seen.html
    assert "@import" not in seen.html


def test_the_preheader_is_there_and_hidden() -> None:
    seen = mail(content=a_cart(an_item(title="Dzbanek")))
    assert "Dzbanek: wystarczy jedno" in seen.html
    assert "wystarczy jedno" not in shown(seen)


def test_one_letter_words_do_not_end_a_line() -> None:
    rendered = render_email("cart_discount", facts(voucher=a_voucher()))
    assert "w\u00a0Twoim imieniu i\u00a0wrócił" in html_of(rendered)


# What may be missing, odd or too much


@every_email
@every_locale
def test_markup_in_a_title_stays_text(template: str, locale: str) -> None:
    rendered = render_email(template, facts(locale=locale, content=a_cart(an_item(title='<script>alert("x")</script>'))))
    seen = Mail(html_of(rendered))
    assert not seen.all("script")
    assert not seen.unbalanced
    assert '<script>alert("x")</script>' in shown(seen)
    assert '- <script>alert("x")</script>' in rendered.text


def test_a_quote_in_a_title_does_not_leave_the_alt_text() -> None:
    (picture,) = mail(content=a_cart(an_item(title='" onerror="alert(1)'))).all("img")
    assert picture.attributes["alt"] == '" onerror="alert(1)'
    assert "onerror" not in picture.attributes


def test_a_title_of_400_characters_is_cut_at_a_word() -> None:
    content = a_cart(an_item(title="Kubek z uchem " * 29))
    assert "Kubek z uchem Kubek z uchem Kubek z uchem Kubek z uchem Kubek z uchem… " in shown(mail(content=content))
    assert len(text_of(content=content)) < 900


def test_a_word_of_400_letters_can_break() -> None:
    seen = mail(content=a_cart(an_item(title="X" * 400)))
    assert max(len(part) for words in seen.seen for part in words.text.replace("\u200b", " ").split()) < 60


@every_email
@every_locale
def test_line_ends_and_direction_marks_are_cleaned(template: str, locale: str) -> None:
    nasty = "Kubek\r\nBcc: all@example.com\x00\t\u202eabc"
    rendered = render_email(
        template,
        facts(
            locale=locale, first_name=nasty, shop=a_shop(name=nasty), content=a_cart(an_item(title=nasty)), voucher=a_voucher()
        ),
    )
    for part in (rendered.subject, rendered.text, html_of(rendered)):
        assert not set(part) & set("\r\x00\t\u202e")
    assert "\n" not in rendered.subject
    assert "Kubek Bcc: all@example.com abc" in rendered.text


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60), st.sampled_from(LOCALES))
def test_any_words_make_a_whole_mail(title: str, name: str, locale: str) -> None:
    rendered = render_email(
        "cart_reminder", facts(locale=locale, first_name=name, content=a_cart(an_item(title=title, quantity=2)))
    )
    seen = Mail(html_of(rendered))
    assert not seen.unbalanced
    assert len(seen.links_to(RECOVERY)) == 1
    assert rendered.subject.isprintable()
    html_of(rendered).encode()


def test_without_a_name_nobody_is_greeted_by_it() -> None:
    assert text_of(first_name=None).startswith("Dzień dobry!\n")
    assert text_of(first_name="Ania").startswith("Cześć, Ania!\n")
    assert text_of(first_name=None, locale="en").startswith("Hello,\n")


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "http://cdn.example/a.jpg",
        "javascript:alert(1)",
        "data:image/png;base64,AAAA",
        "https://",
        "https://[",
        "https://a.example/a b.jpg",
        "//cdn.example/a.jpg",
    ],
)
def test_only_https_pictures_are_shown_and_the_layout_holds_without(address: str | None) -> None:
    alone = mail(content=a_cart(an_item(image_url=address)))
    assert not alone.all("img")
    assert not alone.unbalanced
    among = mail(content=a_cart(an_item(image_url=address, title="łyżka"), an_item()))
    assert [picture.attributes["src"] for picture in among.all("img")] == [PICTURE]
    assert "Ł łyżka" in shown(among)


def test_a_picture_has_words_and_a_width() -> None:
    (picture,) = mail(content=a_cart(an_item(title="Kubek z uchem"))).all("img")
    assert (picture.attributes["alt"], picture.attributes["width"]) == ("Kubek z uchem", "72")


def test_quantities_and_prices() -> None:
    one = text_of(content=a_cart(an_item(unit_price=Decimal(1234))))
    assert "- Kubek: 1 234,00 zł\n" in one
    assert "szt." not in one
    many = a_cart(an_item(quantity=3))
    assert "- Kubek (3 szt. po 49,50 zł): 148,50 zł\n" in text_of(content=many)
    assert "- Kubek (3 × PLN 49.50): PLN 148.50\n" in text_of(content=many, locale="en")
    assert "Kubek 3 szt. po 49,50 zł 148,50 zł" in shown(mail(content=many))
    assert "Razem 1 234,50 zł" in shown(mail(content=many))


@pytest.mark.parametrize(
    ("content", "there", "not_there"),
    [
        (a_cart(an_item(unit_price=None, quantity=2)), ["- Kubek (2 szt.)\n", "Razem: 1 234,50 zł"], ["49,50"]),
        (a_cart(total=None), ["49,50 zł"], ["Razem"]),
        (a_cart(currency=None), ["- Kubek\n"], ["Razem", "49,50", "1 234"]),
        (a_cart(an_item(unit_price=Decimal(0))), ["- Kubek: 0,00 zł"], []),
        (a_cart(an_item(title=" \n")), ["- Produkt: 49,50 zł"], []),
        (CartContent(), [RECOVERY], ["Razem", "\n- "]),
    ],
    ids=["no price", "no total", "no currency", "for nothing", "no title", "no items"],
)
def test_what_is_not_known_is_left_out(content: CartContent, there: list[str], not_there: list[str]) -> None:
    for told in (text_of(content=content), text_of("cart_discount", content=content, voucher=a_voucher())):
        assert [part for part in there if part not in told] == []
        assert [part for part in not_there if part in told] == []
    seen = mail(content=content)
    assert not seen.unbalanced
    assert [part for part in not_there if part.strip("\n- ") and part in shown(seen)] == []


@pytest.mark.parametrize(
    ("count", "rest"),
    [
        (8, None),
        (9, "i jeszcze 1 produkt"),
        (10, "i jeszcze 2 produkty"),
        (13, "i jeszcze 5 produktów"),
        (50, "i jeszcze 42 produkty"),
    ],
)
def test_a_big_cart_shows_the_first_eight(count: int, rest: str | None) -> None:
    content = a_cart(*[an_item(title=f"Kubek nr {number}.") for number in range(1, count + 1)])
    for told in (text_of(content=content) + " ", shown(mail(content=content))):
        assert "Kubek nr 8." in told
        assert "Kubek nr 9." not in told
        assert f"{rest}\n" in told or f"{rest} " in told if rest else "i jeszcze" not in told


def test_english_counts_too() -> None:
    assert "and 42 more products" in shown(mail(locale="en", content=a_cart(*[an_item()] * 50)))
    assert "and 1 more product " in shown(mail(locale="en", content=a_cart(*[an_item()] * 9)))


@every_email
def test_fifty_products_with_long_names_are_not_clipped_by_gmail(template: str) -> None:
    item = an_item(title="Ż" * 400, quantity=99, image_url=f"https://cdn.example/{'x' * 1500}.jpg")
    rendered = render_email(
        template, facts(voucher=a_voucher(), content=a_cart(*[item] * 50), recovery_link=f"https://a.example/{'x' * 500}")
    )
    assert len(html_of(rendered).encode()) < 102 * 1024


# After an order, after a long silence, for a new subscriber


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
def test_an_order_that_earned_nothing_is_thanked_for_without_points(earned: int | None, balance: int | None) -> None:
    rendered = render_email("thank_you", facts(points_earned=earned, points_balance=balance))
    assert "punkt" not in rendered.text + html_of(rendered)


@pytest.mark.parametrize(("balance", "told"), [(480, "480 punktów"), (1, "1 punkt"), (0, None), (None, None)])
def test_the_win_back_tells_what_is_left_on_the_account(balance: int | None, told: str | None) -> None:
    text = text_of("win_back", points_balance=balance)
    assert (f"Wciąż masz u nas {told}." in text) if told else ("punkt" not in text)


def test_points_in_english() -> None:
    assert "earned you 1 point, which makes 1,480 in all." in text_of(
        "thank_you", locale="en", points_earned=1, points_balance=1480
    )


PROGRAMME: dict[str, Any] = {
    "currency": "PLN",
    "margin_percent": 30,
    "points": {"per_unit": "0.5", "worth": 0, "expire_after_months": 3},
    "tiers": [{"name": "Złoty", "by": "points", "reach": 2000, "within_months": 1, "points_factor": "1.25"}],
    "rewards": [{"name": "300", "spend": 300, "per": "month", "gives": {"amount": 20}}],
}


def test_the_invitation_tells_only_what_the_programme_has() -> None:
    text = text_of("programme_invitation", programme=PROGRAMME, tier="Złoty", points_balance=1)
    assert "Za każde 100 zł zakupów dostajesz 50 punktów. Punkty są ważne 3 miesiące." in text
    assert "Masz już 1 punkt i poziom Złoty." in text
    assert "Złoty: od 2 000 punktów zebranych w ciągu 1 miesiąca, a odtąd punkty razy 1,25." in text
    assert "20 zł za 300 zł wydane w miesiącu." in text


def test_the_invitation_tells_what_points_become_by_themselves() -> None:
    points = {"per_unit": "0.003", "exchange": {"points": 500, "gives": {"amount": 5}}}
    text = text_of("programme_invitation", locale="en", programme={**PROGRAMME, "points": points, "tiers": [], "rewards": []})
    assert "Every PLN 1,000 spent earns you 3 points, and each 500 points bring you a code with PLN 5." in text
    assert "better" not in text and "rewards" not in text and "already" not in text


@every_email
@every_locale
def test_products_lead_to_their_pages_unless_the_message_is_about_a_cart(template: str, locale: str) -> None:
    page, elsewhere = "https://kubek.example/kubek-żółty", "https://evil.example/"
    rendered = render_email(template, facts(locale=locale, content=a_cart(an_item(url=page), an_item(url=elsewhere))))
    links = {link.attributes.get("href") for link in Mail(html_of(rendered)).all("a")}
    encoded = "https://kubek.example/kubek-%C5%BC%C3%B3%C5%82ty"
    assert (encoded in links, encoded in rendered.text) == (template in LEADS_TO_PRODUCTS,) * 2
    assert elsewhere not in links


@every_email
@every_locale
def test_only_a_cart_s_message_says_that_a_cart_was_left(template: str, locale: str) -> None:
    rendered = render_email(template, facts(locale=locale, voucher=a_voucher()))
    told = (rendered.text + shown(Mail(html_of(rendered)))).lower()
    assert any(word in told for word in ("koszyk", "cart")) == template.startswith(("cart_", "high_value_", "regular_"))


@every_email
@every_locale
def test_html_and_text_are_written_in_the_same_sentences(template: str, locale: str) -> None:
    def sentences(suffix: str) -> dict[str, str]:
        source = (TEMPLATES / locale / f"{template}{suffix}").read_text("utf-8").replace("<br>", " ")
        blocks = re.findall(r"{% block (opening|because|why|button) %}(.*?){% endblock %}", source, re.DOTALL)
        return {name: " ".join(words.split()).rstrip(":") for name, words in blocks}

    assert len(sentences(".txt.j2")) == 3
    assert sentences(".html.j2") == sentences(".txt.j2")


@every_locale
def test_a_message_without_products_has_no_table_of_them(locale: str) -> None:
    rendered = render_email("thank_you", facts(locale=locale, content=CartContent()))
    assert not Mail(html_of(rendered)).all("img")
    assert "\n- " not in rendered.text


# The discount


def test_the_code_stands_alone_in_its_box_and_can_be_marked_at_once() -> None:
    seen = mail("cart_discount", voucher=a_voucher(minimum_total=Decimal(150), currency="PLN"))
    (box,) = [element for element in seen.all("p") if element.text == CODE]
    assert box.style("user-select") == "all"
    assert "Twój kod na 10%" in shown(seen)
    assert "Działa raz, do środy, 25 listopada, 14:00. Przy zakupach od 150,00 zł." in shown(seen)


def test_the_expiry_is_told_in_the_zone_of_the_shop() -> None:
    told = text_of("cart_discount", locale="en", voucher=a_voucher(), shop=a_shop(time_zone="Europe/London"))
    assert "until Wednesday 25 November, 13:00." in told


def test_a_minimum_is_told_even_when_no_currency_is_known() -> None:
    told = text_of("cart_discount", voucher=a_voucher(minimum_total=Decimal(150)), content=a_cart(currency=None))
    assert "Przy zakupach od 150,00." in told


def test_the_subject_of_the_discount_mail() -> None:
    assert render_email("cart_discount", facts(voucher=a_voucher(percent=15))).subject == "15% mniej za Twój koszyk"
    assert render_email("cart_discount", facts()).subject == "Twój koszyk wciąż tu jest"


LABELS = {
    ("pl", a_voucher()): "Twój kod na 10%",
    ("pl", an_amount()): "Twój kod na 20 zł",
    ("pl", an_amount("1234.5")): "Twój kod na 1 234,50 zł",
    ("pl", a_gift()): "Twój prezent: Kubek w kropki",
    ("en", a_voucher()): "Your code for 10% off",
    ("en", an_amount()): "Your code for PLN 20 off",
    ("en", an_amount("20.5", "EUR")): "Your code for €20.50 off",
    ("en", a_gift("Dotted mug")): "Your gift: Dotted mug",
}


@every_email
@pytest.mark.parametrize(("locale", "voucher"), LABELS, ids=LABELS.values())
def test_a_code_says_what_it_gives(template: str, locale: str, voucher: Voucher) -> None:
    label = LABELS[locale, voucher]
    assert f"{label} {CODE} " in shown(mail(template, locale=locale, voucher=voucher))
    told = text_of(template, locale=locale, voucher=voucher)
    assert f"\n{label}" in told
    assert "None" not in told


@every_locale
def test_a_gift_says_how_it_is_taken(locale: str) -> None:
    told = text_of("cart_discount", locale=locale, voucher=a_gift())
    how = {"pl": "Włóż prezent do koszyka i wpisz kod, a jedna sztuka", "en": "Put the gift in your cart and enter the code"}[
        locale
    ]
    assert how in told
    assert how not in text_of("cart_discount", locale=locale, voucher=a_voucher())


@every_email
@every_locale
def test_several_codes_have_each_a_box_of_their_own(template: str, locale: str) -> None:
    more = (an_amount(code="TUL3-HA7R-9XMC"), a_gift(code="FYKE-P4NW-D7JV"))
    for first, *rest in ((a_voucher(), *more), (None, *more)):
        codes = [voucher.code for voucher in (first, *rest) if voucher]
        seen = mail(template, locale=locale, voucher=first, more_vouchers=tuple(rest))
        assert not seen.unbalanced
        assert [element.text for element in seen.all("p") if element.style("user-select") == "all"] == codes
        text = text_of(template, locale=locale, voucher=first, more_vouchers=tuple(rest))
        assert [line.strip() for line in text.splitlines() if line.strip() in codes] == codes


SUBJECTS = {
    "cart_discount": ("20 zł mniej za Twój koszyk", "Prezent do Twojego koszyka"),
    "welcome": ("Witaj! Oto Twój kod na 20 zł", "Witaj! Mamy dla Ciebie prezent"),
    "welcome_reminder": ("Twój kod na 20 zł czeka", "Twój prezent czeka"),
    "win_back_offer": ("20 zł mniej na kolejne zakupy", "Prezent do kolejnych zakupów"),
}


@pytest.mark.parametrize("template", SUBJECTS)
def test_the_subject_says_what_the_code_gives(template: str) -> None:
    said = [render_email(template, facts(voucher=voucher)).subject.replace("\u00a0", " ") for voucher in (an_amount(), a_gift())]
    assert tuple(said) == SUBJECTS[template]


@every_email
@every_locale
def test_a_gift_is_called_what_it_is_and_nothing_more(template: str, locale: str) -> None:
    rendered = render_email(template, facts(locale=locale, voucher=a_gift('<b>Kubek</b> "7" ' + "x" * 200)))
    seen = Mail(html_of(rendered))
    assert not seen.unbalanced
    assert '<b>Kubek</b> "7"' in shown(seen)
    assert "x" * 70 not in rendered.text


def test_an_answer_is_only_invited_where_somebody_reads_it() -> None:
    assert "Odpisz" in text_of()
    assert "Odpisz" not in text_of(shop=a_shop(email={"sender": "Kubek <sklep@kubek.example>"}))


# SMS


@every_locale
@pytest.mark.parametrize("plain", [True, False])
def test_an_sms_says_who_what_where_and_how_to_stop(locale: str, plain: bool) -> None:
    rendered = render_sms("cart_sms", facts(locale=locale, shop=a_shop(sms={"plain_letters": plain})))
    assert (rendered.subject, rendered.html) == ("", None)
    assert rendered.text.startswith("Kubek i Spolka: " if plain else "Kubek i Spółka: ")
    assert f": {RECOVERY}\n" in rendered.text
    assert rendered.text.endswith(UNSUBSCRIBE)
    assert encoding(rendered.text) == ("GSM-7" if plain else "UCS-2")


@every_locale
def test_an_sms_takes_two_segments_with_the_longest_shop_name_and_long_links(locale: str) -> None:
    link = f"https://api.example/c/{'x' * 78}"
    rendered = render_sms("cart_sms", facts(locale=locale, shop=a_shop(name="Ż" * 60), recovery_link=link, unsubscribe_link=link))
    assert segments(rendered.text) <= 2
    assert rendered.segments == 2


@every_locale
def test_an_sms_can_carry_a_code(locale: str) -> None:
    rendered = render_sms(
        "cart_sms", facts(locale=locale, voucher=a_voucher(), shop=a_shop(sms={"plain_letters": False}, name="Mug & Co"))
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
    ],
)
def test_an_sms_says_what_its_code_gives(locale: str, voucher: Voucher, said: str) -> None:
    rendered = render_sms("cart_sms", facts(locale=locale, voucher=voucher))
    assert f". {said}: {CODE}: {RECOVERY}\n" in rendered.text
    assert encoding(rendered.text) == "GSM-7"


def test_a_price_does_not_make_an_sms_dear(edited: Callable[[str, str], Path]) -> None:
    templates = edited("en/cart_sms.sms.j2", "{{ shop.name }}: {{ items[0].price }}")
    shop = a_shop(name="Mug", sms={"plain_letters": False})
    rendered = render_sms("cart_sms", facts(locale="en", shop=shop), templates)
    assert (rendered.text, encoding(rendered.text)) == ("Mug: PLN 49.50", "GSM-7")


# Mistakes in templates


@pytest.fixture
def edited(tmp_path: Path) -> Callable[[str, str], Path]:
    def edit(file: str, content: str) -> Path:
        shutil.copytree(TEMPLATES, tmp_path / "templates")
        (tmp_path / "templates" / file).write_text(content, "utf-8")
        return tmp_path / "templates"

    return edit


GOOD_TEXT = (
    '{% extends "layout/pl.txt.j2" %}{% block subject %}A{% endblock %}{% block preheader %}{% endblock %}'
    "{% block opening %}{% endblock %}{% block button %}{% endblock %}{% block because %}{% endblock %}"
)


@pytest.mark.parametrize(
    ("file", "content", "line", "told"),
    [
        (
            "pl/cart_reminder.html.j2",
            '{% extends "layout/pl.html.j2" %}\n{% block heading %}\n{{ firstname }}\n{% endblock %}',
            3,
            "first_name",
        ),
        ("pl/cart_reminder.html.j2", '{% extends "layout/pl.html.j2" %}\n\n{% block heading %}Hej', 3, "block"),
        (
            "pl/cart_reminder.html.j2",
            '{% extends "layout/pl.html.j2" %}\n{% block heading %}{{ more | plurall }}{% endblock %}',
            2,
            "plurall",
        ),
        ("pl/cart_reminder.html.j2", '\n{% extends "layout/de.html.j2" %}', 2, "layout/de.html.j2"),
        ("pl/cart_reminder.html.j2", '{% extends "layout/pl.html.j2" %}', None, "heading"),
        (
            "pl/cart_reminder.html.j2",
            '{% extends "layout/pl.html.j2" %}\n{% block heading %}{{ total + 1 }}{% endblock %}',
            2,
            "TypeError",
        ),
        (
            "pl/cart_reminder.txt.j2",
            '{% extends "layout/pl.txt.j2" %}\n{% block subject %}\n{{ shop.nmae }}{% endblock %}',
            3,
            "nmae",
        ),
        ("pl/cart_reminder.txt.j2", '{% extends "layout/pl.txt.j2" %}', None, "subject"),
        ("layout/pl.html.j2", "\n\n{% if %}", 3, "Expected an expression"),
        ("layout/pl.html.j2", '{% extends "layout/mail.html.j2" %}\n{% block greeting %}{{ nobody }}{% endblock %}', 2, "nobody"),
    ],
)
def test_a_mistake_names_file_line_and_what_to_do(
    edited: Callable[[str, str], Path], file: str, content: str, line: int | None, told: str
) -> None:
    with pytest.raises(TemplateError) as caught:
        render_email("cart_reminder", facts(), edited(file, content))
    assert (caught.value.file, caught.value.line) == (file, line)
    assert str(caught.value).startswith(f"{file}, line {line}: " if line else f"{file}: ")
    assert told in str(caught.value)
    assert caught.value.fix in str(caught.value)


def test_a_mistake_never_quotes_what_it_choked_on(edited: Callable[[str, str], Path]) -> None:
    templates = edited("pl/cart_sms.sms.j2", '{{ {"a": 1}.pop(first_name) }}')
    with pytest.raises(TemplateError) as caught:
        render_sms("cart_sms", facts(first_name="Kunegunda"), templates)
    assert "Kunegunda" not in str(caught.value)


def test_a_missing_template_names_those_that_exist() -> None:
    with pytest.raises(TemplateError, match=r"^pl/nope\.txt\.j2: .*cart_discount, cart_reminder"):
        render_email("nope", facts())
    with pytest.raises(TemplateError, match=r"^en/cart_reminder\.sms\.j2: .*cart_sms"):
        render_sms("cart_reminder", facts(locale="en"))


def test_a_template_missing_in_one_language_is_found(edited: Callable[[str, str], Path]) -> None:
    templates = edited("pl/last_call.txt.j2", GOOD_TEXT)
    assert missing_files("last_call", "email", "pl", templates) == ["pl/last_call.html.j2"]
    assert missing_files("last_call", "email", "en", templates) == ["en/last_call.txt.j2", "en/last_call.html.j2"]


def test_a_file_that_an_editor_saved_in_another_encoding_is_named(edited: Callable[[str, str], Path]) -> None:
    templates = edited("pl/cart_reminder.txt.j2", GOOD_TEXT)
    (templates / "pl/cart_reminder.txt.j2").write_bytes("{# łyżka #}".encode("cp1250"))
    with pytest.raises(TemplateError, match=r"^pl/cart_reminder\.txt\.j2: .*UTF-8"):
        render_email("cart_reminder", facts(), templates)


def test_a_byte_order_mark_is_not_sent(edited: Callable[[str, str], Path]) -> None:
    templates = edited("pl/cart_reminder.txt.j2", "\ufeff" + GOOD_TEXT)
    assert render_email("cart_reminder", facts(), templates).text.startswith("Cześć")


def test_a_subject_that_a_marketer_wrote_on_two_lines_is_one(edited: Callable[[str, str], Path]) -> None:
    templates = edited("pl/cart_reminder.txt.j2", GOOD_TEXT.replace("}A{", "}\n  Twój koszyk\n  czeka\n{"))
    assert render_email("cart_reminder", facts(), templates).subject == "Twój koszyk czeka"


def test_only_rendering_imports_jinja2() -> None:
    sources = Path(sys.modules["wracaj"].__path__[0]).rglob("*.py")
    assert [source.name for source in sources if "import jinja2" in source.read_text("utf-8")] == ["rendering.py"]
