<?php

declare(strict_types=1);

namespace Wracaj\WooCommerce;

/** Amounts as decimal strings with a point. */
final class Money
{
    /** @param float|string|int $amount */
    public static function plain($amount): string
    {
        $text = number_format((float) $amount, wc_get_price_decimals(), '.', '');

        return (float) $text == 0.0 ? ltrim($text, '-') : $text;
    }
}
