<?php

/**
 * Loads the module's own classes. PrestaShop brings no autoloader for modules without Composer.
 */

spl_autoload_register(function (string $class): void {
    $prefix = 'WracajModule\\';
    if (strpos($class, $prefix) === 0) {
        $file = __DIR__ . '/' . substr($class, strlen($prefix)) . '.php';
        if (is_file($file)) {
            require_once $file;
        }
    }
});
