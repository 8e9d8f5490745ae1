<?php

if (!defined('_PS_VERSION_')) {
    exit;
}

use WracajModule\Restorer;

/**
 * The link in Wracaj's messages: a copy of the cart, and the basket page. PrestaShop's own link to a
 * cart logs its holder in as the customer, so that one is never used.
 */
class WracajRestoreModuleFrontController extends ModuleFrontController
{
    public $ssl = true;

    public function postProcess()
    {
        header('X-Robots-Tag: noindex');
        header('Referrer-Policy: no-referrer');
        $app = $this->module->app();
        $restorer = new Restorer($app->carts, $app->orders, $app->codes, $this->context);
        try {
            $token = Tools::getValue('token');
            $outcome = $this->isVisit() ? $restorer->restore(is_string($token) ? $token : '') : '';
        } catch (\Throwable $error) {
            $place = get_class($error) . ', ' . basename($error->getFile()) . ':' . $error->getLine();
            PrestaShopLogger::addLog('Wracaj: no copy, ' . $place, 3, null, 'Module', null, true);
            $outcome = Restorer::NOTHING;
        }
        $this->say($outcome, $restorer);
        $this->redirectWithNotifications(
            $this->context->link->getPageLink('cart', true, null, ['action' => 'show'])
        );
    }

    /**
     * Mail programs ask for the head of a page before anybody opens it.
     */
    private function isVisit(): bool
    {
        return in_array($_SERVER['REQUEST_METHOD'] ?? 'GET', ['GET', 'POST'], true);
    }

    private function say(string $outcome, Restorer $restorer): void
    {
        $words = [
            Restorer::UNKNOWN => $this->module->l('This link does not lead to a basket any more.', 'restore'),
            Restorer::ORDERED => $this->module->l('This basket has been ordered already.', 'restore'),
            Restorer::PARTLY => $this->module->l(
                'Your basket is back. Some products are no longer available in that quantity.',
                'restore'
            ),
            Restorer::NOTHING => $this->module->l('The products of this basket are not available any more.', 'restore'),
            Restorer::WHOLE => $this->module->l('Your basket is back.', 'restore'),
        ];
        if ($outcome === Restorer::WHOLE) {
            $this->success[] = $words[$outcome];
        } elseif ($outcome !== '') {
            $this->info[] = $words[$outcome];
        }
        if ($restorer->code !== '') {
            $this->success[] = sprintf($this->module->l('The code %s is applied.', 'restore'), $restorer->code);
        } elseif ($restorer->codeProblem !== '') {
            $this->info[] = $restorer->codeProblem;
        }
    }
}
