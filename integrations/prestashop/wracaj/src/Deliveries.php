<?php

namespace WracajModule;

/**
 * The last deliveries, for the settings page: no body and nothing personal.
 */
final class Deliveries
{
    private const KEPT = 50;

    /** @var Store */
    private $store;

    public function __construct(Store $store)
    {
        $this->store = $store;
    }

    public function note(int $shop, string $type, string $about, Answer $answer): void
    {
        $this->store->add(Tables::DELIVERY, [
            'id_shop' => $shop,
            'at' => time(),
            'type' => $type,
            'about' => $about,
            'status' => $answer->status,
            'detail' => $answer->detail,
        ]);
    }

    /**
     * The newest first.
     */
    public function last(int $shop, int $most): array
    {
        return $this->store->rows(Tables::DELIVERY, "`id_shop` = $shop ORDER BY `id` DESC LIMIT $most");
    }

    public function trim(int $shop): void
    {
        $rows = $this->store->rows(
            Tables::DELIVERY,
            "`id_shop` = $shop ORDER BY `id` DESC LIMIT 1 OFFSET " . self::KEPT
        );
        if ($rows) {
            $this->store->remove(Tables::DELIVERY, "`id_shop` = $shop AND `id` <= " . (int) $rows[0]['id']);
        }
    }
}
