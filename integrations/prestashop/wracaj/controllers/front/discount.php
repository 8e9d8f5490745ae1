<?php

if (!defined('_PS_VERSION_')) {
    exit;
}

use WracajModule\CodeRequest;
use WracajModule\Moments;
use WracajModule\Settings;
use WracajModule\Signature;

/**
 * Makes the code that a signed request of Wracaj asks for. Its address is the shop's
 * `generic.discount_url` in Wracaj.
 */
class WracajDiscountModuleFrontController extends ModuleFrontController
{
    private const LONGEST_BODY = 65536;

    public $ajax = true;

    public function postProcess()
    {
        $shop = (int) $this->context->shop->id;
        $body = (string) file_get_contents('php://input', false, null, 0, self::LONGEST_BODY);
        $key = Settings::key($shop);
        if ($key === null) {
            $this->answer(503, 'this shop has no key yet: paste it on the settings page of the module');
        }
        $problem = Signature::problem(
            (string) ($_SERVER['HTTP_WEBHOOK_ID'] ?? ''),
            (string) ($_SERVER['HTTP_WEBHOOK_TIMESTAMP'] ?? ''),
            (string) ($_SERVER['HTTP_WEBHOOK_SIGNATURE'] ?? ''),
            $body,
            $key->secret,
            time()
        );
        if ($problem !== null) {
            $this->answer(401, $problem);
        }
        Moments::follow($key->clock);
        try {
            $isNew = $this->module->app()->codes->make(CodeRequest::read($body), $shop);
        } catch (\InvalidArgumentException $error) {
            $this->answer(422, $error->getMessage());
        } catch (\Throwable $error) {
            PrestaShopLogger::addLog('Wracaj: no code, ' . get_class($error), 3, null, 'Module', null, true);
            $this->answer(500, 'the code could not be made; the log of the shop says more');
        }
        $this->answer($isNew ? 201 : 409, $isNew ? 'the code exists now' : 'the code existed before');
    }

    private function answer(int $status, string $message): void
    {
        http_response_code($status);
        header('Content-Type: application/json');
        header('Cache-Control: no-store');
        exit(json_encode(['message' => $message]));
    }

    /**
     * A code that is promised during the maintenance is needed after it.
     */
    protected function displayMaintenancePage()
    {
    }

    /**
     * Wracaj calls from where it runs, not from where the shop sells.
     */
    protected function displayRestrictedCountryPage()
    {
    }
}
