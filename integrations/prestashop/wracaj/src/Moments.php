<?php

namespace WracajModule;

/**
 * Times. PrestaShop keeps them in the shop's time zone and without an offset; Wracaj reads them in
 * UTC. All texts have one length, so that they can be compared as texts.
 *
 * A Wracaj on the developer's own machine lets time run faster. Its key says how its clock runs, and
 * what is told follows it. Everywhere else both clocks are the same.
 */
final class Moments
{
    private const SAME = ['real' => 0.0, 'shows' => 0.0, 'speed' => 1.0];

    /** @var array{real: float, shows: float, speed: float} */
    private static $clock = self::SAME;

    /**
     * @param array{real: float, shows: float, speed: float}|null $clock of the key
     */
    public static function follow(?array $clock): void
    {
        self::$clock = $clock ?? self::SAME;
    }

    public static function now(): string
    {
        return self::told(microtime(true));
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
            return self::told((float) (new \DateTimeImmutable($date))->format('U.u'));
        } catch (\Exception $error) {
            return null;
        }
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
        $ahead = (new \DateTimeImmutable($moment))->getTimestamp() - self::$clock['shows'];

        return date('Y-m-d H:i:s', (int) (self::$clock['real'] + $ahead / self::speedOf($ahead)));
    }

    /**
     * When a code begins. On the developer's own machine Wracaj may have skipped time since its key
     * was pasted; there a code holds at once.
     *
     * @throws \InvalidArgumentException where it is no time with an offset
     */
    public static function beginningInShop(string $moment): string
    {
        $begins = self::toShop($moment);

        return self::$clock === self::SAME ? $begins : min($begins, date('Y-m-d H:i:s'));
    }

    private static function told(float $real): string
    {
        $ahead = $real - self::$clock['real'];
        $shown = sprintf('%.6F', self::$clock['shows'] + $ahead * self::speedOf($ahead));

        return \DateTimeImmutable::createFromFormat('U.u', $shown)->format('Y-m-d\TH:i:s.u\Z');
    }

    /**
     * What was before the stack began did not run faster.
     */
    private static function speedOf(float $ahead): float
    {
        return $ahead > 0 ? self::$clock['speed'] : 1.0;
    }
}
