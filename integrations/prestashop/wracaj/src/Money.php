<?php

namespace WracajModule;

/**
 * Amounts as decimal texts. PrestaShop keeps them as floats with six decimals.
 */
final class Money
{
    public static function text($amount, \Currency $currency): string
    {
        // 1.7.6 stores 6 for currencies whose decimals nobody set
        $places = isset($currency->precision) && $currency->precision <= 3 ? (int) $currency->precision : 2;

        return number_format(max(0.0, (float) $amount), $places, '.', '');
    }
}
