<?php

namespace WracajModule;

/**
 * Rows of the module's tables. Reads go past PrestaShop's query cache and its replicas: what was
 * written a moment ago must be seen.
 */
class Store
{
    /** @var \Db */
    private $db;

    public function __construct(\Db $db)
    {
        $this->db = $db;
    }

    public function row(string $table, string $where): ?array
    {
        $rows = $this->rows($table, $where . ' LIMIT 1');

        return $rows[0] ?? null;
    }

    public function rows(string $table, string $where): array
    {
        return $this->query('SELECT * FROM `' . _DB_PREFIX_ . $table . '` WHERE ' . $where);
    }

    public function query(string $sql): array
    {
        return self::done($this->db->executeS($sql, true, false));
    }

    public function value(string $sql): string
    {
        return (string) $this->db->getValue($sql, false);
    }

    /**
     * True where the row is new; a row with the same key is left as it is.
     */
    public function add(string $table, array $row): bool
    {
        self::done($this->db->insert($table, self::quoted($row), false, true, \Db::INSERT_IGNORE));

        return (int) $this->db->Affected_Rows() > 0;
    }

    public function change(string $table, array $values, string $where): void
    {
        self::done($this->db->update($table, self::quoted($values), $where));
    }

    public function remove(string $table, string $where): int
    {
        self::done($this->db->delete($table, $where));

        return (int) $this->db->Affected_Rows();
    }

    /**
     * Runs one thing at a time, over all web servers. Null where another holds the name longer than
     * `seconds`. The database gives the name back by itself where a process dies.
     *
     * @return mixed what $run returns
     */
    public function alone(string $name, int $seconds, callable $run)
    {
        $lock = 'wracaj_' . substr(sha1(_DB_NAME_ . _DB_PREFIX_ . $name), 0, 32);
        if ($this->value("SELECT GET_LOCK('$lock', $seconds)") !== '1') {
            return null;
        }
        try {
            return $run();
        } finally {
            $this->value("SELECT RELEASE_LOCK('$lock')");
        }
    }

    /**
     * A text in an SQL condition.
     */
    public static function text(string $text): string
    {
        return "'" . pSQL($text, true) . "'";
    }

    /**
     * PrestaShop's Db answers false where the database refuses, and goes on.
     *
     * @return mixed
     */
    private static function done($result)
    {
        if ($result === false) {
            throw new \RuntimeException('the database refused a statement of the module');
        }

        return $result;
    }

    private static function quoted(array $row): array
    {
        return array_map(function ($value) {
            return is_int($value) ? $value : pSQL((string) $value, true);
        }, $row);
    }
}
