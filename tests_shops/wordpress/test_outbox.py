"""Wracaj may be away, slow, or refuse: no page waits for it, and no event is lost."""

import time

from shopping import a_product, add, buy
from site_here import Site, Visitor
from wracaj_here import WracajHere


def count(site: Site, state: str) -> int:
    return int(site.php(f"return (new Wracaj\\WooCommerce\\Outbox())->count('{state}');"))


def later(site: Site) -> None:
    """Let the pauses between attempts pass."""
    site.php("(new Wracaj\\WooCommerce\\Outbox())->hurry();")


def test_what_happens_while_wracaj_is_away_arrives_when_it_is_back(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    wracaj.answers_with = 503
    add(visitor, a_product(site))
    site.run_actions()
    buy(visitor, "ala@poczta.example")
    for _ in range(3):
        site.run_actions()
        later(site)
    assert wracaj.events == [] and count(site, "waiting") == 2
    wracaj.answers_with = 200
    site.run_actions()
    assert wracaj.types() == ["cart.created", "order.created"] and wracaj.problems == []
    assert (count(site, "waiting"), count(site, "sent")) == (0, 2)


def test_an_address_where_nobody_listens_costs_nothing_but_time(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    from wracaj_cli.shops.plugin_key import key_line

    nowhere = key_line("http://127.0.0.1:9/webhooks/generic/kubek", "kubek", wracaj.secret)
    site.php(f"(new Wracaj\\WooCommerce\\Settings())->save(['key' => '{nowhere}']);")
    add(visitor, a_product(site))
    site.run_actions()
    row = site.php("return (new Wracaj\\WooCommerce\\Outbox())->recent(1)[0];")
    assert (row["state"], row["attempts"], row["status"]) == ("waiting", "1", "0")
    assert row["answer"] != "" and int(row["next_at"]) >= int(time.time()) + 50
    site.php(f"(new Wracaj\\WooCommerce\\Settings())->save(['key' => '{wracaj.key}']);")
    later(site)
    site.run_actions()
    assert wracaj.types() == ["cart.created"]


def test_a_wrong_secret_loses_nothing(site: Site, visitor: Visitor, wracaj: WracajHere) -> None:
    wracaj.secret, right = "whsec_" + "B" * 43 + "=", wracaj.secret
    add(visitor, a_product(site))
    site.run_actions()
    assert count(site, "waiting") == 1 and wracaj.problems != []
    wracaj.secret = right
    later(site)
    site.run_actions()
    assert wracaj.types() == ["cart.created"]


def test_an_event_that_wracaj_cannot_read_does_not_stop_the_others(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    site.php(
        "(new Wracaj\\WooCommerce\\Outbox())->add('order.created', ['total' => []],"
        " microtime(true));"
        "return as_schedule_single_action(0, 'wracaj_deliver');"
    )
    add(visitor, a_product(site))
    site.run_actions()
    assert wracaj.types() == ["cart.created"] and count(site, "refused") == 1


def test_each_attempt_waits_twice_as_long_up_to_an_hour_and_obeys_retry_after(site: Site) -> None:
    code = (
        "return array_map([new Wracaj\\WooCommerce\\Answer(503, '', %d), 'pauseAfter'],"
        " [1, 2, 3, 7, 50]);"
    )
    assert site.php(code % 0) == [60, 120, 240, 3600, 3600]
    assert site.php(code % 600) == [600, 600, 600, 3600, 3600]


def test_a_retry_is_the_same_message_and_what_was_sent_keeps_no_body(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    add(visitor, a_product(site))
    before = site.php(
        "global $wpdb; return $wpdb->get_var('SELECT message_id FROM wp_wracaj_outbox');"
    )
    wracaj.answers_with = 500
    site.run_actions()
    later(site)
    wracaj.answers_with = 200
    site.run_actions()
    assert wracaj.seen_ids == [before]
    (row,) = site.php(
        "global $wpdb; return $wpdb->get_results('SELECT body FROM wp_wracaj_outbox');"
    )
    assert row == {"body": ""}


def test_a_process_that_died_while_it_sent_leaves_the_event_to_the_next(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    add(visitor, a_product(site))
    site.php("(new Wracaj\\WooCommerce\\Outbox())->claim(time());")
    site.run_actions()
    assert wracaj.events == []
    site.php(
        "global $wpdb; $wpdb->query('UPDATE wp_wracaj_outbox SET changed_at = changed_at - 400');"
    )
    site.php("do_action('wracaj_deliver');")
    assert wracaj.types() == ["cart.created"]


def test_wordpress_cron_sends_what_action_scheduler_forgot(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    add(visitor, a_product(site))
    site.php("update_option('stand_in_actions', [], false);")
    assert site.php("return wp_get_schedule('wracaj_cron');") == "wracaj_five_minutes"
    site.php(
        "wp_clear_scheduled_hook('wracaj_cron');"
        "wp_schedule_event(time() - 10, 'wracaj_five_minutes', 'wracaj_cron');"
    )
    site.visitor().get("/wp-cron.php")
    deadline = time.monotonic() + 30  # the page answers before it does its work
    while not wracaj.events and time.monotonic() < deadline:
        time.sleep(0.05)
    assert wracaj.types() == ["cart.created"]


def test_no_page_waits_for_wracaj(site: Site, visitor: Visitor, wracaj: WracajHere) -> None:
    """Nothing is sent within a shopper's request, whatever the request does."""
    add(visitor, a_product(site))
    visitor.store("POST", "cart/add-item", {"id": a_product(site)})
    buy(visitor, "ala@poczta.example", ticked=True)
    assert wracaj.events == [] and wracaj.seen_ids == [] and wracaj.problems == []
    assert count(site, "waiting") >= 2


def test_an_error_of_ours_breaks_neither_cart_nor_order(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    mug = a_product(site)
    broken = site.folder / "wp-content" / "mu-plugins" / "broken.php"
    broken.write_text(
        "<?php add_filter('user_option__wracaj_cart_id', 'no_such_function');"
        " add_filter('is_email',"
        " function () { throw new RuntimeException('broken'); });"
        "function wc_get_logger() { return new class { public function error() {} }; }"
    )
    try:
        add(visitor, mug)
        number = buy(visitor, "ala@poczta.example")
    finally:
        broken.unlink()
    assert site.php(f"return wc_get_order({number})->get_status();") == "on-hold"


def test_old_rows_go(site: Site, visitor: Visitor, wracaj: WracajHere) -> None:
    add(visitor, a_product(site))
    site.run_actions()
    site.php(
        "global $wpdb; $wpdb->query('UPDATE wp_wracaj_outbox SET changed_at ="
        " changed_at - 86400 * 15');"
    )
    site.php(
        "global $wpdb; $wpdb->query('UPDATE wp_wracaj_carts SET updated_at ="
        " updated_at - 86400 * 91');"
    )
    site.php("do_action('wracaj_cron');")
    assert site.php(
        "global $wpdb; return [(int) $wpdb->get_var('SELECT COUNT(*) FROM wp_wracaj_outbox'),"
        "(int) $wpdb->get_var('SELECT COUNT(*) FROM wp_wracaj_carts')];"
    ) == [0, 0]


def test_an_event_that_cannot_be_stored_is_reported_again(
    site: Site, visitor: Visitor, wracaj: WracajHere
) -> None:
    """A full disk, say: the cart is not taken for reported, and comes with the next change."""
    broken = site.folder / "wp-content" / "mu-plugins" / "full.php"
    broken.write_text(
        "<?php add_filter('query', function ($query) { return strpos($query, 'INSERT INTO"
        " `wp_wracaj_outbox`') === 0 ? 'no query' : $query; });"
        "add_action('init', function () { $GLOBALS['wpdb']->suppress_errors(true); });"
        "function wc_get_logger() { return new class { public function error() {} }; }"
    )
    try:
        add(visitor, a_product(site))
    finally:
        broken.unlink()
    assert count(site, "waiting") == 0
    visitor.get("/")
    site.run_actions()
    assert wracaj.types() == ["cart.created"]
