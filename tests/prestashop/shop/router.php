<?php

/**
 * A shop of stand-ins, served by `php -S`. POST /steps does what shoppers, employees and PrestaShop
 * itself do within one page; /module/wracaj/NAME runs a front controller of the module.
 */

define('SHOP_DATABASE', $_SERVER['HTTP_X_DATABASE']);
require __DIR__ . '/database.php';
require __DIR__ . '/core.php';
require __DIR__ . '/objects.php';
require __DIR__ . '/steps.php';
if (getenv('WRACAJ_TEST_SMARTY')) {
    require getenv('WRACAJ_TEST_SMARTY');
}

begin_database();
if (isset($_SERVER['HTTP_X_ADMIN'])) {
    define('_PS_ADMIN_DIR_', '/admin');
}
Context::getContext()->visit(
    (int) ($_SERVER['HTTP_X_CART'] ?? 0),
    (int) ($_SERVER['HTTP_X_CUSTOMER'] ?? 0),
    (int) ($_SERVER['HTTP_X_SHOP'] ?? 1),
    $_SERVER['HTTP_X_LANGUAGE'] ?? 'pl'
);
require MODULE_FOLDER . 'wracaj.php';

$path = (string) parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if ($path === '/steps') {
    $results = [];
    foreach (json_decode(file_get_contents('php://input'), true) as $step) {
        $results[] = (new Steps())->{$step['do']}($step);
    }
    header('Content-Type: application/json');
    echo json_encode($results);
} elseif (preg_match('#^/module/wracaj/(cron|discount|restore)$#', $path, $found)) {
    require MODULE_FOLDER . "controllers/front/$found[1].php";
    $controller = 'Wracaj' . ucfirst($found[1]) . 'ModuleFrontController';
    (new $controller())->run();
} else {
    http_response_code(404);
}
