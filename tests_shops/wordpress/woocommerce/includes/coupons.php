<?php

declare(strict_types=1);

final class WC_Coupon
{
    /** @var array<string, mixed> */
    private array $data = ['code' => '', 'amount' => '0', 'discount_type' => 'fixed_cart', 'usage_limit' => 0,
        'usage_count' => 0, 'individual_use' => false, 'date_expires' => 0, 'minimum_amount' => '',
        'free_shipping' => false, 'product_ids' => [], 'limit_usage_to_x_items' => 0, 'description' => ''];
    /** @var array<string, mixed> */
    private array $meta = [];
    private int $id = 0;

    public function __construct($code = '')
    {
        $this->id = $code === '' ? 0 : wc_get_coupon_id_by_code((string) $code);
        if ($this->id) {
            $this->data = (array) get_post_meta($this->id, 'data', true) + $this->data;
            foreach (['_wracaj_code', '_wracaj_starts_at'] as $key) {
                $this->meta[$key] = get_post_meta($this->id, $key, true);
            }
        }
    }

    public function __call(string $name, array $arguments)
    {
        if (str_starts_with($name, 'set_')) {
            $this->data[substr($name, 4)] = $arguments[0];
            return null;
        }
        return $this->data[preg_replace('/^get_/', '', $name)] ?? null;
    }

    public function get_meta(string $key)
    {
        return $this->meta[$key] ?? '';
    }

    public function update_meta_data(string $key, $value): void
    {
        $this->meta[$key] = $value;
    }

    public function save(): int
    {
        $this->id = wp_insert_post(
            ['ID' => $this->id, 'post_type' => 'shop_coupon', 'post_status' => 'publish', 'post_title' => $this->data['code']]
        );
        update_post_meta($this->id, 'data', $this->data);
        foreach ($this->meta as $key => $value) {
            update_post_meta($this->id, $key, $value);
        }

        return $this->id;
    }

    public function is_valid(float $subtotal): bool
    {
        $valid = $this->id > 0
            && (!$this->data['date_expires'] || $this->data['date_expires'] > time())
            && (!$this->data['usage_limit'] || $this->data['usage_count'] < $this->data['usage_limit'])
            && $subtotal >= (float) $this->data['minimum_amount'];

        return (bool) apply_filters('woocommerce_coupon_is_valid', $valid, $this, null);
    }

    public function off(float $subtotal): float
    {
        return $this->data['discount_type'] === 'percent'
            ? round($subtotal * (float) $this->data['amount'] / 100, 2)
            : min($subtotal, (float) $this->data['amount']);
    }

    public function use(): void
    {
        $this->data['usage_count']++;
        $this->save();
    }
}

function wc_get_coupon_id_by_code(string $code): int
{
    global $wpdb;

    return (int) $wpdb->get_var($wpdb->prepare(
        "SELECT ID FROM $wpdb->posts WHERE post_type = 'shop_coupon' AND post_status = 'publish' AND post_title = %s",
        wc_format_coupon_code($code)
    ));
}
