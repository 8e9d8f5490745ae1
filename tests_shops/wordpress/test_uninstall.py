"""Deactivating keeps everything, deleting leaves nothing. On a site of its own."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from shopping import a_product, add, buy
from site_here import Site
from woocommerce_zip import make_zip
from wracaj_here import WracajHere

LEFT = """
global $wpdb;
return [
    'tables' => $wpdb->get_col("SHOW TABLES LIKE 'wp_wracaj%'"),
    'options' => $wpdb->get_col("SELECT option_name FROM wp_options"
        . " WHERE option_name LIKE '%wracaj%'"
        . " AND option_name NOT LIKE '%transient%' AND option_name NOT LIKE '_wc_session%'"),
    'meta' => array_merge(
        $wpdb->get_col("SELECT meta_key FROM wp_postmeta WHERE meta_key LIKE '%wracaj%'"),
        $wpdb->get_col("SELECT meta_key FROM wp_usermeta WHERE meta_key LIKE '%wracaj%'"),
        $wpdb->get_col("SELECT meta_key FROM wp_wc_orders_meta WHERE meta_key LIKE '%wracaj%'")
    ),
    'cron' => wp_next_scheduled('wracaj_cron'),
    'actions' => as_get_scheduled_actions(['hook' => 'wracaj_deliver'], 'ids'),
    'orders' => (int) $wpdb->get_var('SELECT COUNT(*) FROM wp_wc_orders'),
];
"""


# What WooCommerce and Action Scheduler keep in tables that the stand-in does not have.
KEPT_BY_WOOCOMMERCE = """
global $wpdb;
$wpdb->query('CREATE TABLE wp_actionscheduler_actions (action_id INTEGER, hook VARCHAR(191))');
$wpdb->query('CREATE TABLE wp_actionscheduler_logs (action_id INTEGER, message TEXT)');
$wpdb->query('CREATE TABLE wp_actionscheduler_groups (group_id INTEGER, slug VARCHAR(255))');
$wpdb->query('CREATE TABLE wp_woocommerce_sessions (session_id INTEGER, session_value TEXT)');
$ours = [1, 'wracaj_deliver', 'wracaj'];
foreach ([$ours, [2, 'another_hook', 'another']] as [$id, $hook, $group]) {
    $wpdb->insert('wp_actionscheduler_actions', ['action_id' => $id, 'hook' => $hook]);
    $wpdb->insert('wp_actionscheduler_logs', ['action_id' => $id, 'message' => 'completed']);
    $wpdb->insert('wp_actionscheduler_groups', ['group_id' => $id, 'slug' => $group]);
}
$box = ['key' => '_wc_other/wracaj/email-consent', 'value' => '1'];
$meta = [$box, ['key' => 'x', 'value' => 'y']];
$session = [
    'cart' => serialize(['a line']),
    'wracaj' => serialize(['email' => 'ala@poczta.example']),
    'customer' => serialize(['email' => '', 'meta_data' => $meta]),
];
$row = ['session_id' => 1, 'session_value' => serialize($session)];
$wpdb->insert('wp_woocommerce_sessions', $row);
"""
STILL_THERE = """
global $wpdb;
$session = unserialize($wpdb->get_var('SELECT session_value FROM wp_woocommerce_sessions'));
return [
    'actions' => $wpdb->get_col('SELECT hook FROM wp_actionscheduler_actions'),
    'logs' => $wpdb->get_col('SELECT action_id FROM wp_actionscheduler_logs'),
    'groups' => $wpdb->get_col('SELECT slug FROM wp_actionscheduler_groups'),
    'session' => array_map('unserialize', $session),
];
"""


@pytest.fixture
def site(tmp_path: Path, wracaj_server: WracajHere) -> Iterator[Site]:
    if shutil.which("php") is None:
        pytest.skip("php is not installed")
    running = Site(tmp_path / "leaving")
    running.activate("woocommerce/woocommerce.php")
    running.install(make_zip(tmp_path / "wracaj.zip"))
    yield running
    running.close()


def test_deactivating_keeps_the_data_and_deleting_removes_all_of_it(
    site: Site, wracaj: WracajHere
) -> None:
    site.php("wp_set_password('password', 1);")
    shopper = site.visitor()
    shopper.log_in()
    add(shopper, a_product(site))
    buy(shopper, "ala@poczta.example", ticked=True)
    site.php(
        "add_post_meta(wp_insert_post(['post_title' => 'an order as a post',"
        " 'post_status' => 'publish']),"
        " '_wracaj_cart_id', 'x');"
    )
    site.php(KEPT_BY_WOOCOMMERCE)
    before = site.php(LEFT)
    assert len(before["tables"]) == 3 and before["meta"] and before["cron"] and before["actions"]
    site.php(
        "require_once ABSPATH . 'wp-admin/includes/plugin.php';"
        " deactivate_plugins('wracaj/wracaj.php');"
    )
    off = site.php(LEFT)
    assert off["tables"] == before["tables"] and (off["cron"], off["actions"]) == (False, [])
    site.php(
        "require_once ABSPATH . 'wp-admin/includes/plugin.php'; require_once ABSPATH"
        " . 'wp-admin/includes/file.php';"
        "$gone = delete_plugins(['wracaj/wracaj.php']); return is_wp_error($gone) ?"
        " $gone->get_error_message() : $gone;"
    )
    after = site.php(LEFT)
    assert after == {
        "tables": [],
        "options": [],
        "meta": [],
        "cron": False,
        "actions": [],
        "orders": 1,
    }
    assert site.php(STILL_THERE) == {
        "actions": ["another_hook"],
        "logs": ["2"],
        "groups": ["another"],
        "session": {
            "cart": ["a line"],
            "customer": {"email": "", "meta_data": [{"key": "x", "value": "y"}]},
        },
    }
    assert not (site.folder / "wp-content" / "plugins" / "wracaj").exists()
    assert shopper.get("/").status == 200


def test_without_woocommerce_the_plugin_waits_and_says_so(
    site: Site, wracaj_server: WracajHere
) -> None:
    wracaj_server.forget()
    site.php(
        "wp_set_password('password', 1); require_once ABSPATH . 'wp-admin/includes/plugin.php';"
        "deactivate_plugins('woocommerce/woocommerce.php');"
    )
    owner = site.visitor()
    owner.log_in()
    page = owner.get("/wp-admin/options-general.php?page=wracaj")
    assert page.status == 200 and "Wracaj wymaga WooCommerce" in page.text
    site.php("do_action('wracaj_cron');")
    told = site.php(
        "return call_user_func(apply_filters('wp_privacy_personal_data_exporters', [])['wracaj']"
        "['callback'], 'ala@poczta.example', 1);"
    )
    assert told == {"data": [], "done": True} and owner.get("/").status == 200
