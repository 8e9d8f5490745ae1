<?php

declare(strict_types=1);

namespace Wracaj\WooCommerce;

/**
 * `/?wracaj=TOKEN` copies a cart's products into the visitor's own session, with the stock and the
 * prices of now. It logs nobody in, shows nothing of who filled the cart, and gives the visitor a
 * cart id of their own: whoever filled a cart for somebody else's address learns nothing of theirs.
 */
final class RestoreLink
{
    public const PARAMETER = 'wracaj';
    private const COUPON = 'coupon';
    private const PASSED_ON = '/^(utm_[a-z_]+|gclid|fbclid)$/';

    /** @var Visitor */
    private $visitor;
    /** @var Carts */
    private $carts;
    /** @var CartTracker */
    private $tracker;

    public function __construct(Visitor $visitor, Carts $carts, CartTracker $tracker)
    {
        $this->visitor = $visitor;
        $this->carts = $carts;
        $this->tracker = $tracker;
    }

    public function register(): void
    {
        Hooks::on('wp_loaded', [$this, 'open'], 15); // the session's cart is there from 10 on
    }

    public function open(): void
    {
        // phpcs:disable WordPress.Security.NonceVerification.Recommended -- a link in a mail has no nonce
        $token = $_GET[self::PARAMETER] ?? null;
        $coupon = isset($_GET[self::COUPON]) ? sanitize_text_field(wp_unslash($_GET[self::COUPON])) : '';
        // phpcs:enable
        if (!is_string($token) || is_admin() || !$this->visitor->isHere()) {
            return;
        }
        nocache_headers();
        defined('DONOTCACHEPAGE') || define('DONOTCACHEPAGE', true);
        WC()->session->set_customer_session_cookie(true); // notices and the cart are kept in it
        $this->bringBack($token, $coupon);
        wp_safe_redirect(add_query_arg($this->passedOn(), wc_get_cart_url()), 302, 'Wracaj');
        exit;
    }

    private function bringBack(string $token, string $coupon): void
    {
        $row = $this->carts->findByToken($token);
        if ($row === null) {
            wc_add_notice(__('This link does not work any more. Your cart is as you left it.', 'wracaj'), 'notice');
            return;
        }
        if ((int) $row->ordered_at > 0) {
            wc_add_notice(__('This cart has been ordered already. Thank you!', 'wracaj'), 'notice');
            return;
        }
        $this->addLines((array) json_decode((string) $row->content, true));
        $this->applyCoupon($coupon !== '' ? $coupon : (string) $row->code);
        if ($row->cart_id !== $this->visitor->cartId() && !WC()->cart->is_empty()) {
            $this->tracker->cartId();
            $this->visitor->note(['restored' => (string) $row->cart_id]);
        }
        $this->tracker->touch();
    }

    /** @param array<int, mixed> $lines */
    private function addLines(array $lines): void
    {
        $missing = [];
        $fewer = [];
        foreach ($lines as $line) {
            if (!is_array($line) || empty($line['product_id'])) {
                continue;
            }
            $wanted = (float) ($line['quantity'] ?? 1);
            $have = $this->quantityInCart($line);
            if ($have >= $wanted) {
                continue;
            }
            $added = $this->add($line, $wanted - $have);
            if ($added + $have <= 0) {
                $missing[] = $this->name($line);
            } elseif ($added + $have < $wanted) {
                $fewer[] = $this->name($line);
            }
        }
        $this->say($missing, $fewer);
    }

    /**
     * @param array<string, mixed> $line
     * @return float how many were added
     */
    private function add(array $line, float $quantity): float
    {
        $product = $this->product($line);
        if (!$product || !$product->is_purchasable() || !$product->is_in_stock()) {
            return 0.0;
        }
        if (!$product->has_enough_stock($quantity + $this->quantityInCart($line))) {
            $quantity = (float) $product->get_stock_quantity() - $this->quantityInCart($line);
        }
        $ids = [(int) $line['product_id'], (int) ($line['variation_id'] ?? 0)];
        $variation = (array) ($line['variation'] ?? []);
        $allowed = $quantity > 0
            && apply_filters('woocommerce_add_to_cart_validation', true, $ids[0], $quantity, $ids[1], $variation);
        if (!$allowed) {
            return 0.0;
        }
        $others = wc_get_notices();
        $key = WC()->cart->add_to_cart($ids[0], Fields::quantity($quantity), $ids[1], $variation);
        if (!$key) {
            wc_set_notices($others); // ours says it for all lines together
        }

        return $key ? $quantity : 0.0;
    }

    /** @param array<string, mixed> $line */
    private function quantityInCart(array $line): float
    {
        $quantity = 0.0;
        foreach (WC()->cart->get_cart() as $here) {
            $isSame = (int) $here['product_id'] === (int) $line['product_id']
                && (int) $here['variation_id'] === (int) ($line['variation_id'] ?? 0)
                && (array) $here['variation'] == (array) ($line['variation'] ?? []);
            $quantity += $isSame ? (float) $here['quantity'] : 0.0;
        }

        return $quantity;
    }

    /** @param array<string, mixed> $line */
    private function product(array $line): ?\WC_Product
    {
        $product = wc_get_product((int) ($line['variation_id'] ?? 0) ?: (int) $line['product_id']);

        return $product instanceof \WC_Product && $product->get_status() === 'publish' ? $product : null;
    }

    /** @param array<string, mixed> $line */
    private function name(array $line): string
    {
        $product = $this->product($line);

        return $product ? wp_strip_all_tags($product->get_name()) : __('a product that is no longer sold', 'wracaj');
    }

    /**
     * @param string[] $missing
     * @param string[] $fewer
     */
    private function say(array $missing, array $fewer): void
    {
        if ($missing !== []) {
            /* translators: %s: names of products */
            $text = __('Not available at the moment and left out: %s.', 'wracaj');
            wc_add_notice(esc_html(sprintf($text, implode(', ', array_unique($missing)))), 'notice');
        }
        if ($fewer !== []) {
            /* translators: %s: names of products */
            $text = __('Fewer than you wanted are in stock: %s.', 'wracaj');
            wc_add_notice(esc_html(sprintf($text, implode(', ', array_unique($fewer)))), 'notice');
        }
        if ($missing === [] && $fewer === [] && !WC()->cart->is_empty()) {
            wc_add_notice(esc_html__('Your cart is back, with the prices of today.', 'wracaj'), 'success');
        }
    }

    private function applyCoupon(string $code): void
    {
        $code = wc_format_coupon_code($code);
        if ($code !== '' && !WC()->cart->is_empty() && !WC()->cart->has_discount($code)) {
            WC()->cart->apply_coupon($code); // WooCommerce says it where the code does not count
        }
    }

    /** @return array<string, string> */
    private function passedOn(): array
    {
        $passed = [];
        foreach ($_GET as $name => $value) { // phpcs:ignore WordPress.Security.NonceVerification.Recommended
            if (is_string($value) && preg_match(self::PASSED_ON, (string) $name)) {
                $passed[(string) $name] = rawurlencode(sanitize_text_field(wp_unslash($value)));
            }
        }

        return $passed;
    }
}
