<?php

declare(strict_types=1);

namespace Wracaj\WooCommerce;

/** The plugin's three tables, and everything else that it leaves in the database. */
final class Tables
{
    private const VERSION = '1';
    private const VERSION_OPTION = 'wracaj_tables';

    public static function outbox(): string
    {
        return self::prefix() . 'wracaj_outbox';
    }

    public static function carts(): string
    {
        return self::prefix() . 'wracaj_carts';
    }

    public static function orders(): string
    {
        return self::prefix() . 'wracaj_orders';
    }

    /** Create or change the tables where this version has not done so; each blog of a network has its own. */
    public static function keepCurrent(): void
    {
        if (get_option(self::VERSION_OPTION) !== self::VERSION) {
            self::create();
            update_option(self::VERSION_OPTION, self::VERSION);
        }
    }

    public static function create(): void
    {
        global $wpdb;
        require_once ABSPATH . 'wp-admin/includes/upgrade.php';
        $collate = $wpdb->get_charset_collate();
        dbDelta('CREATE TABLE ' . self::outbox() . " (
            id bigint(20) unsigned NOT NULL AUTO_INCREMENT,
            message_id varchar(64) NOT NULL,
            type varchar(40) NOT NULL,
            subject varchar(120) NOT NULL DEFAULT '',
            person char(64) NOT NULL DEFAULT '',
            body longtext NOT NULL,
            state varchar(10) NOT NULL DEFAULT 'waiting',
            attempts int(10) unsigned NOT NULL DEFAULT 0,
            next_at bigint(20) NOT NULL DEFAULT 0,
            changed_at bigint(20) NOT NULL DEFAULT 0,
            created_at bigint(20) NOT NULL DEFAULT 0,
            status int(11) NOT NULL DEFAULT 0,
            answer text NOT NULL,
            PRIMARY KEY  (id),
            KEY state_next (state,next_at),
            KEY subject (subject),
            KEY person (person)
        ) $collate;");
        dbDelta('CREATE TABLE ' . self::carts() . " (
            cart_id char(36) NOT NULL,
            token char(43) NOT NULL,
            user_id bigint(20) unsigned NOT NULL DEFAULT 0,
            person char(64) NOT NULL DEFAULT '',
            content longtext NOT NULL,
            consent text NOT NULL,
            code varchar(64) NOT NULL DEFAULT '',
            created_at bigint(20) NOT NULL DEFAULT 0,
            updated_at bigint(20) NOT NULL DEFAULT 0,
            ordered_at bigint(20) NOT NULL DEFAULT 0,
            PRIMARY KEY  (cart_id),
            UNIQUE KEY token (token),
            KEY person (person),
            KEY user_id (user_id),
            KEY updated_at (updated_at)
        ) $collate;");
        dbDelta('CREATE TABLE ' . self::orders() . " (
            order_id bigint(20) unsigned NOT NULL,
            reported longtext NOT NULL,
            updated_at bigint(20) NOT NULL DEFAULT 0,
            PRIMARY KEY  (order_id)
        ) $collate;");
    }

    /** Remove all that the plugin stored in this blog. Orders and coupons stay, without our notes on them. */
    public static function removeAll(): void
    {
        global $wpdb;
        foreach ([self::outbox(), self::carts(), self::orders()] as $table) {
            $wpdb->query("DROP TABLE IF EXISTS `$table`"); // a name of ours, nothing typed
        }
        foreach ([Settings::OPTION, self::VERSION_OPTION, Delivery::LAST_RUN] as $option) {
            delete_option($option);
        }
        foreach (['wracaj_lock_', '_transient_wracaj_', '_transient_timeout_wracaj_'] as $begins) {
            $like = $wpdb->esc_like($begins) . '%';
            $wpdb->query($wpdb->prepare("DELETE FROM {$wpdb->options} WHERE option_name LIKE %s", $like));
        }
        self::removeMeta($wpdb->postmeta);
        self::removeMeta($wpdb->usermeta);
        self::removeMeta($wpdb->usermeta, $wpdb->get_blog_prefix()); // options of a user in this blog
        if (self::isThere('wc_orders_meta')) {
            self::removeMeta(self::prefix() . 'wc_orders_meta');
        }
        self::removeActions();
        self::removeNotesInSessions();
    }

    /** Action Scheduler keeps what ran, and what was cancelled, for a month. */
    private static function removeActions(): void
    {
        global $wpdb;
        if (!self::isThere('actionscheduler_actions') || !self::isThere('actionscheduler_groups')) {
            return;
        }
        if (self::isThere('actionscheduler_logs')) {
            $wpdb->query($wpdb->prepare(
                "DELETE FROM `{$wpdb->prefix}actionscheduler_logs` WHERE action_id IN"
                . " (SELECT action_id FROM `{$wpdb->prefix}actionscheduler_actions` WHERE hook = %s)",
                Delivery::ACTION
            ));
        }
        $table = $wpdb->prefix . 'actionscheduler_actions';
        $wpdb->query($wpdb->prepare("DELETE FROM `$table` WHERE hook = %s", Delivery::ACTION));
        $table = $wpdb->prefix . 'actionscheduler_groups';
        $wpdb->query($wpdb->prepare("DELETE FROM `$table` WHERE slug = %s", Delivery::GROUP));
    }

    /** The notes of open sessions hold the address that was typed. The carts in them stay. */
    private static function removeNotesInSessions(): void
    {
        global $wpdb;
        if (!self::isThere('woocommerce_sessions')) {
            return;
        }
        $table = self::prefix() . 'woocommerce_sessions';
        $like = '%' . $wpdb->esc_like('wracaj') . '%';
        $last = 0;
        do {
            $rows = (array) $wpdb->get_results($wpdb->prepare(
                "SELECT session_id, session_value FROM `$table` WHERE session_id > %d AND session_value LIKE %s"
                . ' ORDER BY session_id LIMIT 200',
                $last,
                $like
            ));
            foreach ($rows as $row) {
                $last = (int) $row->session_id;
                $value = Visitor::withoutNotes((string) $row->session_value);
                $wpdb->update($table, ['session_value' => $value], ['session_id' => $last]);
            }
        } while ($rows !== []);
        if (class_exists('WC_Cache_Helper') && defined('WC_SESSION_CACHE_GROUP')) {
            \WC_Cache_Helper::invalidate_cache_group(WC_SESSION_CACHE_GROUP);
        }
    }

    private static function isThere(string $name): bool
    {
        global $wpdb;
        $table = self::prefix() . $name;

        return $wpdb->get_var($wpdb->prepare('SHOW TABLES LIKE %s', $wpdb->esc_like($table))) === $table;
    }

    /** `_wc_other/wracaj/…` is what WooCommerce itself keeps of the consent box. */
    private static function removeMeta(string $table, string $prefix = ''): void
    {
        global $wpdb;
        $wpdb->query($wpdb->prepare(
            "DELETE FROM `$table` WHERE meta_key LIKE %s OR meta_key LIKE %s",
            $wpdb->esc_like($prefix . '_wracaj_') . '%',
            $wpdb->esc_like($prefix . '_wc_other/wracaj/') . '%'
        ));
    }

    private static function prefix(): string
    {
        global $wpdb;

        return $wpdb->prefix;
    }
}
