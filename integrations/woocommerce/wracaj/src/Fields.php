<?php

declare(strict_types=1);

namespace Wracaj\WooCommerce;

/** Single fields of the generic format. */
final class Fields
{
    /**
     * Without what is not known.
     *
     * @param array<string, mixed> $fields
     * @return array<string, mixed>
     */
    public static function known(array $fields): array
    {
        return array_filter($fields, static function ($value): bool {
            return $value !== null && $value !== '';
        });
    }

    /** @return int|float */
    public static function quantity(float $quantity)
    {
        return floor($quantity) === $quantity ? (int) $quantity : round($quantity, 3);
    }

    /** The address if it is one of https, else null: no other is shown in a mail. */
    public static function secure(string $url): ?string
    {
        return stripos($url, 'https://') === 0 ? $url : null;
    }

    /** pl_PL and pl_PL_formal as pl-PL. */
    public static function locale(string $locale): string
    {
        return implode('-', array_slice(explode('_', $locale), 0, 2));
    }

    /** An address that a mail can reach, or ''. */
    public static function email(string $typed): string
    {
        $email = trim($typed);

        return is_email($email) && preg_match('/\.(?!\d+$)[^.]{2,}$/', $email) ? $email : '';
    }
}
