<?php

declare(strict_types=1);

namespace Wracaj\WooCommerce;

/**
 * One decision about e-mails: for which address, when, and under which words. A box that merely
 * stays as it was is no new decision and keeps its date, so that an old opt-in never undoes a newer
 * opt-out.
 */
final class Consent
{
    public const SUBSCRIBED = 'subscribed';
    public const UNSUBSCRIBED = 'unsubscribed';
    public const USER_META = '_wracaj_consent';
    public const ORDER_META = '_wracaj_consent';

    /**
     * What stands after the box was seen ticked or not. [] means that nothing was ever decided.
     *
     * @param array<string, mixed> $before
     * @return array<string, mixed>
     */
    public static function after(
        array $before,
        bool $ticked,
        string $email,
        string $words,
        string $source,
        float $now
    ): array {
        $email = strtolower($email);
        if (!$ticked) {
            return self::isYes($before)
                ? ['state' => self::UNSUBSCRIBED, 'email' => $before['email'], 'at' => $now,
                    'words' => $words, 'source' => $source]
                : $before;
        }
        if (self::isYes($before) && $before['email'] === $email) {
            return $before;
        }

        return ['state' => self::SUBSCRIBED, 'email' => $email, 'at' => $now, 'words' => $words, 'source' => $source];
    }

    /**
     * Whether `$newer` is a later decision for the same address.
     *
     * @param array<string, mixed> $newer
     * @param array<string, mixed> $older
     */
    public static function replaces(array $newer, array $older): bool
    {
        return $newer !== [] && $newer['email'] === $older['email'] && $newer['at'] > $older['at'];
    }

    /** @param array<string, mixed> $consent */
    public static function isYes(array $consent): bool
    {
        return ($consent['state'] ?? '') === self::SUBSCRIBED;
    }

    /**
     * As the generic format has it; null where nothing was decided for this address.
     *
     * @param array<string, mixed> $consent
     * @return array<string, mixed>|null
     */
    public static function told(array $consent, string $email): ?array
    {
        if ($consent === [] || ($consent['email'] ?? '') !== strtolower($email)) {
            return null;
        }

        return ['email' => [
            'state' => $consent['state'],
            'updated_at' => Clock::iso((float) $consent['at']),
            'source' => $consent['source'],
        ]];
    }

    /** @return array<string, mixed> */
    public static function ofUser(int $userId): array
    {
        $kept = $userId > 0 ? get_user_meta($userId, self::USER_META, true) : [];

        return is_array($kept) ? $kept : [];
    }

    /**
     * Keep a decision about the account's own address, also where WooCommerce keeps its box: the
     * account page must not show another state, which the next save would take for a decision.
     *
     * @param array<string, mixed> $consent
     */
    public static function keepForUser(int $userId, array $consent): void
    {
        $user = $userId > 0 && $consent !== [] ? get_userdata($userId) : false;
        if ($user && strcasecmp((string) $user->user_email, (string) $consent['email']) === 0) {
            update_user_meta($userId, self::USER_META, $consent);
            update_user_meta($userId, ConsentBox::FIELD_META, self::isYes($consent) ? '1' : '0');
        }
    }
}
