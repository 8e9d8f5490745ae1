<?php

namespace WracajModule;

/**
 * The module's settings of one shop. Where several shops run in one PrestaShop, each has its own
 * key.
 */
final class Settings
{
    public const KEY = 'WRACAJ_KEY';
    public const BOX = 'WRACAJ_BOX';
    public const BIRTHDAYS = 'WRACAJ_BIRTHDAYS';
    public const CANCELLED = 'WRACAJ_CANCELLED';
    public const CRON_TOKEN = 'WRACAJ_CRON_TOKEN';
    public const ALL = [self::KEY, self::BOX, self::BIRTHDAYS, self::CANCELLED, self::CRON_TOKEN];

    /**
     * Null where the shop is not connected. Then nothing is collected either.
     */
    public static function key(int $shop): ?Key
    {
        $line = self::mayUseTheKeyOfAll($shop) || \Configuration::hasKey(self::KEY, null, null, $shop)
            ? self::get(self::KEY, $shop)
            : '';
        if ($line === '') {
            return null;
        }
        try {
            return Key::read($line);
        } catch (KeyError $error) {
            return null;
        }
    }

    public static function get(string $name, int $shop): string
    {
        return (string) \Configuration::get($name, null, null, $shop);
    }

    public static function set(string $name, string $value, int $shop): void
    {
        \Configuration::updateValue($name, $value, false, null, \Shop::isFeatureActive() ? $shop : null);
    }

    public static function cronToken(): string
    {
        $token = (string) \Configuration::getGlobalValue(self::CRON_TOKEN);
        if ($token === '') {
            $token = bin2hex(random_bytes(24));
            \Configuration::updateGlobalValue(self::CRON_TOKEN, $token);
        }

        return $token;
    }

    /**
     * The states that mean that an order does not count: PrestaShop's own, found by its settings
     * since ids may be renumbered, and those that the shop ticked.
     *
     * @return int[]
     */
    public static function cancelledStates(int $shop): array
    {
        $own = [\Configuration::get('PS_OS_CANCELED'), \Configuration::get('PS_OS_REFUND')];
        $ticked = explode(',', self::get(self::CANCELLED, $shop));

        return array_values(array_filter(array_map('intval', array_merge($own, $ticked))));
    }

    /**
     * @return int[] the shops with a key
     */
    public static function connectedShops(): array
    {
        return array_values(array_filter(array_map('intval', \Shop::getShops(true, null, true)), function (int $shop) {
            return self::key($shop) !== null;
        }));
    }

    public static function forget(): void
    {
        foreach (self::ALL as $name) {
            \Configuration::deleteByName($name);
        }
    }

    /**
     * A key that was pasted while there was one shop is stored for all shops. It is the first one's:
     * a shop that was added later has shoppers and consents of its own.
     */
    private static function mayUseTheKeyOfAll(int $shop): bool
    {
        return !\Shop::isFeatureActive() || $shop === min(array_map('intval', \Shop::getShops(false, null, true)));
    }
}
