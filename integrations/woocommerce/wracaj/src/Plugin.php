<?php

declare(strict_types=1);

namespace Wracaj\WooCommerce;

/** Puts the parts together. */
final class Plugin
{
    public const VERSION = '0.1.0';

    /** @var string */
    private static $file = '';

    public function __construct(string $file)
    {
        self::$file = $file;
    }

    public static function url(string $path): string
    {
        return plugins_url($path, self::$file);
    }

    public function register(): void
    {
        register_activation_hook(self::$file, [$this, 'activate']);
        register_deactivation_hook(self::$file, [Delivery::class, 'unschedule']);
        add_action('before_woocommerce_init', [$this, 'declareCompatibility']);
        add_action('init', [$this, 'translate'], -10);
        add_action('init', [Tables::class, 'keepCurrent'], -5);
        $this->registerParts();
    }

    public function activate(): void
    {
        Tables::keepCurrent();
    }

    public function translate(): void
    {
        load_plugin_textdomain('wracaj', false, dirname(plugin_basename(self::$file)) . '/languages');
    }

    /** Orders are read and written by WooCommerce's own functions only, wherever it stores them. */
    public function declareCompatibility(): void
    {
        $features = 'Automattic\\WooCommerce\\Utilities\\FeaturesUtil';
        if (class_exists($features)) {
            $features::declare_compatibility('custom_order_tables', self::$file, true);
            $features::declare_compatibility('cart_checkout_blocks', self::$file, true);
        }
    }

    private function registerParts(): void
    {
        $settings = new Settings();
        $visitor = new Visitor();
        $carts = new Carts();
        $outbox = new Outbox();
        $delivery = new Delivery($settings, $outbox, $carts);
        $tracker = new CartTracker($settings, $visitor, $carts, $outbox, $delivery);
        $coupons = new Coupons($settings, $carts);
        $parts = [
            $delivery,
            $tracker,
            $coupons,
            new ConsentBox($settings, $visitor),
            new Checkout($settings, $visitor, $tracker),
            new Orders($settings, $visitor, $carts, $outbox, $delivery),
            new Customers($settings, $visitor, $outbox, $delivery),
            new RestoreLink($visitor, $carts, $tracker),
            new DiscountEndpoint($settings, $coupons),
            new Privacy($settings, $carts, $outbox, $delivery),
            new SettingsPage($settings, $outbox, $delivery),
        ];
        foreach ($parts as $part) {
            $part->register();
        }
    }
}
