<?php

declare(strict_types=1);

namespace Wracaj\WooCommerce;

/** Times as Wracaj reads them: UTC with milliseconds, so that two changes in one second have an order. */
final class Clock
{
    public static function now(): float
    {
        return microtime(true);
    }

    public static function iso(float $time): string
    {
        $milliseconds = (int) floor($time * 1000);

        return gmdate('Y-m-d\TH:i:s', intdiv($milliseconds, 1000))
            . sprintf('.%03dZ', $milliseconds % 1000);
    }
}
