<?php

namespace WracajModule;

/**
 * Small numbers that the module remembers for each shop: when to try again, when the cron ran.
 */
final class States
{
    public const PAUSED_UNTIL = 'paused_until';
    public const FAILURES = 'failures';
    public const CRON_AT = 'cron_at';
    public const TRIED_AT = 'tried_at';

    /** @var Store */
    private $store;

    public function __construct(Store $store)
    {
        $this->store = $store;
    }

    public function get(int $shop, string $name): int
    {
        $row = $this->store->row(Tables::STATE, self::of($shop, $name));

        return (int) ($row['value'] ?? 0);
    }

    public function set(int $shop, string $name, int $value): void
    {
        $row = ['id_shop' => $shop, 'name' => $name, 'value' => $value];
        if (!$this->store->add(Tables::STATE, $row)) {
            $this->store->change(Tables::STATE, ['value' => $value], self::of($shop, $name));
        }
    }

    private static function of(int $shop, string $name): string
    {
        return '`id_shop` = ' . $shop . ' AND `name` = ' . Store::text($name);
    }
}
