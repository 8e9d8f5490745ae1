<?php

declare(strict_types=1);

namespace Wracaj\WooCommerce;

/** Makes the codes that Wracaj asks for: for one use, until a date, from a cart's value on. */
final class Coupons
{
    public const META = '_wracaj_code';
    private const STARTS = '_wracaj_starts_at';

    /** @var Settings */
    private $settings;
    /** @var Carts */
    private $carts;

    public function __construct(Settings $settings, Carts $carts)
    {
        $this->settings = $settings;
        $this->carts = $carts;
    }

    public function register(): void
    {
        Hooks::on('woocommerce_coupon_is_valid', [$this, 'hasStarted'], 10, 2);
    }

    /**
     * Create the code. The same code twice changes nothing.
     *
     * @param array<string, mixed> $asked `data` of discount.requested
     * @return bool whether it is new
     * @throws DiscountError
     */
    public function create(array $asked): bool
    {
        $code = $this->code($asked);
        $coupon = $this->terms($asked, $code);
        $lock = 'wracaj_lock_' . md5($code);
        if (!$this->lock($lock)) {
            throw new DiscountError('this code is being made at this moment; ask again', 503);
        }
        try {
            $isNew = !wc_get_coupon_id_by_code($code);
            if ($isNew) {
                $coupon->save();
            }
        } finally {
            delete_option($lock);
        }
        // also where it was there before: the call that made it may have died right after
        $this->carts->giveCode((string) ($asked['cart_id'] ?? ''), $code);

        return $isNew;
    }

    /**
     * @param mixed $valid
     * @param mixed $coupon
     * @return mixed
     */
    public function hasStarted($valid, $coupon)
    {
        $starts = $coupon instanceof \WC_Coupon ? (int) $coupon->get_meta(self::STARTS) : 0;

        return $valid && $starts <= time();
    }

    /** @param array<string, mixed> $asked */
    private function code(array $asked): string
    {
        $code = is_string($asked['code'] ?? null) ? wc_format_coupon_code($asked['code']) : '';
        if ($code === '' || strlen($code) > 64) {
            throw new DiscountError('data.code is missing or too long');
        }

        return $code;
    }

    /** @param array<string, mixed> $asked */
    private function terms(array $asked, string $code): \WC_Coupon
    {
        $coupon = new \WC_Coupon();
        $coupon->set_code($code);
        $coupon->set_description('Wracaj');
        $this->setValue($coupon, $asked);
        $coupon->set_usage_limit(max(1, (int) ($asked['usage_limit'] ?? 1)));
        $coupon->set_individual_use($this->settings->codesAreAlone());
        $coupon->set_date_expires($this->time($asked, 'expires_at'));
        $coupon->update_meta_data(self::META, '1');
        $coupon->update_meta_data(self::STARTS, (string) $this->time($asked, 'starts_at'));
        if (isset($asked['minimum_total'])) {
            $this->refuseOtherCurrency($asked);
            $coupon->set_minimum_amount($this->amount($asked, 'minimum_total'));
        }

        return $coupon;
    }

    /** @param array<string, mixed> $asked */
    private function setValue(\WC_Coupon $coupon, array $asked): void
    {
        switch ($asked['kind'] ?? '') {
            case 'percent':
                $coupon->set_discount_type('percent');
                $coupon->set_amount($this->percent($asked));
                return;
            case 'amount':
                $this->refuseOtherCurrency($asked);
                $coupon->set_discount_type('fixed_cart');
                $coupon->set_amount($this->amount($asked, 'amount'));
                return;
            case 'free_shipping':
                $coupon->set_discount_type('fixed_cart');
                $coupon->set_amount('0');
                $coupon->set_free_shipping(true);
                return;
            case 'gift':
                $coupon->set_discount_type('percent');
                $coupon->set_amount('100');
                $coupon->set_product_ids([$this->product($asked)]);
                $coupon->set_limit_usage_to_x_items(1);
                return;
        }
        throw new DiscountError('data.kind must be percent, amount, free_shipping or gift');
    }

    /** @param array<string, mixed> $asked */
    private function percent(array $asked): string
    {
        $percent = $asked['percent'] ?? null;
        if (!is_int($percent) || $percent < 1 || $percent > 100) {
            throw new DiscountError('data.percent must be a whole number from 1 to 100');
        }

        return (string) $percent;
    }

    /** @param array<string, mixed> $asked */
    private function amount(array $asked, string $field): string
    {
        $amount = $asked[$field] ?? null;
        if (!is_string($amount) || !preg_match('/^\d{1,10}(\.\d{1,4})?$/', $amount) || (float) $amount <= 0) {
            throw new DiscountError("data.$field must be a decimal string above zero, such as \"20.00\"");
        }

        return $amount;
    }

    /** @param array<string, mixed> $asked */
    private function product(array $asked): int
    {
        $id = is_scalar($asked['product_id'] ?? null) ? (int) $asked['product_id'] : 0;
        if (!$id || !wc_get_product($id)) {
            throw new DiscountError('data.product_id names no product of this shop');
        }

        return $id;
    }

    /** @param array<string, mixed> $asked */
    private function refuseOtherCurrency(array $asked): void
    {
        $currency = $asked['currency'] ?? null;
        if ($currency !== null && $currency !== get_woocommerce_currency()) {
            throw new DiscountError('data.currency is not the currency of this shop, ' . get_woocommerce_currency());
        }
    }

    /** @param array<string, mixed> $asked */
    private function time(array $asked, string $field): int
    {
        $time = is_string($asked[$field] ?? null) ? strtotime($asked[$field]) : false;
        if ($time === false) {
            throw new DiscountError("data.$field must be a time with its offset");
        }

        return (int) Clock::real((float) $time);
    }

    /** Two calls for one code at the same moment make one coupon. */
    private function lock(string $name): bool
    {
        global $wpdb;
        $taken = $wpdb->query($wpdb->prepare(
            "INSERT IGNORE INTO {$wpdb->options} (option_name, option_value, autoload) VALUES (%s, %s, 'no')",
            $name,
            (string) time()
        ));
        if ($taken) {
            return true;
        }
        $since = (int) $wpdb->get_var(
            $wpdb->prepare("SELECT option_value FROM {$wpdb->options} WHERE option_name = %s", $name)
        );

        return $since < time() - MINUTE_IN_SECONDS; // left by a process that died
    }
}
