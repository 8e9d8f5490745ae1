<?php

namespace WracajModule;

/**
 * The hooks of customers, consents and requests about privacy.
 */
trait CustomerHooks
{
    /** @var string the name of the module's own box */
    private static $box = 'wracaj_consent';

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
        $this->readBox($params['customer'], \Tools::getValue('controller') === 'identity');
    }

    public function hookAdditionalCustomerFormFields($params)
    {
        if (!$this->hasBox((int) $this->context->shop->id)) {
            return [];
        }
        $field = new \FormField();
        $field->setName(self::$box);
        $field->setType('checkbox');
        $field->setLabel($this->l(
            'I agree to e-mails of this shop about baskets, orders, loyalty and offers. I may withdraw at any time.',
            'customerhooks'
        ));
        $id = (int) ($this->context->customer->id ?? 0);
        $this->safely(function () use ($field, $id): void {
            $field->setValue((int) ($id && $this->app()->consents->isBoxTicked($id)));
        });

        return [$field];
    }

    /**
     * ps_emailsubscription's word for subscribing is '0', for unsubscribing '1'. Unsubscribing ends
     * before the "after" hook, so that it is heard here.
     */
    public function hookActionNewsletterRegistrationBefore($params)
    {
        $email = (string) ($params['email'] ?? '');
        if ((string) ($params['action'] ?? '') === '1' && \Validate::isEmail($email)) {
            $shop = (int) $this->context->shop->id;
            $this->whereConnected($shop, function () use ($email, $shop): void {
                $this->app()->customerReporter->tellUnsubscribed($email, $shop);
            });
        }
    }

    public function hookActionNewsletterRegistrationAfter($params)
    {
        $email = (string) ($params['email'] ?? '');
        $isDone = empty($params['error']) && (string) ($params['action'] ?? '') === '0';
        if ($isDone && \Validate::isEmail($email)) {
            $shop = (int) $this->context->shop->id;
            $customer = $this->context->customer;
            $loggedIn = $customer !== null && $customer->isLogged() ? $customer : null;
            $this->whereConnected($shop, function () use ($email, $shop, $loggedIn): void {
                $this->app()->customerReporter->tellSubscribed($email, $shop, $loggedIn);
            });
        }
    }

    private function tellCustomer(\Customer $customer): void
    {
        $this->whereConnected((int) $customer->id_shop, function () use ($customer): void {
            $this->app()->customerReporter->tell($customer);
        });
    }

    private function readBox(\Customer $customer, bool $mayUntick): void
    {
        $shop = (int) $customer->id_shop;
        $isTicked = (bool) \Tools::getValue(self::$box);
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

        return json_encode($rows ?: $this->l('Wracaj: this module keeps nothing of this address.', 'customerhooks'));
    }

    /**
     * That the module is on this hook is all that PrestaShop's GDPR module looks at.
     */
    public function hookRegisterGDPRConsent($params)
    {
    }
}
