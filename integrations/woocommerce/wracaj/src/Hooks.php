<?php

declare(strict_types=1);

namespace Wracaj\WooCommerce;

/** Hooks in shoppers' pages. Whatever goes wrong in this plugin, the page and the order go on. */
final class Hooks
{
    public static function on(string $hook, callable $do, int $priority = 10, int $arguments = 1): void
    {
        add_filter($hook, static function (...$passed) use ($do, $hook) {
            try {
                return $do(...$passed);
            } catch (\Throwable $error) {
                self::log($hook, $error);

                return $passed[0] ?? null;
            }
        }, $priority, $arguments);
    }

    private static function log(string $hook, \Throwable $error): void
    {
        $place = basename($error->getFile()) . ':' . $error->getLine();
        $text = sprintf('Wracaj, %s: %s (%s)', $hook, $error->getMessage(), $place);
        if (function_exists('wc_get_logger')) {
            wc_get_logger()->error($text, ['source' => 'wracaj']);
        } else {
            error_log($text); // phpcs:ignore WordPress.PHP.DevelopmentFunctions.error_log_error_log
        }
    }
}
