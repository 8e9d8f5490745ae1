"""What every mail has, and how it shows values that are missing, odd or too long."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.mail_reading import Mail
from support.mails import (
    CODE,
    EMAILS,
    PICTURE,
    RECOVERY,
    UNSUBSCRIBE,
    a_cart,
    a_gift,
    a_shop,
    a_voucher,
    an_amount,
    an_item,
    every_email,
    every_locale,
    facts,
    html_of,
    mail,
    shown,
    text_of,
)
from wracaj.discounts.code import DiscountCode
from wracaj.events import CartContent
from wracaj.language import LOCALES
from wracaj.messages.rendering import render_email
from wracaj.messages.template_files import missing_files, template_names

# What every mail has


def test_every_template_exists_in_both_languages() -> None:
    assert template_names("pl") == template_names("en")
    assert {
        "cart_reminder": "email",
        "cart_discount": "email",
        "cart_sms": "sms",
    }.items() <= template_names("pl").items()
    assert not [
        file
        for name, channel in template_names("pl").items()
        for file in missing_files(name, channel)
    ]


@every_email
@every_locale
@pytest.mark.parametrize(
    "voucher",
    [None, a_voucher(), an_amount(), a_gift()],
    ids=["no code", "percent", "amount", "gift"],
)
def test_a_mail_is_whole(template: str, locale: str, voucher: DiscountCode | None) -> None:
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
def test_our_own_links_but_the_way_back_never_lead_through_amazon(template: str) -> None:
    """Where a shop has opens and clicks tracked, SES rewrites every link that does not say
    otherwise."""
    ours = [
        link
        for link in mail(template).all("a")
        if link.attributes["href"].startswith("https://api.example/")
    ]
    others = [link for link in ours if link.attributes["href"] != RECOVERY]
    assert others and all("ses:no-track" in link.attributes for link in others)


@every_email
@every_locale
@pytest.mark.parametrize(
    "voucher",
    [None, a_voucher(), an_amount(), a_gift()],
    ids=["no code", "percent", "amount", "gift"],
)
def test_the_text_part_says_the_same(
    template: str, locale: str, voucher: DiscountCode | None
) -> None:
    text = text_of(template, locale=locale, voucher=voucher)
    for needed in (
        RECOVERY,
        UNSUBSCRIBE,
        "Ani",
        "- Kubek: ",
        "Kubek i Spółka",
        "ul. Gliniana 7, 31-042 Kraków",
    ):
        assert needed in text
    assert (CODE in text) == bool(voucher)
    assert "<" not in text
    assert "&amp;" not in text
    assert "\n\n\n" not in text


@every_email
@every_locale
def test_without_a_code_no_discount_is_promised(template: str, locale: str) -> None:
    rendered = render_email(template, facts(locale=locale))
    told = (rendered.subject + rendered.text + shown(Mail(html_of(rendered)))).replace(
        "\u00a0", " "
    )
    told = told.replace("dostaniesz kod na 25 zł: to nagroda", "")  # what a next order earns
    assert not [word for word in ("%", "rabat", "discount", "code", "kod ") if word in told.lower()]


@every_locale
@pytest.mark.parametrize("voucher", [None, a_voucher()], ids=["without code", "with code"])
def test_no_two_mails_say_the_same(locale: str, voucher: DiscountCode | None) -> None:
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
    poor = [
        (words.text, dark)
        for words in seen.seen
        for dark in (False, True)
        if seen.contrast(words, dark=dark) < 4.5
    ]
    assert not poor


@every_email
def test_every_class_for_dark_mode_is_used_and_every_colour_has_one(template: str) -> None:
    seen = mail(
        template, voucher=a_voucher(), shop=a_shop(logo_url="https://kubek.example/logo.png")
    )
    used = {name for element in seen.elements for name in element.classes}
    assert set(seen.dark) <= used
    for element in seen.elements:
        if element.style("background-color") not in (None, "#ffffff") or "card" in element.classes:
            assert {"page", "card", "tint", "button"} & set(element.classes), element
    assert [
        meta.attributes["content"]
        for meta in seen.all("meta")
        if meta.attributes.get("name") == "color-scheme"
    ] == ["light dark"]


@every_email
def test_every_table_is_for_layout_and_knows_its_width(template: str) -> None:
    tables = mail(
        template, voucher=a_voucher(), content=a_cart(an_item(), an_item(image_url=None))
    ).all("table")
    assert tables
    assert not [
        table
        for table in tables
        if table.attributes.get("role") != "presentation" or "width" not in table.attributes
    ]


@every_email
def test_outlook_gets_a_column_of_600_px_and_a_padded_button(template: str) -> None:
    seen = mail(template)
    assert any(
        'width="600"' in comment and comment.startswith("[if mso]>") for comment in seen.comments
    )
    cells = [cell for cell in seen.all("td") if "button" in cell.classes]
    assert [(cell.attributes["bgcolor"], cell.style("mso-padding-alt")) for cell in cells] == [
        ("#a63d1b", "14px 24px")
    ]
    assert "flex" not in seen.html
    assert "grid" not in seen.html


def test_the_button_is_big_enough_for_a_thumb() -> None:
    (button,) = mail().links_to(RECOVERY)
    assert (button.style("padding"), button.style("line-height"), button.style("display")) == (
        "14px 24px",
        "24px",
        "block",
    )


def test_nothing_is_loaded_but_pictures_of_the_shop() -> None:
    seen = mail(shop=a_shop(logo_url="https://kubek.example/logo.png"))
    assert {picture.attributes["src"] for picture in seen.all("img")} == {
        PICTURE,
        "https://kubek.example/logo.png",
    }
    assert not [
        element.tag
        for element in seen.elements
        if element.tag in ("link", "script", "iframe", "object", "svg")
    ]
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
    rendered = render_email(
        template, facts(locale=locale, content=a_cart(an_item(title='<script>alert("x")</script>')))
    )
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
    assert "Kubek z uchem Kubek z uchem Kubek z uchem Kubek z uchem Kubek z uchem… " in shown(
        mail(content=content)
    )
    assert len(text_of(content=content)) < 900


def test_a_word_of_400_letters_can_break() -> None:
    seen = mail(content=a_cart(an_item(title="X" * 400)))
    assert (
        max(len(part) for words in seen.seen for part in words.text.replace("\u200b", " ").split())
        < 60
    )


@every_email
@every_locale
def test_line_ends_and_direction_marks_are_cleaned(template: str, locale: str) -> None:
    nasty = "Kubek\r\nBcc: all@example.com\x00\t\u202eabc"
    rendered = render_email(
        template,
        facts(
            locale=locale,
            first_name=nasty,
            shop=a_shop(name=nasty),
            content=a_cart(an_item(title=nasty)),
            voucher=a_voucher(),
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
        "cart_reminder",
        facts(locale=locale, first_name=name, content=a_cart(an_item(title=title, quantity=2))),
    )
    seen = Mail(html_of(rendered))
    assert not seen.unbalanced
    assert len(seen.links_to(RECOVERY)) == 1
    assert rendered.subject.isprintable()
    html_of(rendered).encode()


def test_without_a_name_nobody_is_greeted_by_it() -> None:
    assert text_of(first_name=None).startswith("Dzień dobry!\n")
    assert text_of(first_name="Ania").startswith("Cześć, Aniu!\n")
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


def test_what_is_sold_by_weight_is_written_as_a_person_writes_it() -> None:
    tea = a_cart(an_item(quantity=Decimal("0.50"), unit_price=Decimal("49.90")))
    assert "- Kubek (0,5 × 49,90 zł): 24,95 zł\n" in text_of(content=tea)
    assert "- Kubek (0.5 × PLN 49.90): PLN 24.95\n" in text_of(content=tea, locale="en")
    assert "Kubek 0,5 × 49,90 zł 24,95 zł" in shown(mail(content=tea))
    priceless = a_cart(an_item(quantity=Decimal("1.25"), unit_price=None))
    assert "- Kubek (1,25)\n" in text_of(content=priceless)
    assert "- Kubek (1.25)\n" in text_of(content=priceless, locale="en")


def test_a_cart_that_costs_nothing_says_so() -> None:
    free = a_cart(an_item(unit_price=Decimal(0)), total=Decimal("0.00"))
    assert "Razem: 0,00 zł" in text_of(content=free)
    assert "0,00 zł" in shown(mail(content=free))


@pytest.mark.parametrize(
    ("content", "there", "not_there"),
    [
        (
            a_cart(an_item(unit_price=None, quantity=2)),
            ["- Kubek (2 szt.)\n", "Razem: 1 234,50 zł"],
            ["49,50"],
        ),
        (a_cart(total=None), ["49,50 zł"], ["Razem"]),
        (a_cart(currency=None), ["- Kubek\n"], ["Razem", "49,50", "1 234"]),
        (a_cart(an_item(unit_price=Decimal(0))), ["- Kubek: 0,00 zł"], []),
        (a_cart(an_item(title=" \n")), ["- Produkt: 49,50 zł"], []),
        (CartContent(), [RECOVERY], ["Razem", "\n- "]),
    ],
    ids=["no price", "no total", "no currency", "for nothing", "no title", "no items"],
)
def test_what_is_not_known_is_left_out(
    content: CartContent, there: list[str], not_there: list[str]
) -> None:
    for told in (
        text_of(content=content),
        text_of("cart_discount", content=content, voucher=a_voucher()),
    ):
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
        template,
        facts(
            voucher=a_voucher(),
            content=a_cart(*[item] * 50),
            recovery_link=f"https://a.example/{'x' * 500}",
        ),
    )
    assert len(html_of(rendered).encode()) < 102 * 1024
