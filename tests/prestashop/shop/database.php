<?php

/**
 * PrestaShop's Db, on SQLite, or on MySQL where WRACAJ_TEST_MYSQL names one. Only what the module
 * calls.
 */

class Db
{
    public const INSERT = 1;
    public const INSERT_IGNORE = 2;

    /** @var Db */
    private static $instance;
    /** @var PDO */
    private $link;
    /** @var PDOStatement|null */
    private $result;
    /** @var bool */
    private $isSqlite;

    public static function getInstance($master = true): Db
    {
        return self::$instance = self::$instance ?? new self();
    }

    public function __construct()
    {
        $dsn = getenv('WRACAJ_TEST_MYSQL') ?: 'sqlite:' . SHOP_DATABASE;
        $this->isSqlite = strpos($dsn, 'sqlite:') === 0;
        $this->link = new PDO($dsn, getenv('WRACAJ_TEST_MYSQL_USER') ?: null, '');
        $this->link->setAttribute(PDO::ATTR_ERRMODE, PDO::ERRMODE_EXCEPTION);
        if ($this->isSqlite) {
            $this->link->exec('PRAGMA busy_timeout = 5000');
            $this->link->sqliteCreateFunction('GET_LOCK', [$this, 'lock']);
            $this->link->sqliteCreateFunction('RELEASE_LOCK', [$this, 'unlock']);
        }
    }

    public function execute($sql, $useCache = true): bool
    {
        $this->result = $this->link->query($this->isSqlite ? self::inSqlite($sql) : $sql);

        return true;
    }

    public function executeS($sql, $array = true, $useCache = true)
    {
        $this->execute($sql);

        return $this->result->fetchAll(PDO::FETCH_ASSOC);
    }

    public function getValue($sql, $useCache = true)
    {
        $this->execute($sql . ' LIMIT 1');
        $value = $this->result->fetchColumn();
        $this->result->closeCursor();

        return $value;
    }

    public function insert($table, $data, $nullValues = false, $useCache = true, $type = self::INSERT): bool
    {
        $verb = $type === self::INSERT_IGNORE ? 'INSERT IGNORE' : 'INSERT';
        $names = implode(', ', array_map(function ($name) {
            return "`$name`";
        }, array_keys($data)));
        $values = implode(', ', array_map(function ($value) {
            return "'$value'";
        }, $data));

        return $this->execute("$verb INTO `" . _DB_PREFIX_ . "$table` ($names) VALUES ($values)");
    }

    public function update($table, $data, $where = '', $limit = 0, $nullValues = false, $useCache = true): bool
    {
        $set = [];
        foreach ($data as $name => $value) {
            $set[] = "`$name` = '$value'";
        }

        return $this->execute('UPDATE `' . _DB_PREFIX_ . "$table` SET " . implode(', ', $set) . " WHERE $where");
    }

    public function delete($table, $where = '', $limit = 0, $useCache = true): bool
    {
        return $this->execute('DELETE FROM `' . _DB_PREFIX_ . "$table` WHERE $where");
    }

    public function Affected_Rows() // phpcs:ignore PSR1.Methods.CamelCapsMethodName
    {
        return $this->result->rowCount();
    }

    public function Insert_ID() // phpcs:ignore PSR1.Methods.CamelCapsMethodName
    {
        return $this->link->lastInsertId();
    }

    public function escape(string $text): string
    {
        return substr($this->link->quote($text), 1, -1);
    }

    /** @var array<string, resource> */
    private $locks = [];

    public function lock(string $name, $seconds): int
    {
        $file = fopen(SHOP_DATABASE . ".$name", 'c');
        for ($until = microtime(true) + (int) $seconds; !flock($file, LOCK_EX | LOCK_NB); usleep(20000)) {
            if (microtime(true) >= $until) {
                return 0;
            }
        }
        $this->locks[$name] = $file;

        return 1;
    }

    public function unlock(string $name): int
    {
        fclose($this->locks[$name]);
        unset($this->locks[$name]);

        return 1;
    }

    private static function inSqlite(string $sql): string
    {
        if (strpos(ltrim($sql), 'CREATE TABLE') === 0) {
            $sql = (string) preg_replace('/, KEY `\w+` \([^)]*\)/', '', $sql);
            $sql = (string) preg_replace('/\) ENGINE=.*$/s', ')', $sql);
            $sql = str_replace(
                'INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY',
                'INTEGER PRIMARY KEY AUTOINCREMENT',
                $sql
            );
        }

        return str_replace('INSERT IGNORE', 'INSERT OR IGNORE', $sql);
    }
}

function pSQL($string, $htmlOK = false) // phpcs:ignore
{
    return Db::getInstance()->escape($htmlOK ? (string) $string : strip_tags((string) $string));
}
