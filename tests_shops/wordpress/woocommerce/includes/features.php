<?php

declare(strict_types=1);

namespace Automattic\WooCommerce\Utilities {
    final class FeaturesUtil
    {
        /** @var array<string, array<string, bool>> */
        public static array $declared = [];

        public static function declare_compatibility(string $feature, string $file, bool $positive = true): bool
        {
            self::$declared[$feature][plugin_basename($file)] = $positive;

            return true;
        }
    }
}

namespace {
    function wc_get_price_decimals(): int
    {
        return 2;
    }

    function get_woocommerce_currency(): string
    {
        return 'PLN';
    }

    function wc_string_to_bool($value): bool
    {
        return is_bool($value) ? $value : in_array(strtolower((string) $value), ['yes', '1', 'true'], true);
    }

    function wc_format_coupon_code(string $code): string
    {
        return strtolower(trim(sanitize_text_field($code)));
    }

    /** Rounded half up, as money. */
    function stand_in_money(float $amount): string
    {
        return number_format($amount, 2, '.', '');
    }
}
