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
use WracajModule\Pending;
use WracajModule\Settings;
use WracajModule\SettingsPage;
use WracajModule\States;
use WracajModule\Tables;

class Wracaj extends Module
{
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
    private const BOX = 'wracaj_consent';
    /** ps_emailsubscription's word for unsubscribing, and for subscribing */
    private const UNSUBSCRIBE = '1';
    private const SUBSCRIBE = '0';
    private const SECONDS_WITHOUT_CRON = 300;
    private const SECONDS_BETWEEN_TRIES = 60;

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

    // Carts

    /**
     * The first versions of 1.7 hand over no cart, and PrestaShop then gives the one of the context.
     */
    public function hookActionCartSave($params)
    {
        $this->noteCart($params['cart'] ?? $this->context->cart);
    }

    public function hookActionObjectCartAddAfter($params)
    {
        $this->noteCart($params['object']);
    }

    public function hookActionObjectCartUpdateAfter($params)
    {
        $this->noteCart($params['object']);
    }

    private function noteCart(?Cart $cart): void
    {
        // a cart that an employee fills in the back office waits for no shopper
        if (Validate::isLoadedObject($cart) && !defined('_PS_ADMIN_DIR_')) {
            $this->whereConnected((int) $cart->id_shop, function () use ($cart): void {
                $this->pending()->cart($cart);
            });
        }
    }

    public function hookActionObjectCartDeleteAfter($params)
    {
        $cart = $params['object'];
        $this->whereConnected((int) $cart->id_shop, function () use ($cart): void {
            $this->app()->cartReporter->tellDeleted($cart);
        });
    }

    // Orders

    public function hookActionValidateOrder($params)
    {
        $order = $params['order'];
        $this->whereConnected((int) $order->id_shop, function () use ($params, $order): void {
            $this->app()->orderReporter->tellPlaced($order, $params['orderStatus']);
        });
    }

    public function hookActionOrderStatusPostUpdate($params)
    {
        $this->tellState((int) $params['id_order'], $params['newOrderStatus']);
    }

    public function hookActionOrderHistoryAddAfter($params)
    {
        $history = $params['order_history'];
        $this->tellState((int) $history->id_order, new OrderState((int) $history->id_order_state));
    }

    public function hookActionObjectOrderUpdateAfter($params)
    {
        $order = $params['object'];
        $this->whereConnected((int) $order->id_shop, function () use ($order): void {
            $this->pending()->order($order);
        });
    }

    public function hookActionObjectOrderSlipAddAfter($params)
    {
        $slip = $params['object'];
        $order = new Order((int) $slip->id_order);
        $this->whereConnected((int) $order->id_shop, function () use ($slip): void {
            $this->pending()->slip($slip);
        });
    }

    private function tellState(int $idOrder, OrderState $state): void
    {
        $order = new Order($idOrder);
        if (Validate::isLoadedObject($order)) {
            $this->whereConnected((int) $order->id_shop, function () use ($order, $state): void {
                $this->app()->orderReporter->tellState($order, $state);
            });
        }
    }

    // Customers and consent

    public function hookActionObjectCustomerAddAfter($params)
    {
        $this->tellCustomer($params['object']);
    }

    public function hookActionObjectCustomerUpdateAfter($params)
    {
        if (!empty($params['object']->deleted)) {
            $this->hookActionObjectCustomerDeleteBefore($params);
            $this->hookActionObjectCustomerDeleteAfter($params);
        } else {
            $this->tellCustomer($params['object']);
        }
    }

    public function hookActionObjectCustomerDeleteBefore($params)
    {
        $this->safely(function () use ($params): void {
            $this->app()->erasures->remember($params['object']);
        });
    }

    public function hookActionObjectCustomerDeleteAfter($params)
    {
        $this->safely(function () use ($params): void {
            $this->app()->erasures->eraseDeleted($params['object']);
        });
    }

    public function hookActionCustomerAccountAdd($params)
    {
        $this->readBox($params['newCustomer'], false);
    }

    /**
     * Taking the tick away is only possible on the page of the customer's own data: elsewhere the
     * form may have had no box.
     */
    public function hookActionCustomerAccountUpdate($params)
    {
        $this->readBox($params['customer'], Tools::getValue('controller') === 'identity');
    }

    public function hookAdditionalCustomerFormFields($params)
    {
        if (!$this->hasBox((int) $this->context->shop->id)) {
            return [];
        }
        $field = new FormField();
        $field->setName(self::BOX);
        $field->setType('checkbox');
        $field->setLabel($this->l('I agree to e-mails from this shop: reminders of my basket, and offers.'));
        $id = (int) ($this->context->customer->id ?? 0);
        $this->safely(function () use ($field, $id): void {
            $field->setValue((int) ($id && $this->app()->consents->isBoxTicked($id)));
        });

        return [$field];
    }

    /**
     * An unsubscription ends before the "after" hook, so that it is heard here.
     */
    public function hookActionNewsletterRegistrationBefore($params)
    {
        $email = (string) ($params['email'] ?? '');
        if ((string) ($params['action'] ?? '') === self::UNSUBSCRIBE && Validate::isEmail($email)) {
            $shop = (int) $this->context->shop->id;
            $this->whereConnected($shop, function () use ($email, $shop): void {
                $this->app()->customerReporter->tellUnsubscribed($email, $shop);
            });
        }
    }

    public function hookActionNewsletterRegistrationAfter($params)
    {
        $email = (string) ($params['email'] ?? '');
        $isDone = empty($params['error']) && (string) ($params['action'] ?? '') === self::SUBSCRIBE;
        if ($isDone && Validate::isEmail($email)) {
            $shop = (int) $this->context->shop->id;
            $customer = $this->context->customer;
            $loggedIn = $customer !== null && $customer->isLogged() ? $customer : null;
            $this->whereConnected($shop, function () use ($email, $shop, $loggedIn): void {
                $this->app()->customerReporter->tellSubscribed($email, $shop, $loggedIn);
            });
        }
    }

    private function tellCustomer(Customer $customer): void
    {
        $this->whereConnected((int) $customer->id_shop, function () use ($customer): void {
            $this->app()->customerReporter->tell($customer);
        });
    }

    private function readBox(Customer $customer, bool $mayUntick): void
    {
        $shop = (int) $customer->id_shop;
        $isTicked = (bool) Tools::getValue(self::BOX);
        if (!$this->hasBox($shop) || !($isTicked || $mayUntick)) {
            return;
        }
        $this->whereConnected($shop, function () use ($customer, $isTicked): void {
            $consents = $this->app()->consents;
            if ($isTicked !== $consents->isBoxTicked((int) $customer->id)) {
                $consents->noteBox($customer, $isTicked);
            }
            $this->app()->customerReporter->tell($customer);
        });
        $this->noteCart($this->context->cart);
    }

    private function hasBox(int $shop): bool
    {
        return Settings::get(Settings::BOX, $shop) === '1';
    }

    // Privacy

    public function hookActionDeleteGDPRCustomer($params)
    {
        $this->safely(function () use ($params): void {
            $this->app()->erasures->eraseAsked($params);
        });

        return json_encode(true);
    }

    public function hookActionExportGDPRData($params)
    {
        $rows = [];
        $this->safely(function () use ($params, &$rows): void {
            $rows = $this->app()->erasures->export($params);
        });

        return json_encode($rows ?: $this->l('Wracaj: this module keeps nothing of this address.'));
    }

    /**
     * That the module is on this hook is all that PrestaShop's GDPR module looks at.
     */
    public function hookRegisterGDPRConsent($params)
    {
    }

    // Delivery where no cron runs

    public function hookActionFrontControllerSetMedia($params)
    {
        $this->pending()->await();
    }

    public function hookActionAdminControllerSetMedia($params)
    {
        $this->pending()->await();
    }

    /**
     * Runs after the page. It first puts what changed into the outbox.
     */
    public function finish(): void
    {
        foreach ($this->pending()->take($this->app()) as $task) {
            $this->safely($task);
        }
        $this->safely(function (): void {
            $this->deliverWithoutCron((int) $this->context->shop->id);
        });
    }

    private function deliverWithoutCron(int $shop): void
    {
        $states = $this->app()->states;
        $key = Settings::key($shop);
        if ($key === null || $states->get(0, States::CRON_AT) > time() - self::SECONDS_WITHOUT_CRON) {
            return;
        }
        $isDue = $states->get($shop, States::TRIED_AT) < time() - self::SECONDS_BETWEEN_TRIES;
        if (!$isDue || $this->app()->outbox->waiting($shop)[0] === 0 || !$this->letGo()) {
            return;
        }
        $states->set($shop, States::TRIED_AT, time());
        $this->app()->sender->run($shop, $key, 10, 3.0);
    }

    /**
     * Hands the page to the visitor, who must not wait for Wracaj. Where PHP cannot, only an
     * employee in the back office waits, at most some seconds a minute.
     */
    private function letGo(): bool
    {
        foreach (['fastcgi_finish_request', 'litespeed_finish_request'] as $finish) {
            if (function_exists($finish)) {
                if (session_status() === PHP_SESSION_ACTIVE) {
                    session_write_close();
                }
                $finish();

                return true;
            }
        }

        return defined('_PS_ADMIN_DIR_');
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
            if (Settings::key($shop) !== null) {
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
