"""Codes that Wracaj asks for, signed by the generic platform's own code, become coupons."""

import json
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from shopping import a_product, add, type_address
from site_here import Site, Visitor
from wracaj_here import SECRET, WracajHere

from support.webhook_bodies import a_shop
from wracaj.clock import real_now
from wracaj.discounts.code import DiscountCode, DiscountTerms, mint
from wracaj.errors import DiscountError
from wracaj.platforms.generic import discounts, standard_webhooks
from wracaj_cli.shops.plugin_key import key_line

TERMS = [
    DiscountTerms(percent=10),
    DiscountTerms(amount=Decimal("20.00"), currency="PLN"),
]


def ask(site: Site, voucher: DiscountCode, cart_id: str = "", secret: str = SECRET) -> None:
    """Ask for a code with Wracaj's own code, which raises DiscountError where the shop refuses."""
    shop = a_shop(
        "generic",
        secret,
        generic={"discount_url": f"{site.address}/?rest_route=/wracaj/v1/discount"},
    )
    discounts.create(shop, voucher, cart_id)


def a_code(worth: DiscountTerms, minimum: str | None = None, days: int = 3) -> DiscountCode:
    now = datetime.now(UTC) - timedelta(seconds=5)
    total = None if minimum is None else Decimal(minimum)
    return mint(worth, now, now + timedelta(days=days), total, "PLN")


def coupon(site: Site, code: str) -> dict[str, Any]:
    return dict(
        site.php(
            f"$c = new WC_Coupon('{code}'); $all = []; foreach (['code',"
            f" 'discount_type', 'amount', 'usage_limit',"
            " 'individual_use', 'date_expires', 'minimum_amount', 'free_shipping', 'product_ids',"
            " 'limit_usage_to_x_items'] as $name) { $all[$name] = $c->{'get_' ."
            " $name}(); } return $all;"
        )
    )


@pytest.mark.parametrize("worth", TERMS, ids=["percent", "amount"])
def test_a_code_becomes_a_coupon_for_one_use_until_its_end(
    site: Site, wracaj: WracajHere, worth: DiscountTerms
) -> None:
    voucher = a_code(worth, "100.00")
    ask(site, voucher)
    made = coupon(site, voucher.code)
    kind = "percent" if worth.percent else "fixed_cart"
    assert (made["code"], made["discount_type"]) == (voucher.code.lower(), kind)
    assert float(made["amount"]) == float(worth.percent or worth.amount or 0)
    assert (made["usage_limit"], made["individual_use"], made["minimum_amount"]) == (
        1,
        True,
        "100.00",
    )
    assert made["date_expires"] == int(voucher.expires_at.timestamp())


def test_a_code_counts_at_once_where_a_local_wracaj_skipped_time_since_its_key(
    site: Site, wracaj: WracajHere
) -> None:
    """The key says how a local stack's clock ran; `wracaj local skip` came later."""
    clock = {"real": time.time(), "shows": time.time(), "speed": 60.0}
    line = key_line(wracaj.webhook, "kubek", SECRET, clock)
    site.php(f"(new Wracaj\\WooCommerce\\Settings())->connect('{line}', time());")
    there = datetime.now(UTC) + timedelta(days=4)
    voucher = mint(DiscountTerms(percent=10), there, there + timedelta(days=3), None, "PLN")
    ask(site, voucher)
    assert site.php(
        f"$c = new WC_Coupon('{voucher.code}');"
        " return apply_filters('woocommerce_coupon_is_valid', true, $c);"
    )
    left = coupon(site, voucher.code)["date_expires"] - time.time()
    assert left == pytest.approx(3 * 86400 / 60, abs=60)


def test_a_gift_makes_one_piece_of_a_product_free(site: Site, wracaj: WracajHere) -> None:
    mug = a_product(site)
    voucher = a_code(DiscountTerms(product_id=str(mug), product_title="Kubek"))
    ask(site, voucher)
    made = coupon(site, voucher.code)
    assert (made["discount_type"], made["amount"], made["product_ids"]) == ("percent", "100", [mug])
    assert made["limit_usage_to_x_items"] == 1


def test_the_same_code_twice_is_one_coupon(site: Site, wracaj: WracajHere) -> None:
    voucher = a_code(DiscountTerms(percent=10))
    ask(site, voucher)
    ask(site, voucher)
    count = site.php(
        'global $wpdb; return (int) $wpdb->get_var("SELECT COUNT(*) FROM'
        " $wpdb->posts WHERE post_type ="
        f" 'shop_coupon' AND post_title = '{voucher.code.lower()}'\");"
    )
    assert count == 1


def test_another_secret_makes_no_code(site: Site, wracaj: WracajHere) -> None:
    voucher = a_code(DiscountTerms(percent=10))
    with pytest.raises(DiscountError, match="answered 401"):
        ask(site, voucher, secret="whsec_" + "A" * 43 + "=")
    assert site.php(f"return wc_get_coupon_id_by_code('{voucher.code}');") == 0


def test_a_changed_body_and_an_old_signature_are_refused(site: Site, wracaj: WracajHere) -> None:
    body = json.dumps(
        {"type": "discount.requested", "data": {"code": "AAAA", "kind": "percent"}}
    ).encode()
    good = standard_webhooks.sign("msg_1", body, SECRET, real_now())
    old = standard_webhooks.sign("msg_1", body, SECRET, real_now() - timedelta(minutes=6))
    assert _status(site, body.replace(b"AAAA", b"BBBB"), good) == 401
    assert _status(site, body, old) == 401
    assert _status(site, body, {}) == 401
    assert _status(site, body, good) == 422  # signed, but without its percent


def test_another_currency_and_an_unknown_product_are_refused(
    site: Site, wracaj: WracajHere
) -> None:
    with pytest.raises(DiscountError, match="answered 422"):
        ask(site, a_code(DiscountTerms(amount=Decimal("5.00"), currency="EUR")))
    with pytest.raises(DiscountError, match="answered 422"):
        ask(site, a_code(DiscountTerms(product_id="999999", product_title="Nic")))


def test_free_shipping_and_a_shop_that_lets_codes_be_combined(
    site: Site, wracaj: WracajHere
) -> None:
    site.php("(new Wracaj\\WooCommerce\\Settings())->save(['codes_alone' => false]);")
    now = datetime.now(UTC)
    data = {
        "schema": 1,
        "code": "WYSYLKA-1",
        "kind": "free_shipping",
        "usage_limit": 1,
        "starts_at": now.isoformat(),
        "expires_at": (now + timedelta(days=1)).isoformat(),
    }
    body = json.dumps(
        {"type": "discount.requested", "timestamp": now.isoformat(), "data": data}
    ).encode()
    assert _status(site, body, standard_webhooks.sign("msg_2", body, SECRET, real_now())) == 201
    made = coupon(site, "WYSYLKA-1")
    assert (made["free_shipping"], made["amount"], made["individual_use"]) == (True, "0", False)


def a_cart(site: Site, wracaj: WracajHere) -> dict[str, Any]:
    """Return the event of a cart with a typed address."""
    shopper = site.visitor()
    add(shopper, a_product(site))
    type_address(shopper, "ala@poczta.example", ticked=True)
    site.run_actions()
    return wracaj.last("c")


def test_the_link_of_the_cart_applies_the_code_that_was_made_for_it(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    cart = a_cart(site, wracaj)
    ask(site, a_code(DiscountTerms(percent=10)), cart["cart_id"])
    assert '<b class="total">179.10</b>' in visitor.get(cart["recovery_url"]).text


def test_the_link_applies_a_code_whose_first_call_died_on_the_way(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    cart, voucher = a_cart(site, wracaj), a_code(DiscountTerms(percent=10))
    ask(site, voucher)  # as if it had died before it gave the code to the cart
    ask(site, voucher, cart["cart_id"])
    assert '<b class="total">179.10</b>' in visitor.get(cart["recovery_url"]).text


def test_a_code_does_not_work_before_its_beginning(site: Site, wracaj: WracajHere) -> None:
    now = datetime.now(UTC)
    voucher = mint(DiscountTerms(percent=10), now + timedelta(hours=1), now + timedelta(days=1))
    ask(site, voucher)
    assert site.php(f"return (new WC_Coupon('{voucher.code}'))->is_valid(500.0);") is False


def _status(site: Site, body: bytes, headers: dict[str, str]) -> int:
    request = urllib.request.Request(
        f"{site.address}/?rest_route=/wracaj/v1/discount",
        body,
        {"Content-Type": "application/json", "Host": "kubek.example", **headers},
    )
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
