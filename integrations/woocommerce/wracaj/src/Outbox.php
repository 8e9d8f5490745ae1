<?php

declare(strict_types=1);

namespace Wracaj\WooCommerce;

/**
 * Events that wait for Wracaj. A page only adds a row; `Delivery` sends them later.
 *
 * A row is `waiting`, `sending`, `sent` or `refused`. What was sent or replaced loses its body: only
 * what still has to be sent holds personal data.
 */
final class Outbox
{
    private const STUCK_SECONDS = 300;
    private const KEPT_DAYS = 14;
    private const REFUSED_KEPT_DAYS = 60;

    /**
     * Add an event.
     *
     * @param array<string, mixed> $data    Becomes `data` of the generic format.
     * @param string               $subject A waiting event of the same subject is replaced: the new
     *                                      one says all that it said. Empty: nothing is replaced.
     * @param string               $email   Whose event this is, to find it for an erasure.
     */
    public function add(string $type, array $data, float $at, string $subject = '', string $email = ''): void
    {
        $row = [
            'message_id' => 'msg_' . bin2hex(random_bytes(16)),
            'type' => $type,
            'subject' => $subject,
            'person' => self::person($email),
            'body' => self::encoded($type, $data, $at),
            'changed_at' => time(),
        ];
        if ($subject !== '' && $this->replace($subject, $row)) {
            return;
        }
        $this->insert($row + ['state' => 'waiting', 'created_at' => time(), 'answer' => '']);
    }

    /** Take the next event that is due, so that no other process sends it too. */
    public function claim(int $now): ?object
    {
        global $wpdb;
        $table = Tables::outbox();
        for ($tries = 0; $tries < 5; $tries++) {
            $row = $wpdb->get_row($wpdb->prepare(
                "SELECT * FROM `$table` WHERE state = 'waiting' AND next_at <= %d ORDER BY id LIMIT 1",
                $now
            ));
            if (!is_object($row)) {
                return null;
            }
            $taken = $wpdb->update(
                $table,
                ['state' => 'sending', 'changed_at' => $now],
                ['id' => $row->id, 'state' => 'waiting', 'message_id' => $row->message_id]
            );
            if ($taken === 1) {
                return $row;
            }
        }

        return null;
    }

    public function settle(object $row, Answer $answer, int $now): void
    {
        global $wpdb;
        $attempts = (int) $row->attempts + 1;
        $change = [
            'attempts' => $attempts,
            'status' => $answer->status,
            'answer' => $answer->words,
            'changed_at' => $now,
        ];
        if ($answer->isTaken()) {
            $change += ['state' => 'sent', 'body' => ''];
        } elseif ($answer->isRefused()) {
            $change += ['state' => 'refused'];
        } else {
            $change += ['state' => 'waiting', 'next_at' => $now + $answer->pauseAfter($attempts)];
        }
        $wpdb->update(Tables::outbox(), $change, ['id' => $row->id]);
    }

    /** Events of a process that died while it sent them wait again. */
    public function releaseStuck(int $now): void
    {
        global $wpdb;
        $table = Tables::outbox();
        $wpdb->query($wpdb->prepare(
            "UPDATE `$table` SET state = 'waiting' WHERE state = 'sending' AND changed_at < %d",
            $now - self::STUCK_SECONDS
        ));
    }

    /** Make everything that waits due now. */
    public function hurry(): void
    {
        global $wpdb;
        $table = Tables::outbox();
        $wpdb->query("UPDATE `$table` SET next_at = 0 WHERE state = 'waiting' AND next_at > 0");
    }

    public function retryRefused(): void
    {
        global $wpdb;
        $table = Tables::outbox();
        $wpdb->query("UPDATE `$table` SET state = 'waiting', next_at = 0 WHERE state = 'refused'");
    }

    /** When the next waiting event is due; null: nothing waits. */
    public function nextAt(): ?int
    {
        global $wpdb;
        $table = Tables::outbox();
        $next = $wpdb->get_var("SELECT MIN(next_at) FROM `$table` WHERE state = 'waiting'");

        return $next === null ? null : (int) $next;
    }

    public function count(string $state): int
    {
        global $wpdb;
        $table = Tables::outbox();

        return (int) $wpdb->get_var(
            $wpdb->prepare("SELECT COUNT(*) FROM `$table` WHERE state = %s", $state)
        );
    }

    /** @return object[] */
    public function recent(int $count): array
    {
        global $wpdb;
        $table = Tables::outbox();

        return (array) $wpdb->get_results($wpdb->prepare(
            "SELECT id, type, subject, state, attempts, next_at, changed_at, created_at, status, answer"
            . " FROM `$table` ORDER BY changed_at DESC, id DESC LIMIT %d",
            $count
        ));
    }

    /** @return object[] What of a person still waits or was refused. */
    public function ofPerson(string $email): array
    {
        global $wpdb;
        $table = Tables::outbox();

        return (array) $wpdb->get_results($wpdb->prepare(
            "SELECT * FROM `$table` WHERE person = %s AND person <> '' AND state <> 'sent' ORDER BY id",
            self::person($email)
        ));
    }

    /** Remove a person's events. Orders that still wait stay: the erasure is sent after them. */
    public function forget(string $email): int
    {
        global $wpdb;
        $table = Tables::outbox();

        return (int) $wpdb->query($wpdb->prepare(
            "DELETE FROM `$table` WHERE person = %s AND person <> ''"
            . " AND (state <> 'waiting' OR (type NOT LIKE %s AND type NOT LIKE %s AND type NOT LIKE %s))",
            self::person($email),
            'order.%',
            'refund.%',
            'privacy.%'
        ));
    }

    /** Remove what still waits about a cart, also from before its address was known. */
    public function forgetCart(string $cartId): void
    {
        global $wpdb;
        $table = Tables::outbox();
        $like = $wpdb->esc_like("cart:$cartId") . '%';
        $wpdb->query($wpdb->prepare("DELETE FROM `$table` WHERE subject LIKE %s", $like));
    }

    public function tidy(int $now): void
    {
        global $wpdb;
        $table = Tables::outbox();
        $days = ['sent' => self::KEPT_DAYS, 'refused' => self::REFUSED_KEPT_DAYS];
        foreach ($days as $state => $kept) {
            $wpdb->query($wpdb->prepare(
                "DELETE FROM `$table` WHERE state = %s AND changed_at < %d",
                $state,
                $now - $kept * DAY_IN_SECONDS
            ));
        }
    }

    /** A hash by which rows of one address are found, without keeping the address. */
    public static function person(string $email): string
    {
        $address = strtolower(trim($email));

        return $address === '' ? '' : hash_hmac('sha256', $address, wp_salt('auth'));
    }

    /** @param array<string, mixed> $row */
    private function replace(string $subject, array $row): bool
    {
        global $wpdb;

        return (int) $wpdb->update(
            Tables::outbox(),
            $row,
            ['subject' => $subject, 'state' => 'waiting', 'attempts' => 0]
        ) > 0;
    }

    /** @param array<string, mixed> $row */
    private function insert(array $row): void
    {
        global $wpdb;
        if ($wpdb->insert(Tables::outbox(), $row) === false) {
            Tables::create(); // somebody dropped it, or the update did not run
            if ($wpdb->insert(Tables::outbox(), $row) === false) {
                // whoever reported it notes nothing as reported, and tries again
                throw new \RuntimeException('an event could not be stored: ' . $wpdb->last_error);
            }
        }
    }

    /**
     * Plain ASCII, so that the text does not depend on the table's character set.
     *
     * @param array<string, mixed> $data
     */
    private static function encoded(string $type, array $data, float $at): string
    {
        $body = ['type' => $type, 'timestamp' => Clock::iso($at), 'data' => ['schema' => 1] + $data];

        return (string) json_encode($body, JSON_INVALID_UTF8_SUBSTITUTE | JSON_PRESERVE_ZERO_FRACTION);
    }
}
