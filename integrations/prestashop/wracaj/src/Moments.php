<?php

namespace WracajModule;

/**
 * Times. PrestaShop keeps them in the shop's time zone and without an offset; Wracaj reads them in
 * UTC. All texts have one length, so that they can be compared as texts.
 */
final class Moments
{
    private const UTC = 'Y-m-d\TH:i:s.u\Z';

    public static function now(): string
    {
        // createFromFormat keeps microseconds, which "new DateTime()" lacks before PHP 7.1
        $now = \DateTimeImmutable::createFromFormat('U.u', sprintf('%.6F', microtime(true)));

        return $now->setTimezone(new \DateTimeZone('UTC'))->format(self::UTC);
    }

    /**
     * Null for what PrestaShop writes where there is no date: null, '' and 0000-00-00.
     */
    public static function fromShop(?string $date): ?string
    {
        if ($date === null || strpos($date, '0000') === 0 || trim($date) === '') {
            return null;
        }
        try {
            $moment = new \DateTimeImmutable($date);
        } catch (\Exception $error) {
            return null;
        }

        return $moment->setTimezone(new \DateTimeZone('UTC'))->format(self::UTC);
    }

    /**
     * A time of Wracaj's, as PrestaShop keeps times.
     *
     * @throws \InvalidArgumentException where it is no time with an offset
     */
    public static function toShop(string $moment): string
    {
        if (!preg_match('/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/', $moment)) {
            throw new \InvalidArgumentException('no time with an offset');
        }
        $zone = new \DateTimeZone(date_default_timezone_get());

        return (new \DateTimeImmutable($moment))->setTimezone($zone)->format('Y-m-d H:i:s');
    }
}
