"""The section `shoper`: what is refused, and in which words."""

from typing import Any

import pytest

from support.webhook_bodies import settings_of
from wracaj.errors import SettingsError


def problem(**section: Any) -> tuple[str, str]:
    with pytest.raises(SettingsError) as refused:
        settings_of("shoper", shoper=section)
    return refused.value.problems[0]


@pytest.mark.parametrize(
    ("section", "key", "said"),
    [
        ({"currencies": {"PLN": "PLN"}}, "shoper.currencies", "'PLN' is no currency_id"),
        ({"currencies": {"1": "zł"}}, "shoper.currencies.1", "three capital letters"),
        ({"consent_fields": {"email": "zgoda"}}, "shoper.consent_fields.email", "field_id"),
        ({"consent_fields": {"mail": "2"}}, "shoper.consent_fields.mail", "did you mean `email`"),
        ({"api_url": "sklep.example"}, "shoper.api_url", "must begin with https://"),
    ],
)
def test_a_wrong_value_is_refused_in_words(section: Any, key: str, said: str) -> None:
    place, what = problem(**section)
    assert place == key
    assert said in what


def test_the_api_is_at_the_shop_s_url_unless_another_is_named() -> None:
    assert settings_of("shoper").shoper_api == "https://kubek.example/webapi/rest"
    elsewhere = {"api_url": "https://sklep1.example/"}
    assert (
        settings_of("shoper", shoper=elsewhere).shoper_api == "https://sklep1.example/webapi/rest"
    )
