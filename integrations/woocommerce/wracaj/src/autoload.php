<?php

declare(strict_types=1);

spl_autoload_register(static function (string $class): void {
    $prefix = 'Wracaj\\WooCommerce\\';
    if (strncmp($class, $prefix, strlen($prefix)) === 0) {
        $file = __DIR__ . '/' . substr($class, strlen($prefix)) . '.php';
        if (is_file($file)) {
            require_once $file;
        }
    }
});
