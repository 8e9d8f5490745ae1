"""When a consent box is a decision, and of which address."""

from typing import Any

import pytest

from support.woocommerce_plugin import needs_php, php

pytestmark = needs_php
PLAY = """
$consent = []; $at = 100;
foreach ($given as [$ticked, $email]) {
    $consent = Consent::after($consent, $ticked, $email, 'Zgoda', 'checkout', (float) $at++);
}
return $consent ?: null;
"""
ALA, OLA = "ala@poczta.example", "ola@poczta.example"


@pytest.mark.parametrize(
    ("seen", "stands"),
    [
        ([(False, ALA)], None),
        ([(True, ALA)], ("subscribed", ALA, 100)),
        ([(True, ALA), (True, ALA), (True, "ALA@poczta.example")], ("subscribed", ALA, 100)),
        ([(True, ALA), (False, ALA)], ("unsubscribed", ALA, 101)),
        ([(True, ALA), (False, ALA), (False, ALA)], ("unsubscribed", ALA, 101)),
        ([(True, ALA), (False, ALA), (True, ALA)], ("subscribed", ALA, 102)),
        ([(True, ALA), (True, OLA)], ("subscribed", OLA, 101)),
        # the box was for Ala's address: only hers is withdrawn, and Ola's was never given
        ([(True, ALA), (False, OLA)], ("unsubscribed", ALA, 101)),
    ],
)
def test_only_a_change_is_a_decision(seen: Any, stands: tuple[str, str, int] | None) -> None:
    consent = php(PLAY, seen)
    found = None if consent is None else (consent["state"], consent["email"], consent["at"])
    assert found == stands


def test_a_consent_is_told_for_its_own_address_only() -> None:
    code = """
    $consent = Consent::after([], true, 'ala@poczta.example', 'Zgoda', 'checkout', 100.0);
    return [Consent::told($consent, 'ola@poczta.example'), Consent::told([], 'ala@poczta.example'),
        Consent::told($consent, 'ALA@poczta.example')];
    """
    other, none, own = php(code)
    assert (other, none) == (None, None)
    assert own == {
        "email": {
            "state": "subscribed",
            "updated_at": "1970-01-01T00:01:40.000Z",
            "source": "checkout",
        }
    }


def test_words_of_the_shops_own_are_those_of_the_pages_language() -> None:
    """WPML and Polylang filter the option, once they know the language."""
    code = """
    function get_option($name) { return $name === 'blogname' ? 'Kubek' : $GLOBALS['option']; }
    function wp_specialchars_decode($text) { return $text; }
    $GLOBALS['option'] = ['consent_words' => 'Zgadzam się na e-maile od {shop}'];
    $settings = new Settings();
    $GLOBALS['option'] = ['consent_words' => 'I agree to e-mails from {shop}'];
    return [$settings->consentWords(), $settings->ownWords()];
    """
    assert php(code) == ["I agree to e-mails from Kubek", "Zgadzam się na e-maile od {shop}"]
