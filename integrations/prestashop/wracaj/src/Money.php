<?php

namespace WracajModule;

/**
 * Amounts as decimal texts. PrestaShop keeps them as floats with six decimals.
 */
final class Money
{
    public static function text($amount, \Currency $currency): string
    {
        $places = isset($currency->precision) ? (int) $currency->precision : 2;

        return number_format(max(0.0, (float) $amount), $places, '.', '');
    }
}
