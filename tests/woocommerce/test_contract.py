"""What the plugin signs and writes in PHP is what our generic platform verifies and reads."""

from datetime import timedelta
from typing import Any

import pytest

from support.webhook_bodies import GENERIC_SECRET, a_request, settings_of
from support.woocommerce_plugin import needs_php, php
from wracaj.clock import real_now
from wracaj.consent.channel import Channel
from wracaj.consent.consent import ConsentState
from wracaj.errors import SignatureError
from wracaj.events import CartUpdated
from wracaj.platforms.generic import standard_webhooks
from wracaj.platforms.generic import webhooks as generic
from wracaj_cli.shops.plugin_key import key_line

pytestmark = needs_php
KEY = key_line("https://api.example/webhooks/generic/kubek", "kubek", GENERIC_SECRET)
SIGN = """
$key = Key::read($given['key']);
return Signature::headers($key, 'msg_1', $given['body'], $given['time'] ?? time());
"""
VERIFY = """
$h = $given['headers'];
return Signature::fits(Key::read($given['key']), $h['webhook-id'], $h['webhook-timestamp'],
    $h['webhook-signature'], $given['body'], time());
"""


def signed(body: str, **given: Any) -> dict[str, str]:
    return dict(php(SIGN, {"key": KEY, "body": body, **given}))


@pytest.mark.parametrize("body", ["{}", "zażółć gęślą jaźń 🛒", '{"a": "x\\ny"}'])
def test_our_platform_accepts_the_plugins_signature(body: str) -> None:
    generic.verify(a_request(body.encode(), signed(body), real_now()), [GENERIC_SECRET])


def test_our_platform_refuses_it_for_another_body_and_after_five_minutes() -> None:
    headers = signed("{}")
    with pytest.raises(SignatureError):
        generic.verify(a_request(b"{ }", headers, real_now()), [GENERIC_SECRET])
    late = real_now() + timedelta(minutes=6)
    with pytest.raises(SignatureError, match="5 minutes"):
        generic.verify(a_request(b"{}", headers, late), [GENERIC_SECRET])


def test_the_plugin_accepts_our_signature_and_no_other() -> None:
    ours = standard_webhooks.sign("msg_2", b"{}", GENERIC_SECRET, real_now())
    old = standard_webhooks.sign("msg_2", b"{}", GENERIC_SECRET, real_now() - timedelta(minutes=6))
    other = standard_webhooks.sign("msg_2", b"{}", "whsec_" + "A" * 44, real_now())
    both = ours | {"webhook-signature": f"v1,AAAA {ours['webhook-signature']}"}
    empty = ours | {"webhook-signature": ""}
    told = [
        php(VERIFY, {"key": KEY, "body": body, "headers": headers})
        for body, headers in (
            ("{}", ours),
            ("{}", both),
            ("{ }", ours),
            ("{}", old),
            ("{}", other),
            ("{}", empty),
        )
    ]
    assert told == [True, True, False, False, False, False]


def test_a_body_of_the_outbox_is_read_without_a_warning() -> None:
    """With Polish letters, a broken byte and an emoji in a title."""
    (row,) = php(
        """
        global $wpdb;
        (new Outbox())->add('checkout.updated', [
            'cart_id' => '8f1c0d5e-6a3b-4f0e-9d1c-2b7a5e4c3d21',
            'customer' => ['id' => null, 'email' => 'ala@poczta.example',
                'locale' => Fields::locale('pl_PL')],
            'consent' => Consent::told(Consent::after([], true, 'Ala@poczta.example', 'Zgoda',
                'checkout', 1e9),
                'ala@Poczta.example'),
            'currency' => 'PLN', 'total' => '199.00',
            'items' => [['product_id' => '7', 'title' => "Żółw 🐢 \\xC3",
                'quantity' => Fields::quantity(0.5),
                'unit_price' => '199.00']],
            'updated_at' => Clock::iso(1e9 + 0.25),
        ], 1e9 + 0.25, 'cart:1', 'ala@poczta.example');
        return $wpdb->rows;
        """
    )
    assert row["body"].isascii() and "poczta" not in row["person"]
    read = generic.parse(a_request(row["body"].encode()), settings_of("generic"))
    assert read.warnings == ()
    (cart,) = read.told  # type: ignore[misc]
    assert isinstance(cart, CartUpdated) and cart.content is not None
    assert cart.content.items[0].title.startswith("Żółw 🐢")
    assert cart.consent[Channel.EMAIL].state is ConsentState.SUBSCRIBED
    assert (cart.at.timestamp(), cart.contact.locale) == (1e9 + 0.25, "pl-PL")


def test_the_plugin_reads_the_key_that_the_command_prints() -> None:
    read = php("return Key::read($given);", f" “{KEY[:20]}\n {KEY[20:]}\t".replace("“", '"'))
    assert read == {
        "webhook": "https://api.example/webhooks/generic/kubek",
        "shop": "kubek",
        "secret": GENERIC_SECRET,
        "clock": None,
    }


@pytest.mark.parametrize(
    ("webhook", "reads"),
    [
        ("https://api.example/w", True),
        ("http://127.0.0.1:4566/w", True),
        ("http://abc.localhost:4566/w", True),
        ("http://api.example/w", False),
        ("http://127.0.0.1.evil.example/w", False),
        ("ftp://api.example/w", False),
        ("https://", False),
    ],
)
def test_an_address_is_https_or_on_this_machine(webhook: str, reads: bool) -> None:
    code = "try { Key::read($given); return true; } catch (KeyError $e) { return false; }"
    assert php(code, key_line(webhook, "kubek", GENERIC_SECRET)) is reads


def test_events_follow_the_clock_of_a_wracaj_on_this_machine() -> None:
    """Sixty times faster, and already a day ahead."""
    real = real_now().timestamp()
    clock = {"real": real, "shows": real + 86400, "speed": 60.0}
    code = """
    Clock::follow(Key::read($given)->clock);
    $now = microtime(true);
    $inAMinute = Clock::shown($now + 60) - Clock::shown($now);
    return [Clock::now() - $now, Clock::real(Clock::shown(1e9)), $inAMinute];
    """
    here = key_line("http://127.0.0.1:4566/w", "kubek", GENERIC_SECRET, clock)
    ahead, back, in_a_minute = php(code, here)
    assert 86400 <= ahead < 86400 + 60 * 60 and round(back) == 1e9 and round(in_a_minute) == 3600
    elsewhere = key_line("https://api.example/w", "kubek", GENERIC_SECRET, clock)
    ahead, _, in_a_minute = php(code, elsewhere)
    assert abs(ahead) < 60 and round(in_a_minute) == 60


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        (" ala@poczta.example ", "ala@poczta.example"),
        ("ala@sklep.xn--p1ai", "ala@sklep.xn--p1ai"),
        ("ala@poczta.p", ""),  # still being typed
        ("ala@127.0.0.12", ""),
        ("ala@", ""),
        ("", ""),
    ],
)
def test_only_a_whole_address_is_taken(typed: str, taken: str) -> None:
    assert php("return Fields::email($given);", typed) == taken
