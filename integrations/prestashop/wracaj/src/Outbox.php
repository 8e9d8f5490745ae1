<?php

namespace WracajModule;

/**
 * Events that wait for delivery. A hook only writes a row here. Rows of one stream (one cart, one
 * customer) leave in the order in which they came; streams do not wait for each other.
 */
final class Outbox
{
    private const REPLACEABLE = ['cart.updated', 'customer.updated', 'privacy.data_request'];

    /** @var Store */
    private $store;

    public function __construct(Store $store)
    {
        $this->store = $store;
    }

    /**
     * @param string $stream such as cart:… or customer:7
     * @param string $who see Who
     */
    public function put(int $shop, string $stream, string $type, array $data, string $who): void
    {
        $now = Moments::now();
        $data = ['schema' => 1] + $data + ['updated_at' => $now];
        // a text that is no UTF-8 becomes null, and the rest counts
        $body = json_encode(
            ['type' => $type, 'timestamp' => $now, 'data' => $data],
            JSON_UNESCAPED_SLASHES | JSON_PARTIAL_OUTPUT_ON_ERROR
        );
        if ($body === false) {
            throw new \RuntimeException('an event of type ' . $type . ' cannot be written as JSON');
        }
        $row = [
            'id_shop' => $shop,
            'stream' => substr($stream, 0, 80),
            'message_id' => 'msg_' . bin2hex(random_bytes(16)),
            'type' => $type,
            'who' => $who,
            'body' => $body,
            'attempts' => 0,
            'next_try' => 0,
            'made_at' => time(),
        ];
        if (!$this->replaceLast($row)) {
            $this->store->add(Tables::OUTBOX, $row);
        }
    }

    /**
     * A newer state takes the place of the stream's last row, if that one says the same kind of
     * thing and was not tried yet. Its new message id tells a delivery under way that the row
     * changed meanwhile.
     */
    private function replaceLast(array $row): bool
    {
        if (!in_array($row['type'], self::REPLACEABLE, true)) {
            return false;
        }
        $last = $this->store->row(
            Tables::OUTBOX,
            self::ofStream($row) . ' ORDER BY `id` DESC'
        );
        if ($last === null || $last['type'] !== $row['type'] || (int) $last['attempts'] > 0) {
            return false;
        }
        $this->store->change(
            Tables::OUTBOX,
            ['body' => $row['body'], 'who' => $row['who'], 'message_id' => $row['message_id']],
            self::sameMessage($last)
        );

        return $this->store->row(Tables::OUTBOX, '`message_id` = ' . Store::text($row['message_id'])) !== null;
    }

    /**
     * The first row of each stream that is due.
     */
    public function due(int $shop, int $now, int $most): array
    {
        $table = '`' . _DB_PREFIX_ . Tables::OUTBOX . '`';

        return $this->store->query(
            "SELECT o.* FROM $table o WHERE o.`id_shop` = $shop AND o.`next_try` <= $now AND NOT EXISTS ("
            . "SELECT 1 FROM $table p WHERE p.`id_shop` = $shop AND p.`stream` = o.`stream` AND p.`id` < o.`id`)"
            . " ORDER BY o.`id` LIMIT $most"
        );
    }

    /**
     * The row is delivered, or never will be. A row that changed meanwhile stays.
     */
    public function remove(array $row): void
    {
        $this->store->remove(Tables::OUTBOX, self::sameMessage($row));
    }

    public function later(array $row, int $nextTry): void
    {
        $attempts = (int) $row['attempts'] + 1;
        $this->store->change(
            Tables::OUTBOX,
            ['attempts' => $attempts, 'next_try' => $nextTry],
            self::sameMessage($row)
        );
    }

    public function removeOlderThan(int $moment): int
    {
        return $this->store->remove(Tables::OUTBOX, '`made_at` < ' . $moment);
    }

    public function removeOf(string $who): void
    {
        if ($who !== '') {
            $this->store->remove(Tables::OUTBOX, '`who` = ' . Store::text($who));
        }
    }

    public function tryAllNow(int $shop): void
    {
        $this->store->change(Tables::OUTBOX, ['next_try' => 0], '`id_shop` = ' . $shop);
    }

    /**
     * @return array{0: int, 1: int} how many rows wait, and since when the oldest does
     */
    public function waiting(int $shop): array
    {
        $rows = $this->store->query(
            'SELECT COUNT(*) AS n, MIN(`made_at`) AS oldest FROM `' . _DB_PREFIX_ . Tables::OUTBOX . '`'
            . ' WHERE `id_shop` = ' . $shop
        );

        return [(int) ($rows[0]['n'] ?? 0), (int) ($rows[0]['oldest'] ?? 0)];
    }

    private static function ofStream(array $row): string
    {
        return '`id_shop` = ' . $row['id_shop'] . ' AND `stream` = ' . Store::text($row['stream']);
    }

    private static function sameMessage(array $row): string
    {
        return '`id` = ' . (int) $row['id'] . ' AND `message_id` = ' . Store::text($row['message_id']);
    }
}
