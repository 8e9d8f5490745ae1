<?php

namespace WracajModule;

/**
 * Standard Webhooks 1.0: signs what the shop sends, verifies what Wracaj sends.
 */
final class Signature
{
    private const PREFIX = 'whsec_';
    private const TOLERANCE_SECONDS = 300;
    public const SHORTEST_KEY = 24;

    /**
     * The key behind a secret, or null where it is no secret: an empty key would verify anything.
     */
    public static function key(string $secret): ?string
    {
        $text = strpos($secret, self::PREFIX) === 0 ? substr($secret, strlen(self::PREFIX)) : $secret;
        $key = base64_decode($text, true);

        return $key !== false && strlen($key) >= self::SHORTEST_KEY ? $key : null;
    }

    /**
     * @return string[] header lines
     */
    public static function headers(string $messageId, string $body, string $secret, int $now): array
    {
        return [
            'Content-Type: application/json',
            'webhook-id: ' . $messageId,
            'webhook-timestamp: ' . $now,
            'webhook-signature: v1,' . self::of($messageId, (string) $now, $body, (string) self::key($secret)),
        ];
    }

    /**
     * Null where the request is Wracaj's; else what is wrong with it.
     */
    public static function problem(
        string $messageId,
        string $stamp,
        string $given,
        string $body,
        string $secret,
        int $now
    ): ?string {
        $key = self::key($secret);
        if ($key === null || $messageId === '' || $given === '') {
            return 'the headers webhook-id, webhook-timestamp and webhook-signature are needed';
        }
        if (!preg_match('/^\d{1,12}$/', $stamp) || abs((int) $stamp - $now) > self::TOLERANCE_SECONDS) {
            return 'webhook-timestamp is more than 5 minutes away from the clock of the shop';
        }
        $expected = 'v1,' . self::of($messageId, $stamp, $body, $key);
        foreach (explode(' ', $given) as $signature) {
            if (hash_equals($expected, $signature)) {
                return null;
            }
        }

        return 'no signature fits this body and the secret in the key of this shop';
    }

    private static function of(string $messageId, string $stamp, string $body, string $key): string
    {
        return base64_encode(hash_hmac('sha256', $messageId . '.' . $stamp . '.' . $body, $key, true));
    }
}
