<?php

declare(strict_types=1);

namespace Wracaj\WooCommerce;

/**
 * What a cart's link brings back: products, quantities and variations, under a random token. No
 * address and no name is kept here.
 */
final class Carts
{
    private const KEPT_DAYS = 90;
    private const UNDONE = -1;

    public static function newId(): string
    {
        return wp_generate_uuid4();
    }

    public function find(string $cartId): ?object
    {
        return $this->row('cart_id', $cartId);
    }

    public function findByToken(string $token): ?object
    {
        return preg_match('/^[A-Za-z0-9_-]{43}$/', $token) ? $this->row('token', $token) : null;
    }

    /**
     * Store the cart's content, and return its row.
     *
     * @param array<int, array<string, mixed>> $lines
     * @param array<string, mixed>             $consent
     */
    public function keep(
        string $cartId,
        array $lines,
        int $userId,
        string $email,
        array $consent,
        int $now
    ): object {
        global $wpdb;
        $values = [
            'user_id' => $userId,
            'person' => Outbox::person($email),
            'content' => (string) json_encode($lines, JSON_INVALID_UTF8_SUBSTITUTE),
            'consent' => $consent === [] ? '' : (string) json_encode($consent),
            'updated_at' => $now,
        ];
        $known = $this->find($cartId);
        if ($known === null) {
            $new = ['cart_id' => $cartId, 'token' => self::newToken(), 'created_at' => $now];
            $wpdb->insert(Tables::carts(), $new + $values);

            return $this->find($cartId) ?? (object) ($new + $values + ['ordered_at' => 0, 'code' => '']);
        }
        $wpdb->update(Tables::carts(), $values, ['cart_id' => $cartId]);

        return $known;
    }

    /** Whether the id was used up by an order, also by one that was undone later. */
    public function isOrdered(string $cartId): bool
    {
        $row = $this->find($cartId);

        return $row !== null && (int) $row->ordered_at !== 0;
    }

    public function markOrdered(string $cartId, int $at): void
    {
        $this->setOrdered($cartId, $at);
    }

    /** Its order was cancelled: the link works again, and the next cart still gets a new id. */
    public function markUndone(string $cartId): void
    {
        $this->setOrdered($cartId, self::UNDONE);
    }

    private function setOrdered(string $cartId, int $value): void
    {
        global $wpdb;
        $wpdb->update(Tables::carts(), ['ordered_at' => $value], ['cart_id' => $cartId]);
    }

    /** Keep the code that was made for this cart: its link applies it. */
    public function giveCode(string $cartId, string $code): void
    {
        global $wpdb;
        $wpdb->update(Tables::carts(), ['code' => $code], ['cart_id' => $cartId]);
    }

    /** @return object[] */
    public function ofPerson(string $email, int $userId): array
    {
        global $wpdb;
        $table = Tables::carts();

        return (array) $wpdb->get_results($wpdb->prepare(
            "SELECT * FROM `$table` WHERE (person = %s AND person <> '')"
            . ' OR (user_id = %d AND user_id > 0) ORDER BY created_at',
            Outbox::person($email),
            $userId
        ));
    }

    public function forget(string $email, int $userId): int
    {
        global $wpdb;
        $table = Tables::carts();

        return (int) $wpdb->query($wpdb->prepare(
            "DELETE FROM `$table` WHERE (person = %s AND person <> '') OR (user_id = %d AND user_id > 0)",
            Outbox::person($email),
            $userId
        ));
    }

    public function tidy(int $now): void
    {
        global $wpdb;
        $table = Tables::carts();
        $wpdb->query($wpdb->prepare(
            "DELETE FROM `$table` WHERE updated_at < %d",
            $now - self::KEPT_DAYS * DAY_IN_SECONDS
        ));
    }

    public static function link(object $row): string
    {
        return add_query_arg(RestoreLink::PARAMETER, $row->token, home_url('/'));
    }

    private function row(string $column, string $value): ?object
    {
        global $wpdb;
        $table = Tables::carts();
        $row = $wpdb->get_row($wpdb->prepare("SELECT * FROM `$table` WHERE `$column` = %s", $value));

        return is_object($row) ? $row : null;
    }

    private static function newToken(): string
    {
        return rtrim(strtr(base64_encode(random_bytes(32)), '+/', '-_'), '=');
    }
}
