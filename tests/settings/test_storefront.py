"""What a shop writes of the script in its pages."""

from typing import Any

import pytest

from support.builders import some_settings
from support.page_carts import STOREFRONT
from wracaj.errors import SettingsError
from wracaj.settings.storefront import ConsentWords, StorefrontSettings
from wracaj.storefront.origins import origin_is_of


def test_it_is_off_as_it_comes() -> None:
    assert some_settings().storefront is None
    assert not some_settings(storefront={}).storefront.typed_emails  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("changes", "key", "words"),
    [
        ({"consent": {}}, "storefront", "typed_emails needs `consent`"),
        ({"consent": {"pl": "Tak"}}, "storefront.consent.pl", ""),
        (
            {"consent": {"de": "Erinnern Sie mich an diesen Warenkorb."}},
            "storefront.consent.de",
            "",
        ),
        ({"origins": ["https://kubek.example/"]}, "storefront.origins, entry 1", "without a path"),
        ({"origins": ["kubek.example"]}, "storefront.origins, entry 1", "is no origin"),
        ({"origins": ["*"]}, "storefront.origins, entry 1", "is no origin"),
        ({"basket_url": "https://zly.example/k"}, "storefront.basket_url", "recovery_hosts"),
        ({"restore": "shoper"}, "storefront.restore", ""),
        ({"typed_email": True}, "storefront.typed_email", "did you mean"),
    ],
)
def test_a_mistake_is_named_with_its_key(changes: dict[str, Any], key: str, words: str) -> None:
    with pytest.raises(SettingsError) as refused:
        some_settings(storefront=STOREFRONT | changes)
    problems = dict(refused.value.problems)
    assert words in problems[key], problems
    assert "pydantic" not in problems[key] and "Input should" not in problems[key]


def test_words_are_the_same_wherever_a_page_breaks_its_lines() -> None:
    own = StorefrontSettings(consent=ConsentWords(pl="Przypomnijcie mi e-mailem o tym koszyku."))
    assert own.has_wording("  Przypomnijcie mi\n e-mailem o\u00a0tym  koszyku. ")
    assert not own.has_wording("Przypomnijcie mi e-mailem o tym koszyku")


@pytest.mark.parametrize(
    ("origin", "is_own"),
    [
        ("https://kubek.example", True),
        ("https://www.kubek.example", False),
        ("http://kubek.example", False),
        ("https://kubek.example.zly.example", False),
        ("null", False),
        ("", False),
    ],
)
def test_without_origins_the_pages_are_those_of_the_recovery_hosts(
    origin: str, is_own: bool
) -> None:
    assert origin_is_of(some_settings(), origin) is is_own
    assert origin_is_of(some_settings(storefront={}), origin) is is_own


def test_named_origins_are_the_only_ones() -> None:
    shop = some_settings(storefront={"origins": ["https://www.kubek.example:8443"]})
    assert origin_is_of(shop, "https://www.kubek.example:8443")
    assert not origin_is_of(shop, "https://kubek.example")
