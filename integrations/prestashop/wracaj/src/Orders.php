<?php

namespace WracajModule;

/**
 * What Wracaj was told of each order, so that a state that is set twice is told once.
 */
final class Orders
{
    public const FAILED = 'failed';
    public const CREATED = 'created';
    public const PAID = 'paid';
    public const CANCELLED = 'cancelled';

    /** @var Store */
    private $store;

    public function __construct(Store $store)
    {
        $this->store = $store;
    }

    public function known(int $idOrder): ?array
    {
        return $this->store->row(Tables::ORDER, '`id_order` = ' . $idOrder);
    }

    public function note(\Order $order, string $told, string $total): void
    {
        $row = [
            'id_order' => (int) $order->id,
            'id_cart' => (int) $order->id_cart,
            'id_customer' => (int) $order->id_customer,
            'told' => $told,
            'total' => $total,
            'has_slip' => 0,
        ];
        if (!$this->store->add(Tables::ORDER, $row)) {
            $this->change((int) $order->id, ['told' => $told, 'total' => $total]);
        }
    }

    public function noteSlip(int $idOrder): void
    {
        $this->change($idOrder, ['has_slip' => 1]);
    }

    public function isOrdered(int $idCart): bool
    {
        $stands = Store::text(self::CREATED) . ', ' . Store::text(self::PAID);

        return $this->store->row(Tables::ORDER, "`id_cart` = $idCart AND `told` IN ($stands)") !== null;
    }

    public function ofCustomer(int $idCustomer): array
    {
        return $this->store->rows(Tables::ORDER, '`id_customer` = ' . $idCustomer . ' ORDER BY `id_order`');
    }

    private function change(int $idOrder, array $values): void
    {
        $this->store->change(Tables::ORDER, $values, '`id_order` = ' . $idOrder);
    }
}
