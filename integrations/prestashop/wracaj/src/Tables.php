<?php

namespace WracajModule;

/**
 * The module's own tables. None of PrestaShop's tables is changed.
 */
final class Tables
{
    public const CART = 'wracaj_cart';
    public const OUTBOX = 'wracaj_outbox';
    public const DELIVERY = 'wracaj_delivery';
    public const SHOPPER = 'wracaj_shopper';
    public const ORDER = 'wracaj_order';
    public const STATE = 'wracaj_state';

    private const COLUMNS = [
        // cart_id: what Wracaj calls the cart; token: what the link back holds; who: see Who
        self::CART => '
            `id_cart` INT UNSIGNED NOT NULL PRIMARY KEY,
            `id_shop` INT UNSIGNED NOT NULL,
            `cart_id` VARCHAR(36) NOT NULL UNIQUE,
            `token` VARCHAR(64) NOT NULL UNIQUE,
            `who` VARCHAR(40) NOT NULL,
            `copied_from` VARCHAR(36) NOT NULL,
            `code` VARCHAR(64) NOT NULL,
            `fingerprint` VARCHAR(40) NOT NULL,
            `told_at` INT UNSIGNED NOT NULL,
            `made_at` INT UNSIGNED NOT NULL',
        self::OUTBOX => '
            `id` {SERIAL},
            `id_shop` INT UNSIGNED NOT NULL,
            `stream` VARCHAR(80) NOT NULL,
            `message_id` VARCHAR(40) NOT NULL,
            `type` VARCHAR(40) NOT NULL,
            `who` VARCHAR(40) NOT NULL,
            `body` MEDIUMTEXT NOT NULL,
            `attempts` INT UNSIGNED NOT NULL,
            `next_try` INT UNSIGNED NOT NULL,
            `made_at` INT UNSIGNED NOT NULL',
        self::DELIVERY => '
            `id` {SERIAL},
            `id_shop` INT UNSIGNED NOT NULL,
            `at` INT UNSIGNED NOT NULL,
            `type` VARCHAR(40) NOT NULL,
            `about` VARCHAR(80) NOT NULL,
            `status` INT UNSIGNED NOT NULL,
            `detail` VARCHAR(500) NOT NULL',
        self::SHOPPER => '
            `id_customer` INT UNSIGNED NOT NULL PRIMARY KEY,
            `is_guest` INT UNSIGNED NOT NULL,
            `newsletter` INT UNSIGNED NOT NULL,
            `newsletter_at` VARCHAR(30) NOT NULL,
            `box` INT UNSIGNED NOT NULL,
            `box_at` VARCHAR(30) NOT NULL,
            `fingerprint` VARCHAR(40) NOT NULL',
        self::ORDER => '
            `id_order` INT UNSIGNED NOT NULL PRIMARY KEY,
            `id_cart` INT UNSIGNED NOT NULL,
            `id_customer` INT UNSIGNED NOT NULL,
            `told` VARCHAR(12) NOT NULL,
            `total` VARCHAR(24) NOT NULL,
            `has_slip` INT UNSIGNED NOT NULL',
        self::STATE => '
            `id_shop` INT UNSIGNED NOT NULL,
            `name` VARCHAR(20) NOT NULL,
            `value` BIGINT NOT NULL,
            PRIMARY KEY (`id_shop`, `name`)',
    ];

    private const INDEXES = [
        self::OUTBOX => ['stream' => '`id_shop`, `stream`, `id`', 'who' => '`who`'],
        self::DELIVERY => ['shop' => '`id_shop`, `id`'],
        self::CART => ['who' => '`who`'],
        self::ORDER => ['cart' => '`id_cart`'],
    ];

    public static function create(\Db $db): bool
    {
        foreach (self::COLUMNS as $table => $columns) {
            $columns = str_replace('{SERIAL}', 'INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY', $columns);
            foreach (self::INDEXES[$table] ?? [] as $name => $on) {
                $columns .= ", KEY `{$table}_$name` ($on)";
            }
            $sql = 'CREATE TABLE IF NOT EXISTS `' . _DB_PREFIX_ . $table . '` (' . $columns . ')'
                . ' ENGINE=' . _MYSQL_ENGINE_ . ' DEFAULT CHARSET=utf8mb4';
            if (!$db->execute($sql)) {
                return false;
            }
        }

        return true;
    }

    public static function drop(\Db $db): bool
    {
        $dropped = true;
        foreach (array_keys(self::COLUMNS) as $table) {
            $dropped = $db->execute('DROP TABLE IF EXISTS `' . _DB_PREFIX_ . $table . '`') && $dropped;
        }

        return $dropped;
    }
}
