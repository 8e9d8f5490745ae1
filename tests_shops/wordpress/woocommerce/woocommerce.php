<?php

/**
 * Plugin Name: WooCommerce (a stand-in for tests)
 * Description: Fires the hooks of WooCommerce 10.5 in the order in which they were seen to fire, and no more.
 * Version:     10.5.2
 */

declare(strict_types=1);

defined('ABSPATH') || exit;

foreach (['features', 'session', 'products', 'customer', 'coupons', 'cart', 'orders', 'actions', 'pages', 'store-api'] as $part) {
    require_once __DIR__ . "/includes/$part.php";
}

final class WooCommerce
{
    public static ?WooCommerce $one = null;
    public ?WC_Session_Handler $session = null;
    public ?WC_Cart $cart = null;
    public ?WC_Customer $customer = null;
    public string $version = '10.5.2';

    public static function one(): self
    {
        return self::$one ??= new self();
    }

    public function init(): void
    {
        do_action('before_woocommerce_init');
        register_post_type('product', ['public' => true, 'rewrite' => false]);
        register_post_type('product_variation', ['public' => false]);
        register_post_type('shop_coupon', ['public' => false]);
        if (!is_admin() && !wp_doing_cron() && PHP_SAPI !== 'cli' && !str_contains($_SERVER['REQUEST_URI'] ?? '', '/wp-json/')
            && !isset($_GET['rest_route'])) {
            $this->loadCart();
        }
        do_action('woocommerce_init');
    }

    public function loadCart(): void
    {
        if ($this->cart !== null) {
            return;
        }
        $this->session = new WC_Session_Handler();
        $this->session->init();
        $this->customer = new WC_Customer(get_current_user_id(), true);
        add_action('shutdown', fn () => $this->customer->save(), 10);
        $this->cart = new WC_Cart();
        did_action('wp_loaded') ? $this->cart->load() : add_action('wp_loaded', [$this->cart, 'load']);
    }
}

function WC(): WooCommerce
{
    return WooCommerce::one();
}

add_action('init', [WC(), 'init'], 0);
register_activation_hook(__FILE__, 'stand_in_install');
