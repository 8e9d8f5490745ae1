<?php

declare(strict_types=1);

namespace Wracaj\WooCommerce;

/** Standard Webhooks 1.0: signs `id.timestamp.body`, in both directions with the same secret. */
final class Signature
{
    private const TOLERANCE_SECONDS = 300;

    /** @return array<string, string> */
    public static function headers(Key $key, string $messageId, string $body, int $time): array
    {
        return [
            'content-type' => 'application/json',
            'webhook-id' => $messageId,
            'webhook-timestamp' => (string) $time,
            'webhook-signature' => 'v1,' . self::of($key, $messageId, (string) $time, $body),
        ];
    }

    /** Whether one of the `v1` signatures fits, and the time is within five minutes. */
    public static function fits(
        Key $key,
        string $messageId,
        string $timestamp,
        string $signatures,
        string $body,
        int $now
    ): bool {
        if ($messageId === '' || !preg_match('/^[0-9]{1,12}$/', $timestamp)) {
            return false;
        }
        if (abs($now - (int) $timestamp) > self::TOLERANCE_SECONDS) {
            return false;
        }
        $ours = 'v1,' . self::of($key, $messageId, $timestamp, $body);
        $fits = false;
        foreach (explode(' ', $signatures) as $theirs) {
            $fits = hash_equals($ours, $theirs) || $fits;
        }

        return $fits;
    }

    private static function of(Key $key, string $messageId, string $timestamp, string $body): string
    {
        return base64_encode(
            hash_hmac('sha256', "$messageId.$timestamp.$body", $key->secretBytes(), true)
        );
    }
}
