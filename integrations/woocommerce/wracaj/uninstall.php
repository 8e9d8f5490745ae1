<?php

/**
 * WordPress runs this file when the plugin is deleted. Wracaj itself keeps what it was told:
 * `wracaj privacy erase-shop SHOP` erases that.
 */

declare(strict_types=1);

defined('WP_UNINSTALL_PLUGIN') || exit;

require_once __DIR__ . '/src/autoload.php';

(static function (): void {
    $clean = static function (): void {
        Wracaj\WooCommerce\Delivery::unschedule();
        Wracaj\WooCommerce\Tables::removeAll();
    };
    if (!is_multisite()) {
        $clean();
        return;
    }
    foreach (get_sites(['fields' => 'ids', 'number' => 0]) as $blog) {
        switch_to_blog((int) $blog);
        $clean();
        restore_current_blog();
    }
})();
