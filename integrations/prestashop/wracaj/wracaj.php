<?php

/**
 * Wracaj for PrestaShop 1.7 to 9: tells Wracaj of carts, orders, customers and consents, brings
 * carts back, and makes the codes that Wracaj promises.
 */

if (!defined('_PS_VERSION_')) {
    exit;
}

require_once __DIR__ . '/src/autoload.php';

use WracajModule\App;
use WracajModule\CartHooks;
use WracajModule\CustomerHooks;
use WracajModule\DeliveryHooks;
use WracajModule\Moments;
use WracajModule\OrderHooks;
use WracajModule\Pending;
use WracajModule\Settings;
use WracajModule\SettingsPage;
use WracajModule\Tables;

class Wracaj extends Module
{
    use CartHooks;
    use OrderHooks;
    use CustomerHooks;
    use DeliveryHooks;

    public const HOOKS = [
        'actionCartSave',
        'actionObjectCartAddAfter',
        'actionObjectCartUpdateAfter',
        'actionObjectCartDeleteAfter',
        'actionValidateOrder',
        'actionOrderStatusPostUpdate',
        'actionOrderHistoryAddAfter',
        'actionObjectOrderUpdateAfter',
        'actionObjectOrderSlipAddAfter',
        'actionObjectCustomerAddAfter',
        'actionObjectCustomerUpdateAfter',
        'actionObjectCustomerDeleteBefore',
        'actionObjectCustomerDeleteAfter',
        'actionCustomerAccountAdd',
        'actionCustomerAccountUpdate',
        'additionalCustomerFormFields',
        'actionNewsletterRegistrationBefore',
        'actionNewsletterRegistrationAfter',
        'actionDeleteGDPRCustomer',
        'actionExportGDPRData',
        'registerGDPRConsent',
        'actionFrontControllerSetMedia',
        'actionAdminControllerSetMedia',
    ];

    /** @var App|null */
    private $app;
    /** @var Pending|null */
    private $pending;

    public function __construct()
    {
        $this->name = 'wracaj';
        $this->tab = 'emailing';
        $this->version = '1.0.0';
        $this->author = 'Wracaj';
        $this->need_instance = 0;
        $this->bootstrap = true;
        $this->ps_versions_compliancy = ['min' => '1.7.0.0', 'max' => '9.99.99'];
        parent::__construct();
        $this->displayName = $this->l('Wracaj: abandoned carts and loyalty');
        $this->description = $this->l('Tells Wracaj of carts, orders and consents, and brings carts back.');
        $this->confirmUninstall = $this->l(
            'Events that were not delivered yet are lost, and the links in messages lead to an empty basket. Go on?'
        );
    }

    public function install()
    {
        if (!extension_loaded('curl') || !extension_loaded('mbstring')) {
            $this->_errors[] = $this->l('Wracaj needs the PHP extensions curl and mbstring.');

            return false;
        }

        return parent::install() && Tables::create(Db::getInstance()) && $this->registerHook(self::HOOKS);
    }

    public function uninstall()
    {
        Settings::forget();

        return Tables::drop(Db::getInstance()) && parent::uninstall();
    }

    public function getContent()
    {
        return (new SettingsPage($this, $this->app(), $this->context))->show();
    }

    public function app(): App
    {
        if ($this->app === null) {
            $this->app = new App(Db::getInstance(), $this->context);
        }

        return $this->app;
    }

    private function pending(): Pending
    {
        if ($this->pending === null) {
            $this->pending = new Pending([$this, 'finish']);
        }

        return $this->pending;
    }

    private function whereConnected(int $shop, callable $run): void
    {
        $this->safely(function () use ($shop, $run): void {
            $key = Settings::key($shop);
            if ($key !== null) {
                Moments::follow($key->clock);
                $run();
            }
        });
    }

    /**
     * A fault here must never keep a shopper from buying. Logged without the message: it may hold
     * an address.
     */
    private function safely(callable $run): void
    {
        try {
            $run();
        } catch (\Throwable $error) {
            $place = get_class($error) . ', ' . basename($error->getFile()) . ':' . $error->getLine();
            PrestaShopLogger::addLog('Wracaj: ' . $place, 3, null, 'Module', (int) $this->id, true);
        }
    }
}
