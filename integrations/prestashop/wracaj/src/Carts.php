<?php

namespace WracajModule;

/**
 * What Wracaj calls a cart, and the token that brings its copy back. Both are random: PrestaShop's
 * own cart ids can be counted.
 */
final class Carts
{
    private const KEPT_DAYS = 180;

    /** @var Store */
    private $store;

    public function __construct(Store $store)
    {
        $this->store = $store;
    }

    public function of(int $idCart, int $shop): array
    {
        $row = $this->store->row(Tables::CART, '`id_cart` = ' . $idCart);
        if ($row !== null) {
            return $row;
        }
        $this->store->add(Tables::CART, [
            'id_cart' => $idCart,
            'id_shop' => $shop,
            'cart_id' => self::uuid(),
            'token' => bin2hex(random_bytes(32)),
            'who' => '',
            'copied_from' => '',
            'code' => '',
            'fingerprint' => '',
            'told_at' => 0,
            'made_at' => time(),
        ]);
        $row = $this->store->row(Tables::CART, '`id_cart` = ' . $idCart);
        if ($row === null) {
            throw new \RuntimeException('the cart could not be noted in ' . Tables::CART);
        }

        return $row;
    }

    /**
     * Only a cart that is known already.
     */
    public function find(int $idCart): ?array
    {
        return $this->store->row(Tables::CART, '`id_cart` = ' . $idCart);
    }

    public function byToken(string $token, int $shop): ?array
    {
        return preg_match('/^[0-9a-f]{64}$/', $token)
            ? $this->store->row(Tables::CART, '`token` = ' . Store::text($token) . " AND `id_shop` = $shop")
            : null;
    }

    public function ofShopper(string $who): array
    {
        return $who === '' ? [] : $this->store->rows(Tables::CART, '`who` = ' . Store::text($who));
    }

    /**
     * The carts that the shopper of this one made of it by its link. Who else got the link makes
     * copies too: they are not counted.
     */
    public function ownCopies(array $row): array
    {
        return array_values(array_filter($this->ofShopper($row['who']), function (array $other) use ($row): bool {
            return $other['copied_from'] === $row['cart_id'];
        }));
    }

    public function noteTold(int $idCart, string $fingerprint, string $who): void
    {
        $this->change($idCart, ['fingerprint' => $fingerprint, 'who' => $who, 'told_at' => time()]);
    }

    public function noteCopy(int $idCart, string $from): void
    {
        $this->change($idCart, ['copied_from' => $from]);
    }

    /**
     * The newest code for the cart is put into its copy.
     */
    public function noteCode(string $cartId, string $code): void
    {
        $this->store->change(Tables::CART, ['code' => $code], '`cart_id` = ' . Store::text($cartId));
    }

    public function forget(string $who): void
    {
        if ($who !== '') {
            $this->store->remove(Tables::CART, '`who` = ' . Store::text($who));
        }
    }

    /**
     * Counted from the last change: PrestaShop gives a customer who logs in the old cart again.
     */
    public function removeOld(): void
    {
        $oldest = time() - self::KEPT_DAYS * 86400;
        $this->store->remove(Tables::CART, "`made_at` < $oldest AND `told_at` < $oldest");
    }

    private function change(int $idCart, array $values): void
    {
        $this->store->change(Tables::CART, $values, '`id_cart` = ' . $idCart);
    }

    private static function uuid(): string
    {
        $bytes = random_bytes(16);
        $bytes[6] = chr(ord($bytes[6]) & 0x0f | 0x40);
        $bytes[8] = chr(ord($bytes[8]) & 0x3f | 0x80);

        return vsprintf('%s%s-%s-%s-%s-%s%s%s', str_split(bin2hex($bytes), 4));
    }
}
