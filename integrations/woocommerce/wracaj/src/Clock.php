<?php

declare(strict_types=1);

namespace Wracaj\WooCommerce;

/**
 * Times as Wracaj reads them: UTC with milliseconds, so that two changes in one second have an order.
 *
 * A Wracaj on the developer's own machine lets time run faster; its key says how its clock runs, and
 * what is reported follows it. Everywhere else both clocks are the same.
 */
final class Clock
{
    /** @var array{real: float, shows: float, speed: float} */
    private static $clock = ['real' => 0.0, 'shows' => 0.0, 'speed' => 1.0];

    /** @param array{real: float, shows: float, speed: float}|null $clock */
    public static function follow(?array $clock): void
    {
        self::$clock = $clock ?? ['real' => 0.0, 'shows' => 0.0, 'speed' => 1.0];
    }

    public static function now(): float
    {
        return self::shown(microtime(true));
    }

    /** What Wracaj's clock shows at a moment of this server's. */
    public static function shown(float $real): float
    {
        return self::$clock['shows'] + ($real - self::$clock['real']) * self::$clock['speed'];
    }

    /** The moment here at which Wracaj's clock shows this time. */
    public static function real(float $shown): float
    {
        return self::$clock['real'] + ($shown - self::$clock['shows']) / self::$clock['speed'];
    }

    public static function iso(float $time): string
    {
        $milliseconds = (int) floor($time * 1000);

        return gmdate('Y-m-d\TH:i:s', intdiv($milliseconds, 1000))
            . sprintf('.%03dZ', $milliseconds % 1000);
    }
}
