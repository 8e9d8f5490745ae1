<?php

/**
 * The few functions of WordPress and WooCommerce that the plugin's pure parts call. Enough to run
 * them without a WordPress; tests_shops/wordpress runs all of it inside a real one.
 */

declare(strict_types=1);

define('ABSPATH', '/');
define('DAY_IN_SECONDS', 86400);
define('HOUR_IN_SECONDS', 3600);
define('MINUTE_IN_SECONDS', 60);

function __(string $text, string $domain): string
{
    return $text;
}

function is_email(string $text)
{
    return filter_var($text, FILTER_VALIDATE_EMAIL) ? $text : false;
}

function is_wp_error($thing): bool
{
    return false;
}

function wp_salt(string $scheme): string
{
    return 'salt';
}

function wp_strip_all_tags(string $text): string
{
    return strip_tags($text);
}

function wp_remote_retrieve_response_code(array $response): int
{
    return $response['code'];
}

function wp_remote_retrieve_body(array $response): string
{
    return $response['body'];
}

function wp_remote_retrieve_header(array $response, string $name): string
{
    return $response['headers'][$name] ?? '';
}

/** Keeps what is inserted. */
final class Wpdb_Stand_In
{
    public string $prefix = 'wp_';
    public array $rows = [];

    public function insert(string $table, array $row): int
    {
        $this->rows[] = $row;

        return 1;
    }

    public function update(string $table, array $row, array $where): int
    {
        return 0;
    }
}

$wpdb = new Wpdb_Stand_In();
