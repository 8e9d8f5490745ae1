"""Activation, the settings page, and who may use it."""

import base64
import json
import re

import pytest
from shopping import a_product, add
from site_here import Page, Site, Visitor
from wracaj_here import WracajHere

PAGE = "/wp-admin/admin.php?page=wracaj"


@pytest.fixture
def owner(site: Site, wracaj: WracajHere) -> Visitor:
    owner = site.visitor()
    owner.log_in()
    return owner


def send(owner: Visitor, what: str, **fields: str) -> Page:
    """Fill in a form of the page, and return the page that follows."""
    nonce = owner.get(PAGE).find(r'name="_wpnonce" value="([^"]+)"')
    form = {"action": "wracaj_settings", "what": what, "_wpnonce": nonce, **fields}
    return owner.post("/wp-admin/admin-post.php", form)


def notice(page: Page) -> str:
    return page.find(r'<div class="notice notice-\w+" role="status"><p>([^<]+)')


def a_key(**fields: object) -> str:
    return "wracaj1." + base64.urlsafe_b64encode(json.dumps(fields).encode()).decode().rstrip("=")


def test_the_plugin_is_active_and_has_its_tables(site: Site, wracaj: WracajHere) -> None:
    assert "wracaj/wracaj.php" in site.php("return get_option('active_plugins');")
    tables = site.php("global $wpdb; return $wpdb->get_col('SHOW TABLES');")
    assert {"wp_wracaj_outbox", "wp_wracaj_carts", "wp_wracaj_orders"} <= set(tables)
    declared = site.php("return Automattic\\WooCommerce\\Utilities\\FeaturesUtil::$declared;")
    assert declared["custom_order_tables"]["wracaj/wracaj.php"] is True
    assert declared["cart_checkout_blocks"]["wracaj/wracaj.php"] is True


def test_pasting_the_key_connects_the_shop_and_shows_no_secret(
    site: Site, owner: Visitor, wracaj: WracajHere
) -> None:
    site.php("delete_option('wracaj_settings');")
    page = send(owner, "connect", key=f"  {wracaj.key[:60]}\n{wracaj.key[60:]}  ")
    assert notice(page) == "Połączono jako „kubek”: Wracaj odpowiada."
    assert site.php("return (new Wracaj\\WooCommerce\\Settings())->isConnected();") is True
    assert wracaj.secret not in page.text and wracaj.key not in page.text
    assert (
        "discount_url: https://kubek.example/index.php?rest_route=/wracaj/v1/discount" in page.text
    )


def test_a_port_in_the_sites_address_is_said_to_end_links(site: Site, wracaj: WracajHere) -> None:
    shown = site.php(
        "$pages = []; foreach (['', ':443', ':8443'] as $port) {"
        " $at = static fn () => 'https://kubek.example' . $port;"
        " add_filter('home_url', $at); ob_start();"
        " (new Wracaj\\WooCommerce\\SettingsView(new Wracaj\\WooCommerce\\Settings(),"
        " new Wracaj\\WooCommerce\\Outbox()))->show([], [], '', 0);"
        " $pages[] = ob_get_clean(); remove_filter('home_url', $at); } return $pages;"
    )
    assert ["Wracaj pomija linki z portem" in page for page in shown] == [False, False, True]


@pytest.mark.parametrize(
    ("pasted", "says"),
    [
        ("", "Brakuje klucza."),
        ("abc", "To nie jest klucz Wracaj."),
        ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "To sam sekret webhooków."),
        ("wracaj2.abc", "przeznaczony dla nowszej wersji wtyczki"),
        ("wracaj1.eyJ3ZWJob29rIjoi", "Klucz jest niepełny."),
        (a_key(webhook="https://x.example/w", shop="kubek"), "Klucz jest niepełny."),
        (
            a_key(webhook="http://x.example/w", shop="kubek", secret="whsec_" + "A" * 44),
            "nie zaczyna się od https",
        ),
        (a_key(webhook="https://x.example/w", shop="kubek", secret="whsec_QUJD"), "za krótki"),
    ],
)
def test_a_wrong_key_is_explained_and_not_stored(
    site: Site, owner: Visitor, pasted: str, says: str
) -> None:
    site.php("delete_option('wracaj_settings');")
    assert says in notice(send(owner, "connect", key=pasted))
    assert site.php("return get_option('wracaj_settings', null);") is None


def test_a_key_with_an_old_secret_is_explained_and_the_old_one_stays(
    site: Site, owner: Visitor, wracaj: WracajHere
) -> None:
    from wracaj_cli.shops.plugin_key import key_line

    wrong = key_line(wracaj.webhook, "kubek", "whsec_" + "C" * 43 + "=")
    assert "Wracaj nie przyjmuje tego klucza" in notice(send(owner, "connect", key=wrong))
    assert site.php("return get_option('wracaj_settings')['key'];") == wracaj.key


def test_a_key_is_stored_also_while_wracaj_is_away(
    site: Site, owner: Visitor, wracaj: WracajHere
) -> None:
    site.php("delete_option('wracaj_settings');")
    wracaj.answers_with = 503
    assert "nie odpowiada tak, jak powinno (503" in notice(send(owner, "connect", key=wracaj.key))
    assert site.php("return (new Wracaj\\WooCommerce\\Settings())->isConnected();") is True


def test_the_page_shows_the_last_deliveries(site: Site, owner: Visitor, wracaj: WracajHere) -> None:
    shopper = site.visitor()
    add(shopper, a_product(site))
    assert re.search(r"<td>cart.created</td><td>czeka", owner.get(PAGE).text)
    wracaj.answers_with = 503
    site.run_actions()
    page = owner.get(PAGE).text
    assert re.search(
        r"<td>cart.created</td><td>czeka do [\d:]+</td><td>1</td><td>503 A fault of ours", page
    )
    wracaj.answers_with = 200
    assert notice(send(owner, "send")) == "0 zdarzeń nadal czeka na wysłanie."
    page = owner.get(PAGE).text
    assert re.search(r"<td>cart.created</td><td>wysłane</td><td>2</td><td>200 accepted", page)
    assert "Czeka: 0." in page
    assert '<div style="overflow-x:auto"><table' in page  # a phone scrolls the table, not the page


def test_what_wracaj_answers_is_shown_as_text(site: Site, owner: Visitor) -> None:
    site.php(
        "$o = new Wracaj\\WooCommerce\\Outbox(); $o->add('cart.created', [], microtime(true));"
        "$o->settle($o->claim(time()), new Wracaj\\WooCommerce\\Answer(500,"
        " '<script>alert(1)</script>'), time());"
    )
    page = owner.get(PAGE).text
    assert "&lt;script&gt;alert(1)" in page and "<script>alert(1)" not in page


def test_the_words_of_the_consent_can_be_the_shops_own(
    site: Site, owner: Visitor, wracaj: WracajHere
) -> None:
    words = 'Tak, {shop}, pisz do mnie & "śmiało" <b>'
    page = send(owner, "options", asks_consent="1", codes_alone="1", consent_words=words)
    assert notice(page) == "Zapisano."
    kept = site.php("return (new Wracaj\\WooCommerce\\Settings())->consentWords();")
    assert kept.startswith('Tak, Kubek i Spółka, pisz do mnie & "śmiało"')
    assert "<b>" not in kept


def test_disconnecting_ends_the_reports_and_keeps_what_waits(
    site: Site, owner: Visitor, wracaj: WracajHere
) -> None:
    add(site.visitor(), a_product(site))
    send(owner, "disconnect")
    add(site.visitor(), a_product(site))
    site.run_actions()
    assert wracaj.events == []
    send(owner, "connect", key=wracaj.key)
    site.run_actions()
    site.php("do_action('wracaj_deliver');")
    assert wracaj.types() == ["cart.created"]


def test_only_the_shops_staff_may_see_or_change_it(site: Site, wracaj: WracajHere) -> None:
    site.php(
        "wp_insert_user(['user_login' => 'klient', 'user_pass' => 'password', 'user_email' =>"
        " 'klient@poczta.example', 'role' => 'customer']);"
    )
    stranger = site.visitor()
    stranger.log_in("klient")
    assert stranger.get(PAGE).status == 403
    form = {"action": "wracaj_settings", "what": "disconnect", "_wpnonce": "x"}
    assert stranger.post("/wp-admin/admin-post.php", form).status == 403
    assert site.visitor().post("/wp-admin/admin-post.php", form).status in (200, 400, 403)
    assert site.php("return (new Wracaj\\WooCommerce\\Settings())->isConnected();") is True


def test_a_form_without_its_nonce_changes_nothing(
    site: Site, owner: Visitor, wracaj: WracajHere
) -> None:
    form = {"action": "wracaj_settings", "what": "disconnect", "_wpnonce": "forged"}
    assert owner.post("/wp-admin/admin-post.php", form).status == 403
    assert site.php("return (new Wracaj\\WooCommerce\\Settings())->isConnected();") is True
