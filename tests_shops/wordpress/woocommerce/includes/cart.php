<?php

declare(strict_types=1);

/** Prices include 23 % tax. A calculation fires woocommerce_cart_updated, changed or not. */
final class WC_Cart
{
    /** @var array<string, array<string, mixed>> */
    private array $contents = [];
    /** @var string[] */
    private array $coupons = [];
    private float $total = 0.0;
    private float $discount = 0.0;

    public function load(): void
    {
        foreach ((array) WC()->session->get('cart', []) as $key => $line) {
            $product = wc_get_product($line['variation_id'] ?: $line['product_id']);
            if ($product) {
                $this->contents[$key] = $line + ['data' => $product];
            }
        }
        $saved = get_current_user_id()
            ? get_user_meta(get_current_user_id(), '_woocommerce_persistent_cart_' . get_current_blog_id(), true) : '';
        if ($this->contents === [] && is_array($saved)) {
            foreach ($saved['cart'] as $key => $line) {
                $this->contents[$key] = $line + ['data' => wc_get_product($line['variation_id'] ?: $line['product_id'])];
            }
        }
        $this->coupons = (array) WC()->session->get('applied_coupons', []);
        do_action('woocommerce_cart_loaded_from_session', $this);
        $this->calculate_totals();
    }

    public function get_cart(): array
    {
        return $this->contents;
    }

    public function is_empty(): bool
    {
        return $this->contents === [];
    }

    public function add_to_cart($productId, $quantity = 1, $variationId = 0, $variation = [], $data = []): string|false
    {
        $product = wc_get_product($variationId ?: $productId);
        if (!$product || !$product->is_purchasable() || !$product->is_in_stock()) {
            wc_add_notice('You cannot add that to the cart.', 'error');
            return false;
        }
        $key = md5("$productId-$variationId-" . wp_json_encode($variation));
        $quantity += $this->contents[$key]['quantity'] ?? 0;
        if (!$product->has_enough_stock($quantity)) {
            wc_add_notice('You cannot add that amount to the cart.', 'error');
            return false;
        }
        $this->contents[$key] = ['key' => $key, 'product_id' => (int) $productId, 'variation_id' => (int) $variationId,
            'variation' => $variation, 'quantity' => $quantity, 'data' => $product];
        do_action('woocommerce_set_cart_cookies', true);
        do_action('woocommerce_add_to_cart', $key, $productId, $quantity, $variationId, $variation, $data);
        $this->calculate_totals();

        return $key;
    }

    public function set_quantity(string $key, $quantity): void
    {
        $old = $this->contents[$key]['quantity'];
        $this->contents[$key]['quantity'] = $quantity;
        do_action('woocommerce_after_cart_item_quantity_update', $key, $quantity, $old, $this);
        do_action('woocommerce_cart_item_set_quantity', $key, $quantity, $this);
        $this->calculate_totals();
    }

    public function remove_cart_item(string $key): void
    {
        unset($this->contents[$key]);
        do_action('woocommerce_cart_item_removed', $key, $this);
        $this->calculate_totals();
    }

    public function empty_cart(): void
    {
        $this->contents = $this->coupons = [];
        $this->calculate_totals();
        do_action('woocommerce_cart_emptied', true);
    }

    public function apply_coupon(string $code): bool
    {
        $code = wc_format_coupon_code($code);
        if (!(new WC_Coupon($code))->is_valid($this->subtotal())) {
            wc_add_notice(sprintf('Coupon "%s" cannot be applied.', esc_html($code)), 'error');
            return false;
        }
        $this->coupons[] = $code;
        do_action('woocommerce_applied_coupon', $code);
        $this->calculate_totals();
        wc_add_notice('Coupon code applied successfully.');

        return true;
    }

    public function has_discount(string $code): bool
    {
        return in_array($code, $this->coupons, true);
    }

    public function get_applied_coupons(): array
    {
        return $this->coupons;
    }

    public function get_cart_contents_total(): string
    {
        return (string) ($this->total - (float) $this->get_cart_contents_tax());
    }

    public function get_cart_contents_tax(): string
    {
        return stand_in_money($this->total - $this->total / 1.23);
    }

    public function get_discount(): float
    {
        return $this->discount;
    }

    public function gross(): float
    {
        return $this->total;
    }

    public function calculate_totals(): void
    {
        do_action('woocommerce_before_calculate_totals', $this);
        foreach ($this->contents as $key => $line) {
            $gross = (float) $line['data']->get_price() * $line['quantity'];
            $this->contents[$key]['line_subtotal'] = round($gross / 1.23, 6);
            $this->contents[$key]['line_subtotal_tax'] = $gross - round($gross / 1.23, 6);
        }
        $this->discount = 0.0;
        foreach ($this->coupons as $code) {
            $this->discount += (new WC_Coupon($code))->off($this->subtotal());
        }
        $this->total = max(0.0, $this->subtotal() - $this->discount);
        do_action('woocommerce_after_calculate_totals', $this);
        do_action('woocommerce_cart_updated');
        $this->keep();
    }

    private function subtotal(): float
    {
        return (float) array_sum(array_map(
            static fn ($line) => (float) $line['data']->get_price() * $line['quantity'],
            $this->contents
        ));
    }

    private function keep(): void
    {
        $plain = array_map(static function ($line) {
            unset($line['data']);
            return $line;
        }, $this->contents);
        WC()->session->set('cart', $plain);
        WC()->session->set('applied_coupons', $this->coupons);
        if (get_current_user_id()) {
            update_user_meta(get_current_user_id(), '_woocommerce_persistent_cart_' . get_current_blog_id(), ['cart' => $plain]);
        }
    }
}
