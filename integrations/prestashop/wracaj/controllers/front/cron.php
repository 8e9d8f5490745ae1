<?php

if (!defined('_PS_VERSION_')) {
    exit;
}

use WracajModule\Settings;
use WracajModule\States;

/**
 * Delivers what waits, for all shops. A cron job calls it every minute.
 */
class WracajCronModuleFrontController extends ModuleFrontController
{
    private const KEPT_SECONDS = 30 * 86400;
    private const MOST = 500;
    private const SECONDS_A_SHOP = 20.0;

    public $ajax = true;

    public function postProcess()
    {
        header('Content-Type: text/plain; charset=utf-8');
        header('Cache-Control: no-store');
        $token = Tools::getValue('token');
        if (!is_string($token) || !hash_equals(Settings::cronToken(), $token)) {
            http_response_code(403);
            exit("This address needs the token that Wracaj's settings page shows.\n");
        }
        if (function_exists('set_time_limit')) {
            set_time_limit(0);
        }
        $app = $this->module->app();
        $app->states->set(0, States::CRON_AT, time());
        foreach (Settings::connectedShops() as $shop) {
            $taken = $app->sender->run($shop, Settings::key($shop), self::MOST, self::SECONDS_A_SHOP);
            $waiting = $app->outbox->waiting($shop)[0];
            echo "shop $shop: $taken delivered, $waiting waiting\n";
        }
        $app->outbox->removeOlderThan(time() - self::KEPT_SECONDS);
        $app->carts->removeOld();
        exit;
    }

    /**
     * What happened before the maintenance is delivered during it too.
     */
    protected function displayMaintenancePage()
    {
    }

    protected function displayRestrictedCountryPage()
    {
    }
}
