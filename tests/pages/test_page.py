import re

import pytest

from preferences.visit import problem
from shopper_link.pages import Page, page
from support.builders import some_settings
from wracaj.pages.layout import html_page
from wracaj.settings.shop import ShopSettings

SHOP = some_settings(
    name="Kubek & Spółka",
    url="https://kubek.example",
    postal_address="ul. Polna 1,\n00-001 Warszawa",
)
WITH_LOGO = SHOP.model_copy(update={"logo_url": "https://cdn.kubek.example/logo.png?v=1&w=2"})


def body_of(
    shop: ShopSettings | None,
    title: str = "Rezygnujesz z wiadomości?",
    inside: str = "<p>Ani e-maili, i w ogóle.</p>",
) -> str:
    return str(html_page(title, inside, "pl", shop=shop)["body"])


def above_heading(body: str) -> str:
    return body.partition("<main>")[2].partition("<h1>")[0]


def test_a_page_carries_the_shops_name_on_top_and_its_address_below() -> None:
    body = body_of(SHOP)
    assert '<a href="https://kubek.example">Kubek &amp; Spółka</a>' in above_heading(body)
    assert "ul. Polna 1, 00-001 Warszawa" in body.partition("<footer>")[2]


def test_a_page_carries_the_logo_instead_and_allows_no_other_pictures_host() -> None:
    response = html_page("Gotowe", "", "pl", shop=WITH_LOGO)
    assert (
        'src="https://cdn.kubek.example/logo.png?v=1&amp;w=2" alt="Kubek &amp; Spółka"'
        in above_heading(response["body"])
    )
    assert "; img-src https://cdn.kubek.example" in response["headers"]["content-security-policy"]
    assert (
        "img-src"
        not in html_page("Gotowe", "", "pl", shop=SHOP)["headers"]["content-security-policy"]
    )


@pytest.mark.parametrize("which", list(Page))
def test_every_page_behind_a_link_names_the_shop_where_it_is_known(which: Page) -> None:
    assert "Kubek &amp; Spółka" in above_heading(page(which, 200, "pl", SHOP)["body"])


def test_a_problem_of_nobodys_link_has_no_name_on_top() -> None:
    assert above_heading(problem("not_ours", 404, "pl")["body"]).strip() == ""


def test_short_words_and_e_mails_do_not_part_at_the_end_of_a_line() -> None:
    body = body_of(SHOP)
    assert "<h1>Rezygnujesz z\u00a0wiadomości?</h1>" in body
    assert "<title>Rezygnujesz z wiadomości?</title>" in body
    assert "<p>Ani e\u2011maili, i\u00a0w\u00a0ogóle.</p>" in body


@pytest.mark.parametrize("lang", ["pl", "en"])
@pytest.mark.parametrize("which", list(Page))
def test_no_page_leaves_a_word_of_one_letter_before_a_space(which: Page, lang: str) -> None:
    shown = re.sub(
        r"<style>.*?</style>|<title>.*?</title>|<[^>]+>",
        " ",
        page(which, 200, lang, SHOP)["body"],
        flags=re.DOTALL,
    )
    assert re.findall(r"(?<!\S)[aiouwz] \w+|\be-mail\w*", shown) == []
