<?php

/**
 * Plugin Name:          Wracaj
 * Description:          Reminds shoppers of the cart they left behind. Reports carts, orders and consents to your own Wracaj.
 * Version:              0.1.0
 * Requires at least:    6.1
 * Requires PHP:         7.4
 * WC requires at least: 8.9
 * WC tested up to:      10.5
 * License:              Apache-2.0
 * License URI:          https://www.apache.org/licenses/LICENSE-2.0
 * Text Domain:          wracaj
 * Domain Path:          /languages
 */

declare(strict_types=1);

defined('ABSPATH') || exit;

require_once __DIR__ . '/src/autoload.php';

(new Wracaj\WooCommerce\Plugin(__FILE__))->register();
